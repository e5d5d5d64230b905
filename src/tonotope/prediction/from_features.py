"""Prediction for recordings whose features are in memory: the test part of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tonotope._progress import SILENT, Progress
from tonotope.audio import window_plan
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.vote import Vote, vote
from tonotope.training.feature_store import FeatureStore

if TYPE_CHECKING:
    from tonotope.model.model import Model

BATCH = 64


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

    The windows are those of `stream.predict`: one every `hop_steps` frames and one laid against
    the end.

    Args:
        models: one, or several to be averaged.
        store: the features of recordings, short ones filled up to a clip.
        records: which of them to score.
        hop_steps: from one window to the next, in frames; 0 is half a clip, and more than a
            window counts as a window.
        how: `mean` of the probabilities, or `majority`.
        batch_size: windows scored at once.
        progress: hears of each batch.

    Returns:
        (recording, class), in the order of `records` and of the models' classes.
    """
    ensemble = models if isinstance(models, Ensemble) else Ensemble(models)
    records = np.asarray(records, dtype=np.int64)
    if not len(records):
        return np.zeros((0, len(ensemble.classes)))
    steps = ensemble.steps
    hop = min(hop_steps, steps) or ensemble.hop_steps()
    plan = window_plan.plan_windows(store.lengths[records], steps, hop)
    progress.begin("predict", len(plan))
    found = []
    for first in range(0, len(plan), batch_size):
        part = slice(first, first + batch_size)
        clips = store.crop(records[plan.recording[part]], plan.start[part], steps)
        found.append(ensemble.scores(clips, progress))
        progress.advance(len(clips))
    progress.end()
    return vote(np.concatenate(found), plan.recording, len(records), how)
