"""Noisy and clean clips: new noise in training, the same elsewhere, and it is learnt from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tonotope.audio.noise import NoiseMixer
from tonotope.heads import Denoise
from tonotope.heads.denoise import NOISY, SOUND
from tonotope.model import Model
from tonotope.network import Encoder
from tonotope.representation import LogMel, Magnitude, Representation, Waveform
from tonotope.training import FeatureStore, TrainingPlan, fit
from tonotope.training.denoise_dataset import DenoiseDataset

RATE_HZ, SAMPLES = 2000, 800
MEL = LogMel(rate_hz=RATE_HZ, window_s=0.032, hop_s=0.016, bands=16, level="clip")


class Tones:
    lengths = (SAMPLES,) * 8

    def __getitem__(self, number: int) -> np.ndarray:
        time = np.arange(SAMPLES) / RATE_HZ
        return (0.3 * np.sin(2 * np.pi * (100 + 60 * number) * time)).astype(np.float32)

    def sound_hash(self, number: int) -> str:
        return f"tone {number}"


def pairs(representation: Representation = MEL, noise_seed: int = 0) -> DenoiseDataset:
    store = FeatureStore.compute(Tones(), Waveform(rate_hz=RATE_HZ), SAMPLES)
    mixer = NoiseMixer(Tones(), RATE_HZ, ("white",), (0.0, 10.0), {})
    return DenoiseDataset(
        store, {}, np.arange(6), np.arange(6, 8), SAMPLES, mixer=mixer,
        representation=representation, noise_seed=noise_seed,
    )  # fmt: skip


def places(*records: int) -> tuple[np.ndarray, np.ndarray]:
    return np.array(records), np.zeros(len(records), np.int64)


def test_training_hears_new_noise_each_time_and_the_same_with_the_same_seed() -> None:
    dataset = pairs()
    torch.manual_seed(1)
    first, second = dataset.load(places(0, 1))[0], dataset.load(places(0, 1))[0]
    torch.manual_seed(1)
    again = dataset.load(places(0, 1))[0]
    assert bool((first != second).any())
    torch.testing.assert_close(first, again, rtol=0, atol=0)


def test_what_is_watched_always_has_the_same_noise_whoever_else_is_in_the_batch() -> None:
    first = pairs().load(places(6, 0, 7))[0]
    again = pairs().load(places(7, 6))[0]
    torch.testing.assert_close(first[[0, 2]], again[[1, 0]], rtol=0, atol=0)
    other = pairs(noise_seed=1).load(places(7, 6))[0]
    assert bool((other != again).any())


@pytest.mark.parametrize(
    "representation", [MEL, Waveform(rate_hz=RATE_HZ), Magnitude(rate_hz=RATE_HZ, window_s=0.032)]
)
def test_features_are_of_the_noisy_clip_and_targets_of_both(representation: Representation) -> None:
    features, targets = pairs(representation).load(places(6, 7))
    assert features.shape == targets[SOUND].shape == targets[NOISY].shape
    assert float((targets[SOUND] - targets[NOISY]).square().mean()) > 0
    assert bool(features.isfinite().all())


def test_the_constants_are_those_of_noisy_training_clips() -> None:
    dataset = pairs()
    mean, std = dataset.mean_and_std(None)
    assert mean.shape == std.shape == (1, 1, 16)
    again, _ = pairs().mean_and_std(None)
    torch.testing.assert_close(mean, again, rtol=0, atol=0)
    clean = MEL.build(MEL.clip_shape(SAMPLES))(torch.from_numpy(Tones()[0])[None])
    assert float(mean.mean()) > float((clean - clean.amax()).mean()) + 10  # noise fills the gaps


def test_it_learns_and_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    def model() -> Model:
        network = Encoder(widths=(4, 8), convolutions=1)
        return Model.build(MEL, network, Denoise(noises=("white",)), clip_samples=SAMPLES)

    recipe = {
        **Denoise().training_defaults,
        "batch_size": 6,
        "learning_rate": 0.02,
        "precision": "float32",
    }
    whole, parts = model(), model()
    lines = fit(whole, pairs(), TrainingPlan(**recipe, epochs=8), folder=tmp_path / "one").lines
    assert lines[-1]["validation_loss"] < min(0.9, lines[0]["validation_loss"])

    from tonotope._progress import Progress
    from tonotope.training import Interrupted

    class Impatient(Progress):
        steps = 0

        def advance(self, steps: int = 1, **facts: object) -> None:
            self.steps += steps
            if self.steps == 7:
                raise Interrupted("enough")

    plan = TrainingPlan(**recipe, epochs=8)
    with pytest.raises(Interrupted):
        fit(parts, pairs(), plan, folder=tmp_path / "two", progress=Impatient(), save_every_s=0.0)
    fit(parts, pairs(), plan, folder=tmp_path / "two")
    for name, weight in whole.state_dict().items():
        torch.testing.assert_close(parts.state_dict()[name], weight, rtol=0, atol=0)
