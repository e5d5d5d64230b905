"""How often files are opened, as Python's own audit hook sees it."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_watched: list[Counter[str]] = []


def _note_open(event: str, arguments: tuple[object, ...]) -> None:
    if _watched and event == "open" and isinstance(arguments[0], str | Path):
        _watched[-1][str(arguments[0])] += 1


sys.addaudithook(_note_open)  # a hook stays for ever; it counts only while something watches


@contextlib.contextmanager
def opened_below(folder: Path) -> Iterator[Counter[str]]:
    """How often each file of a folder is opened meanwhile."""
    found: Counter[str] = Counter()
    _watched.append(found)
    try:
        yield found
    finally:
        _watched.pop()
        for name in [name for name in found if not name.startswith(str(folder))]:
            del found[name]
