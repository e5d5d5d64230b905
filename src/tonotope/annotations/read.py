"""`read_events`: a label file in any of the formats, recognised by what is in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from tonotope._errors import DataError, ExperimentError, did_you_mean
from tonotope.annotations import FORMATS
from tonotope.annotations.collector import Collector, EventFile
from tonotope.annotations.format import Format
from tonotope.annotations.text_encoding import decode_table
from tonotope.audio import file_type

_LARGEST = 1 << 30  # bytes


def read_events(
    path: str | Path,
    format: str | Format | None = None,
    *,
    sound: str = "",
    label: str | None = None,
    score_in_text: bool = True,
    durations: Mapping[str, float] | None = None,
) -> EventFile:
    """Read the events of a label file.

    A row that cannot be read is left out and told in `skipped`; the rest goes on.

    Args:
        path: the file.
        format: a name in `FORMATS`, or a `Format` of your own; None recognises it by its content.
        sound: the recording, for the files that name none (Audacity, SRT, Raven for one recording).
        label: the column of labels, where a table has several (Raven, BirdNET, Kaleidoscope).
        score_in_text: whether a number such as 0.93 behind a label is its score (Audacity, SRT).
        durations: the length of each recording in seconds, in the order in which Raven opened
            them; needed for its tables of several recordings without a File Offset.

    Raises:
        DataError: the file cannot be read, is damaged, or no format fits; says what was seen.
        ExperimentError: no format has this name.
        MissingPackageError: the file is Parquet, and pyarrow is not installed.
    """
    path = Path(path)
    data = _bytes(path)
    is_parquet = data.startswith(b"PAR1")
    text, encoding = ("", "") if is_parquet else _text(data, path)
    chosen = _recognised(data if is_parquet else text, path) if format is None else find(format)
    if chosen.is_text == is_parquet:
        kind = "Parquet" if is_parquet else "text"
        raise DataError(f"{path}: it is {kind}, and not of the format `{chosen.name}`")
    events = Collector(
        str(path), sound=sound, label=label, score_in_text=score_in_text, durations=durations
    )
    if encoding not in ("", "UTF-8", "UTF-8 with a byte order mark"):
        events.note(f"its text is {encoding}")
    chosen.read(text if chosen.is_text else data, events)
    return events.finish(path, chosen.name)


def find(format: str | Format) -> Format:
    """The format of a name, new; or the one that was given.

    Raises:
        ExperimentError: there is none of this name.
    """
    if not isinstance(format, str):
        if isinstance(format, Format) and not isinstance(format, type):
            return format
        raise ExperimentError(
            f"{format!r:.60} is no format: give a name ({', '.join(FORMATS)}), or an object as "
            "tonotope.annotations.Format describes it"
        )
    if format not in FORMATS:
        known = ", ".join(FORMATS)
        raise ExperimentError(
            f"no format of labels is called `{format}`; there are: {known}"
            f"{did_you_mean(format, FORMATS)}"
        )
    module, _, name = FORMATS[format].partition(":")
    return getattr(import_module(module), name)()


def _recognised(content: str | bytes, path: Path) -> Format:
    """The first format that fits."""
    for name in FORMATS:
        one = find(name)
        if one.is_text == isinstance(content, str) and one.fits(content, path):
            return one
    lines = content.splitlines() if isinstance(content, str) else []
    first = next((line.strip() for line in lines if line.strip()), "")
    if not first:
        raise DataError(f"{path}: empty; it holds no labels")
    raise DataError(
        f"{path}: begins with `{first[:80]}`, which no format of labels does; known are "
        f"{', '.join(FORMATS)} (a table needs a row of names: file,start_s,end_s,label)"
    )


def _bytes(path: Path) -> bytes:
    try:
        handle, status = file_type.open_regular_file(path)
        with os.fdopen(handle, "rb") as file:
            if status.st_size > _LARGEST:
                raise DataError(f"{path}: {status.st_size:,} bytes; 1 GB is the most read here")
            return file.read()
    except file_type.Refused as refused:
        raise DataError(f"{path}: {refused}") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: {file_type.explain_error(error)}") from error


def _text(data: bytes, path: Path) -> tuple[str, str]:
    if not data.strip(b"\0 \t\r\n"):
        return "", ""
    text, encoding = decode_table(data, str(path))
    if "\0" in text:
        raise DataError(f"{path}: holds a NUL byte; the file is damaged")
    return text, encoding
