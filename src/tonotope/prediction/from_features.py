"""Prediction for recordings whose features are in memory: the test part of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tonotope._errors import TrainingError
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted
from tonotope.audio import window_plan
from tonotope.prediction.ensemble import NOT_FINITE, Ensemble
from tonotope.prediction.vote import Vote, vote
from tonotope.training.feature_store import FeatureStore

if TYPE_CHECKING:
    from tonotope.model.model import Model

BATCH = 64


class WindowScores(NamedTuple):
    """The scores of the windows of some recordings.

    Attributes:
        scores: (window, column).
        recording: (window,) which recording each window comes from, from 0.
        recordings: how many recordings there are.
        weight: (window,) what each counts in the vote by mean.
    """

    scores: np.ndarray
    recording: np.ndarray
    recordings: int
    weight: np.ndarray

    def vote(self, how: Vote = "mean") -> np.ndarray:
        """The scores of the recordings, (recording, column)."""
        if not self.recordings:
            return np.zeros((0, self.scores.shape[1]))
        return vote(self.scores, self.recording, self.recordings, how, self.weight)

    @classmethod
    def joined(cls, parts: Sequence[WindowScores]) -> WindowScores:
        """Those of several lists of recordings, one list after the other."""
        firsts = np.cumsum([0, *(one.recordings for one in parts)])
        return cls(
            np.concatenate([one.scores for one in parts]),
            np.concatenate([one.recording + at for one, at in zip(parts, firsts, strict=False)]),
            int(firsts[-1]),
            np.concatenate([one.weight for one in parts]),
        )


def predict_windows(
    models: Model | Sequence[Model] | Ensemble,
    store: FeatureStore,
    records: Sequence[int] | np.ndarray,
    *,
    hop_steps: int = 0,
    how: Vote = "mean",
    batch_size: int = BATCH,
    progress: Progress = SILENT,
) -> np.ndarray:
    """Score whole recordings by the vote of their windows.

    Args:
        models: one, or several to be averaged.
        store: the features of recordings, short ones filled up to a clip.
        records: which of them to score, numbers (recording,).
        hop_steps: as of `score_windows`.
        how: `mean` of the probabilities, or `majority`.
        batch_size: windows scored at once.
        progress: hears of each batch.

    Returns:
        (recording, class), in the order of `records` and of the models' classes.
    """
    return score_windows(
        models, store, records, hop_steps=hop_steps, batch_size=batch_size, progress=progress
    ).vote(how)


def score_windows(
    models: Model | Sequence[Model] | Ensemble,
    store: FeatureStore,
    records: Sequence[int] | np.ndarray,
    *,
    hop_steps: int = 0,
    batch_size: int = BATCH,
    progress: Progress = SILENT,
) -> WindowScores:
    """Score every window of some recordings.

    The windows are those of `stream.predict`: one every `hop_steps` frames and one laid against
    the end.

    Args:
        models: one, or several to be averaged.
        store: the features of recordings, short ones filled up to a clip.
        records: which of them to score, numbers (recording,).
        hop_steps: from one window to the next, in frames; 0 is half a clip, and more than a
            window counts as a window.
        batch_size: windows scored at once; fewer where they are very large.
        progress: hears of each batch.

    Raises:
        TrainingError: the network's answer to a window is not finite.
    """
    ensemble = models if isinstance(models, Ensemble) else Ensemble(models)
    records = np.asarray(records, dtype=np.int64)
    if not len(records):
        return WindowScores(np.zeros((0, len(ensemble.classes))), records, 0, np.zeros(0))
    steps = ensemble.steps
    hop = min(hop_steps, steps) or ensemble.hop_steps()
    plan = window_plan.plan_windows(store.lengths[records], steps, hop)
    batch_size = ensemble.windows_at_once(batch_size)
    progress.begin("predict", len(plan))
    found = []
    for first in range(0, len(plan), batch_size):
        part = slice(first, first + batch_size)
        clips = store.crop(records[plan.recording[part]], plan.start[part], steps)
        found.append(ensemble.scores(clips, progress))
        progress.advance(len(clips))
    progress.end()
    lost = sum(not np.isfinite(row).all() for one in found for row in one)
    if lost:
        raise TrainingError(
            f"{lost} of {counted(len(plan), 'window')}: {NOT_FINITE}; try a smaller"
            " training.learning_rate or a larger training.batch_size"
        )
    weight = store.weights(records[plan.recording], plan.start, steps)
    return WindowScores(np.concatenate(found), plan.recording, len(records), weight)
