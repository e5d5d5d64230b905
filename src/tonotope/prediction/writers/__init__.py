"""Writers of predictions, one file a format; `WRITERS` lists them.

A further format is a file and a line in `WRITERS`. Wherever a format is named, a `Writer` of your
own may be given in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from tonotope.annotations import FORMATS

if TYPE_CHECKING:
    from tonotope.prediction.writers.write import write_file, write_rows
    from tonotope.prediction.writers.writer import Writer

# Of each format the module and the class; the command line lists them without importing any.
WRITERS: Mapping[str, str] = {
    "csv": "tonotope.prediction.writers.csv:CsvWriter",
    "jsonl": "tonotope.prediction.writers.jsonl:JsonLinesWriter",
}

# Of events, the usual ones first.
_USUAL = ("csv", "jsonl", "audacity")
EVENT_FORMATS = (*_USUAL, *sorted(FORMATS.keys() - {*_USUAL}))

_HOME = {"Writer": "writer", "write_file": "write", "write_rows": "write"}

__all__ = ["EVENT_FORMATS", "WRITERS", "Writer", "write_file", "write_rows"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
