"""Labels in time: events, and the files that editors and archives keep them in.

One file a format, which both reads and writes it; `FORMATS` lists them. A further format is a file
and a line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tonotope.annotations.collector import EventFile, SkippedRow
    from tonotope.annotations.event import Event, beyond_end
    from tonotope.annotations.format import Format, WriteOptions
    from tonotope.annotations.read import read_events
    from tonotope.annotations.write import write_events

# Of each format the module and the class; a list of names imports none of them. A file is
# recognised by the first that it fits, so that what demands most stands first.
FORMATS: Mapping[str, str] = {
    "parquet": "tonotope.annotations.parquet:Parquet",
    "jams": "tonotope.annotations.jams:Jams",
    "jsonl": "tonotope.annotations.jsonl:JsonLines",
    "srt": "tonotope.annotations.srt:Srt",
    "csv": "tonotope.annotations.csv:Csv",
    "birdnet": "tonotope.annotations.birdnet:BirdNet",
    "kaleidoscope": "tonotope.annotations.kaleidoscope:Kaleidoscope",
    "labels": "tonotope.annotations.labels:Labels",
    "raven": "tonotope.annotations.raven:Raven",
    "audacity": "tonotope.annotations.audacity:Audacity",
}

_HOME = {
    "Event": "event",
    "EventFile": "collector",
    "Format": "format",
    "SkippedRow": "collector",
    "WriteOptions": "format",
    "beyond_end": "event",
    "read_events": "read",
    "write_events": "write",
}

__all__ = [
    "FORMATS",
    "Event",
    "EventFile",
    "Format",
    "SkippedRow",
    "WriteOptions",
    "beyond_end",
    "read_events",
    "write_events",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
