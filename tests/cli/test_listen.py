"""`tonotope listen` in a process of its own: raw PCM in, rows, OSC and clean sound out."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.cli.conftest import ran
from tests.prediction.conftest import noise
from tests.prediction.test_denoiser import FRAMES, RATE_HZ, model

import tonotope as tt
from tonotope.cli.meter import Meter
from tonotope.live.held_labels import Heard
from tonotope.live.reading import Reading
from tonotope.representation import Magnitude

COMMAND = [sys.executable, "-m", "tonotope", "listen"]
ENGLISH = {**os.environ, "LC_ALL": "C", "PYTHONUNBUFFERED": "1"}


def piped(data: bytes, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=data,
        capture_output=True,
        check=False,
        timeout=250,
        env=ENGLISH,
    )


def begun(*arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env=ENGLISH,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def wave(tmp_path: Path) -> np.ndarray:
    """Two channels at 16 kHz, as whole numbers; the same in a file."""
    sound = np.stack([noise(3.3, 16_000), noise(3.3, 16_000, seed=1)])
    whole = (sound * 32767).round().astype("<i2")
    soundfile.write(tmp_path / "x.wav", whole.T, 16_000, subtype="PCM_16")
    return whole


def test_rows_of_windows_are_those_of_predict(
    finished_once: Path, wave: np.ndarray, tmp_path: Path
) -> None:
    expected = ran("predict", finished_once, tmp_path / "x.wav", "--windows", "--hop", 0.1)
    told = piped(
        wave.T.tobytes(), finished_once, "-", "--rate", 16_000, "--channels", 2, "--windows",
        "--hop", 0.1, "--threshold", 0.2,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    found = list(csv.DictReader(io.StringIO(told.stdout.decode())))
    rows = list(csv.DictReader(io.StringIO(expected.out)))
    assert len(rows) > 20
    for one, other in zip(found, rows, strict=True):
        assert one.pop("file") == "standard input"
        assert one.keys() == other.keys() - {"file"}
        for name, text in one.items():
            if name == "label":
                assert text == other[name]
            else:
                assert float(text) == pytest.approx(float(other[name]), abs=1e-5)
    said = told.stderr.decode()
    assert "s16, channels: 2, 16,000 Hz" in said
    assert re.search(r"3\.3 s heard, \d+ answers, 0 windows skipped; a window is 0\.5 s", said)
    assert "\x1b" not in said


def test_changes_are_rows_of_the_same_form(finished_once: Path, wave: np.ndarray) -> None:
    told = piped(
        wave[0].tobytes(), finished_once, "-", "--rate", 16_000, "--to", "jsonl", "--threshold",
        "high=0.3", "--threshold", 1,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert all(row["label"] in ("", "high") for row in rows)
    assert all(one["label"] != two["label"] for one, two in pairwise(rows))
    assert rows[0].keys() == {"file", "start_s", "end_s", "label", "score", "scores"}


def test_the_rate_of_the_network_is_taken_and_told(finished_once: Path) -> None:
    told = piped(bytes(2 * 8000), finished_once, "-")
    assert told.returncode == 0, told.stderr
    assert "22,050 Hz, the rate of the network; --rate says another" in told.stderr.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "standard input: it ended before any sound came"),
        (b"RIFF" + bytes(100), "begins like a WAV file"),
        (np.full(9000, 1e30, "<f4").tobytes(), "are --format and --rate right?"),
    ],
)
def test_what_is_no_sound_is_one_sentence(finished_once: Path, data: bytes, said: str) -> None:
    told = piped(data, finished_once, "-", "--format", "f32")
    assert told.returncode == 2
    assert said in told.stderr.decode()
    assert b"Traceback" not in told.stderr


def test_a_stream_that_ends_within_a_sample_is_told(finished_once: Path) -> None:
    told = piped(bytes(2 * 8000 + 1), finished_once, "-")
    assert told.returncode == 0
    assert "1 byte left over, of 2" in told.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["song.wav"], "for a file: tonotope predict RUN song.wav --windows"),
        (["-", "--osc", "nowhere"], "--osc nowhere: HOST:PORT would fit"),
        (["-", "--osc-in", "6448"], "add --osc"),
        (["-", "--device", "usb"], "standard input has no devices"),
        (["--rate", "8000"], "--rate says what standard input holds"),
        (["-", "--format", "s24"], "s16 (whole numbers of 16 bits) or f32"),
        (["-", "--to", "xml"], "csv or jsonl would fit"),
        (["-", "--hop", "3"], "it must be above 0 and at most the clip"),
        (["-", "--threshold", "owl=0.5"], "no class or tag is called so"),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    finished_once: Path, arguments: list[str], said: str
) -> None:
    ended = ran("listen", finished_once, *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err.splitlines()[-1]


def test_no_microphone_or_no_package_is_one_sentence(
    finished_once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    ended = ran("listen", finished_once)
    assert (ended.status, ended.out) == (2, "")
    assert "miniaudio is not installed: pip install miniaudio" in ended.err
    monkeypatch.setattr("tonotope.live.microphone.devices", list)
    ended = ran("listen", "--devices")
    assert (ended.status, ended.err) == (1, "No microphone was found.\n")


def test_a_microphone_that_is_lost_leaves_what_was_written(
    finished_once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tonotope.live.sound_source import SourceLost

    class Lost:
        name, rate_hz, notes = "USB", 8000, list[str]()

        def __init__(self, device: str | None) -> None: ...

        def blocks(self) -> Any:
            yield noise(2.0)[None]
            raise SourceLost("USB gives no sound any more")

        def close(self) -> None: ...

    monkeypatch.setattr("tonotope.live.microphone.Microphone", Lost)
    ended = ran("listen", finished_once, "--windows")
    assert ended.status == 1
    assert ended.out.count("\n") > 10
    assert "tonotope: USB gives no sound any more" in ended.err
    assert re.search(r"(2.0|1.9) s heard, \d+ answers", ended.err)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_quietly(finished_once: Path) -> None:
    process = begun(finished_once, "-")
    assert process.stdin
    assert process.stdout
    process.stdin.write((noise(3.0) * 32767).astype("<i2").tobytes())
    process.stdin.flush()
    assert process.stdout.readline().startswith(b"file,")
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=200)
    assert process.returncode == 130
    assert b"Traceback" not in said
    assert b"Fatal" not in said
    assert b"heard" in said


def test_a_reader_that_has_seen_enough_ends_it_quietly(finished_once: Path) -> None:
    process = begun(finished_once, "-", "--windows")
    assert process.stdin
    assert process.stdout
    assert process.stderr
    data = (noise(3.0) * 32767).astype("<i2").tobytes()
    process.stdin.write(data)
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    deadline = time.monotonic() + 200
    while process.poll() is None and time.monotonic() < deadline:
        try:
            process.stdin.write(data)
            process.stdin.flush()
        except BrokenPipeError:
            break
    assert process.wait(timeout=200) == 0
    said = process.stderr.read()
    assert b"Traceback" not in said
    for stream in (process.stdin, process.stderr):
        with contextlib.suppress(BrokenPipeError):
            stream.close()


@pytest.mark.parametrize("form", ["s16", "f32"])
def test_a_denoiser_gives_sound(tmp_path: Path, form: str) -> None:
    made = model(Magnitude(**FRAMES))
    made.save(tmp_path / "model")
    sound = noise(1.7, RATE_HZ)
    kind = {"s16": "<i2", "f32": "<f4"}[form]
    scale = 32768 if form == "s16" else 1
    data = (sound * scale).astype(kind)
    told = piped(data.tobytes(), tmp_path / "model", "-", "--format", form)
    assert told.returncode == 0, told.stderr
    expected = tt.Denoiser(made)((data / scale).astype(np.float32))
    found = np.frombuffer(told.stdout, kind) / scale
    near = 1 / scale if form == "s16" else 1e-6
    np.testing.assert_allclose(found, expected.clip(-1, 1 - near), atol=near)
    said = told.stderr.decode()
    assert "2,000 Hz, 0.4 s later (the window of the network)" in said
    told = piped(data.tobytes(), tmp_path / "model", "-", "--osc", "12000")
    assert told.returncode == 2
    assert b"a denoiser answers with sound alone" in told.stderr


def test_the_meter_is_rewritten_in_place_where_somebody_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    row: Any = SimpleNamespace(end_s=12.34, scores=np.array([0.5, 0.25, 440.123]))
    reading = Reading(row, (Heard("a\x1b[2J", 0.5, 0),), True, 0.0, -30.0)
    for no_colour in ("", "1"):
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("NO_COLOR", no_colour)
        monkeypatch.setenv("TERM", "xterm")
        meter = Meter()
        meter.of(("a\x1b[2J", "owl", "hz"), (True, True, False))
        meter.show(reading)
        text = stream.getvalue()
        assert "12.3 s" in text
        assert "-30 dBFS" in text
        assert f"{'█' * 10}{'░' * 10}  0.50" in text
        assert "440.1" in text
        assert ("\x1b[32m" in text) == (not no_colour)
        assert "\x1b[2J" not in text
        meter.show(reading)  # too soon
        assert stream.getvalue() == text
        meter._next = 0.0
        meter.show(reading)
        assert "\x1b[4F\x1b[J" in stream.getvalue()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    silent = Meter()
    silent.show(reading)
    assert sys.stderr.getvalue() == ""  # pyright: ignore[reportAttributeAccessIssue]
