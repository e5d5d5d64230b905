"""The strips of recordings as pictures: what was heard, a mark for each event, rings to listen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from tonotope._escape import shown
from tonotope.annotations.event import Event
from tonotope.reporting.events.marks import Mark
from tonotope.reporting.events.strips import Row, Strips, moment_text
from tonotope.reporting.events.time_axis import clock, elapsed, of_day
from tonotope.reporting.i18n import Words
from tonotope.reporting.svg import across

LANE_PX, LOW_LANE_PX, ABOVE_PX = 9, 6, 18
_MANY_ROWS = 12
_MOMENT = 1 / 4000  # of the axis: a mark without width would not be drawn


def axis(strips: Strips, words: Words) -> Markup:
    """The labels below all strips."""
    if strips.by_day:
        return across(of_day(strips.first_s, strips.last_s))
    return across(elapsed(strips.span_s, words))


def grid_of(strips: Strips, words: Words) -> list[float]:
    """Where the lines of the axis stand, as shares of the width."""
    if strips.by_day:
        return [at for at, _ in of_day(strips.first_s, strips.last_s)]
    return [at for at, _ in elapsed(strips.span_s, words)]


def drawn(row: Row, strips: Strips, lanes: Sequence[str], words: Words) -> dict[str, Any]:
    """A row for the template: its name, its strip, and what the strip says to who cannot see it."""
    lane_px = LANE_PX if len(strips.rows) <= _MANY_ROWS else LOW_LANE_PX
    height = lane_px * max(len(lanes), 1) + 4
    parts = [
        Markup('<line class="grid" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/>').format(_pc(at), height)
        for at in grid_of(strips, words)
    ]
    heard = Markup('<rect class="heard" x="{}%" width="{}%" y="0" height="{}" rx="3"/>')
    parts[:0] = [
        heard.format(_pc(strips.place(a)), _pc(strips.place(b) - strips.place(a)), height)
        for a, b in row.heard
    ]
    shape = Markup(
        '<rect class="event c{}" data-lane="{}" x="{}%" width="{}%" y="{}" height="{}">'
        "<title>{}</title></rect>"
    )
    for lane, marks in sorted(row.marks.items()):
        for mark in marks:
            left, right = strips.place(mark.start_s), strips.place(mark.end_s)
            title = _title(mark, lanes[lane], strips, words)
            at = 2 + lane * lane_px + 1, lane_px - 2
            wide = max(right - left, _MOMENT)
            parts.append(shape.format(lane, lane, _pc(left), _pc(wide), *at, title))
    counts = [
        f"{words.number(sum(mark.number for mark in row.marks[lane]))} {name}"
        for lane, name in enumerate(lanes)
        if row.marks.get(lane)
    ]
    about = words.say("events.row", n=row.count)
    return {
        "name": row.name,
        "short": row.short,
        "about": about,
        "alt": f"{row.name}: {', '.join(counts) or about}",
        "svg": Markup('<svg width="100%" height="{}" aria-hidden="true">{}</svg>').format(
            height, Markup("").join(parts)
        ),
    }


def links(placed: Sequence[tuple[int, float, Event, str]], words: Words) -> Markup:
    """The events of a row that can be heard: a ring above each, which leads to its sound.

    Args:
        placed: (number of the card, share of the width, event, when it begins).
        words: the language.
    """
    ring = Markup(
        '<a href="#event-{}" aria-label="{}"><title>{}</title>'
        '<rect class="hit" x="{}%" y="-3" width="24" height="24"/>'
        '<circle class="ring" cx="{}%" cy="9" r="5"/></a>'
    )
    parts = []
    for number, at, event, when in placed:
        label = words.say("events.listen", label=shown(event.label), when=when).unescape()
        parts.append(ring.format(number, label, label, _pc(at), _pc(at)))
    box = Markup('<svg class="rings" width="100%" height="{}">{}</svg>')
    return box.format(ABOVE_PX, Markup("").join(parts))


def _title(mark: Mark, label: str, strips: Strips, words: Words) -> str:
    times = [
        clock(at) if strips.by_day else moment_text(at, words) for at in (mark.start_s, mark.end_s)
    ]
    span = words.interval(*times) if times[0] != times[1] else times[0]
    return words.say("events.mark", n=mark.number, label=label, span=span).unescape()


def _pc(share: float) -> str:
    return f"{100 * share:.3f}".rstrip("0").rstrip(".") or "0"
