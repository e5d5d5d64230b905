"""Pooling layers: the maximum or mean of each window; global pooling."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.layers.layer import LayerStage, Sizes, Zeros, spatial, times
from tonotope.network.layers.window_arithmetic import Slide, Sliding, broadcast

if TYPE_CHECKING:
    from torch import nn

Ends = Annotated[tuple[Zeros, ...], Field(min_length=1, max_length=2)]


class Pool(Sliding):
    """A window whose values become one: their maximum, or their mean.

    In text `maxpool SIZE [stride S] [padding P] [ceil]`, and the same with `meanpool`. Padding,
    and what lies past the end with `ceil`, is left out: the mean is over real values only.

    Attributes:
        kind: `maxpool` or `meanpool`.
        size: of the window per axis, time before frequency.
        stride: distance between windows; by default the size.
        padding: at each end of each axis; at most half the size.
        ceil: whether the last window may reach past the end.

    >>> Pool(kind="maxpool", size=(2, 2)).stride
    (2, 2)
    """

    per_axis: ClassVar[tuple[str, ...]] = ("size", "stride", "padding")

    kind: Literal["maxpool", "meanpool"]
    size: Sizes
    stride: Sizes = ()
    padding: Ends = ()
    ceil: bool = Field(default=False, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, value: Any) -> Any:
        """The stride is the size by default; one number is for every axis."""
        if not isinstance(value, dict):
            return value
        size = broadcast(value.get("size"), 1)
        if not isinstance(size, tuple | list):
            return value  # the field's own check says what is wrong
        stride = value.get("stride")
        return {
            **value,
            "stride": size if stride is None else broadcast(stride, len(size)),
            "padding": broadcast(value.get("padding", 0), len(size)),
        }

    @model_validator(mode="after")
    def _sizes_agree(self) -> Pool:
        self.check_axes()
        if any(2 * zeros > size for zeros, size in zip(self.padding, self.size, strict=True)):
            most = times(tuple(size // 2 for size in self.size))
            raise ValueError(
                f"padding {times(self.padding)} is more than half of {times(self.size)}: "
                f"at most {most}, or some windows would hold only padding"
            )
        return self

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        words = [f"{self.kind} {times(self.size)}"]
        if self.stride != self.size:
            words.append(f"stride {times(self.stride)}")
        if any(self.padding):
            words.append(f"padding {times(self.padding)}")
        return " ".join([*words, "ceil"] if self.ceil else words)

    def slides(self) -> tuple[Slide, ...]:
        """The window on each axis."""
        axes = zip(self.size, self.stride, self.padding, strict=True)
        return tuple(Slide(size, step, 1, zeros, zeros, self.ceil) for size, step, zeros in axes)

    def fitted(self, shape: Shape) -> Pool:
        """The nearest layer that fits `shape`: a smaller window on axes that are too short."""
        fits = [
            (slide.kernel, slide.stride, slide.before)
            if axis.size >= slide.needs
            else (axis.size, min(slide.stride, axis.size), 0)
            for slide, axis in zip(self.slides(), spatial(shape), strict=True)
        ]
        size, stride, padding = (tuple(column) for column in zip(*fits, strict=True))
        return self.model_copy(update={"size": size, "stride": stride, "padding": padding})

    def build(self, shape: Shape) -> nn.Module:
        """`nn.MaxPool1d`, `nn.MaxPool2d`, `nn.AvgPool1d` or `nn.AvgPool2d`."""
        from tonotope.network.layers.modules import pool

        self.out_shape(shape)
        return pool(self.kind, self.size, self.stride, self.padding, ceil=self.ceil)


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class GlobalPool(LayerStage):
    """A whole axis becomes one index: its mean, maximum, standard deviation, or several of them.

    In text `globalpool time|frequency|all mean|max|std|mean+max|... [added]`. The axis stays, with
    size 1.

    Attributes:
        over: the axis that is pooled.
        how: `mean`, `max`, `std` or several; the channels of the first come first. Mean and
            deviation together are statistics pooling (Snyder et al., "X-vectors", ICASSP 2018).
        added: whether they are added (Kong et al. 2020) and not concatenated.

    >>> GlobalPool(over="time", how=("mean", "max")).text
    'globalpool time mean+max'
    """

    kind: Literal["globalpool"] = "globalpool"
    over: Literal["time", "frequency", "all"]
    how: Annotated[
        tuple[Literal["mean", "max", "std"], ...],
        Field(min_length=1, max_length=3),
        BeforeValidator(_as_tuple),
    ] = ("mean",)
    added: bool = Field(default=False, strict=True)

    @model_validator(mode="after")
    def _each_once(self) -> GlobalPool:
        if len(set(self.how)) != len(self.how):
            raise ValueError(
                f"{'+'.join(self.how)} names the same twice: mean, max, std, or several, mean+max"
            )
        if self.added and len(self.how) == 1:
            raise ValueError(f"{self.how[0]} alone leaves nothing to add: mean+max added")
        return self

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        text = f"globalpool {self.over} {'+'.join(self.how)}"
        return f"{text} added" if self.added else text

    @property
    def _values(self) -> int:
        """How many values each channel becomes."""
        return 1 if self.added else len(self.how)

    def _pools(self, axis: Axis) -> bool:
        return axis.name != "channel" and self.over in ("all", axis.name)

    def out_shape(self, shape: Shape) -> Shape:
        """Size 1 on the pooled axes; the channels once for each word of `how`, or once if added.

        Raises:
            ShapeError: the input has no such axis.
        """
        if not any(self._pools(axis) for axis in shape):
            here = " and ".join(axis.name for axis in spatial(shape)) or "no axis: it is flat"
            raise ShapeError(f"finds no {self.over} axis to pool over; its input has {here}")
        channel = shape.axis("channel")
        axes = [
            axis._replace(size=1, step=axis.step * axis.size, span=axis.reach(axis.size))
            if self._pools(axis)
            else axis
            for axis in spatial(shape)
        ]
        return Shape([channel._replace(size=channel.size * self._values), *axes])

    def formula(self, shape: Shape) -> str:
        """How many values are pooled."""
        pooled = prod(axis.size for axis in shape if self._pools(axis))
        return f"{pooled} values of each channel become {self._values}"

    def build(self, shape: Shape) -> nn.Module:
        """A module that keeps the pooled axes with size 1."""
        from tonotope.network.layers.modules import GlobalPooling

        self.out_shape(shape)
        dims = tuple(i + 1 for i, axis in enumerate(shape) if self._pools(axis))
        return GlobalPooling(dims, self.how, added=self.added)
