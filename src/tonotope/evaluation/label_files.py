"""Label files read for judging. TO BE SWAPPED for `tonotope.annotations` (`read_events`).

Until the formats are there: our own CSV (file, start_s, end_s, label, score) and Audacity label
tracks. Nothing else imports from here but `score_labels.py`.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

from tonotope._errors import DataError
from tonotope._wording import counted
from tonotope.annotations.event import Event


class ReadEvents(NamedTuple):
    """What a label file holds.

    Attributes:
        events: in the order of the file.
        notes: what was understood.
        skipped: lines that are no events, each with its reason.
    """

    events: tuple[Event, ...]
    notes: tuple[str, ...]
    skipped: tuple[str, ...]


def read_events(path: Path | str) -> ReadEvents:
    """Read a label file: CSV with a header, or an Audacity label track.

    Raises:
        DataError: it cannot be read, or is neither.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as text ({error})") from error
    lines = csv.reader(io.StringIO(text)) if path.suffix.casefold() == ".csv" else None
    if lines is None:
        return _read(path, [_of_track(path.stem, line) for line in text.splitlines()])
    header = next(lines, None) or []
    wanted = ("file", "start_s", "end_s", "label")
    lacking = [one for one in wanted if one not in header]
    if lacking:
        raise DataError(f"{path}: lacks the columns {', '.join(lacking)}")
    return _read(path, [dict(zip(header, row, strict=False)) for row in lines])


def _of_track(recording: str, line: str) -> dict[str, str]:
    if not line.strip() or line.startswith("\\"):
        return {}
    start, end, label = (*line.split("\t"), "", "")[:3]
    return {"file": recording, "start_s": start, "end_s": end, "label": label}


def _read(path: Path, rows: list[dict[str, str]]) -> ReadEvents:
    events, skipped = [], []
    for number, row in enumerate(rows, 1):
        if not row:
            continue
        try:
            start_s, end_s = float(row["start_s"]), float(row["end_s"])
            score = float(row["score"]) if row.get("score") else None
            events.append(Event(row["file"], start_s, end_s, row["label"].strip(), score))
        except (KeyError, ValueError):
            skipped.append(f"{path}: row {number}: it has no times")
        except DataError as error:
            skipped.append(f"{path}: row {number}: {error}")
    if not events and skipped:
        raise DataError(f"{path}: no event in {counted(len(skipped), 'line')}; {skipped[0]}")
    return ReadEvents(tuple(events), (), tuple(skipped))
