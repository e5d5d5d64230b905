"""The arithmetic of a window that slides along an axis: convolution and pooling share it.

With a kernel of k, dilation d, stride s and p zeros before and after::

    reach = d (k - 1) + 1
    out   = floor((in + p_before + p_after - reach) / s) + 1      (ceil for pooling with `ceil`)

"valid" is p = 0, as the lecture has it and as every layer has it unless told otherwise. "same"
pads reach - 1 zeros in all, the odd one after, whatever the stride: out = ceil(in / s).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, NamedTuple, Self

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.layers.layer import LayerStage, spatial


class Slide(NamedTuple):
    """A window sliding along one axis."""

    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    ceil: bool = False

    @property
    def reach(self) -> int:
        """How many neighbours lie between the first and the last tap, both counted."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def needs(self) -> int:
        """The smallest axis on which the window finds a place."""
        room = self.reach - self.before - self.after
        return max(1, room - (self.stride - 1 if self.ceil else 0))

    def out(self, size: int) -> int:
        """How many places the window finds on an axis of `size`; less than 1 where it finds none.

        >>> Slide(kernel=5).out(32), Slide(2, stride=2, ceil=True).out(5)
        (28, 3)
        """
        if size < self.needs:
            return 0
        room = size + self.before + self.after - self.reach
        if not self.ceil:
            return room // self.stride + 1
        places = -(-room // self.stride) + 1
        # The last window must begin on the axis or on the zeros before it, not on those after.
        return places - 1 if (places - 1) * self.stride >= size + self.before else places

    def of(self, axis: Axis) -> Axis:
        """The axis that comes out: fewer places, further apart, each seeing more."""
        return axis._replace(
            size=self.out(axis.size), step=axis.step * self.stride, span=axis.reach(self.reach)
        )

    def formula(self, axis: Axis) -> str:
        """The size that comes out, with its numbers put in.

        >>> Slide(3, before=1, after=1).formula(Axis("time", 216))
        'time: floor((216 + 2·1 - 3)/1) + 1 = 216'
        """
        word = "ceil" if self.ceil else "floor"
        even = self.before == self.after
        ends = f"2·{self.before}" if even else f"{self.before} + {self.after}"
        zeros = f" + {ends}" if self.before + self.after else ""
        reach = f"({self.dilation}·{self.kernel - 1} + 1)" if self.dilation > 1 else self.kernel
        size = f"{word}(({axis.size}{zeros} - {reach})/{self.stride}) + 1"
        return f"{axis.name}: {size} = {self.out(axis.size)}"


def same(kernel: tuple[int, ...], dilation: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """The zeros that keep the size at stride 1; of an odd number the greater half comes after.

    >>> same((5, 4), (1, 1))
    ((2, 2), (1, 2))
    """
    total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return tuple((t // 2, t - t // 2) for t in total)


def broadcast(value: Any, rank: int) -> Any:
    """One number for every axis, where one is given for several."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,) * rank
    if isinstance(value, tuple | list) and len(value) == 1:
        return tuple(value) * rank
    return value


def padding_text(padding: tuple[tuple[int, int], ...]) -> str:
    """Zeros as they are written: `2x2`, or `1:2x0:0` where the two ends differ."""
    return "x".join(str(a) if a == b else f"{a}:{b}" for a, b in padding)


class Sliding(LayerStage):
    """A layer whose window slides along time, or along time and frequency."""

    # The fields that hold one entry per axis.
    per_axis: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def slides(self) -> tuple[Slide, ...]:
        """The window on each axis."""

    @abstractmethod
    def fitted(self, shape: Shape) -> Self:
        """The nearest layer whose window finds a place on `shape`."""

    def moved(self, shape: Shape) -> list[Axis]:
        """The axes that come out, channel left out.

        Raises:
            ShapeError: the window is larger than its input, or has a size too many or too few.
        """
        self._check_rank(shape)
        pairs = list(zip(self.slides(), spatial(shape), strict=True))
        lacking = [
            f"{slide.needs} {_indices(axis, shape)}, {axis.size} {_are(axis.size)} left"
            for slide, axis in pairs
            if axis.size < slide.needs
        ]
        if lacking:
            fits = self.fitted(shape).text
            raise ShapeError(f"needs {' and '.join(lacking)}: `{fits}` fits")
        return [slide.of(axis) for slide, axis in pairs]

    def formula(self, shape: Shape) -> str:
        """The size of every axis, with its numbers put in."""
        pairs = zip(self.slides(), spatial(shape), strict=True)
        return "; ".join(slide.formula(axis) for slide, axis in pairs)

    def window(self, shape: Shape) -> Shape:
        """One filter on `shape`: the channels it reads, and its taps with their units."""
        taps = [
            axis._replace(size=slide.kernel, step=axis.step * slide.dilation)
            for slide, axis in zip(self.slides(), spatial(shape), strict=True)
        ]
        return Shape([shape.axis("channel"), *taps])

    def _check_rank(self, shape: Shape) -> None:
        axes, rank = spatial(shape), len(self.slides())
        if len(axes) == rank:
            return
        if not axes:
            raise ShapeError(
                "moves over time or frequency, but its input is flat: put it before `flatten`"
            )
        fields = {name: (getattr(self, name)[0],) * len(axes) for name in self.per_axis}
        like = self.model_copy(update=fields).text
        given = "one size" if rank == 1 else f"{rank} sizes"
        words = " × ".join(axis.name for axis in axes)
        raise ShapeError(
            f"gives {given}, but its input is {shape}: give "
            f"{'one' if len(axes) == 1 else len(axes)}, {words}, such as `{like}`"
        )


def _indices(axis: Axis, shape: Shape) -> str:
    """What an index of `axis` is called where a person reads it."""
    if axis.name == "frequency":
        return "bands"
    return "frames" if "frequency" in shape.names else "steps"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
