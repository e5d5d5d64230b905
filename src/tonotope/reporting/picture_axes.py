"""Axes of spectrogram pictures: seconds and kilohertz."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.svg import across, frequency_ticks, ticks, upwards

PICTURE_PX = 150

Marks = list[tuple[float, str]]


def picture_values(
    picture: Picture,
    alt: str,
    heights: Marks,
    words: Words,
    *,
    ticks_at_most: int = 6,
) -> dict[str, Any]:
    """The values for the template of a picture.

    Args:
        picture: the picture.
        alt: the alternative text.
        heights: the marks beside it: (share of the height, text).
        words: the language.
        ticks_at_most: how many times are written below it.
    """
    return {
        "day": picture.day,
        "night": picture.night,
        "alt": alt,
        "frequencies": upwards(heights, PICTURE_PX),
        "times": across(_times(picture.span_s, words, ticks_at_most)),
    }


def kilohertz(centres_hz: Sequence[float], words: Words) -> Marks:
    """Round frequencies beside a picture of bands; the highest has the unit."""
    marks = frequency_ticks(centres_hz)
    texts = [words.short(hertz / 1000) for _, hertz in marks]
    if texts:
        texts[-1] = words.unit(marks[-1][1] / 1000, "kHz")
    return [(at, text) for (at, _), text in zip(marks, texts, strict=True)]


def _times(span_s: float, words: Words, most: int) -> Marks:
    """Round times along a picture, milliseconds below one second; the first has the unit."""
    at = ticks(0, span_s, most)
    unit, scale = ("ms", 1000.0) if span_s < 1 else ("s", 1.0)
    texts = [words.short(time * scale) for time in at]
    texts[0] = words.unit(at[0] * scale, unit)
    return [(time / span_s, text) for time, text in zip(at, texts, strict=True)]
