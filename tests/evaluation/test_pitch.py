"""Pitch from the autocorrelation, and what it comes to in the units of a quantity."""

from __future__ import annotations

import numpy as np
import pytest

from tonotope.answers.baseline import BaselineInput
from tonotope.answers.quantities import Quantities, pitch_in_units
from tonotope.evaluation.pitch import pitch_hz, pitches_hz

RATE_HZ = 16000


def tone(hertz: float, seconds: float = 0.3, harmonics: int = 6) -> np.ndarray:
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return sum(np.sin(2 * np.pi * hertz * k * time + k) / k for k in range(1, harmonics + 1))


class Played:
    rate_hz = RATE_HZ

    def __init__(self, *waves: np.ndarray) -> None:
        self.waves = waves
        self.ids = tuple(str(number) for number in range(len(waves)))

    def __getitem__(self, number: int) -> np.ndarray:
        return self.waves[number]


@pytest.mark.parametrize("hertz", [70.0, 196.3, 440.0, 987.8])
def test_within_ten_cents_and_not_an_octave_off(hertz: float) -> None:
    (heard,) = pitches_hz(Played(tone(hertz).astype(np.float32)))
    assert abs(1200 * np.log2(heard[0] / hertz)) < 10


def test_noise_and_silence_have_no_pitch() -> None:
    noise = np.random.default_rng(0).standard_normal(960)
    assert np.isnan(pitch_hz(noise, RATE_HZ))
    assert np.isnan(pitch_hz(np.zeros(960), RATE_HZ))
    assert np.isnan(pitches_hz(Played(np.zeros(4, np.float32)))).all()


def test_the_reference_of_cents_comes_from_the_training_part() -> None:
    taught = np.array([[220.0], [440.0], [880.0], [np.nan]])
    truth = np.stack([1200 * np.log2(taught[:, 0] / 440.0), taught[:, 0], [1.0, 2, 3, 4]], axis=1)
    truth[3] = [0.0, 440.0, 4.0]
    test = Quantities(
        ids=("a", "b"), truth=np.zeros((2, 3)), predicted=np.zeros((2, 3)), groups=("g", "h"),
        folds=("", ""), columns=("x", "y", "z"), units=("cents", "Hz", ""),
    )  # fmt: skip
    test_hz = np.array([[466.1638], [np.nan]])
    told = pitch_in_units(BaselineInput(taught, truth, np.array([*"abcd"]), test_hz, test))
    assert told[0] == pytest.approx([100.0, 466.1638, 2.5], abs=1e-3)
    assert told[1] == pytest.approx(truth.mean(axis=0))  # nothing repeats: the mean is said
