"""Calibration in numbers: known cases, and scikit-learn's Brier score."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from tonotope.answers.calibration import measure_calibration, worse_after


def test_honest_scores_have_hardly_any_error_and_overconfident_ones_their_gap() -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(0.5, 1.0, 40_000)
    scores = np.stack([p, 1 - p], axis=1)
    honest = (rng.random(40_000) > p).astype(int)
    assert measure_calibration(scores, honest)["ece"] < 0.01
    coin = rng.integers(0, 2, 40_000)
    assert measure_calibration(scores, coin)["ece"] == pytest.approx(0.25, abs=0.01)


def test_the_figures_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    p = rng.uniform(0.05, 0.95, 300)
    truth = rng.integers(0, 2, 300)
    found = measure_calibration(np.stack([1 - p, p], axis=1), truth)
    assert found["brier"] == pytest.approx(2 * brier_score_loss(truth, p), abs=1e-6)
    assert found["log_loss"] == pytest.approx(log_loss(truth, p), abs=1e-6)


def test_bins_hold_every_recording_once() -> None:
    scores = np.array([[1.0, 0.0], [0.0, 1.0], [0.55, 0.45], [0.59, 0.41], [0.72, 0.28]])
    found = measure_calibration(scores, np.array([0, 0, 0, 1, 0]))
    assert [(one["low"], one["n"], one["right"]) for one in found["bins"]] == [
        (0.5, 2, 0.5), (0.7, 1, 1.0), (0.9, 2, 0.5),
    ]  # fmt: skip
    # |0.57 - 0.5| of 2, |0.72 - 1| of 1, |1 - 0.5| of 2
    assert found["ece"] == pytest.approx((2 * 0.07 + 0.28 + 2 * 0.5) / 5)


@pytest.mark.parametrize(
    ("ece", "log_loss", "worse"),
    [
        ((0.286, 0.386), (0.829, 1.298), ["ece", "log_loss"]),
        ((0.0273, 0.0554), (2.624, 2.586), ["ece"]),
        ((0.093, 0.096), (0.5, 0.4), []),
        ((0.09, 0.1), (2.757, 2.76), ["ece"]),
        ((0.3, 0.2), (0.5, None), []),
    ],
)
def test_what_a_temperature_made_worse_by_a_hundredth(
    ece: tuple[float, float], log_loss: tuple[float, float | None], worse: list[str]
) -> None:
    before, after = ({"ece": ece[at], "log_loss": log_loss[at]} for at in (0, 1))
    assert list(worse_after({"before": before, "after": after})) == worse
    assert worse_after({"before": None, "after": after}) == {}
    assert worse_after(None) == {}
