from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from tonotope._errors import ExperimentError, TrainingError
from tonotope._progress import Progress
from tonotope.audio.window_plan import plan_windows
from tonotope.datasets.manifest import Skipped
from tonotope.model import Model
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.from_features import predict_windows
from tonotope.prediction.rows import PredictedRow
from tonotope.prediction.stream import predict
from tonotope.training.feature_store import FeatureStore

Build = Callable[..., Model]
Write = Callable[..., Path]


class Sounds:
    """Files as the training sees them: whole, in memory."""

    def __init__(self, paths: list[Path]) -> None:
        self.waves = [soundfile.read(path, dtype="float32")[0] for path in paths]
        self.lengths = [len(wave) for wave in self.waves]

    def __getitem__(self, index: int) -> np.ndarray:
        return self.waves[index]

    def sound_hash(self, index: int) -> str:
        return str(index)


@pytest.fixture
def files(write: Write) -> list[Path]:
    lengths = (0.4, 1.0, 1.02, 3.7, 12.3, 0.2, 25.0)
    return [write(f"{at}.wav", length, seed=at) for at, length in enumerate(lengths)]


@pytest.mark.parametrize(
    ("how", "hop_s", "fill", "level"),
    [
        ("mean", None, "silence", "recorded"),
        ("mean", 0.3, "repeat", "recorded"),
        ("mean", 1.0, "silence", "clip"),
        ("majority", None, "repeat", "clip"),
        ("majority", 0.3, "silence", "recorded"),
    ],
)
def test_files_are_labelled_as_the_same_recordings_in_memory(
    build: Build, files: list[Path], how: str, hop_s: float | None, fill: str, level: str
) -> None:
    both = Ensemble([build(seed, fill=fill, level=level) for seed in (0, 1)])
    rows = list(predict(both, files, hop_s=hop_s, how=how, batch_size=7))
    store = FeatureStore.compute(Sounds(files), both.representation, both.clip_samples, fill=fill)
    scores = predict_windows(
        both, store, range(len(files)), hop_steps=both.hop_steps(hop_s), how=how, batch_size=5
    )
    assert [row.file for row in rows] == [str(path) for path in files]
    np.testing.assert_allclose([row.scores for row in rows], scores, rtol=0, atol=1e-5)
    assert [row.label for row in rows] == [both.classes[best] for best in scores.argmax(axis=1)]
    assert [row.end_s for row in rows] == [0.4, 1.0, 1.02, 3.7, 12.3, 0.2, 25.0]
    assert len({row.label for row in rows}) > 1


def test_what_is_loud_counts_more_than_what_is_silent(build: Build, tmp_path: Path) -> None:
    """A burst in the silence of a long file decides it, and the run is judged in the same way."""
    wave = 1e-3 * np.random.default_rng(0).standard_normal(5 * 8000)
    wave[18_000:22_000] *= 300  # 50 dB
    path = tmp_path / "burst.wav"
    soundfile.write(path, wave.astype(np.float32), 8000, subtype="FLOAT")
    both = Ensemble(build(level="clip"))
    windows = list(predict(both, [path], per="window", batch_size=4))
    starts = np.array([round(row.start_s * 8000) for row in windows])
    loud = (starts > 10_000) & (starts < 22_000)
    scores = np.array([row.scores for row in windows])
    [row] = predict(both, [path], batch_size=4)
    near, all_alike = scores[loud].mean(axis=0), scores.mean(axis=0)
    assert np.abs(near - all_alike).max() > 0.05
    assert np.abs(row.scores - near).max() < 0.4 * np.abs(row.scores - all_alike).max()
    store = FeatureStore.compute(Sounds([path]), both.representation, both.clip_samples)
    np.testing.assert_allclose(predict_windows(both, store, [0])[0], row.scores, atol=1e-5)
    [alike] = predict(both, [path], how="majority")
    assert alike.scores.argmax() == np.bincount(scores.argmax(axis=1)).argmax()


def test_windows_have_their_own_rows(build: Build, files: list[Path]) -> None:
    model = build()
    rows = list(predict(Ensemble(model), files, hop_s=0.5, per="window", batch_size=4))
    by_file = {str(path): [row for row in rows if row.file == str(path)] for path in files}
    representation = model.description.representation
    for path, wave in zip(files, Sounds(files).waves, strict=True):
        own = by_file[str(path)]
        frames = max(representation.frames(len(wave)), 61)
        starts = plan_windows([frames], 61, 31).start * representation.hop_samples
        assert [row.start_s for row in own] == [round(start / 8000, 6) for start in starts]
        for row, start in zip(own, starts, strict=True):
            clip = np.zeros(8000, np.float32)
            part = wave[start : start + 8000]
            clip[: len(part)] = part
            with torch.no_grad():
                alone = model(torch.from_numpy(clip)[None])["label"].softmax(1)[0]
            np.testing.assert_allclose(row.scores, alone, rtol=0, atol=1e-4)
            assert row.end_s == round((start + len(part)) / 8000, 6)
            assert row.score == row.scores.max()
    assert rows == sorted(rows, key=lambda row: (files.index(Path(row.file)), row.start_s))


def test_the_size_of_batches_and_the_company_do_not_matter(build: Build, files: list[Path]) -> None:
    both = Ensemble(build())
    together = list(predict(both, files, batch_size=32))
    for path, row in zip(files, together, strict=True):
        for size in (1, 5):
            [alone] = predict(both, [path], batch_size=size)
            np.testing.assert_array_equal(row.scores, alone.scores)


def test_a_waveform_model_hears_files_too(waveform_model: Model, write: Write) -> None:
    path = write("a.wav", 0.55)
    [row] = predict(Ensemble(waveform_model), [path], hop_s=0.05)
    wave = Sounds([path]).waves[0]
    clips = np.stack([wave[start : start + 800] for start in range(0, 3601, 400)])
    with torch.no_grad():
        scores = waveform_model(torch.from_numpy(clips))["label"].softmax(1).numpy()
    loudness = np.square(clips.astype(np.float64)).reshape(10, 10, 80).mean(axis=2) ** 0.3
    expected = np.average(scores, axis=0, weights=loudness.sum(axis=1))
    np.testing.assert_allclose(row.scores, expected, rtol=0, atol=1e-5)


def test_other_rates_are_brought_to_the_models(build: Build, write: Write) -> None:
    """The same tone at two rates sounds the same to the model."""
    times = {rate: np.arange(3 * rate) / rate for rate in (8000, 22_050)}
    rows = []
    for rate, time_s in times.items():
        path = write(f"{rate}.wav", 0.1)
        soundfile.write(path, 0.3 * np.sin(2 * np.pi * 440 * time_s), rate, subtype="FLOAT")
        rows += predict(Ensemble(build()), [path])
    assert [row.end_s for row in rows] == [3.0, 3.0]
    np.testing.assert_allclose(rows[0].scores, rows[1].scores, rtol=0, atol=0.02)


def test_what_cannot_be_read_is_named_in_its_place_and_the_rest_goes_on(
    build: Build, files: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "page.wav").write_text("<html>no sound</html>" * 10)
    nan = np.zeros(200_000, np.float32)
    nan[-1] = np.nan  # found in the third block only
    soundfile.write(tmp_path / "nan.wav", nan, 8000, subtype="FLOAT")
    paths = [files[0], tmp_path / "page.wav", tmp_path / "nan.wav", tmp_path / "gone.wav", files[4]]
    rows = list(predict(Ensemble(build()), paths, batch_size=3))
    assert [type(row) for row in rows] == [PredictedRow, Skipped, Skipped, Skipped, PredictedRow]
    assert [row.file for row in rows] == [str(path) for path in paths]
    assert "1 non-finite sample" in rows[2].reason
    assert all(row.reason and row.row is None for row in rows[1:4])
    [alone] = predict(Ensemble(build()), [files[4]])
    np.testing.assert_allclose(rows[4].scores, alone.scores, rtol=0, atol=1e-6)
    [row] = predict(Ensemble(build()), [tmp_path / "nan.wav"], repair="zero")
    assert isinstance(row, PredictedRow)


@pytest.mark.parametrize("batch_size", [1, 32, 100])
def test_windows_before_a_break_are_heard_whatever_the_batch(
    build: Build, tmp_path: Path, batch_size: int
) -> None:
    nan = np.zeros(200_000, np.float32)
    nan[-1] = np.nan
    soundfile.write(tmp_path / "nan.wav", nan, 8000, subtype="FLOAT")
    *rows, last = predict(
        Ensemble(build()), [tmp_path / "nan.wav"], per="window", hop_s=0.5, batch_size=batch_size
    )
    assert isinstance(last, Skipped)
    assert all(isinstance(row, PredictedRow) for row in rows)
    assert len(rows) == 1 + (1535 - 61) // 31  # of the three steps of 65,536 samples before it


def test_windows_end_a_clip_after_they_begin_wherever_blocks_end(
    build: Build, write: Write
) -> None:
    # 564 windows of whole frames fit into the first 10 s, and fill 141 batches.
    both, path = Ensemble(build()), write("a.wav", 11.0)
    rows = list(predict(both, [path], per="window", hop_s=0.016, batch_size=4))
    assert len(rows) == 626
    for row in rows:
        assert row.end_s == round(min(row.start_s + 1.0, 11.0), 6)


def test_a_missing_channel_skips_the_file(build: Build, files: list[Path]) -> None:
    [row] = predict(Ensemble(build()), files[:1], channels=1)
    assert isinstance(row, Skipped)
    assert "channel 1 was asked for, but the sound has 1" in row.reason


def test_rows_of_windows_come_before_the_file_has_ended(build: Build, write: Write) -> None:
    path = write("long.wav", 60.0)
    heard = []

    class Watched(Progress):
        def advance(self, steps: int = 1, **facts: float | str) -> None:
            if "heard_s" in facts:
                heard.append(facts["heard_s"])

    both = [path, write("short.wav", 10.0)]
    rows = predict(Ensemble(build()), both, per="window", batch_size=4, progress=Watched())
    first = next(rows)
    assert first.start_s == 0
    assert len(heard) < 3  # of six blocks
    assert len(list(rows)) > 50
    assert 60 in heard
    assert heard[-1] == 70  # of both


def test_memory_does_not_grow_with_the_recording(build: Build, write: Write) -> None:
    both = Ensemble(build())
    peaks = []
    for seconds in (40, 400):
        path = write("long.wav", seconds)
        tracemalloc.start()
        [row] = predict(both, [path], batch_size=8)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert row.end_s == seconds
    assert peaks[1] < 1.3 * peaks[0]
    assert peaks[1] < 400 * 8000 * 4 / 2  # half of its samples


@pytest.mark.parametrize("hop_s", [0, -1, 1.5, float("nan")])
def test_a_hop_that_does_not_fit_is_refused_before_anything_is_read(
    build: Build, hop_s: float
) -> None:
    with pytest.raises(ExperimentError, match=r"hop of .* above 0 and at most the clip of 1 s"):
        predict(build(), ["nowhere.wav"], hop_s=hop_s)


def test_hops_are_rounded_to_whole_frames(build: Build) -> None:
    both = Ensemble(build())
    assert [both.hop_steps(hop_s) for hop_s in (None, 0.001, 0.016, 0.5, 1.0)] == [
        31, 1, 1, 31, 61,
    ]  # fmt: skip


def test_a_hop_longer_than_a_window_leaves_nothing_unheard(build: Build) -> None:
    """1 s is 62.5 frames from begin to begin, while 61 frames fit into a clip of 1 s."""
    both = Ensemble(build())
    frames = torch.randn(400, 16, 1, generator=torch.Generator().manual_seed(0)) * 20 - 40
    store = FeatureStore(frames, [0, 400])
    by_window, by_clip = (
        predict_windows(both, store, [0], hop_steps=hop) for hop in (both.steps, both.steps + 2)
    )
    np.testing.assert_array_equal(by_clip, by_window)
    halves = predict_windows(both, store, [0])
    np.testing.assert_array_equal(halves, predict_windows(both, store, [0], hop_steps=31))
    assert not np.array_equal(halves, by_window)


def test_no_files_and_no_records_give_nothing(build: Build) -> None:
    assert list(predict(build(), [])) == []
    store = FeatureStore(torch.zeros(61, 16, 1), [0, 61])
    assert predict_windows(build(), store, []).shape == (0, 3)


def test_progress_hears_of_every_window_in_memory(build: Build) -> None:
    done = []

    class Watched(Progress):
        def begin(self, task: str, total: int) -> None:
            done.append(-total)

        def advance(self, steps: int = 1, **facts: float | str) -> None:
            done.append(steps)

    store = FeatureStore(torch.zeros(400, 16, 1), [0, 300, 400])
    predict_windows(build(), store, [1, 0], batch_size=4, progress=Watched())
    assert sum(done) == 0


@pytest.mark.parametrize("per", ["recording", "window"])
def test_a_network_that_diverged_gives_a_reason_and_no_label(
    build: Build, files: list[Path], per: str
) -> None:
    model = build(0)
    for weight in model.head.parameters():
        weight.data.fill_(torch.inf)
    rows = list(predict(Ensemble([model]), files, per=per))
    assert [type(row) for row in rows] == [Skipped] * len(files)
    assert all("its training has diverged" in row.reason for row in rows)
    store = FeatureStore.compute(Sounds(files), model.description.representation, 8000)
    with pytest.raises(TrainingError, match="try a smaller training"):
        predict_windows(model, store, range(len(files)))
