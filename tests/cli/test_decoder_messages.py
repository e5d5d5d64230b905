"""What libmpg123 complains of is said once, with the files that it complained of."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.audio.test_lossy_peaks import frame_places
from tests.audio.test_sound_streams import encoded, tone, without_first_frame


def broken(data: bytes, number: int) -> bytes:
    """A frame whose side information counts more values than there can be."""
    at = frame_places(data)[number] + 6
    return data[:at] + b"\xff\xff\xff" + data[at + 3 :]


def folder_of_mp3s(folder: Path, damaged: set[int]) -> None:
    for number in range(12):
        data = encoded(folder, tone(2.0, 200 + 40 * number), format="MP3")
        path = folder / "set" / ("one" if number % 2 else "two") / f"{number:02}.mp3"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(broken(data, 20) if number in damaged else data)


def given(folder: Path, *arguments: str) -> tuple[str, str]:
    """What a command writes to standard output and to standard error."""
    told = subprocess.run(
        [sys.executable, "-m", "tonotope", *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env=os.environ | {"COLUMNS": "400", "LC_ALL": "en.UTF-8"},
    )
    assert "libmpg123/" not in told.stdout + told.stderr
    assert "\x1e" not in told.stdout + told.stderr
    return told.stdout, told.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
def test_check_doubts_the_damaged_files_and_no_others(tmp_path: Path) -> None:
    folder_of_mp3s(tmp_path, {3, 8})
    out, err = given(tmp_path, "check", "set")
    doubts = [one for one in out.splitlines() if "met damage" in one]
    end = ": the MP3 decoder met damage; copy or download it again"
    assert doubts == [f"look: one/03.mp3{end}", f"look: two/08.mp3{end}"]
    assert "libmpg123" not in err
    doubtful = json.loads(given(tmp_path, "check", "set", "--json")[0])["doubtful"]
    assert [one["id"] for one in doubtful] == ["one/03.mp3", "two/08.mp3"]


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
def test_other_commands_name_three_damaged_files_and_say_who_names_all(tmp_path: Path) -> None:
    folder_of_mp3s(tmp_path, {1, 3, 5, 8})
    _, err = given(tmp_path, "new", "set")
    said = [one for one in err.splitlines() if "libmpg123" in one]
    assert len(said) == 1
    assert said[0].startswith("The MP3 decoder (libmpg123) met damage ")
    names = said[0].split("broken: ")[1].split(" and 1 more; ")[0].split(", ")
    assert {*names} <= {f"set/{one}.mp3" for one in ("one/01", "one/03", "one/05", "two/08")}
    assert said[0].endswith("; copy or download again; `tonotope check --json` names each")


def with_variable_bit_rate(seconds: float) -> bytes:
    """Noise, then a tone: its quiet frames lend their bytes to those that come after them."""
    rate_hz = 16000
    noise = np.random.default_rng(0).normal(size=round(rate_hz * seconds / 2)) * 0.1
    quiet = 0.2 * np.sin(2 * np.pi * 440 * np.arange(len(noise)) / rate_hz)
    file = io.BytesIO()
    kind = {"bitrate_mode": "VARIABLE", "compression_level": 0.5, "format": "MP3"}
    with soundfile.SoundFile(file, "w", rate_hz, 1, **kind) as written:
        written.write(np.concatenate([noise, quiet]))
    return file.getvalue()


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
@pytest.mark.parametrize("with_xing", [True, False])
def test_a_whole_file_of_variable_bit_rate_is_not_complained_of(
    tmp_path: Path, with_xing: bool
) -> None:
    data = with_variable_bit_rate(60.0)
    path = tmp_path / "a.mp3"
    path.write_bytes(data if with_xing else without_first_frame(data))
    reading = f"""
from tonotope.audio.clip import Clip
from tonotope.cli import decoder_messages
with decoder_messages.caught():
    for start_s in range(1, 59):
        Clip.read({str(path)!r}, start_s=start_s + 0.3, duration_s=0.1)
"""
    told = subprocess.run(
        [sys.executable, "-c", reading], capture_output=True, text=True, check=True
    )
    assert told.stderr == ""


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
def test_whole_files_are_not_complained_of(tmp_path: Path) -> None:
    folder_of_mp3s(tmp_path, set())
    out, err = given(tmp_path, "check", "set")
    assert "libmpg123" not in err
    assert "met damage" not in out
