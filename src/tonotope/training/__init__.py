"""Training: the plan, the material, the loop.

    plan         every choice
    features     the features of all recordings, computed once
    material     what is heard in an epoch
    regularise   clips made harder to learn by heart (`level`: louder and softer)
    optimise     optimisers, learning rate, moving average
    device       threads, precision, layout (`probe`: which is fastest here)
    precision    whether bfloat16 is right here, shape by shape
    loop         `fit`, with its verbs in `course` and how far it has come in `state`
    validate     how well it does on other recordings
    checkpoint   the state in one file; `history`, `lock`, `interrupt`, `faults`

PyTorch is imported when something that needs it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from tonotope.training.interrupt import Interrupted
from tonotope.training.plan import TrainingPlan

if TYPE_CHECKING:
    from tonotope.training.features import FrameStore
    from tonotope.training.history import History
    from tonotope.training.loop import fit
    from tonotope.training.material import Material

__all__ = ["FrameStore", "History", "Interrupted", "Material", "TrainingPlan", "fit"]

_LATER = {"FrameStore": "features", "History": "history", "Material": "material", "fit": "loop"}


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(importlib.import_module(f"tonotope.training.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
