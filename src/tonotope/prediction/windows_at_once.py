"""How many windows are scored at once: as many as asked for, fewer where a window is very large."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from tonotope.model.description import ModelDescription

# Going into one layer and coming out of it: 2 GB as float32.
MOST_VALUES = 2**29


def windows_at_once(described: Sequence[ModelDescription], most: int) -> int:
    """The number of windows that pass through the models together.

    Args:
        described: the models, one after the other.
        most: no more than these.
    """
    largest = max(map(_values, described))
    return max(1, min(most, MOST_VALUES // largest))


def _values(described: ModelDescription) -> int:
    """The values of one window that lie in memory together, at the layer with the most."""
    sizes = [math.prod(shape.sizes) for shape in described.shapes()]
    both = [before + after for before, after in pairwise(sizes)]
    return max(described.clip_samples, *sizes, *both)
