"""Training: the plan, the dataset, the loop, augmentation, optimisers, checkpoints.

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
