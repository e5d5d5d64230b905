"""Deltas: the slope of each value over time, as further channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from tonotope._errors import ShapeError
from tonotope._shapes import Shape
from tonotope.network.layers.layer import LayerStage

if TYPE_CHECKING:
    from torch import nn


class Deltas(LayerStage):
    """Each channel is followed by its slopes over time (Furui 1986).

    The slope of a value is that of the least-squares line through `width` neighbouring frames::

        d[t] = (sum over n of n · x[t + n]) / (sum over n of n²),   n = -half ... half

    with half = (width - 1) / 2.

    The first and the last frame are repeated past the ends, as by `librosa.feature.delta` with
    `mode="nearest"`. It is a layer and not a representation, because it comes after
    standardisation (as in Piczak 2015); so windows of a long recording can share frames, and only
    half as much is stored.

    In text `deltas [width W]`.

    Attributes:
        width: frames per line, an odd number.
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

    def formula(self, shape: Shape) -> str:
        """The number of channels."""
        channels = shape.size("channel")
        return f"channel: {channels} values + {channels} slopes = {2 * channels}"

    def build(self, shape: Shape) -> nn.Module:
        """A module without parameters; its taps follow from `width` and are not saved."""
        from tonotope.network.layers.modules import Slopes

        self.out_shape(shape)
        return Slopes(self.width, len(shape) - 1)
