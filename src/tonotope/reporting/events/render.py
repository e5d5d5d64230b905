"""What the page of events shows, section by section, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from markupsafe import Markup

from tonotope import __version__
from tonotope._escape import escaped, shown
from tonotope._progress import SILENT, Progress
from tonotope.annotations.event import Event
from tonotope.reporting.events import over_time, strips, strips_svg
from tonotope.reporting.events.cards import hear
from tonotope.reporting.events.excerpts import BANDS, excerpts
from tonotope.reporting.events.strips import LANES, by_clock, lanes_of, strips_of
from tonotope.reporting.events.tally import EventTally
from tonotope.reporting.i18n import Words
from tonotope.reporting.page import closed_page, spoken
from tonotope.reporting.sections.skipped import by_reason
from tonotope.reporting.short_names import shortened, shortened_paths
from tonotope.reporting.spectrogram_png import data_address
from tonotope.reporting.templates import fill

NAMED = 5
LABEL_LETTERS, NAME_LETTERS, LEFT_OUT = 40, 44, 50


def render(tally: EventTally, words: Words, name: str, progress: Progress = SILENT) -> str:
    """The page in one language, all names and labels escaped."""
    lanes = lanes_of(tally.counts)
    names = _lane_names(lanes, words)
    durations = {one.file: one.duration_s for one in tally.recordings}
    cut = excerpts(tally.choice.chosen(tally.counts), durations, progress)
    clocked = by_clock(tally.recordings)
    drawn = strips_of(tally, lanes)
    values = {
        "first": _first(tally, words),
        "lede": words.say(_lede(tally)),
        "fact_rows": _facts(tally, words),
        "skipped": words.say("events.skipped", n=len(tally.skipped)),
        "left_out": _left_out(tally, words),
        "chips": _chips(tally, lanes, names, words),
        "strips": _strips(tally, drawn, names, cut, words) if tally.recordings else None,
        "over": _over(tally, lanes, words, clocked=clocked) if tally.counts else None,
        "hear": hear(cut, tally, words) if cut else None,
        "how": _how(tally.settings, words) if tally.settings else None,
    }
    sounds = [at for at, one in enumerate(cut) if one.kind]
    data = {
        "clips": [{"sound": sounds.index(at) if at in sounds else None} for at in range(len(cut))],
        "cells": {},
        "sounds": [data_address(cut[at].kind, cut[at].body) for at in sounds],
        "words": spoken(words),
    }
    return closed_page(
        words,
        name=shown(name),
        version=__version__,
        footer=words.say("events.footer", version=__version__, bands=BANDS),
        data=data,
        sections=[fill(_own("events.html.j2"), words, **values)],
        style=_own("events.css"),
        script=_own("events.js"),
    )


def _first(tally: EventTally, words: Words) -> Markup:
    if not tally.recordings:
        return words.say("events.nothing")
    time = words.time(tally.heard_s)
    if not tally.counts:
        return words.say("events.none", time=time)
    order = sorted(tally.counts, key=lambda label: (-tally.counts[label], label))
    # One more name is no longer than "of another class".
    first = order if len(order) <= NAMED + 1 else order[:NAMED]
    short = shortened([shown(label) for label in first], LABEL_LETTERS)
    parts = [
        words.say("events.class", n=tally.counts[one], label=short[shown(one)]) for one in first
    ]
    if len(first) < len(order):
        rest = sum(tally.counts[one] for one in order[len(first) :])
        parts.append(words.say("events.rest", n=rest))
    kinds = words.say("events.kinds", n=len(order))
    listed = Markup(", ").join(parts)
    return words.say("events.some", n=tally.counts.total(), kinds=kinds, time=time, classes=listed)


def _lede(tally: EventTally) -> str:
    if not tally.counts:
        return "events.lede.none"
    return "events.lede" if tally.settings else "events.lede.labels"


def _facts(tally: EventTally, words: Words) -> list[tuple[Markup, str]]:
    empty = sum(not one.counts for one in tally.recordings)
    rows = {
        "recordings": words.number(len(tally.recordings)),
        "empty": words.number(empty),
        "silence": words.time(tally.silent_s) if tally.silent_s else "",
        "skipped": words.number(len(tally.skipped)),
    }
    return [(words.say(f"events.fact.{key}"), value) for key, value in rows.items() if value]


def _left_out(tally: EventTally, words: Words) -> dict[str, Any]:
    """The files that were left out with their reasons; those of one reason together."""
    told = [{"file": escaped(one.file), "reason": escaped(one.reason)} for one in tally.skipped]
    rows = []
    for kind in by_reason(told)[:LEFT_OUT]:
        names = [one["file"] for one in kind[:3]]
        short = shortened_paths(names, NAME_LETTERS)
        files: Any = ", ".join(short[one] for one in names)
        if len(kind) > len(names):
            files = words.say("skipped.many", n=len(kind), names=files)
        rows.append([files, words.told(kind[0]["reason"])])
    return {"heads": [words.say("skipped.file"), words.say("skipped.reason")], "rows": rows}


def _lane_names(lanes: Mapping[str, int], words: Words) -> list[str]:
    names: list[str] = []
    for label, lane in sorted(lanes.items(), key=lambda one: one[1]):
        if lane == len(names):
            names.append(shown(label))
    others = sum(lane == LANES for lane in lanes.values())
    if others > 1:
        names[LANES] = words.say("events.rows.others", n=others).unescape()
    return names


def _chips(
    tally: EventTally, lanes: Mapping[str, int], names: Sequence[str], words: Words
) -> list[dict[str, Any]]:
    totals = [0] * len(names)
    for label, lane in lanes.items():
        totals[lane] += tally.counts[label]
    short = shortened(names, LABEL_LETTERS)
    return [
        {"lane": lane, "name": one, "short": short[one], "count": words.number(totals[lane])}
        for lane, one in enumerate(names)
    ]


def _strips(
    tally: EventTally, drawn: strips.Strips, names: list[str], cut: Sequence[Any], words: Words
) -> dict[str, Any]:
    recordings = {one.file: one for one in tally.recordings}
    placed: dict[str, list[tuple[int, float, Event, str]]] = {}
    for number, one in enumerate(cut):
        event = one.chosen.event
        if not one.kind or event.file not in recordings:
            continue
        key, at_s = strips.place_of(event, recordings[event.file], drawn)
        when = strips.when_text(event, recordings[event.file], words, clocked=drawn.by_day)
        placed.setdefault(key, []).append((number, drawn.place(at_s), event, when))
    kind = "days" if drawn.by_day else "recordings"
    about = [words.say(f"events.rows.{kind}.about")]
    if placed:
        about.append(words.say("events.rows.lanes" if len(names) > 1 else "events.rows.one"))
    notes = []
    if drawn.merged_s:
        notes.append(words.say("events.rows.merged", width=words.time(drawn.merged_s)))
    if drawn.more:
        notes.append(words.say(f"events.rows.more.{kind}", n=drawn.more))
    return {
        "title": words.say(f"events.rows.{kind}"),
        "about": Markup(" ").join(about),
        "rows": [
            strips_svg.drawn(row, drawn, names, words)
            | {"links": strips_svg.links(placed[row.key], words) if row.key in placed else ""}
            for row in drawn.rows
        ],
        "axis": strips_svg.axis(drawn, words),
        "notes": notes,
    }


def _over(
    tally: EventTally, lanes: dict[str, int], words: Words, *, clocked: bool
) -> dict[str, Any] | None:
    found = over_time.over_time(tally, clocked=clocked)
    if len(found.heard_s) < 2:
        return None
    rows = over_time.rows(found, tally.counts, lanes, words)
    short = shortened([row["name"] for row in rows], LABEL_LETTERS)
    gaps = not all(found.heard_s)
    more = len(tally.counts) - len(rows)
    return {
        "about": words.say(
            "events.over.about.gaps" if gaps else "events.over.about",
            unit=over_time.unit(found, words),
        ),
        "rows": [row | {"short": short[row["name"]]} for row in rows],
        "axis": over_time.axis(found, words),
        "unit": words.say("events.over.axis.recordings") if found.of_recordings else "",
        "more": words.say("events.over.more", n=more) if more else "",
    }


def _how(settings: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """The settings, and the threshold of each class."""
    least = max(settings.get("min_length_s") or 0.0, settings.get("min_heard_s") or 0.0)
    share = words.say("events.how.leave.value", share=words.percent(settings.get("leave_share")))
    rows = {
        "run": shown(settings.get("run") or ""),
        "models": words.number(settings.get("models")) if settings.get("models") else "",
        "clip": words.time(settings.get("clip_s")),
        "hop": words.time(settings.get("hop_s")),
        "leave": share,
        "merge": words.time(settings.get("merge_s")),
        "least": words.time(least),
        "background": ", ".join(map(shown, settings.get("background") or [])),
    }
    origin = settings.get("thresholds_from") or {}
    return {
        "facts": [(words.say(f"events.how.{key}"), value) for key, value in rows.items() if value],
        "thresholds": {
            "heads": [words.say(f"events.how.{key}") for key in ("class", "threshold", "from")],
            "rows": [
                [
                    shown(label),
                    words.short(value),
                    words.known("events.how.from", str(origin.get(label, ""))),
                ]
                for label, value in (settings.get("thresholds") or {}).items()
            ],
        },
    }


def _own(name: str) -> str:
    return (resources.files("tonotope.reporting.events") / name).read_text(encoding="utf-8")
