"""Convolution by a connection table: each filter reads only the channels that a table names.

After LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition",
1998, section II.B, layer C3 and Table I. Filters that are given different channels cannot learn
the same thing.
"""

from __future__ import annotations

from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator

from tonotope._errors import ShapeError, did_you_mean
from tonotope._shapes import Axis, Shape
from tonotope.network.layers.layer import Sizes, Zeros, spatial, times
from tonotope.network.layers.window_arithmetic import Slide, Sliding

if TYPE_CHECKING:
    from torch import nn

Channels = Annotated[tuple[Zeros, ...], Field(min_length=1, max_length=65536)]
Table = tuple[Channels, ...]

# The 16 columns of Table I: every three neighbours of the six maps, taken round; every four; three
# times four that are not neighbours; all.
LENET5: Table = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)  # fmt: skip
TABLES = MappingProxyType({"lenet5": LENET5})


def _named(value: Any) -> Any:
    """The table of a name; a filter may also be written `0+1+2`."""
    if not isinstance(value, str):
        return value
    if value in TABLES:
        return TABLES[value]
    columns = [column.split("+") for column in value.split("/")]
    if not all(part.isdecimal() and len(part) < 10 for column in columns for part in column):
        meant = did_you_mean(value, TABLES)
        raise ValueError(
            f"table {value[:60]!r}: `lenet5`, or the channels of each filter, 0+1/1+2/0+2{meant}"
        )
    return tuple(tuple(map(int, column)) for column in columns)


class TableConv(Sliding):
    """Filters of `kernel` taps that each read the channels their entry of `table` names.

    Without zeros and with a stride of one, as in 1998. In text `tableconv KERNEL TABLE`, where the
    table is `lenet5` or names the channels of every filter: `0+1/1+2/0+2` are three filters that
    each read two of three channels.

    Attributes:
        kernel: taps per axis, time before frequency.
        table: the channels that each filter reads, counted from 0; as many entries as filters.

    >>> TableConv(kernel=(5, 5), table="lenet5").table[6]
    (0, 1, 2, 3)
    """

    per_axis: ClassVar[tuple[str, ...]] = ("kernel",)

    kind: Literal["tableconv"] = "tableconv"
    kernel: Sizes
    table: Annotated[Table, Field(min_length=1, max_length=65536), BeforeValidator(_named)]

    @field_validator("table")
    @classmethod
    def _each_once(cls, table: Table) -> Table:
        for number, channels in enumerate(table):
            if sorted(set(channels)) != list(channels):
                told = "+".join(map(str, channels[:12]))
                raise ValueError(
                    f"filter {number} reads {told}: name each channel once, in rising order"
                )
        return table

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        for name, table in TABLES.items():
            if self.table == table:
                return f"tableconv {times(self.kernel)} {name}"
        columns = "/".join("+".join(map(str, channels)) for channels in self.table)
        return f"tableconv {times(self.kernel)} {columns}"

    @property
    def pairs(self) -> int:
        """How many channels all filters read together."""
        return sum(map(len, self.table))

    def slides(self) -> tuple[Slide, ...]:
        """The window on each axis."""
        return tuple(map(Slide, self.kernel))

    def fitted(self, shape: Shape) -> TableConv:
        """The nearest filters that find a place on `shape`: a shorter kernel where it must be."""
        pairs = zip(self.kernel, spatial(shape), strict=True)
        return self.model_copy(update={"kernel": tuple(min(k, axis.size) for k, axis in pairs)})

    def out_shape(self, shape: Shape) -> Shape:
        """One channel per filter; the other axes as the sliding window leaves them.

        Raises:
            ShapeError: the kernel is larger than its input, or the table names other channels.
        """
        axes = self.moved(shape)
        channels, most = shape.size("channel"), max(map(max, self.table))
        if most >= channels:
            raise ShapeError(
                f"reads channel {most}, but its input has {channels}, 0 to {channels - 1}: its "
                f"table is made for {most + 1}, use `conv {len(self.table)} {times(self.kernel)}`"
            )
        return Shape([Axis("channel", len(self.table)), *axes])

    def parameters(self, shape: Shape) -> int:
        """Taps for every channel that a filter reads, and a bias for every filter."""
        return self.pairs * prod(self.kernel) + len(self.table)

    def multiply_adds(self, shape: Shape) -> int:
        """Places × taps × channels that are read."""
        return self._places(shape) * self.pairs * prod(self.kernel)

    def connections(self, shape: Shape) -> int:
        """Every weight and bias is used once at every place."""
        return self._places(shape) * self.parameters(shape)

    def values(self, shape: Shape) -> int:
        """The greater of what comes out and of all its weights with the zeros between them."""
        filled = len(self.table) * shape.size("channel") * prod(self.kernel)
        return max(super().values(shape), filled)

    def weighed(self, shape: Shape) -> str:
        """How many channels the filters read, and how their parameters add up."""
        filters, taps = len(self.table), " · ".join(map(str, self.kernel))
        few, many = min(map(len, self.table)), max(map(len, self.table))
        reads = f"{few} to {many}" if few < many else f"{few}"
        sum_ = f"{self.pairs} · {taps} + {filters} = {self.parameters(shape):,} parameters"
        return f"{filters} filters that read {reads} channels, {self.pairs} in all; {sum_}"

    def build(self, shape: Shape) -> nn.Module:
        """A module that learns as many numbers as `parameters` says, and no zeros."""
        from tonotope.network.layers.modules_1998 import TableConvolution

        self.out_shape(shape)
        return TableConvolution(self.kernel, self.table, shape.size("channel"))

    def _places(self, shape: Shape) -> int:
        return prod(axis.size for axis in self.moved(shape))
