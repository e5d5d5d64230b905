"""Output size of a sliding window: kernel, stride, dilation, padding (convolution, pooling).

With a kernel of k, dilation d, stride s and p zeros before and after::

    reach = d (k - 1) + 1
    out   = floor((in + p_before + p_after - reach) / s) + 1      (ceil for pooling with `ceil`)
"""

from __future__ import annotations

from abc import abstractmethod
from math import prod
from typing import Any, ClassVar, NamedTuple, Self

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.layers.layer import LayerStage, spatial, times
from tonotope.network.layers.receptive_field import grown


class Slide(NamedTuple):
    """A window that slides along one axis."""

    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    ceil: bool = False

    @property
    def reach(self) -> int:
        """How many indices the window spans, from its first to its last tap."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def needs(self) -> int:
        """The smallest axis that the window fits on."""
        room = self.reach - self.before - self.after
        return max(1, room - (self.stride - 1 if self.ceil else 0))

    def out(self, size: int) -> int:
        """At how many places the window fits on an axis of `size`; 0 if it does not fit.

        >>> Slide(kernel=5).out(32), Slide(2, stride=2, ceil=True).out(5)
        (28, 3)
        """
        if size < self.needs:
            return 0
        room = size + self.before + self.after - self.reach
        if not self.ceil:
            return room // self.stride + 1
        places = -(-room // self.stride) + 1
        # The last window must begin on the axis or on the padding before it, not after it.
        return places - 1 if (places - 1) * self.stride >= size + self.before else places

    def out_axis(self, axis: Axis) -> Axis:
        """The output axis: fewer indices, further apart, each with a larger receptive field."""
        return grown(axis, self.reach, self.stride, self.out(axis.size))

    def formula(self, axis: Axis) -> str:
        """How the output size is computed, with numbers.

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


def broadcast(value: Any, rank: int) -> Any:
    """The value for `rank` axes: a single number is repeated."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,) * rank
    if isinstance(value, tuple | list) and len(value) == 1:
        return tuple(value) * rank
    return value


class Sliding(LayerStage):
    """A layer whose window slides along time, or along time and frequency."""

    # The fields that hold one entry per axis, that of the window first.
    per_axis: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def slides(self) -> tuple[Slide, ...]:
        """The window on each axis."""

    def check_axes(self) -> None:
        """Refuse fields that do not have one entry per axis.

        Raises:
            ValueError: names the field and both numbers.
        """
        window, *others = self.per_axis
        sizes = getattr(self, window)
        for name in others:
            if len(getattr(self, name)) != len(sizes):
                raise ValueError(
                    f"{name} has {len(getattr(self, name))} numbers, the {window} {times(sizes)} "
                    f"has {len(sizes)}: give one per axis, time before frequency"
                )

    def fitted(self, shape: Shape) -> Self:
        """The nearest layer that fits `shape`: a smaller window on axes that are too short."""
        window = self.per_axis[0]
        pairs = zip(getattr(self, window), spatial(shape), strict=True)
        return self.model_copy(update={window: tuple(min(k, axis.size) for k, axis in pairs)})

    def out_shape(self, shape: Shape) -> Shape:
        """The channels stay; the window shortens the other axes.

        Raises:
            ShapeError: the window is larger than its input.
        """
        return Shape([shape.axis("channel"), *self.out_axes(shape)])

    def places(self, shape: Shape) -> int:
        """At how many places the window fits on `shape`."""
        return prod(axis.size for axis in self.out_axes(shape))

    def connections(self, shape: Shape) -> int:
        """Each weight and bias is used once at each place."""
        return self.places(shape) * self.parameters(shape)

    def out_axes(self, shape: Shape) -> list[Axis]:
        """The output axes, channel left out.

        Raises:
            ShapeError: the window is larger than its input, or has a size too many or too few.
        """
        self._check_rank(shape)
        pairs = list(zip(self.slides(), spatial(shape), strict=True))
        too_short = [
            f"{slide.needs} {_indices(axis, shape)}, {axis.size} {_are(axis.size)} left"
            for slide, axis in pairs
            if axis.size < slide.needs
        ]
        if too_short:
            fits = self.fitted(shape).text
            raise ShapeError(f"needs {' and '.join(too_short)}: `{fits}` fits")
        return [slide.out_axis(axis) for slide, axis in pairs]

    def formula(self, shape: Shape) -> str:
        """How the size of each axis is computed, with numbers."""
        pairs = zip(self.slides(), spatial(shape), strict=True)
        return "; ".join(slide.formula(axis) for slide, axis in pairs)

    def window(self, shape: Shape) -> Shape:
        """One filter on `shape`: its channels, and its taps in units of the axes."""
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
                "slides over time or frequency, but its input is flat: put it before `flatten`"
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
    """The word for indices of `axis`."""
    if axis.name == "frequency":
        return "bands"
    return "frames" if "frequency" in shape.names else "steps"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
