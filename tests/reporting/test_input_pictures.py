from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from tonotope.audio.clip import Clip
from tonotope.experiment.run_folder import Run, load
from tonotope.reporting.input_pictures import Picture, PictureRequest, draw_inputs
from tonotope.reporting.recording_audio import RecordingAudio
from tonotope.reporting.spectrogram_png import day_and_night
from tonotope.representation import Complex, Waveform


def _draw(run: Run, requests: Sequence[PictureRequest]) -> list[Picture]:
    return draw_inputs(run, requests, RecordingAudio.of_run(run))


def test_the_picture_is_the_array_that_the_network_is_given(make_run: Callable[..., Path]) -> None:
    run = load(make_run(each=6))
    recording = run.manifest.recordings[0]
    (picture,) = _draw(run, [PictureRequest(4, recording, None, "bell")])
    wave = Clip.read(recording.path).samples
    features = run.model().features(torch.from_numpy(wave.copy()))
    assert (picture.day, picture.night) == day_and_night(features[0, 0].numpy())
    assert (picture.number, picture.start_s, picture.span_s) == (4, 0.0, 0.5)


def test_of_a_long_recording_the_misleading_moment_is_shown(make_run: Callable[..., Path]) -> None:
    run = load(make_run(each=6, seconds=3.0, clip_s=0.5))
    recording, model = run.manifest.recordings[0], run.model()
    wave = torch.from_numpy(Clip.read(recording.path).samples[0].copy())
    (picture,) = _draw(run, [PictureRequest(0, recording, None, "flute")])
    starts = range(0, 24000 - 4000 + 1, 2000)
    clips = torch.stack([wave[start : start + 4000] for start in starts])
    with torch.inference_mode():
        scores = model(clips)["label"].softmax(1)[:, 2]
    assert picture.start_s == pytest.approx(starts[int(scores.argmax())] / 8000)


def test_a_short_recording_is_padded_as_the_network_has_it(make_run: Callable[..., Path]) -> None:
    run = load(make_run(each=6, seconds=0.2, clip_s=0.5))
    recording = run.manifest.recordings[0]
    (picture,) = _draw(run, [PictureRequest(0, recording, None, "bell")])
    assert (picture.start_s, picture.span_s) == (0.0, 0.5)
    wave = np.pad(Clip.read(recording.path).samples, ((0, 0), (0, 2400)))  # silence behind it
    features = run.model().features(torch.from_numpy(wave))
    assert picture.day == day_and_night(features[0, 0].numpy())[0]


def test_a_fold_is_seen_by_its_own_network(
    make_run: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = load(make_run(each=6, folds=3))
    loaded: list[str | None] = []
    load_model = type(run).judged_model

    def spy(self: object, fold: str | None = None) -> object:
        loaded.append(fold)
        return load_model(self, fold)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(type(run), "judged_model", spy)
    recordings = run.manifest.recordings
    _draw(run, [PictureRequest(n, recordings[n], fold, "bell") for n, fold in enumerate("23121")])
    _draw(run, [])
    assert loaded == ["2", "3", "1"]  # each once


def test_what_is_gone_has_no_picture(make_run: Callable[..., Path]) -> None:
    run = load(make_run(audio=False))
    assert _draw(run, [PictureRequest(0, run.manifest.recordings[0], None, "bell")]) == []


def test_a_waveform_is_drawn_as_what_it_sweeps_over() -> None:
    wave = np.concatenate([np.zeros(600), np.tile([1.0, -1.0], 300)])
    drawn = Waveform().picture(wave[None])
    assert drawn.shape == (600, 121)
    assert drawn[:300].sum() == 300  # silence: a line in the middle
    assert drawn[300:].all()


def test_a_complex_spectrum_is_drawn_by_its_size_in_decibels() -> None:
    features = np.zeros((2, 2, 2))
    features[:, 0, 0] = (3.0, 4.0)
    features[0, 1, 1] = 0.5
    drawn = Complex().picture(features)
    np.testing.assert_allclose(drawn, [[0, -80], [-80, -20]])
