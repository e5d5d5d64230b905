"""Radial basis functions, the output of LeNet-5: minus the squared distance to each code word.

After LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition",
1998, section II.B, output layer.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.layers.layer import Count, LayerStage

if TYPE_CHECKING:
    import numpy as np
    from torch import nn


def codes(classes: int, length: int) -> np.ndarray:
    """The code words `(class, value)`, pseudo-random values of ±1, always the same.

    They are the bits of SHAKE-256 of the class's number, so any program can compute them.

    >>> codes(2, 6).astype(int)
    array([[ 1,  1, -1, -1,  1, -1],
           [ 1,  1, -1,  1, -1,  1]])
    """
    import numpy as np  # the names of networks are listed without it

    size = -(-length // 8)
    words = [
        hashlib.shake_256(f"class {number}".encode()).digest(size) for number in range(classes)
    ]
    data = np.frombuffer(b"".join(words), np.uint8).reshape(classes, size)
    bits = np.unpackbits(data, axis=1, count=length, bitorder="little")
    return bits.astype(np.float32) * 2 - 1


class RBF(LayerStage):
    """Minus the squared distance from the input to the code word of every class.

    y[i] = - sum over j of (x[j] - w[i, j])². In the paper the outputs are the distances and the
    smallest wins; with the minus the largest wins, and the cross-entropy of `classify` is the
    paper's discriminative criterion (equation 9, without the class for rubbish). The codes are
    fixed at ±1: nothing is learned. In 1998 they were pictures of characters, 7 × 12; a class of
    sounds has no picture, so they are random, which the paper mentions too.

    It is the output layer of a network: its axis is `class`, and a head adds no weights. In text
    `rbf CLASSES`.

    Attributes:
        classes: the number of classes.
    """

    kind: Literal["rbf"] = "rbf"
    classes: Count

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        return f"rbf {self.classes}"

    def out_shape(self, shape: Shape) -> Shape:
        """One value per class.

        Raises:
            ShapeError: the input is not flat.
        """
        if len(shape) > 1:
            raise ShapeError(f"takes a flat input, not {shape}: put `flatten` before it")
        return Shape([Axis("class", self.classes)])

    def kept(self, shape: Shape) -> int:
        """The codes."""
        return self.connections(shape)

    def multiply_adds(self, shape: Shape) -> int:
        """One square for each value of each code."""
        return self.connections(shape)

    def connections(self, shape: Shape) -> int:
        """Each value with each class."""
        return shape.sizes[0] * self.classes

    def values(self, shape: Shape) -> int:
        """The differences to all codes."""
        return self.connections(shape)

    def weighed(self, shape: Shape) -> str:
        """The codes, as text."""
        values = shape.sizes[0]
        return f"{self.classes} codes of {values} times ±1, fixed: 0 parameters"

    def build(self, shape: Shape) -> nn.Module:
        """A module that stores the codes and learns nothing."""
        from tonotope.network.layers.modules_1998 import RadialBasis

        self.out_shape(shape)
        return RadialBasis(codes(self.classes, shape.sizes[0]))
