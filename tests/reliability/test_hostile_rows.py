"""Hostile sound files and experiment files, one row each, with the sentence that is expected."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tonotope._errors import AudioError, ExperimentError
from tonotope.audio import reading
from tonotope.experiment.experiment_file import load

NOISE = np.random.default_rng(0).normal(0, 0.1, 8000).astype(np.float32)


def coded(wave: np.ndarray = NOISE, **how: Any) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, wave, 8000, **({"format": "WAV"} | how))
    return file.getvalue()


def with_bytes(at: int, new: bytes) -> bytes:
    data = coded()
    return data[:at] + new + data[at + len(new) :]


SOUNDS = {
    "empty": (b"", "empty file (0 bytes)"),
    "43 bytes": (coded()[:43], "too short to be audio (43 bytes)"),
    "text": (b"no sound at all\n" * 9, "text, not sound (it begins “no sound at all”)"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(90), "a PNG image, not sound"),
    "web page": (b"<!DOCTYPE html><html>404" + b" " * 50, "a web page (HTML), not sound"),
    "LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "run `git lfs pull`"),
    "playlist": (b"#EXTM3U\nhttp://x/y.mp3\n" + b" " * 50, "a playlist: it names other files"),
    "NaN": (
        coded(np.where(np.arange(8000) == 5, np.nan, NOISE), subtype="FLOAT"),
        '1 non-finite sample (NaN or infinite); repair = "zero" makes them silence',
    ),
    "0 Hz": (with_bytes(24, bytes(4)), "damaged or cut short"),
    "0 channels": (with_bytes(22, bytes(2)), "Channel count is zero"),
}


@pytest.mark.parametrize("row", SOUNDS)
def test_a_hostile_sound_is_refused_with_its_name_and_its_reason(row: str, tmp_path: Path) -> None:
    data, expected = SOUNDS[row]
    path = tmp_path / "x.wav"
    path.write_bytes(data)
    with pytest.raises(AudioError) as error:
        reading.read(path)
    assert str(error.value).startswith(f"{path}: ")
    assert expected in str(error.value)


def test_what_can_be_heard_of_a_doubtful_sound_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(coded()[:8044])
    clip, said = reading.read(path)
    assert clip.samples.shape == (1, 4000)
    assert said == [
        "header says 1.0 s, file holds 0.5 s; what is there is used (was it cut short?)"
    ]
    path.write_bytes(coded(format="FLAC"))  # another ending than its content
    assert reading.read(path)[0].samples.shape == (1, 8000)
    path.write_bytes(coded(NOISE[:1]))
    assert reading.read(path)[0].samples.shape == (1, 1)


LOG_MEL = "representation={kind='log-mel',rate_hz="
EXPERIMENTS = {
    "unknown key": ("[training]\nepcohs=3", "line 2: unknown key `training.epcohs`; did you mean"),
    "kHz": (LOG_MEL + "16}", "did you mean 16000 (16 kHz)?"),
    "rate of learning": ("training.learning_rate=10", "is out of range: more than 0, at most 1"),
    "above Nyquist": (LOG_MEL + "8000,high_hz=9000}", "lies above half the rate"),
    "endless window": (LOG_MEL + "8000,window_s=1e308}", "is countless samples at 8000 Hz"),
    "text": ("training.epochs='40'", "it takes a whole number, at least 1"),
    "empty": ("", "the file is empty; `tonotope new DATA"),
    "twice": ("seed=1\nseed=2", "line 2: `seed=2` says again what was said above"),
    "deep": ("a=" + "[" * 3000, "lie inside one another too deeply"),
    "Latin-1": ("question='\xe9'", "line 1: is not UTF-8 text"),
    "YAML": ("a: 1", "this looks like YAML"),
}


@pytest.mark.parametrize("row", EXPERIMENTS)
def test_a_hostile_experiment_is_refused_with_line_and_reason(row: str, tmp_path: Path) -> None:
    text, expected = EXPERIMENTS[row]
    path = tmp_path / "e.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ExperimentError) as error:
        load(path)
    assert "e.toml" in str(error.value)
    assert expected in str(error.value)


def test_a_network_beyond_all_memory_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "e.toml"
    path.write_text("network={kind='layers',layers=['conv 1000000000 3x3']}\ndata.clip_s=1.0\n")
    with pytest.raises(ExperimentError) as error:
        load(path).trace()
    assert "1,000,000,000" in str(error.value) or "1000000000" in str(error.value)
