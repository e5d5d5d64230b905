"""Times that count on from one file to the next (Raven's Begin Time): refused or asked about.

Raven opens several files as one long sound. Its `Begin Time (s)` then counts from the first one,
and only its `File Offset (s)` within each. Without that column an event would be heard elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tonotope._errors import DataError
from tonotope.datasets.sources.build_manifest import SourceEntry
from tonotope.datasets.sources.other_units import CLOCK_S

_SLACK_S = 0.05  # tables round, and so do headers
_BY_CHANCE = 0.01  # times within their files look like this no oftener
_BY_CHANCE_BEYOND = 0.3  # nor do those of which some lie beyond their file


class _Span(NamedTuple):
    """The events of a file: first and last start, last end, longest event; the file's length."""

    path: Path
    start_s: float
    last_start_s: float
    end_s: float
    longest_s: float
    lasts_s: float


def refuse_cumulative(
    entries: Sequence[SourceEntry],
    lasts_s: Mapping[Path, float],
    *,
    raven: bool,
    given: bool,
) -> None:
    """Refuse times that count on from file to file, or that may do so and nobody can tell.

    Args:
        entries: the events, without an offset within their files.
        lasts_s: the length of each file that could be read.
        raven: whether the column of starts is called as in Raven.
        given: whether the columns were given by name; then times that fit are taken as they are.

    Raises:
        DataError: names a row, and what would tell where its event is.
    """
    events = [one for one in entries if one.start_s is not None and one.path in lasts_s]
    spans = _spans(events, lasts_s)
    if len(spans) < 2 or not _count_on(spans):
        return
    beyond = any(one.end_s > one.lasts_s + _SLACK_S for one in spans[1:])
    likely = raven or _chance(events, spans) < (_BY_CHANCE_BEYOND if beyond else _BY_CHANCE)
    if not likely or (given and not beyond):
        return
    last = spans[-1]
    row = next(one for one in events if one.path == last.path)
    fits = "" if beyond else ", and it cannot be seen from the table which of both is meant"
    cure = (
        "add the column `File Offset (s)` (in Raven: View, Configure Selection Table), or "
        "subtract the lengths of the files before"
    )
    if not beyond:
        cure += '; if they count within each file, say so (start = "…", end = "…" in [data])'
    raise DataError(
        f"the times seem to count on from file to file: row {row.row} starts at {row.start_s:g} s, "
        f"after the {_before_s(spans):g} s of the files before {row.name}, which lasts "
        f"{last.lasts_s:.2f} s itself{fits}; {cure}"
    )


def _spans(events: Sequence[SourceEntry], lasts_s: Mapping[Path, float]) -> list[_Span]:
    """Of each file the stretch that its events take, in the order of time."""
    spans: dict[Path, _Span] = {}
    for one in events:
        start_s = one.start_s or 0.0
        end_s = start_s if one.end_s is None else one.end_s
        none = _Span(one.path, math.inf, -math.inf, -math.inf, 0.0, lasts_s[one.path])
        before = spans.get(one.path, none)
        spans[one.path] = before._replace(
            start_s=min(before.start_s, start_s),
            last_start_s=max(before.last_start_s, start_s),
            end_s=max(before.end_s, end_s),
            longest_s=max(before.longest_s, end_s - start_s),
        )
    return sorted(spans.values(), key=lambda span: span.start_s)


def _count_on(spans: Sequence[_Span]) -> bool:
    """Whether each file's events start after all the sound of the files before it.

    Files without events may lie between them, so they may start later still. The events of a file
    start within its own length, and before those of the next: in another unit than seconds, or by
    a clock that began with each file, they do not.
    """
    began_s, last_start_s = 0.0, -math.inf
    for span in spans:
        if span.start_s < began_s - _SLACK_S or span.end_s - began_s < 0:
            return False
        if span.start_s <= last_start_s or span.longest_s > span.lasts_s + _SLACK_S:
            return False
        if span.last_start_s - span.start_s > span.lasts_s + _SLACK_S:
            return False
        began_s, last_start_s = began_s + span.lasts_s, span.last_start_s
    return spans[0].start_s < CLOCK_S


def _before_s(spans: Sequence[_Span]) -> float:
    return round(sum(span.lasts_s for span in spans[:-1]), 2)


def _chance(events: Sequence[SourceEntry], spans: Sequence[_Span]) -> float:
    """How likely times that count within their files are to look like this."""
    began_s, left = 0.0, {}
    for span in spans:
        left[span.path] = max(0.0, 1 - began_s / span.lasts_s)
        began_s += span.lasts_s
    return math.prod(left[one.path] for one in events)
