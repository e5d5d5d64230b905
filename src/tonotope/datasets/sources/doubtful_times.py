"""Columns of times that are not what they look like: lengths of files, a lone time in each row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tonotope._errors import DataError
from tonotope._wording import counted
from tonotope.datasets.labels import normalised
from tonotope.datasets.manifest import Recording
from tonotope.datasets.sources.build_manifest import SourceEntry
from tonotope.datasets.sources.columns import Columns
from tonotope.datasets.sources.csv_dialect import CsvTable
from tonotope.datasets.sources.table_rows import Row
from tonotope.datasets.sources.time_cells import UNIT_S, number_in
from tonotope.datasets.vocabulary import is_attribute, looks_like, time_name

_MOST = 0.9  # of the rows: here and there an event is as long as its file
_EXACT_S, _EXACT = 0.02, 0.005  # tables round lengths of files
# Words of a column that says one moment: `peak_time`, `Sekunde`, `instante`.
_MOMENT = frozenset(
    (
        *("time", "peak", "second", "seconds", "sec", "secs", "moment", "timestamp", "centre"),
        *("center", "position", "pos", "t", "at", "tiempo", "segundo", "segundos", "seg", "centro"),
        *("momento", "instante", "pico", "posición", "posicion", "zeit", "sekunde", "sekunden"),
        *("sek", "zeitpunkt", "mitte", "stelle", "temps", "seconde", "secondes", "instant"),
        *("milieu", "tempo", "secondo", "secondi", "meio"),
    )
)
# Beside them a time is one of the day, or none of the sound.
_OF_A_DAY = frozenset(
    (
        *("day", "date", "zone", "recorded", "recording", "hour", "local", "utc", "sunrise"),
        *("sunset", "reaction", "response", "exposure", "signature", "día", "dia", "fecha", "hora"),
        *("tag", "uhr", "uhrzeit", "datum", "jour", "heure", "file"),
    )
)


def refuse_file_lengths(
    entries: Sequence[SourceEntry], lasts_s: Mapping[Path, float], chosen: Columns, table: Path
) -> None:
    """Refuse durations that are the lengths of the files: no event would lie inside its own.

    Args:
        entries: events, their ends from a start and a duration.
        lasts_s: the length of each file in seconds.
        chosen: the columns.
        table: the table, for the message.

    Raises:
        DataError: names the column and a row, and what to write instead.
    """
    if chosen.times.duration is None or chosen.start is None:
        return
    timed = [
        (one, one.start_s, one.end_s, lasts_s[one.path])
        for one in entries
        if one.start_s is not None and one.end_s is not None and one.path in lasts_s
    ]
    whole = [
        (one, file_s)
        for one, start_s, end_s, file_s in timed
        if start_s and abs(end_s - start_s - file_s) <= max(_EXACT_S, _EXACT * file_s)
    ]
    if not whole or len(whole) < _MOST * sum(bool(start_s) for _, start_s, *_ in timed):
        return
    column, (one, file_s) = chosen.names[chosen.times.duration], whole[0]
    raise DataError(
        f"{table}: `{column}` says how long each file lasts, not the event: row {one.row} starts "
        f"at {one.start_s:g} s, and {one.name} lasts {file_s:.2f} s in all; write there how long "
        "each event lasts, or add a column `end`"
    )


def lone_time_warning(
    rows: Sequence[Row], chosen: Columns, heard: Mapping[Path, Recording], sheet: CsvTable
) -> list[str]:
    """A question where one column may say when it sounds in each file, and all of it is heard.

    Args:
        rows: those that are used, one for each file.
        chosen: the columns; none of times is used.
        heard: the recording of each file.
        sheet: the table.
    """
    taken = {chosen.file, chosen.label, chosen.group, chosen.fold, chosen.part, *chosen.targets}
    cells = {number: row for number, row, _ in sheet.rows() if row}
    for at, name in enumerate(chosen.names):
        if at in taken or not _says_moment(name):
            continue
        unit = time_name(name)[1]
        found = [
            (number_in(cells[row.number][at]), one)
            for row in rows
            if (one := heard.get(row.path)) and cells[row.number][at].strip()
        ]
        times = [
            (number * UNIT_S.get(unit, 1 / one.rate_hz), one.duration_s)
            for number, one in found
            if number is not None
        ]
        inside = [0 <= time_s <= file_s for time_s, file_s in times]
        if not times or len(times) < len(found) or not all(inside) or not any(dict(times)):
            continue
        time_s, file_s = next(one for one in times if one[0])
        return [
            f"whole files are heard, though `{name}` may say when inside them it sounds "
            f"({time_s:g} s of {file_s:g} s, in {counted(len(times), 'file')}): if only a part is "
            "meant, call the columns that say when it begins and ends `start` and `end`, or "
            "`start` and `duration`"
        ]
    return []


def _says_moment(name: str) -> bool:
    """Whether a column is called like one time inside a sound: `onset`, `peak_time`."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    pieces = {*re.findall(r"[^\W\d_]+", normalised(apart))}
    if pieces & _OF_A_DAY or is_attribute(name):
        return False
    return bool(pieces & _MOMENT) or looks_like(name) == "time"
