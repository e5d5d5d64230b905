"""A column that says in which channel of its file an event is heard: it is not used, and told so.

All of a recording is heard through `data.channels`. A row of channel 1 and one of channel 2 would
then hold the same sound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tonotope._wording import counted, first_five
from tonotope.audio.channels import Channels
from tonotope.datasets.manifest import Recording
from tonotope.datasets.sources.csv_dialect import CsvTable
from tonotope.datasets.vocabulary import bare

_NAMES = ("channel", "chan", "ch", "channelnumber", "channelno", "canal", "kanal", "canale", "voie")
_FROM_0 = {"indir", "infile", "outdir"}  # Kaleidoscope's
_EACH = "save each channel as a file of its own and name that in the rows"


class ChannelColumn(NamedTuple):
    """A column of channels.

    Attributes:
        name: what it is called.
        cells: what it says, by the number of its row; blank cells are absent.
        first: the number of the first channel, 0 or 1.
    """

    name: str
    cells: Mapping[int, int]
    first: int


def find_channels(table: CsvTable, used: Sequence[int | None]) -> ChannelColumn | None:
    """The column of channels by its name, where it holds whole numbers alone; else None.

    Args:
        table: the table.
        used: the places of columns that hold something else.
    """
    at = {bare(name): place for place, name in reversed([*enumerate(table.columns)])}
    place = next((at[name] for name in _NAMES if name in at and at[name] not in used), None)
    if place is None:
        return None
    texts = {number: row[place].strip() for number, row, _ in table.rows() if row}
    filled = {number: text for number, text in texts.items() if text}
    if not filled or not all(text.isdecimal() and len(text) < 4 for text in filled.values()):
        return None
    cells = {number: int(text) for number, text in filled.items()}
    from_0 = 0 in cells.values() or not _FROM_0.isdisjoint(at)
    return ChannelColumn(table.columns[place], cells, 0 if from_0 else 1)


def channels_of_labels(columns: Sequence[Mapping[str, str]]) -> ChannelColumn | None:
    """The same of label files, whose readers leave out the first channel where they write it.

    Args:
        columns: what each label says beside its time and its text.
    """
    name = next((name for one in columns for name in one if bare(name) in _NAMES), None)
    texts = [] if name is None else [one.get(name, "").strip() or "1" for one in columns]
    if name is None or not all(text.isdecimal() and len(text) < 4 for text in texts):
        return None
    cells = dict(enumerate(map(int, texts)))
    return ChannelColumn(name, cells, 0 if 0 in cells.values() else 1)


def channel_warning(
    column: ChannelColumn | None,
    heard: Mapping[int, Recording],
    channels: Channels,
) -> list[str]:
    """A doubt where rows name channels, and something else is heard.

    Args:
        column: the column of channels.
        heard: the recording of each row, by its number.
        channels: how several channels become the one that is heard.
    """
    if column is None:
        return []
    several = {number: one for number, one in heard.items() if one.channels > 1}
    said = {number: column.cells[number] for number in several if number in column.cells}
    # of a television or a number of a device: the files have no such channel
    if not said or any(cell - column.first >= several[at].channels for at, cell in said.items()):
        return []
    other = [cell for cell in said.values() if cell - column.first != channels]
    if not other:
        return []
    what = "the mean of all channels is heard"
    if channels != "mean":
        what = f"channel {channels} alone is heard (data.channels, from 0)"
    numbers = sorted({*said.values()})
    shown = first_five([*map(str, numbers)])
    rows = counted(len(other), "row names", "rows name")
    if len(numbers) == 1:
        cure = f"data.channels = {numbers[0] - column.first} takes that one"
    else:
        cure = f"{_EACH}; or keep the rows of one channel and name it (data.channels, from 0)"
    return [
        f"{rows} another sound than is heard: `{column.name}` ({shown}) is "
        f"not used, and {what}: {cure}"
    ]


def cure_of_channels(column: ChannelColumn | None, pairs: Sequence[tuple[int, int]]) -> str | None:
    """What fits where rows that differ in their channels alone say different labels; else None.

    Args:
        column: the column of channels.
        pairs: the numbers of two rows each that differ in their labels.
    """
    if column is None or not all(
        column.cells.get(one) != column.cells.get(other) for one, other in pairs
    ):
        return None
    return f"these rows differ in `{column.name}`, which is not used: {_EACH}"
