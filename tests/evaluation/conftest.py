from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tonotope.answers.classes import Predictions

Make = Callable[..., Predictions]


@pytest.fixture
def make() -> Make:
    """Predictions from truths and guesses; the score of the guess is 0.6 and more."""

    def made(
        truth: Sequence[int],
        said: Sequence[int],
        *,
        groups: Sequence[str] | None = None,
        folds: Sequence[str] | None = None,
        classes: Sequence[str] = ("cat", "dog", "owl"),
    ) -> Predictions:
        n = len(truth)
        scores = np.full((n, len(classes)), 0.4 / (len(classes) - 1))
        scores[np.arange(n), np.asarray(said, dtype=int)] = 0.6
        return Predictions(
            tuple(f"r{number:03}.wav" for number in range(n)),
            np.array(truth),
            scores,
            tuple(groups or (f"g{number:03}" for number in range(n))),
            tuple(folds or [""] * n),
            tuple(classes),
        )

    return made


@pytest.fixture
def noisy(make: Make) -> Callable[[int, float], Predictions]:
    """120 recordings of 30 groups, a given share of them right."""

    def noised(seed: int, right: float) -> Predictions:
        truth = np.random.default_rng(0).integers(0, 3, 120)
        rng = np.random.default_rng(seed)
        wrong = rng.random(120) > right
        said = (truth + wrong * rng.integers(1, 3, 120)) % 3
        return make(truth, said, groups=[f"g{number % 30:02}" for number in range(120)])

    return noised
