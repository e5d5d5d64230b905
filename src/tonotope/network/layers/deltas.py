"""Deltas: beside every value how fast it changes, so that a filter sees movement at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from tonotope._errors import ShapeError
from tonotope._shapes import Shape
from tonotope.network.layers.layer import LayerStage

if TYPE_CHECKING:
    from torch import nn


class Deltas(LayerStage):
    """The slope of every band over time becomes a channel of its own (Furui 1986).

    The slope is that of the straight line with the least squares through `width` neighbouring
    frames::

        d[t] = (sum over n of n · x[t + n]) / (sum over n of n²),   n = -half ... half

    with half = (width - 1) / 2.

    The first and the last frame are repeated beyond the ends, so `librosa.feature.delta` with
    `mode="nearest"` gives the same. It is a layer and not a representation, because it belongs
    after the standardisation (as in Piczak 2015): slopes know no level, frames stay frames that a
    long recording shares between its windows, and only half as much has to be stored.

    In text `deltas [width W]`.

    Attributes:
        width: how many frames the line goes through, an odd number.
    """

    kind: Literal["deltas"] = "deltas"
    width: int = Field(default=9, ge=3, le=999, strict=True)

    @field_validator("width")
    @classmethod
    def _has_a_middle(cls, width: int) -> int:
        if width % 2 == 0:
            raise ValueError(f"{width} frames have no middle: use {width - 1} or {width + 1}")
        return width

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        return "deltas" if self.width == 9 else f"deltas width {self.width}"

    def out_shape(self, shape: Shape) -> Shape:
        """Twice the channels: the values, then their slopes.

        Raises:
            ShapeError: the input has no time left.
        """
        if "time" not in shape.names:
            raise ShapeError(f"finds no time axis in {shape}: put it before `flatten`")
        return Shape(
            axis._replace(size=2 * axis.size)
            if axis.name == "channel"
            else axis._replace(span=axis.reach(self.width))
            if axis.name == "time"
            else axis
            for axis in shape
        )

    def multiply_adds(self, shape: Shape) -> int:
        """None are counted: the slopes are a fixed part of what the network is shown."""
        return 0

    def formula(self, shape: Shape) -> str:
        """How many channels there are then."""
        channels = shape.size("channel")
        return f"channel: {channels} values + {channels} slopes = {2 * channels}"

    def build(self, shape: Shape) -> nn.Module:
        """A module without parameters; its taps follow from the width and are not saved."""
        from tonotope.network.layers.modules import Slopes

        self.out_shape(shape)
        return Slopes(self.width, len(shape) - 1)
