"""Rows that a head adds to the table of layers, with sizes and cost."""

from __future__ import annotations

import math
from typing import NamedTuple

from tonotope._shapes import Shape


class LayerRow(NamedTuple):
    """One layer of a head.

    Attributes:
        text: the layer, written as the layers of a network are.
        shape: what comes out.
        parameters: how many numbers it learns.
        multiply_adds: of one clip.
        kept: how many numbers it keeps and does not learn, such as the means of a norm.
        features: of a dense layer, how many values go in; 0 for others.
    """

    text: str
    shape: Shape
    parameters: int = 0
    multiply_adds: int = 0
    kept: int = 0
    features: int = 0


def dense_row(before: Shape, after: Shape) -> LayerRow:
    """One dense layer from all values of `before` to all of `after`.

    >>> from tonotope._shapes import Axis
    >>> dense_row(Shape([Axis("channel", 8)]), Shape([Axis("class", 3)])).parameters
    27
    """
    features, outputs = math.prod(before.sizes), math.prod(after.sizes)
    return LayerRow(
        f"dense {outputs}", after, (features + 1) * outputs, features * outputs, features=features
    )
