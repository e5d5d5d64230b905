"""From the windows of a recording to one label: the mean of the scores, or the majority.

Piczak (2015) labels a recording from its segments by majority or by the mean of their
probabilities, and finds the mean a little better; so it is here the way unless asked otherwise.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from tonotope.audio.loudness import shares_of

Vote = Literal["mean", "majority"]


def by_mean(
    scores: np.ndarray, recording: np.ndarray, recordings: int, weight: np.ndarray | None = None
) -> np.ndarray:
    """The score of a recording is the mean of its windows' scores, loud ones counting more.

    Args:
        scores: (window, class).
        recording: (window,) which recording each window comes from, 0 and up, in any order.
        recordings: how many recordings there are.
        weight: (window,) 0 or more, what each window counts; all the same where a recording's
            are all 0, and where there are none.

    Returns:
        (recording, class) in double precision.

    Raises:
        ValueError: a recording has no window.

    >>> by_mean([[0.9, 0.1], [0.3, 0.7], [0.2, 0.8]], [0, 0, 1], 2)
    array([[0.6, 0.4],
           [0.2, 0.8]])
    >>> by_mean([[0.9, 0.1], [0.3, 0.7]], [0, 0], 1, weight=[2, 1]).round(3)
    array([[0.7, 0.3]])
    """
    scores, recording = np.asarray(scores, dtype=np.float64), np.asarray(recording)
    counts = _windows(recording, recordings)
    sums = np.zeros((recordings, scores.shape[1]))
    if weight is None:
        np.add.at(sums, recording, scores)
        return sums / counts[:, None]
    np.add.at(sums, recording, scores * shares_of(recording, np.asarray(weight))[:, None])
    return sums


def by_majority(scores: np.ndarray, recording: np.ndarray, recordings: int) -> np.ndarray:
    """The score of a class is the share of the windows that name it.

    Where two classes are named equally often, the one with the higher mean score comes first: the
    mean is added with a weight too small to turn any vote.

    Returns:
        (recording, class) in double precision; rows sum to 1.

    >>> by_majority([[0.6, 0.4], [0.6, 0.4], [0.1, 0.9]], [0, 0, 0], 1).argmax()
    np.int64(0)
    >>> by_mean([[0.6, 0.4], [0.6, 0.4], [0.1, 0.9]], [0, 0, 0], 1).argmax()
    np.int64(1)
    """
    scores = np.asarray(scores, dtype=np.float64)
    ballots = np.eye(scores.shape[1])[scores.argmax(axis=1)]
    counts = _windows(recording, recordings)[:, None]
    shares = by_mean(ballots, recording, recordings)
    return settled(shares, by_mean(scores, recording, recordings), counts)


def settled(shares: np.ndarray, mean: np.ndarray, windows: np.ndarray | int) -> np.ndarray:
    """Shares of the windows with their ties settled by the mean score.

    Scores lie in [0, 1], so the mean with this weight stays below half the smallest step between
    two shares. Shares and means are (recording, class), or (class,) of one recording.
    """
    weight = 0.5 / (np.asarray(windows) + 1)
    return (shares + weight * mean) / (1 + weight)


def vote(
    scores: np.ndarray,
    recording: np.ndarray,
    recordings: int,
    how: Vote = "mean",
    weight: np.ndarray | None = None,
) -> np.ndarray:
    """The scores of recordings from the scores of their windows, in the way asked for.

    From (window, class) to (recording, class); the arguments are those of `by_mean`. In a majority
    each window has one ballot, whatever its weight.
    """
    if how == "majority":
        return by_majority(scores, recording, recordings)
    return by_mean(scores, recording, recordings, weight)


def _windows(recording: np.ndarray, recordings: int) -> np.ndarray:
    counts = np.bincount(np.asarray(recording, dtype=np.int64), minlength=recordings)
    if len(counts) > recordings or not counts.all():
        empty = np.flatnonzero(counts == 0)[:5].tolist()
        message = f"every recording needs a window; {recordings} recordings, none for {empty}"
        raise ValueError(message)
    return counts
