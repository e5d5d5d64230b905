"""Features laid end to end: what is stored is what the representation says of each recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tonotope._errors import TonotopeError
from tonotope._progress import Progress
from tonotope.representation import Complex, LogMel, Representation, Waveform
from tonotope.training import FeatureStore, feature_store

RATE = 8000
LOG_MEL = LogMel(rate_hz=RATE, window_s=0.032, hop_s=0.016, bands=8)
CLIP = 4000


class Said(Progress):
    """Keeps the sentences."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def say(self, text: str) -> None:
        self.sentences.append(text)


class Noise:
    """Recordings of noise, some shorter than a clip."""

    def __init__(self, lengths: list[int]) -> None:
        self.lengths = lengths
        rng = np.random.default_rng(0)
        self.waves = [rng.normal(0, 0.1, n).astype(np.float32) for n in lengths]
        self.read = 0

    def __getitem__(self, index: int) -> np.ndarray:
        self.read += 1
        return self.waves[index]

    def sound_hash(self, index: int) -> str:
        return str(self.waves[index].sum())


def direct(representation: Representation, wave: np.ndarray) -> np.ndarray:
    """All of a recording at once, zeros at the end up to a clip."""
    padded = np.pad(wave, (0, max(0, CLIP - len(wave))))
    module = representation.build(representation.clip_shape(CLIP))
    with torch.no_grad():
        return module(torch.from_numpy(padded)[None])[0].movedim(0, -1).numpy()


@pytest.mark.parametrize(
    "representation",
    [LOG_MEL, Complex(rate_hz=RATE, window_s=0.032, hop_s=0.016), Waveform(rate_hz=RATE)],
    ids=["log-mel", "complex", "waveform"],
)
def test_each_recording_is_what_the_representation_makes_of_it(
    representation: Representation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature_store, "BLOCK_STEPS", 50)  # so that recordings come in pieces
    sounds = Noise([9000, 100, CLIP])
    store = FeatureStore.compute(sounds, representation, CLIP)
    for index, wave in enumerate(sounds.waves):
        begin, end = store.offsets[index : index + 2]
        np.testing.assert_allclose(store.flat[begin:end], direct(representation, wave), atol=2e-4)


def test_a_crop_is_a_stretch_of_each_recording() -> None:
    store = FeatureStore.compute(Noise([9000, 8000, CLIP]), LOG_MEL, CLIP)
    records, starts, steps = np.array([2, 0, 1, 0]), np.array([0, 7, 3, 0]), 20
    clips = store.crop(records, starts, steps)
    assert clips.shape == (4, 1, steps, 8)
    assert clips.is_contiguous(memory_format=torch.channels_last)
    for clip, record, start in zip(clips, records, starts, strict=True):
        begin = store.offsets[record] + start
        assert torch.equal(clip, store.flat[begin : begin + steps].movedim(-1, 0))


def test_channels_stay_apart_in_a_crop() -> None:
    flat = torch.arange(5 * 3 * 2.0).view(5, 3, 2)
    clips = FeatureStore(flat, [0, 5]).crop(np.array([0]), np.array([1]), 2)
    assert clips.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(clips[0, 1], flat[1:3, :, 1])


def test_moments_are_those_of_the_named_recordings_alone() -> None:
    store = FeatureStore.compute(Noise([9000, 8000, CLIP]), LOG_MEL, CLIP)
    mean, std = store.mean_and_std([0, 2])
    heard = torch.cat([store.flat[: store.offsets[1]], store.flat[store.offsets[2] :]])
    np.testing.assert_allclose(mean[0, 0], heard[..., 0].mean(0), rtol=1e-5)
    np.testing.assert_allclose(std[0, 0], heard[..., 0].numpy().std(0), rtol=1e-5)
    assert mean.shape == std.shape == (1, 1, 8)


def test_moments_stay_exact_far_from_zero() -> None:
    flat = torch.tensor([1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3]).view(4, 1, 1)
    mean, std = FeatureStore(flat, [0, 4]).mean_and_std([0])
    assert float(mean) == 1e6 + 1.5
    assert float(std) == pytest.approx(np.std([0, 1, 2, 3]))


def test_a_band_that_never_changed_borrows_the_typical_spread() -> None:
    flat = torch.randn(1000, 3, 1, generator=torch.Generator().manual_seed(0)) * 10
    flat[:, 1] = -80.0
    std = FeatureStore(flat, [0, 1000]).mean_and_std([0])[1].flatten()
    assert 5 < std[1] < 15
    silent = FeatureStore(torch.full((10, 3, 1), -80.0), [0, 10]).mean_and_std([0])[1]
    assert torch.equal(silent, torch.ones(1, 1, 3))


def test_large_features_lie_in_the_cache_and_are_made_once() -> None:
    sounds = Noise([9000, CLIP])
    small = FeatureStore.compute(sounds, LOG_MEL, CLIP)
    large = FeatureStore.compute(sounds, LOG_MEL, CLIP, memory_bytes=0)
    assert torch.equal(small.flat, large.flat)
    read = sounds.read
    again = FeatureStore.compute(sounds, LOG_MEL, CLIP, memory_bytes=0)
    assert sounds.read == read
    assert torch.equal(again.flat, large.flat)
    again.flat.zero_()  # private to this process: the file stays as it is
    assert torch.equal(FeatureStore.compute(sounds, LOG_MEL, CLIP, memory_bytes=0).flat, small.flat)


@pytest.mark.parametrize("at", [3, 20, 70, 128, 200, -30, -2])
def test_damaged_features_are_computed_again_and_said(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path))
    sounds = Noise([9000, CLIP])
    good = FeatureStore.compute(sounds, LOG_MEL, CLIP, memory_bytes=0).flat.clone()
    (path,) = tmp_path.rglob("features/*.npy")
    whole = path.read_bytes()
    for change in ("bit", "end"):
        data = bytearray(whole)
        data[at] ^= 8
        path.write_bytes(data if change == "bit" else whole[:at])
        said = Said()
        again = FeatureStore.compute(sounds, LOG_MEL, CLIP, memory_bytes=0, progress=said)
        assert torch.equal(again.flat, good)
        assert said.sentences == [f"{path}: the features in the cache are damaged; computed again"]
        assert path.read_bytes() == whole
    quiet = Said()
    FeatureStore.compute(sounds, LOG_MEL, CLIP, memory_bytes=0, progress=quiet)
    assert not quiet.sentences
    np.testing.assert_array_equal(np.load(path), good.numpy())


def test_features_of_an_earlier_version_are_computed_again_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path))
    sounds = Noise([9000, CLIP])
    good = FeatureStore.compute(sounds, LOG_MEL, CLIP, memory_bytes=0).flat.clone()
    (path,) = tmp_path.rglob("features/*.npy")
    np.save(path, good.numpy() + 1)
    said = Said()
    again = FeatureStore.compute(sounds, LOG_MEL, CLIP, memory_bytes=0, progress=said)
    assert torch.equal(again.flat, good)
    assert not said.sentences


def test_the_digest_tells_sounds_and_descriptions_apart() -> None:
    other = LogMel(rate_hz=RATE, window_s=0.032, hop_s=0.016, bands=9)
    digests = {
        FeatureStore.compute(Noise([9000, CLIP]), LOG_MEL, CLIP).digest,
        FeatureStore.compute(Noise([9000, CLIP]), other, CLIP).digest,
        FeatureStore.compute(Noise([9001, CLIP]), LOG_MEL, CLIP).digest,
        FeatureStore.compute(Noise([9000, CLIP]), LOG_MEL, CLIP + 1).digest,
    }
    assert len(digests) == 4


def test_a_full_disk_is_an_error_with_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(TonotopeError, match=r"features.*No space left"):
        FeatureStore.compute(Noise([7001]), LOG_MEL, CLIP, memory_bytes=0)
