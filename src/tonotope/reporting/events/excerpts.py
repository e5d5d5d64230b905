"""The chosen events as cards: a small spectrogram with its axes, and the sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonotope._errors import TonotopeError
from tonotope._progress import SILENT, Progress
from tonotope.audio import reading
from tonotope.audio.clip import Clip
from tonotope.reporting.embedded_sounds import encode, played_rate_hz
from tonotope.reporting.events.choice import Chosen
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.spectrogram_png import day_and_night

LONGEST_S = 5.0
AROUND_S = 0.5
SHORTEST_S = 2.0
"""A click alone tells the ear nothing: so much is played at least, where the recording has it."""
BANDS = 96
_COLUMNS, _ROWS = 320, 96


@dataclass(frozen=True)
class Excerpt:
    """What is played of an event, and drawn.

    Attributes:
        chosen: the event.
        start_s: where the excerpt begins in the recording.
        span_s: how long it is.
        kind: the media type of its sound; empty where the file cannot be read.
        body: its bytes.
        picture: its spectrogram.
        centres_hz: the frequencies of its bands.
    """

    chosen: Chosen
    start_s: float
    span_s: float
    kind: str = ""
    body: bytes = b""
    picture: Picture | None = None
    centres_hz: tuple[float, ...] = ()


def excerpts(
    chosen: list[Chosen], durations_s: dict[str, float], progress: Progress = SILENT
) -> list[Excerpt]:
    """Cut out, draw and encode each event; without sound where its file cannot be read any more."""
    progress.begin("sounds for the page", len(chosen))
    found = []
    for number, one in enumerate(chosen):
        found.append(_excerpt(number, one, durations_s.get(one.event.file, one.event.end_s)))
        progress.advance()
    progress.end()
    return found


def part_of(start_s: float, end_s: float, duration_s: float) -> tuple[float, float]:
    """Where the excerpt of an event begins, and how long it is: with a little around it.

    >>> part_of(10.0, 11.5, 60.0), part_of(10.0, 10.0, 60.0), part_of(0.0, 30.0, 60.0)
    ((9.5, 2.5), (9.0, 2.0), (0.0, 5.0))
    >>> part_of(0.1, 0.2, 0.3)
    (0.0, 0.3)
    """
    around = max(AROUND_S, (SHORTEST_S - (end_s - start_s)) / 2)
    begin = max(0.0, start_s - around)
    end = min(end_s + around, begin + LONGEST_S, max(duration_s, start_s))
    if end - begin < SHORTEST_S:
        begin = max(0.0, min(begin, end - SHORTEST_S))
        end = min(max(duration_s, end), begin + max(SHORTEST_S, end - begin))
    return round(begin, 6), round(end - begin, 6)


def _excerpt(number: int, chosen: Chosen, duration_s: float) -> Excerpt:
    event = chosen.event
    start_s, span_s = part_of(event.start_s, event.end_s, duration_s)
    try:
        clip, _ = reading.read(event.file, start_s, span_s, repair="zero")
        clip = clip.mono()
        kind, body = encode(clip)
        clip = clip.resampled(played_rate_hz(clip.rate_hz))
    except (TonotopeError, OSError):
        return Excerpt(chosen, start_s, span_s)
    day, night, centres = _drawn(clip)
    picture = Picture(number, day, night, start_s, clip.duration_s)
    return Excerpt(chosen, start_s, clip.duration_s, kind, body, picture, centres)


def _drawn(clip: Clip) -> tuple[str, str, tuple[float, ...]]:
    """The spectrogram in mel bands, by day and by night, and the frequencies of the bands."""
    import torch

    from tonotope.representation import LogMel

    shown = LogMel(rate_hz=clip.rate_hz, bands=BANDS)
    samples = clip.samples[0].astype(np.float32)
    least = round(0.1 * clip.rate_hz)
    if len(samples) < least:
        samples = np.pad(samples, (0, least - len(samples)))
    stage = shown.build(shown.clip_shape(len(samples)))
    with torch.inference_mode():
        features = stage(torch.from_numpy(samples)[None])[0].float().numpy()
    day, night = day_and_night(shown.picture(features), _COLUMNS, _ROWS)
    return day, night, tuple(shown.frequencies_hz().tolist())
