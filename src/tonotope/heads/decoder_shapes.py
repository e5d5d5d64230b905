"""The decoder's layers and sizes, before it is built: from the last shape back to the input's.

A network that halves time or frequency passes through levels, the stretches of its way on which
both stay as they are. A decoder climbs them in reverse. Each step repeats every value until the
size of the level above is reached, lays beside it what the network had found there (Ronneberger,
Fischer and Brox, "U-Net", 2015; left out where all has to pass the narrowest place), and convolves.
Repeating and then convolving leaves no checkerboard, which transposed convolutions do (Odena,
Dumoulin and Olah, "Deconvolution and checkerboard artifacts", 2016), and it fits any size: what a
pool left over at the end is filled with the last value, what a kernel took at both ends with the
values there.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Literal, NamedTuple

from tonotope._shapes import Axis, Shape
from tonotope.heads.layer_row import LayerRow

OutputKind = Literal["mask", "residual", "direct"]

KERNEL = {1: 9, 2: 3}  # nine weights on one axis or on two
_NARROWEST = 8  # channels of a level at which the network only had the sound itself


class AxisResize(NamedTuple):
    """How one axis comes back to its size: each value so many times, then more or less at the ends.

    Attributes:
        factor: how often each value is repeated.
        before: places to be added in front.
        after: places to be added at the end; below 0 to be taken away.
    """

    factor: int
    before: int
    after: int


class DecoderStep(NamedTuple):
    """One step up.

    Attributes:
        tap: after which layer the network stood on this level last; 0 is what went in.
        joined: how many channels of it the step also reads; 0 for none.
        given: how many channels come from below.
        fits: how each axis comes back to its size.
        shape: what comes out.
    """

    tap: int
    joined: int
    given: int
    fits: tuple[AxisResize, ...]
    shape: Shape

    @property
    def taps(self) -> int:
        """Weights of one filter for one channel."""
        return KERNEL[len(self.fits)] ** len(self.fits)

    @property
    def text(self) -> str:
        """The step as layers are written."""
        kernel = "x".join([str(KERNEL[len(self.fits)])] * len(self.fits))
        up = "x".join(str(fit.factor) for fit in self.fits)
        beside = f", beside {self.joined} of layer {self.tap}" if self.joined else ""
        return f"up {up}{beside}, conv {self.shape.size('channel')} {kernel}, batchnorm, relu"

    @property
    def parameters(self) -> int:
        """The convolution's, without bias, and scale and shift of the norm."""
        filters = self.shape.size("channel")
        return filters * ((self.given + self.joined) * self.taps + 2)

    @property
    def kept(self) -> int:
        """The norm's mean and variance of each channel."""
        return 2 * self.shape.size("channel")

    @property
    def multiply_adds(self) -> int:
        """Places × filters × taps × channels in."""
        return prod(self.shape.sizes) * (self.given + self.joined) * self.taps


class OutputLayer(NamedTuple):
    """The layer at the end: one convolution of single taps, and what its values are.

    Attributes:
        given: how many channels come from below.
        shape: what comes out, the shape of the features.
        made: what its values are.
    """

    given: int
    shape: Shape
    made: OutputKind

    @property
    def text(self) -> str:
        """The layer as layers are written."""
        ones = "x".join("1" * (len(self.shape) - 1))
        return f"conv {self.shape.size('channel')} {ones}, {self.made}"

    @property
    def parameters(self) -> int:
        """A weight for each channel in and out, and a bias for each that comes out."""
        return (self.given + 1) * self.shape.size("channel")

    @property
    def kept(self) -> int:
        """None."""
        return 0

    @property
    def multiply_adds(self) -> int:
        """Places × channels out × channels in."""
        return prod(self.shape.sizes) * self.given


def decoder_steps(way: Sequence[Shape], *, skips: bool) -> tuple[DecoderStep, ...]:
    """The steps from the last shape of a way back to the sizes of the first.

    Args:
        way: the shape of the features, and the one after each layer.
        skips: whether each step also reads the network's output on its level.

    >>> axes = [Shape([Axis("channel", c), Axis("time", t)]) for c, t in ((1, 9), (4, 9), (4, 3))]
    >>> [step.text for step in decoder_steps(axes, skips=True)]
    ['up 3, beside 4 of layer 1, conv 4 9, batchnorm, relu']
    """
    levels = _levels(way)
    found: list[DecoderStep] = []
    at = way[-1]
    for tap in reversed(levels[:-1]):
        level = way[tap]
        width = level.size("channel")
        width = max(width, min(_NARROWEST, at.size("channel"))) if tap == 0 else width
        fits = tuple(_fit(*axes) for axes in zip(at[1:], level[1:], strict=True))
        shape = Shape([level[0]._replace(size=width), *level[1:]])
        joined = level.size("channel") if skips else 0
        found.append(DecoderStep(tap, joined, at.size("channel"), fits, shape))
        at = shape
    return tuple(found)


def table_lines(rows: Sequence[LayerRow]) -> list[str]:
    """A line for each layer of a decoder, and one for all of them."""
    lines = [f"    {row.text} → {row.shape}; {_costs([row])}" for row in rows]
    return [*lines, f"    {_costs(rows)} in all"]


def first_irreversible(way: Sequence[Shape]) -> tuple[int, str] | None:
    """After which layer there is no way back, and why; None where there is one."""
    axes = way[0].names
    for number, shape in enumerate(way[1:], start=1):
        if shape.names != axes:
            return number, "gives up the axes that the sound lies on"
        for before, axis in zip(way[number - 1][1:], shape[1:], strict=True):
            if axis.size == 1 and before.size > 2:
                return number, f"leaves nothing of where along {axis.name} anything was"
    return None


def _costs(rows: Sequence[LayerRow]) -> str:
    parameters, work = (sum(row.parameters for row in rows), sum(row.multiply_adds for row in rows))
    return f"{parameters:,} parameters, {work:,} multiply-adds"


def _levels(way: Sequence[Shape]) -> list[int]:
    """Of each level the number of the layer after which the network stood there last."""
    changes = [at for at in range(1, len(way)) if way[at].sizes[1:] != way[at - 1].sizes[1:]]
    return [*(at - 1 for at in changes), len(way) - 1]


def _fit(small: Axis, large: Axis) -> AxisResize:
    """How an axis that was `large` comes back from `small`."""
    ratio = small.step / large.step if large.step else large.size / small.size
    factor = max(1, round(ratio))
    missing = large.size - factor * small.size
    # A pool leaves less than one window over, at the end; a kernel takes from both ends alike.
    before = missing // 2 if missing >= factor else 0
    return AxisResize(factor, before, missing - before)
