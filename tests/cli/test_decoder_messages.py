"""What libmpg123 complains of is said once, with the files that it complained of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.audio.test_lossy_peaks import frame_places
from tests.audio.test_sound_streams import encoded, tone


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


def checked(folder: Path) -> str:
    command = [sys.executable, "-m", "tonotope", "check", "set"]
    told = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env=os.environ | {"COLUMNS": "400", "LC_ALL": "en.UTF-8"},
    )
    assert "libmpg123/" not in told.stdout + told.stderr
    assert "\x1e" not in told.stdout + told.stderr
    return told.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
def test_the_sentence_names_the_damaged_files_and_no_others(tmp_path: Path) -> None:
    folder_of_mp3s(tmp_path, {3, 8})
    said = [one for one in checked(tmp_path).splitlines() if "libmpg123" in one]
    assert len(said) == 1
    assert said[0].startswith("The MP3 decoder (libmpg123) met damage ")
    names = said[0].split("broken: ")[1].removesuffix("; copy or download again").split(", ")
    assert sorted(names) == ["set/one/03.mp3", "set/two/08.mp3"]


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
def test_whole_files_are_not_complained_of(tmp_path: Path) -> None:
    folder_of_mp3s(tmp_path, set())
    assert "libmpg123" not in checked(tmp_path)
