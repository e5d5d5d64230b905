"""The model: the one place where representation, network and head meet. Wave in, decision out.

PyTorch is imported when `Model` is first asked for, so that a description can be read without it.
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
