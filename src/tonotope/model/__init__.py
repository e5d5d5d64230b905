"""The model: representation, network and head together, from waveforms to outputs.

PyTorch is imported when `Model` is first used, so that a description can be read without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tonotope.model.description import FORMAT_VERSION, ModelDescription

if TYPE_CHECKING:
    from tonotope.model.model import Model

__all__ = ["FORMAT_VERSION", "Model", "ModelDescription"]


def __getattr__(name: str) -> object:
    if name == "Model":
        from tonotope.model.model import Model

        return Model
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
