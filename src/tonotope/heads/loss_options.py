"""`LossOptions`: sample weight, class weight, label smoothing, as every loss gets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


class LossOptions(NamedTuple):
    """The weights of clips and classes, and how far targets are smoothed.

    Attributes:
        sample_weight: how much each clip counts, `(batch,)`, 0 or more; None: all alike.
        class_weight: how much each class counts, `(class,)` by output name, as
            `Task.class_weights` gives it; None: all alike.
        label_smoothing: how much of each target is spread evenly over the classes, 0 to 1; heads
            without classes leave it out.

    >>> LossOptions(label_smoothing=0.1).sample_weight is None
    True
    """

    sample_weight: Tensor | None = None
    class_weight: Mapping[str, Tensor] | None = None
    label_smoothing: float = 0.0
