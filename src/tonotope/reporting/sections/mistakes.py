"""The worst mistakes: a card for each, with picture and player."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.picture_axes import Marks, kilohertz, picture_values
from tonotope.reporting.section import Pictures, Report
from tonotope.reporting.sections.representation import kind_text
from tonotope.reporting.sections.results import results_of
from tonotope.reporting.short_names import shortened_paths, with_times
from tonotope.reporting.svg import ticks

_WORTH_SAYING_S = 0.05
NAME_LETTERS = 44


def mistakes(report: Report, words: Words, pictures: Pictures) -> dict[str, Any]:
    """The title, the line below it, and a card for each of the worst mistakes of a task."""
    shown = report["shown"]
    about = words.say("mistakes.mute") if report["mistakes"] else ""
    if pictures and report["mistakes"]:
        about = words.say("mistakes.about", what=kind_text(shown, words))
        if shown["centres_hz"]:  # the colours are decibels
            about += " " + words.say("mistakes.colour")
    names = [report["clips"][number]["file"] for number in report["mistakes"]]
    short = shortened_paths(names, NAME_LETTERS)
    return {
        "title": words.say(results_of(report).mistakes_title(report)),
        "about": about,
        "cards": [
            _card(report, number, pictures.get(number), words)
            | {"short": with_times(short[report["clips"][number]["file"]], words)}
            for number in report["mistakes"]
        ],
    }


def _card(report: Report, number: int, picture: Picture | None, words: Words) -> dict[str, Any]:
    clip = report["clips"][number]
    text, about = results_of(report).card(report, clip, words)
    if picture and picture.start_s >= _WORTH_SAYING_S:
        about.append(words.say("mistakes.from", start=words.time(picture.start_s)))
    drawn = None
    if picture:
        what, span = kind_text(report["shown"], words), words.time(picture.span_s)
        alt = words.say("mistakes.picture", what=what, file=clip["file"], span=span).unescape()
        drawn = picture_values(picture, alt, _heights(report["shown"], words), words)
    return {
        "clip": number,
        "file": clip["file"],
        "text": text,
        "about": Markup(" · ").join(about),
        "play": words.say("mistakes.play", file=clip["file"]).unescape(),
        "sound": number in report["sounds"]["numbers"],
        "span": picture.span_s if picture else "",
        "picture": drawn,
    }


def _heights(shown: Mapping[str, Any], words: Words) -> Marks:
    """The marks beside a picture: kilohertz, the numbers of the coefficients, or none."""
    if shown["centres_hz"] or "bands" not in shown:
        return kilohertz(shown["centres_hz"], words)
    count = shown["bands"]
    return [((at + 0.5) / count, words.short(at)) for at in ticks(0, count - 1, 5)]
