"""Training: the plan, the dataset, the loop.

    plan             every choice
    feature_store    the features of all recordings, computed once
    feature_statistics   their mean and standard deviation
    dataset          the clips of an epoch; `denoise_dataset`: pairs of noisy and clean clips
    augmentation     random changes of training clips (`gain`: louder and softer)
    optimizer        SGD, Adam, AdamW
    schedule         the learning rate at every step
    weight_average   the moving average of the weights
    precision_choice which precision and memory layout is fastest here
    loop             `fit`; its steps are in `steps`, its state in `training_state`
    validation       loss and metrics on the validation recordings
    checkpoint       the state in one file; `history`: one line per epoch
    failures         a loss that is not finite, memory that runs out

PyTorch is imported when something that needs it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from tonotope.runtime.interrupt import Interrupted
from tonotope.training.plan import TrainingPlan

if TYPE_CHECKING:
    from tonotope.training.dataset import Dataset
    from tonotope.training.feature_store import FeatureStore
    from tonotope.training.history import History
    from tonotope.training.loop import fit

__all__ = ["Dataset", "FeatureStore", "History", "Interrupted", "TrainingPlan", "fit"]

_LAZY = {"Dataset": "dataset", "FeatureStore": "feature_store", "History": "history", "fit": "loop"}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(importlib.import_module(f"tonotope.training.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
