"""Convolution by a connection table: each filter reads only the channels that a table names.

After LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition",
1998, section II.B, layer C3 and Table I. Filters that read different channels cannot all learn
the same.
"""

from __future__ import annotations

from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator

from tonotope._errors import ShapeError, did_you_mean
from tonotope._shapes import Axis, Shape
from tonotope.network.layers.layer import Sizes, Zeros, times
from tonotope.network.layers.window_arithmetic import Slide, Sliding

if TYPE_CHECKING:
    from torch import nn

Channels = Annotated[tuple[Zeros, ...], Field(min_length=1, max_length=65536)]
Table = tuple[Channels, ...]

# The 16 columns of Table I: every three neighbours of the six maps (the last is next to the first);
# every four; three times four that are not neighbours; all.
LENET5: Table = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)  # fmt: skip
TABLES = MappingProxyType({"lenet5": LENET5})


def _table_of(value: Any) -> Any:
    """The table called `value`, or the one it spells: `0+1/1+2`."""
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
    """Filters of `kernel` taps; each reads only the channels that its entry of `table` names.

    No padding and a stride of 1, as in 1998. In text `tableconv KERNEL TABLE`, where the table is
    `lenet5` or names the channels of every filter: `0+1/1+2/0+2` are three filters that each read
    two of three channels.

    Attributes:
        kernel: taps per axis, time before frequency.
        table: the channels that each filter reads, counted from 0; as many entries as filters.

    >>> TableConv(kernel=(5, 5), table="lenet5").table[6]
    (0, 1, 2, 3)
    """

    per_axis: ClassVar[tuple[str, ...]] = ("kernel",)

    kind: Literal["tableconv"] = "tableconv"
    kernel: Sizes
    table: Annotated[Table, Field(min_length=1, max_length=65536), BeforeValidator(_table_of)]

    @field_validator("table")
    @classmethod
    def _each_once(cls, table: Table) -> Table:
        for number, channels in enumerate(table):
            if sorted(set(channels)) != list(channels):
                given = "+".join(map(str, channels[:12]))
                raise ValueError(
                    f"filter {number} reads {given}: name each channel once, in rising order"
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
        """How many pairs of a filter and a channel it reads there are."""
        return sum(map(len, self.table))

    def slides(self) -> tuple[Slide, ...]:
        """The window on each axis."""
        return tuple(map(Slide, self.kernel))

    def out_shape(self, shape: Shape) -> Shape:
        """One channel per filter; the window shortens the other axes.

        Raises:
            ShapeError: the kernel is larger than its input, or the table names other channels.
        """
        axes = self.out_axes(shape)
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
        return self.places(shape) * self.pairs * prod(self.kernel)

    def values(self, shape: Shape) -> int:
        """The greater of its output and of its weights, with zeros for channels not read."""
        filled = len(self.table) * shape.size("channel") * prod(self.kernel)
        return max(super().values(shape), filled)

    def weighed(self, shape: Shape) -> str:
        """How many channels the filters read, and how their parameters add up."""
        filters, taps = len(self.table), " · ".join(map(str, self.kernel))
        few, many = min(map(len, self.table)), max(map(len, self.table))
        reads = f"{few} to {many}" if few < many else f"{few}"
        total = f"{self.pairs} · {taps} + {filters} = {self.parameters(shape):,} parameters"
        return f"{filters} filters that read {reads} channels, {self.pairs} in all; {total}"

    def build(self, shape: Shape) -> nn.Module:
        """A module whose weights are only those of channels that are read."""
        from tonotope.network.layers.modules_1998 import TableConvolution

        self.out_shape(shape)
        return TableConvolution(self.kernel, self.table, shape.size("channel"))
