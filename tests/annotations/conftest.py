"""Events to write, and what a format keeps of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tonotope.annotations import FORMATS, Event, EventFile, read_events, write_events
from tonotope.annotations.read import find

NIGHT = Event("night.wav", 3.0, 4.5, "curlew", 0.93, 1200.0, 3400.5)
MOMENT = Event("night.wav", 10.25, 10.25, "gong")
TEXTS = tuple(name for name in FORMATS if name != "parquet")
_WORDS = ("curlew", "Brachvogel", "zarapito", "ñandú", "шум", "鳥", "ö", "R2-D2", "a,b", 'say "x"')
_LETTERS = "abcXYZ äéñßøżщ鳥🎵-_.,;:'\"/&()#!=+@<>"


def some_events(number: int, seed: int, files: int = 1) -> list[Event]:
    """Random events in the order of time, of which some overlap and some are moments."""
    rng = random.Random(seed)
    events = []
    for at in range(number):
        start = rng.choice([rng.uniform(0, 4000), float(rng.randrange(4000)), rng.random()])
        lasts = rng.choice([0.0, rng.random() / 1000, rng.uniform(0, 20), 0.1, 3.0])
        low = rng.choice([None, 0.0, rng.uniform(20, 2000)])
        high = rng.choice([None, rng.uniform(2000, 90000)])
        score = rng.choice([None, 0.0, 1.0, rng.random()])
        file = f"site {at * files // number}/night ñ.wav"
        events.append(Event(file, start, start + lasts, a_label(rng), score, low, high))
    return events


def a_label(rng: random.Random) -> str:
    """A word, or letters of any kind that begin and end with none that is blank."""
    if rng.random() < 0.5:
        return rng.choice(_WORDS)
    letters = "".join(rng.choices(_LETTERS, k=rng.randint(1, 12)))
    return letters.strip() or "x"


def needs(form: str) -> None:
    """Skip where the format needs a package that is not there."""
    if form == "parquet":
        pytest.importorskip("pyarrow")


@pytest.fixture
def there_and_back(tmp_path: Path) -> Callable[..., EventFile]:
    """Events written and read again, without naming the format."""

    def through(events: list[Event], to: str, **options: object) -> EventFile:
        path = tmp_path / f"events.{to}"
        write_events(events, path, to, **options)  # pyright: ignore[reportArgumentType]
        durations = options.get("durations")
        return read_events(path, sound=events[0].file, durations=durations)  # pyright: ignore[reportArgumentType]

    return through


def kept(event: Event, to: str, *, frequencies: bool = True) -> Event:
    """What a format says it keeps of an event, its numbers rounded as it says."""
    form = find(to)
    bounds = (event.low_hz, event.high_hz) if "frequencies" in form.holds and frequencies else ()
    score = event.score if "score" in form.holds else None
    if score is not None and form.score_decimals is not None:
        score = round(score, form.score_decimals)
    times = event.start_s, event.end_s
    if form.decimals is not None:
        times = tuple(round(time, form.decimals) for time in times)
    return Event(event.file, *times, event.label, score, *bounds)
