"""Streams of events as they are found, without a network: a night, an archive, nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from tests.reporting.conftest import HOSTILE

from tonotope.annotations.event import Event
from tonotope.audio.clip import Clip
from tonotope.datasets.manifest import Skipped
from tonotope.prediction.event_stream import PredictedEvents
from tonotope.prediction.stream import RecordingEnd

RATE_HZ = 16_000
One = Event | RecordingEnd | Skipped
LABELS = ("curlew", "owl", "rain", "rail", "gong", "fox", "frog", "bat", "train", "bell",
          "dog", "a species of the northern woods with quite a long name, no. 12", "hail",
          "wind")  # fmt: skip


def settings_of(labels: Sequence[str]) -> dict[str, object]:
    return {
        "thresholds": dict.fromkeys(labels, 0.5),
        "thresholds_from": dict.fromkeys(labels, "validation"),
        "leave_share": 0.8, "merge_s": 0.5, "min_length_s": 0.0, "min_heard_s": 0.5, "hop_s": 0.25,
        "clip_s": 1.0, "background": ["silence"], "run": "runs/birds-1a2b3c4d-s0", "models": 5,
    }  # fmt: skip


def sound(path: Path, seconds: float) -> str:
    """A sweep in noise, from the start to the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(max(1, round(seconds * RATE_HZ))) / RATE_HZ
    wave = 0.2 * np.sin(2 * np.pi * (300 + 2000 * (time % 1)) * time)
    noise = np.random.default_rng(0).standard_normal(len(time))
    Clip((wave + 0.01 * noise)[None].astype(np.float32), RATE_HZ).write(path)
    return str(path)


def found(
    file: str, labels: Sequence[str], number: int, span_s: float, first: int = 0
) -> Iterator[Event]:
    for at in range(number):
        start, label = span_s * (at + 0.3) / number, labels[(at * at + first) % len(labels)]
        score = round(0.45 + 0.5 * ((at * 37 + first) % 100) / 100, 4)
        level = -10.0 - (at * 13 + first) % 40
        end = min(start + 0.2 + at % 3, span_s)
        yield Event(file, round(start, 3), round(end, 3), label, score, level_db=level)


def stream(begin: Callable[[], Iterator[One]], labels: Sequence[str] = LABELS) -> PredictedEvents:
    return PredictedEvents(begin, settings_of(labels), ["several"] * 1000)


def night(home: Path) -> PredictedEvents:
    """Four recordings of one night, and a file that cannot be read."""
    times = ("20240512_223000", "20240513_001500", "20240513_043000", "20240513_050000")
    files = [sound(home / f"pond_{one}.wav", 60.0) for one in times]

    def begin() -> Iterator[One]:
        for at, file in enumerate(files):
            yield from found(file, LABELS[:7], 12 + at, 60.0, at)
            yield RecordingEnd(file, 600.0, 3.5)
        yield Skipped(
            str(home / "broken.wav"), None, "empty file (0 bytes); copy or download it again"
        )

    return stream(begin, LABELS[:7])


def clips(home: Path) -> PredictedEvents:
    """Many short recordings in folders, more classes than lines, two events at a time."""
    files = [sound(home / f"folder {at % 3}/take {at:03}.wav", 0.3 + at % 4) for at in range(70)]

    def begin() -> Iterator[One]:
        for at, file in enumerate(files):
            length = 0.3 + at % 4
            if at % 5:
                yield from found(file, LABELS, 1 + at % 4, length, at)
                yield Event(file, 0.0, length, LABELS[at % 14], 0.9, level_db=-20.0)
            yield RecordingEnd(file, length)

    return stream(begin)


def moment(home: Path) -> PredictedEvents:
    """One moment in one recording of 0.3 s."""
    file = sound(home / "click.wav", 0.3)
    return stream(lambda: iter([Event(file, 0.1, 0.1, "click", 0.51), RecordingEnd(file, 0.3)]))


def nothing(home: Path) -> PredictedEvents:
    file = sound(home / "still.wav", 2.0)
    return stream(lambda: iter([RecordingEnd(file, 2.0, 1.5)]))


def day(home: Path, number: int = 100_000) -> PredictedEvents:
    """24 hours whose file is gone."""
    file = str(home / "gone_day.wav")

    def begin() -> Iterator[One]:
        yield from found(file, LABELS, number, 86_400.0)
        yield RecordingEnd(file, 86_400.0)

    return stream(begin)


def hostile(home: Path, name: str = HOSTILE) -> PredictedEvents:
    """Every name and label that comes from outside is an attempt."""
    file, other = f"{home}/{name}.wav", f"{home}/{name}2.wav"

    def begin() -> Iterator[One]:
        yield from found(file, (name, "<b>bold</b>" if name == HOSTILE else "b"), 9, 40.0)
        yield RecordingEnd(file, 40.0)
        yield Event(other, 1.0, 2.0, name, 0.7)
        yield RecordingEnd(other, 4.0)
        yield Skipped(name, None, name)

    events = stream(begin, (name, "<b>bold</b>" if name == HOSTILE else "b"))
    events.settings["run"] = name
    events.settings["background"] = [name]
    return events


PAGES: dict[str, Callable[[Path], PredictedEvents]] = {
    "night": night, "clips": clips, "moment": moment, "nothing": nothing, "day": day,
    "hostile": hostile,
}  # fmt: skip
