"""LeNet-5 of 1998, whole: subsampling, connection table, scaled tanh, radial basis functions.

LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition",
Proceedings of the IEEE 86(11), 1998, section II.B. On 1 × 32 × 32:

    layer                              comes out     parameters   connections
    C1    conv 6 5x5                   6 × 28 × 28          156       122,304
    S2    subsample 2x2                6 × 14 × 14           12         5,880
    C3    tableconv 5x5 lenet5         16 × 10 × 10       1,516       151,600
    S4    subsample 2x2                16 × 5 × 5            32         2,000
    C5    conv 120 5x5                 120 × 1 × 1       48,120        48,120
    F6    dense 84                     84                10,164        10,164
          rbf 10                       10                     0           840
                                                         60,000       340,908

A scaled tanh, 1.7159 tanh(2x/3), follows every layer up to F6. Subsampling learns a gain and an
offset per map; a table says which maps of S2 each filter of C3 reads; the output layer computes the
distance to a fixed code for each class, and learns nothing. It replaces the head's dense layer, so
the model has exactly the parameters of the paper.
"""

from __future__ import annotations

from typing import Literal, Self

from tonotope._errors import ShapeError
from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture, Published
from tonotope.network.initialisation import InitName
from tonotope.network.layers.layer import Count, spatial, times
from tonotope.network.shared_layers import shape_after


class LeNet5(Architecture):
    """LeNet-5 of 1998 for spectrograms of at least 16 × 16.

    The kernel of C5 covers all that S4 leaves, so that C5 is fully connected as in the paper; with
    inputs larger than 32 × 32 its parameters grow.

    Attributes:
        classes: of the output layer; None takes those of the head, or ten if there is no head.
        init: as in the paper, uniform within ±2.4 / fan_in.

    >>> from tonotope._shapes import Axis
    >>> from tonotope.network import totals, trace
    >>> shape = Shape([Axis("channel", 1), Axis("time", 32), Axis("frequency", 32)])
    >>> counts = totals(trace(LeNet5().expand(shape), shape))
    >>> print(counts["parameters"], counts["connections"])
    60000 340908
    """

    kind: Literal["lenet5"] = "lenet5"
    init: InitName = "lenet5"
    classes: Count | None = None

    reads = "spectrogram"
    has_output_layer = True

    @property
    def published(self) -> Published:
        """For the ten digits."""
        return Published(
            source="LeCun, Bottou, Bengio & Haffner 1998, Gradient-based learning applied to "
            "document recognition",
            sizes=(1, 32, 32),
            outputs=10,
            parameters=60_000,
            counts_connections=True,
        )

    def with_outputs(self, outputs: int) -> Self:
        """With an output layer for `outputs` classes, unless `classes` is set."""
        return self if self.classes else self.model_copy(update={"classes": outputs})

    def lines(self, shape: Shape) -> list[str]:
        """The layers of 1998, the output layer included."""
        act = "scaledtanh"
        maps = [
            "conv 6 5x5", act,
            "subsample 2x2", act,
            "tableconv 5x5 lenet5", act,
            "subsample 2x2", act,
        ]  # fmt: skip
        try:
            left = shape_after(maps, shape)
        except ShapeError:
            left = shape  # shape inference names the layer that does not fit
        whole = times(tuple(axis.size for axis in spatial(left)))
        full = [
            f"conv 120 {whole}", act,
            "flatten",
            "dense 84", act,
            f"rbf {self.classes or self.published.outputs}",
        ]  # fmt: skip
        return [*maps, *full]
