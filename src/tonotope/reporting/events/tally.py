"""`EventTally`: what the page keeps of events that stream by; memory does not grow with them.

Counts, a few hundred marks for each class of a recording, and the events that may be chosen to be
listened to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tonotope.annotations.event import Event
from tonotope.datasets.manifest import Skipped
from tonotope.datasets.sources.name_dates import moment_in
from tonotope.prediction.stream import RecordingEnd
from tonotope.reporting.events.choice import Choice
from tonotope.reporting.events.marks import Marks


@dataclass
class Heard:
    """A recording that was heard.

    Attributes:
        file: its name.
        duration_s: how long it is.
        moment: when it begins, where its name says so.
        counts: how many events of each class.
        marks: where they are.
    """

    file: str
    duration_s: float = 0.0
    moment: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    marks: dict[str, Marks] = field(default_factory=dict)


class EventTally:
    """Hears each event once, and keeps what the page shows.

    Args:
        settings: what the events were found by.

    Attributes:
        counts: how many events of each class.
        recordings: those that were heard to their end, in their order.
        skipped: the files left out, each with its reason.
        silent_s: how much of what was heard is digital silence.
        choice: the events that may be chosen.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        self.counts: Counter[str] = Counter()
        self.recordings: list[Heard] = []
        self.skipped: list[Skipped] = []
        self.silent_s = 0.0
        self.choice = Choice(settings.get("thresholds") or {})
        self._open: dict[str, Heard] = {}

    @property
    def heard_s(self) -> float:
        """How much was heard."""
        return sum(one.duration_s for one in self.recordings)

    def hear(self, one: Event | RecordingEnd | Skipped) -> None:
        """Take the next event, the end of a recording, or a file that was left out."""
        if isinstance(one, Event):
            self._event(one)
        elif isinstance(one, RecordingEnd):
            heard = self._open.pop(one.file, None) or Heard(one.file)
            heard.duration_s = one.end_s
            heard.moment = moment_in(Path(one.file).stem)
            self.silent_s += one.silent_s
            self.recordings.append(heard)
        else:
            self.skipped.append(one)
            # What was found before a file turned out to be damaged is in the table: it stays.
            left = self._open.pop(one.file, None)
            if left is not None:
                left.duration_s = max(mark.end_s for of in left.marks.values() for mark in of)
                left.moment = moment_in(Path(one.file).stem)
                self.recordings.append(left)

    def _event(self, event: Event) -> None:
        heard = self._open.setdefault(event.file, Heard(event.file))
        heard.counts[event.label] += 1
        heard.marks.setdefault(event.label, Marks()).add(event.start_s, event.end_s)
        self.counts[event.label] += 1
        self.choice.hear(event)
