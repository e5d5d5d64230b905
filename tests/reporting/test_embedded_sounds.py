from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonotope.audio.clip import Clip
from tonotope.datasets.manifest import Recording
from tonotope.reporting.embedded_sounds import (
    BUDGET_BYTES,
    EmbeddedSound,
    SoundRequest,
    embed_sounds,
    encode,
    loudest,
)
from tonotope.reporting.recording_audio import RecordingAudio


def _chirp(seconds: float, rate_hz: int, low_hz: float = 200, high_hz: float = 2000) -> np.ndarray:
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    return 0.5 * np.sin(2 * np.pi * (low_hz + (high_hz - low_hz) * time / seconds / 2) * time)


def _played(kind: str, body: bytes) -> tuple[np.ndarray, int]:
    file = io.BytesIO(body)
    file.name = "clip.mp3" if kind == "audio/mpeg" else "clip.wav"
    return soundfile.read(file)


def _recording(path: Path, start_s: float, duration_s: float, rate_hz: int = 16000) -> Recording:
    return Recording(path.name, path, start_s, duration_s, {}, "g", None, None, "", rate_hz, 1)


def _embed(
    requests: Sequence[SoundRequest], budget_bytes: int = BUDGET_BYTES
) -> list[EmbeddedSound]:
    return embed_sounds(requests, RecordingAudio(8000), budget_bytes)


@pytest.fixture
def sound(tmp_path: Path) -> Callable[..., Path]:
    def write(samples: np.ndarray, rate_hz: int = 16000, name: str = "a.wav") -> Path:
        path = tmp_path / name
        Clip(samples, rate_hz).write(path)
        return path

    return write


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050])
def test_what_is_heard_is_what_was_recorded(rate_hz: int) -> None:
    wave = _chirp(3.0, rate_hz, high_hz=0.3 * rate_hz)
    kind, body = encode(Clip(wave, rate_hz))
    heard, rate = _played(kind, body)
    assert (kind, rate, len(heard)) == ("audio/mpeg", rate_hz, len(wave))
    # In step to the sample: a cursor may be trusted.
    lags = [np.corrcoef(wave[200:-200], np.roll(heard, lag)[200:-200])[0, 1] for lag in (-9, 0, 9)]
    assert lags[1] > 0.98
    assert lags[1] == max(lags)
    assert len(body) < len(wave) / 2


def test_short_clips_are_not_smeared() -> None:
    click = np.zeros(4000)
    click[1000] = 0.9
    kind, body = encode(Clip(click, 8000))
    heard, rate = _played(kind, body)
    assert (kind, rate) == ("audio/wav", 8000)
    np.testing.assert_allclose(heard, click, atol=1e-4)


def test_the_same_clip_gives_the_same_bytes() -> None:
    clip = Clip(_chirp(2.0, 44100), 44100)
    assert encode(clip) == encode(clip)
    assert _played(*encode(clip))[1] == 22050


def test_the_part_that_is_meant_is_the_part_that_plays(sound: Callable[..., Path]) -> None:
    steps = np.repeat([0.1, 0.2, 0.3, 0.4], 8000)  # half a second each
    path = sound(steps)
    request = SoundRequest(
        3, _recording(path, start_s=0.5, duration_s=1.0), start_s=0.5, duration_s=0.5
    )
    (found,) = _embed([request])
    heard, _ = _played(found.kind, found.body)
    assert (found.number, found.start_s, found.duration_s) == (3, 0.5, 0.5)
    np.testing.assert_allclose(heard, 0.3, atol=1e-3)


def test_of_a_long_recording_the_loudest_part_plays(sound: Callable[..., Path]) -> None:
    wave = np.full(16000 * 14, 0.01)
    wave[16000 * 3 : 16000 * 13] = 0.3
    (found,) = _embed([SoundRequest(0, _recording(sound(wave), 0.0, 14.0))])
    assert (found.start_s, found.duration_s) == pytest.approx((3.0, 10.0))
    assert loudest(Clip(np.zeros(8000), 8000), 5.0) == 0.0


def test_the_budget_is_kept_and_the_first_requests_come_first(sound: Callable[..., Path]) -> None:
    path = sound(_chirp(1.0, 16000))
    requests = [SoundRequest(number, _recording(path, 0.0, 1.0)) for number in (5, 2, 9)]
    size = len(_embed(requests[:1])[0].body)
    assert [one.number for one in _embed(requests, budget_bytes=2 * size)] == [5, 2]
    assert [one.number for one in _embed(requests)] == [5, 2, 9]


def test_a_file_that_is_gone_or_no_sound_costs_itself_alone(
    sound: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    paths = (tmp_path / "gone.wav", tmp_path / "text.wav", sound(_chirp(0.5, 16000)))
    requests = [
        SoundRequest(number, _recording(path, 0.0, 0.5)) for number, path in enumerate(paths)
    ]
    assert [one.number for one in _embed(requests)] == [2]
