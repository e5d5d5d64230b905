"""The hardest mistakes: one card each, with what the network was given and the axes around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from tonotope.reporting.gather import Report
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.sections.classes import plain, sureness, whose
from tonotope.reporting.sections.columns import card_text
from tonotope.reporting.svg import across, frequency_ticks, ticks, upwards

PICTURE_PX = 150
_COLOURED = ("log-mel", "magnitude", "complex")
_WORTH_SAYING_S = 0.05


def mistakes(report: Report, pictures: Mapping[int, Picture], words: Words) -> dict[str, Any]:
    """The title, the line below it, and one card for each of the hardest mistakes."""
    kind = report["shown"]["kind"]
    score, of_classes = report["score"], report["kind"] == "class"
    flawless = score["correct"] == score["n"] if of_classes else not report["mistakes"]
    about = words.say("mistakes.mute")
    if pictures:
        about = words.say("mistakes.about", what=words.say(f"kind.{kind}"))
        if kind in _COLOURED:
            about += " " + words.say("mistakes.colour")
    return {
        "title": words.say(_title(report["kind"], flawless=flawless)),
        "about": about,
        "cards": [
            _card(report, number, pictures.get(number), words) for number in report["mistakes"]
        ],
    }


def _title(kind: str, *, flawless: bool) -> str:
    if kind == "class":
        return "mistakes.closest" if flawless else "mistakes.title"
    return "mistakes.none" if flawless else f"mistakes.title.{kind}"


def _text(report: Report, clip: Mapping[str, Any], words: Words) -> Markup:
    """What was said of a recording, and what is true."""
    if report["kind"] != "class":
        return card_text(clip, words)
    names = [one["name"] for one in report["classes"]]
    truth = Markup("<strong><bdi>{}</bdi></strong>").format(names[clip["truth"]])
    heard = Markup('<strong class="heard"><bdi>{}</bdi></strong>').format(names[clip["heard"]])
    form = "mistakes.hit" if clip["truth"] == clip["heard"] else "mistakes.text"
    return words.say(form, truth=truth, heard=heard)


def _card(report: Report, number: int, picture: Picture | None, words: Words) -> dict[str, Any]:
    clip = report["clips"][number]
    about = [*sureness(clip, words)] if report["kind"] == "class" else whose(clip, words)
    if picture and picture.start_s >= _WORTH_SAYING_S:
        about.append(words.say("mistakes.from", start=words.time(picture.start_s)))
    return {
        "clip": number,
        "file": clip["file"],
        "text": _text(report, clip, words),
        "about": Markup(" · ").join(about),
        "play": plain(words.say("mistakes.play", file=clip["file"])),
        "sound": number in report["sounds"]["numbers"],
        "span": picture.span_s if picture else "",
        "picture": picture and _drawn(report["shown"], clip, picture, words),
    }


def _drawn(
    shown: Mapping[str, Any], clip: Mapping[str, Any], picture: Picture, words: Words
) -> dict[str, Any]:
    what = words.say(f"kind.{shown['kind']}")
    span = words.time(picture.span_s)
    return {
        "day": picture.day,
        "night": picture.night,
        "alt": plain(words.say("mistakes.picture", what=what, file=clip["file"], span=span)),
        "frequencies": upwards(_heights(shown, words), PICTURE_PX),
        "times": across(_times(picture.span_s, words)),
    }


def _times(span_s: float, words: Words) -> list[tuple[float, str]]:
    """Round times along a picture; the unit stands at the first."""
    at = ticks(0, span_s, 6)
    unit, scale = ("ms", 1000.0) if span_s < 1 else ("s", 1.0)
    texts = [words.short(time * scale) for time in at]
    texts[0] = words.unit(at[0] * scale, unit)
    return [(time / span_s, text) for time, text in zip(at, texts, strict=True)]


def _heights(shown: Mapping[str, Any], words: Words) -> list[tuple[float, str]]:
    """What stands beside a picture: kilohertz, the numbers of coefficients, or nothing."""
    if shown["kind"] == "waveform":
        return []
    if shown["kind"] == "mfcc":
        count = shown["bands"]
        return [((at + 0.5) / count, words.short(at)) for at in ticks(0, count - 1, 5)]
    marks = frequency_ticks(shown["centres_hz"])
    texts = [words.short(hertz / 1000) for _, hertz in marks]
    if texts:
        texts[-1] = words.unit(marks[-1][1] / 1000, "kHz")
    return [(at, text) for (at, _), text in zip(marks, texts, strict=True)]
