"""Tables whose first row is a recording or an event already, or that name no file: what to add.

Audacity writes label tracks without names of columns, and like Raven one table for one sound.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from tonotope._errors import DataError
from tonotope._wording import first_five
from tonotope.datasets.sources.csv_dialect import CsvTable
from tonotope.datasets.sources.scan_folder import SOUND_ENDINGS
from tonotope.datasets.sources.time_cells import number_in


def refuse_headless(table: CsvTable) -> None:
    """Refuse a table whose first row is a recording or an event already.

    Raises:
        DataError: says which names to put above it.
    """
    shown = first_five(list(table.columns))
    names = ",".join(_names_above(table.columns))
    if "file" in names.split(","):
        raise DataError(
            f"{table.path}: the first row ({shown}) looks "
            f"like a recording, not like names; put a row of names above it: {names}"
        )
    numbers = [seconds for name in table.columns[:2] if (seconds := number_in(name)) is not None]
    if len(numbers) == 2 and 0 <= numbers[0] <= numbers[1]:
        raise DataError(
            f"{table.path}: the first row ({shown}) looks like an event, not like names, as in a "
            f"label track of Audacity; put a row of names above it ({names}), and "
            f"{cure_of_one_sound(table.path)}"
        )


def _names_above(cells: Sequence[str]) -> list[str]:
    """Names that fit a first row of data: file, start and end, label."""
    endings = tuple(SOUND_ENDINGS)
    times = iter(("start", "end"))
    texts = iter(("label",))
    names: list[str] = []
    for cell in cells:
        if cell.lower().endswith(endings):
            names.append("file" if "file" not in names else "…")
        elif len(cells) > 2 and number_in(cell) is not None:
            names.append(next(times, "…"))
        else:
            names.append(next(texts, "…"))
    return names


def cure_of_one_sound(path: Path) -> str:
    """What to add to a table of the events of one sound, which programs for annotation write."""
    with contextlib.suppress(OSError):
        for beside in sorted(path.parent.iterdir()):
            sound = beside.suffix.lower() in SOUND_ENDINGS
            if sound and path.name.startswith(f"{beside.stem}."):
                return (
                    f"if they are of one sound, add a column `file` with {beside.name} in each row"
                )
    return "if they are of one sound, add a column `file` with its name in each row"
