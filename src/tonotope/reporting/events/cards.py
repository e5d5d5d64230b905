"""The cards of the events to listen to, question by question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from tonotope._escape import shown
from tonotope.annotations.event import Event
from tonotope.reporting.events.choice import SIZES
from tonotope.reporting.events.excerpts import LONGEST_S, Excerpt
from tonotope.reporting.events.strips import when_text, within_common_folder
from tonotope.reporting.events.tally import EventTally, Heard
from tonotope.reporting.i18n import Words
from tonotope.reporting.picture_axes import kilohertz, picture_values
from tonotope.reporting.short_names import shortened, shortened_paths

NAME_LETTERS, LABEL_LETTERS = 40, 60
_BRACKET_PX = 5


def hear(cut: Sequence[Excerpt], tally: EventTally, words: Words) -> dict[str, Any]:
    """The values of the part of the page with sounds: a group of cards for each question."""
    recordings = {one.file: one for one in tally.recordings}
    inside = within_common_folder([one.chosen.event.file for one in cut])
    short = shortened_paths(inside.values(), NAME_LETTERS)
    files = {file: short[name] for file, name in inside.items()}
    labels = shortened([shown(one.chosen.event.label) for one in cut], LABEL_LETTERS)
    total, span = tally.counts.total(), words.time(LONGEST_S)
    about = words.say("events.hear.about", n=len(cut), of=total, span=span)
    if not all(one.kind for one in cut):
        about += " " + words.say("events.hear.mute")
    groups = []
    for question in SIZES:
        cards = [
            _card(number, one, tally, recordings.get(one.chosen.event.file), inside, words)
            | {
                "label": labels[shown(one.chosen.event.label)],
                "short": files[one.chosen.event.file],
            }
            for number, one in enumerate(cut)
            if one.chosen.question == question
        ]
        if cards:
            title, below = (words.say(f"events.hear.{question}{end}") for end in ("", ".about"))
            groups.append({"title": title, "about": below, "cards": cards})
    return {"about": about, "groups": groups}


def _card(
    number: int,
    one: Excerpt,
    tally: EventTally,
    heard: Heard | None,
    names: Mapping[str, str],
    words: Words,
) -> dict[str, Any]:
    event = one.chosen.event
    label, file = shown(event.label), names[event.file]
    when = when_text(event, heard, words, clocked=heard is not None and heard.moment is not None)
    drawn = None
    if one.picture:
        alt = words.say(
            "events.card.picture",
            label=label, file=file, start=words.time(one.start_s), span=words.time(one.span_s),
        ).unescape()  # fmt: skip
        drawn = picture_values(one.picture, alt, kilohertz(one.centres_hz, words), words)
        drawn["times"] = _bracket(one) + drawn["times"]
    return {
        "clip": number,
        "file": shown(event.file),
        "about": Markup(" · ").join(_about(event, tally, words)),
        "when": when,
        "play": words.say("events.card.play", label=label, when=when, file=file).unescape(),
        "sound": bool(one.kind),
        "span": one.span_s,
        "picture": drawn,
    }


def _about(event: Event, tally: EventTally, words: Words) -> list[Markup]:
    """How long, how loud and how sure."""
    parts = [Markup.escape(words.time(event.duration_s))] if event.duration_s else []
    if event.level_db is not None:
        parts.append(Markup.escape(f"{words.number(event.level_db, 0)}\u00a0dBFS"))
    if event.score is not None:
        score, threshold = words.number(event.score, 2), tally.choice.thresholds.get(event.label)
        if threshold is None:
            parts.append(words.say("events.card.score", score=score))
        else:
            limit = words.number(threshold, 2)
            parts.append(words.say("events.card.threshold", score=score, threshold=limit))
    return parts


def _bracket(one: Excerpt) -> Markup:
    """A line below the picture: where in it the event lies."""
    event, span = one.chosen.event, one.span_s
    left = min(max((event.start_s - one.start_s) / span, 0.0), 1.0)
    right = min(max((event.end_s - one.start_s) / span, left), 1.0)
    line = Markup(
        '<svg class="bracket" width="100%" height="{}" aria-hidden="true">'
        '<rect x="{:.2f}%" y="2" width="{:.2f}%" height="3" rx="1.5"/></svg>'
    )
    return line.format(_BRACKET_PX, 100 * min(left, 0.99), 100 * max(right - left, 0.01))
