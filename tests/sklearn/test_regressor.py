"""Sounds that are measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import cross_val_score

from tonotope.sklearn import AudioRegressor

Tones = Callable[..., tuple[np.ndarray, np.ndarray]]


class Table:
    """A table with named columns, as pandas has them."""

    def __init__(self, **columns: np.ndarray) -> None:
        self.columns = list(columns)
        self.values = np.column_stack(list(columns.values()))
        self.shape = self.values.shape

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return self.values

    def __len__(self) -> int:
        return len(self.values)


def measured(**changes: object) -> AudioRegressor:
    choices = {"epochs": 40, "learning_rate": 0.02, "random_state": 0}
    return AudioRegressor(**{**choices, **changes})


def test_a_quantity_is_told_in_its_own_unit(tones: Tones) -> None:
    waves, pitch_hz = tones()
    small = ["conv 8 3x3 padding same", "relu", "globalpool time mean"]
    unvaried = {"time_stretch": 1.0, "equaliser_db": 0.0, "noise_db": 0.0, "time_masks": 0}
    choices = {"batch_size": 8, "epochs": 20, "training": unvaried}
    told = measured(rate_hz=8000, network=small, **choices)
    told.fit(waves, pitch_hz)
    assert told.score(waves, pitch_hz) > 0.9
    assert told.predict(waves).shape == (24,)
    assert told.training_.mixup == 0  # two tones together have not the mean of their pitches


def test_several_quantities_keep_their_names(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 6))
    y = Table(pitch_hz=440 + 40 * x[:, 1], level_db=x[:, 4] - 20)
    told = measured(rate_hz=8000).fit(x, y)
    said = told.predict(x)
    assert said.shape == (60, 2)
    assert np.corrcoef(said[:, 0], y.values[:, 0])[0, 1] > 0.95
    assert told.score(x, y) > 0.9
    told.save(tmp_path / "model")
    again = AudioRegressor.load(tmp_path / "model")
    answer = again.model_.description.head.answers[0]
    assert answer.columns == ("pitch_hz", "level_db")
    assert answer.units == ("Hz", "dB")
    assert np.array_equal(again.predict(x), said)


def test_a_column_stays_a_column_and_a_constant_is_learnt() -> None:
    x = np.random.default_rng(0).normal(size=(12, 3))
    told = measured(epochs=4).fit(x, np.full((12, 1), 7.0))
    assert told.predict(x).shape == (12, 1)
    assert told.predict(x) == pytest.approx(np.full((12, 1), 7.0), abs=2)


def test_means_are_those_of_what_teaches() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 4)), rng.normal(size=20)
    told = measured(epochs=1, validation_fraction=0.5).fit(x, y)
    train, held = told._parts([""] * 20, None, int(np.random.RandomState(0).randint(2**31 - 1)))
    assert len(held) == 10
    assert told.model_.description.head.means == pytest.approx([y[train].mean()])


def test_it_is_judged_in_folds() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(90, 6))
    scores = cross_val_score(measured(epochs=12), x, 3 * x[:, 2], cv=3)
    assert scores.min() > 0.8
