"""Convolution over time, or time and frequency: kernel, stride, dilation, padding, groups.

As usual in deep learning the kernel is not flipped (this is a cross-correlation)::

    y[m, t, f] = b[m] + sum over c, k, l of  w[m, c, k, l] * x[c, s t + d k - p, s f + d l - p]

Padding is p zeros at each end: "valid" is p = 0, the default. "same" pads reach - 1 zeros in all,
whatever the stride, with the odd one at the end, so that out = ceil(in / stride).
"""

from __future__ import annotations

from collections import OrderedDict
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.layers.layer import Count, Pairs, Sizes, filters_of, spatial, times
from tonotope.network.layers.padding import same
from tonotope.network.layers.window_arithmetic import Slide, Sliding, broadcast

if TYPE_CHECKING:
    from torch import nn


class Conv(Sliding):
    """Filters of `kernel` taps that slide over time, or over time and frequency.

    In text `conv FILTERS KERNEL [stride S] [dilation D] [padding P] [groups G] [nobias]`, where P
    is `valid` (no zeros, the default), `same`, or numbers of zeros per axis (`2x2`; `1:2x0:0`
    if the two ends differ).

    Attributes:
        filters: how many filters, so how many channels come out.
        kernel: taps per axis, time before frequency.
        stride: distance between places, per axis.
        dilation: distance between neighbouring taps, per axis.
        padding: zeros before and after, per axis; "valid" and "same" become numbers.
        groups: the channels are split into this many parts; each filter reads one part.
        bias: whether each filter adds a constant.

    >>> Conv(filters=32, kernel=(5, 5), padding="same").padding
    ((2, 2), (2, 2))
    """

    per_axis: ClassVar[tuple[str, ...]] = ("kernel", "stride", "dilation", "padding")

    kind: Literal["conv"] = "conv"
    filters: Count
    kernel: Sizes
    stride: Sizes = ()
    dilation: Sizes = ()
    padding: Pairs = ()
    groups: Count = 1
    bias: bool = Field(default=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, value: Any) -> Any:
        """One number for all axes, and the words for padding, become numbers per axis."""
        if not isinstance(value, dict):
            return value
        kernel = broadcast(value.get("kernel"), 1)
        if not _are_sizes(kernel):
            return value  # the field's own check says what is wrong
        rank = len(kernel)
        dilation = broadcast(value.get("dilation", 1), rank)
        return {
            **value,
            "kernel": tuple(kernel),
            "stride": broadcast(value.get("stride", 1), rank),
            "dilation": dilation,
            "padding": _zeros(value.get("padding", "valid"), tuple(kernel), dilation),
        }

    @field_validator("padding", mode="before")
    @classmethod
    def _known_padding(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError(
                f"padding {value!r}: `valid` (no zeros), `same`, or zeros per axis such as 2x2"
            )
        return value

    @model_validator(mode="after")
    def _sizes_agree(self) -> Conv:
        self.check_axes()
        for slide in self.slides():
            if max(slide.before, slide.after) >= slide.reach:
                raise ValueError(
                    f"padding {_padding_text(self.padding)} is wider than the kernel: more than "
                    f"{slide.reach - 1} zeros on a side would give places without any input"
                )
        if self.filters % self.groups:
            raise ValueError(
                f"{self.filters} filters do not split into {self.groups} groups: "
                f"use a multiple of {self.groups}"
            )
        return self

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        words = [f"conv {self.filters} {times(self.kernel)}"]
        if set(self.stride) != {1}:
            words.append(f"stride {times(self.stride)}")
        if set(self.dilation) != {1}:
            words.append(f"dilation {times(self.dilation)}")
        if any(map(any, self.padding)):
            is_same = self.padding == same(self.kernel, self.dilation)
            words.append(f"padding {'same' if is_same else _padding_text(self.padding)}")
        if self.groups != 1:
            words.append(f"groups {self.groups}")
        return " ".join(words if self.bias else [*words, "nobias"])

    def slides(self) -> tuple[Slide, ...]:
        """The window on each axis."""
        axes = zip(self.kernel, self.stride, self.dilation, self.padding, strict=True)
        return tuple(Slide(k, s, d, before, after) for k, s, d, (before, after) in axes)

    def fitted(self, shape: Shape) -> Conv:
        """The nearest layer that fits `shape`: a shorter kernel on axes that are too short."""
        kernel, padding = list(self.kernel), list(self.padding)
        for i, (slide, axis) in enumerate(zip(self.slides(), spatial(shape), strict=True)):
            if axis.size < slide.needs:
                steps = (axis.size + slide.before + slide.after - 1) // slide.dilation
                most = steps * slide.dilation  # padding must stay below the reach
                kernel[i] = steps + 1
                padding[i] = (min(slide.before, most), min(slide.after, most))
        return self.model_copy(update={"kernel": tuple(kernel), "padding": tuple(padding)})

    def out_shape(self, shape: Shape) -> Shape:
        """One channel per filter; the window shortens the other axes.

        Raises:
            ShapeError: the kernel is larger than its input, or channels do not split into groups.
        """
        axes = self.out_axes(shape)
        channels = shape.size("channel")
        if channels % self.groups:
            fits = [g for g in range(1, self.groups + 1) if not (channels % g or self.filters % g)]
            raise ShapeError(
                f"cannot split {channels} channels into {self.groups} groups: use groups {fits[-1]}"
            )
        return Shape([Axis("channel", self.filters), *axes])

    def parameters(self, shape: Shape) -> int:
        """(taps × channels in + 1) × filters (Dumoulin & Visin 2016)."""
        weights = shape.size("channel") // self.groups * prod(self.kernel)
        return self.filters * (weights + self.bias)

    def multiply_adds(self, shape: Shape) -> int:
        """Places × filters × taps × channels in."""
        weights = shape.size("channel") // self.groups * prod(self.kernel)
        return self.places(shape) * self.filters * weights

    def weighed(self, shape: Shape) -> str:
        """One filter with its axes and units, and the parameters of all."""
        one = self.window(shape.resized(channel=shape.size("channel") // self.groups))
        return filters_of(self.filters, one, self.bias, self.parameters(shape))

    def values(self, shape: Shape) -> int:
        """The greater of its output and of its padded input."""
        pairs = zip(self.slides(), spatial(shape), strict=True)
        padded = prod(axis.size + slide.before + slide.after for slide, axis in pairs)
        return max(super().values(shape), padded * shape.size("channel"))

    def build(self, shape: Shape) -> nn.Module:
        """`nn.Conv1d` or `nn.Conv2d`; if the two ends differ, with a padding module before it."""
        from torch import nn

        from tonotope.network.layers.modules import StridedPointwiseConv2d, ranked

        self.out_shape(shape)
        even = all(before == after for before, after in self.padding)
        rank = len(self.kernel)
        skips = prod(self.kernel) == 1 and prod(self.stride) > 1
        conv = ranked(rank, nn.Conv1d, StridedPointwiseConv2d if skips else nn.Conv2d)(
            shape.size("channel"),
            self.filters,
            self.kernel,
            self.stride,
            tuple(before for before, _ in self.padding) if even else 0,
            self.dilation,
            self.groups,
            self.bias,
        )
        if even:
            return conv
        # PyTorch names the ends of the last axis first.
        ends = tuple(zeros for pair in reversed(self.padding) for zeros in pair)
        pad = ranked(rank, nn.ConstantPad1d, nn.ConstantPad2d)(ends, 0.0)
        return nn.Sequential(OrderedDict(pad=pad, conv=conv))


def _padding_text(padding: tuple[tuple[int, int], ...]) -> str:
    """Zeros as text: `2x2`, or `1:2x0:0` if the two ends differ."""
    return "x".join(str(a) if a == b else f"{a}:{b}" for a, b in padding)


def _are_sizes(value: Any) -> bool:
    return isinstance(value, tuple | list) and all(type(size) is int for size in value)


def _zeros(padding: Any, kernel: tuple[int, ...], dilation: Any) -> Any:
    """The zeros before and after each axis; unchanged if it is not a known form."""
    if padding == "valid":
        return ((0, 0),) * len(kernel)
    if padding == "same" and _are_sizes(dilation) and len(dilation) == len(kernel):
        return same(kernel, tuple(dilation))
    if type(padding) is int:
        padding = (padding,)
    if isinstance(padding, tuple | list):
        pairs = tuple((zeros, zeros) if type(zeros) is int else zeros for zeros in padding)
        return broadcast(pairs, len(kernel))
    return padding
