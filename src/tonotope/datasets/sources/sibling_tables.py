"""Tables that lie beside the one that is read, and tell the other parts of its split."""

from __future__ import annotations

import contextlib
from pathlib import Path

from tonotope._wording import first_five
from tonotope.datasets.split_words import UNUSED, parts_of


def parts_beside(path: Path) -> list[str]:
    """A question where a table is one part of a split by its name, and others lie beside it.

    Args:
        path: the table that is read, such as `train.csv` beside `test.csv`.
    """
    names = [path.name]
    with contextlib.suppress(OSError):  # a folder that may not be listed
        names = sorted(
            one.name
            for one in path.parent.iterdir()
            if one.suffix.lower() == path.suffix.lower() and one.is_file()
        )
    stems = {name: Path(name).stem for name in names}
    alone = parts_of([*stems.values()])
    # A table of everything may lie there too, which is no part.
    told = {name: alone.get(stem) for name, stem in stems.items()}
    parts = {name: part for name, part in told.items() if part not in (None, UNUSED)}
    others = [name for name in parts if name != path.name]
    if path.name not in parts or not others:
        return []
    are = "is" if len(others) == 1 else "are"
    return [
        f"{path.name} is one part of a split by its name, and {first_five(others)} beside it {are} "
        "not read: one table of all, with a column `split` that says train or test, takes them "
        "as they are meant"
    ]
