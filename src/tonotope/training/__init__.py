"""Training: the plan, the data, the loop.

    plan             every choice
    feature_store    the features of all recordings, computed once
    dataset          what is heard in an epoch; `denoise_dataset`: noisy and clean clips
    augmentation     clips varied in training (`gain`: louder and softer)
    optimiser        SGD, Adam, AdamW
    schedule         the learning rate at every step
    weight_average   the moving average of the weights
    autotune         which precision and memory layout is fastest here
    loop             `fit`; its steps are in `steps`, its state in `training_state`
    validation       loss and metrics on the validation recordings
    checkpoint       the state in one file; `history`: one line per epoch; `errors`

PyTorch is imported when something that needs it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from tonotope.runtime.interrupt import Interrupted
from tonotope.training.plan import TrainingPlan

if TYPE_CHECKING:
    from tonotope.training.dataset import Material
    from tonotope.training.feature_store import FrameStore
    from tonotope.training.history import History
    from tonotope.training.loop import fit

__all__ = ["FrameStore", "History", "Interrupted", "Material", "TrainingPlan", "fit"]

_LATER = {"FrameStore": "feature_store", "History": "history", "Material": "dataset", "fit": "loop"}


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(importlib.import_module(f"tonotope.training.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
