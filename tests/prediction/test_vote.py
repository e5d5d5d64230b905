from __future__ import annotations

import numpy as np
import pytest

from tonotope.prediction.vote import by_majority, by_mean, vote


@pytest.fixture
def windows() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    recording = rng.permutation(np.repeat(np.arange(6), [1, 2, 3, 4, 5, 6]))
    return rng.dirichlet(np.ones(4), len(recording)), recording


def test_the_mean_is_the_mean(windows) -> None:
    scores, recording = windows
    voted = by_mean(scores, recording, 6)
    for number in range(6):
        np.testing.assert_allclose(voted[number], scores[recording == number].mean(axis=0))
    np.testing.assert_array_equal(voted, vote(scores, recording, 6))


def test_the_majority_counts_windows(windows) -> None:
    scores, recording = windows
    voted = by_majority(scores, recording, 6)
    np.testing.assert_allclose(voted.sum(axis=1), 1)
    for number in range(6):
        named = scores[recording == number].argmax(axis=1)
        counts = np.bincount(named, minlength=4)
        assert counts[voted[number].argmax()] == counts.max()
    np.testing.assert_array_equal(voted, vote(scores, recording, 6, "majority"))


def test_equal_votes_go_to_the_surer_class() -> None:
    scores = np.array([[0.55, 0.45], [0.05, 0.95]])
    assert by_majority(scores, np.zeros(2, int), 1).argmax() == 1
    assert by_majority(scores[::-1, ::-1], np.zeros(2, int), 1).argmax() == 0


def test_sure_windows_cannot_outvote_the_many() -> None:
    scores = np.array([[0.51, 0.49]] * 500 + [[0.0, 1.0]] * 499)
    recording = np.zeros(999, int)
    assert by_majority(scores, recording, 1).argmax() == 0
    assert by_mean(scores, recording, 1).argmax() == 1


def test_a_recording_without_a_window_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2 recordings, none for \[1\]"):
        by_mean(np.ones((1, 2)), np.array([0]), 2)
