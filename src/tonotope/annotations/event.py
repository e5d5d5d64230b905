"""`Event`: what is heard in a stretch of a recording, written by a person or by a network."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tonotope._errors import DataError


@dataclass(frozen=True, slots=True)
class Event:
    """A label on a stretch of a recording.

    Attributes:
        file: the recording, as it was named.
        start_s: where the event begins in its file, in seconds.
        end_s: where it ends; the same as the start where only a moment is marked.
        label: what is heard.
        score: how sure a network is, 0 to 1; None where a person wrote the label.
        low_hz: the lowest frequency of the event; None where it is not known.
        high_hz: the highest.
        columns: further columns of the file that it was read from, as text.
        level_db: how loud it is in dBFS, its root mean square at the network's rate (0 is a
            square wave of full scale); None where it was not measured. No file holds it.

    Raises:
        DataError: the times or frequencies are no numbers, negative, or in the wrong order.

    >>> Event("night.wav", 3.0, 4.5, "curlew", 0.93).duration_s
    1.5
    """

    file: str
    start_s: float
    end_s: float
    label: str
    score: float | None = None
    low_hz: float | None = None
    high_hz: float | None = None
    columns: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    level_db: float | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start_s) and math.isfinite(self.end_s)):
            raise DataError(f"from {self.start_s} to {self.end_s} s: times are finite numbers")
        if self.start_s < 0:
            raise DataError(f"begins at {self.start_s:g} s: a recording begins at 0")
        if self.end_s < self.start_s:
            raise DataError(f"ends at {self.end_s:g} s, before it begins at {self.start_s:g} s")
        bounds = [hz for hz in (self.low_hz, self.high_hz) if hz is not None]
        if not all(math.isfinite(hz) and hz >= 0 for hz in bounds) or bounds != sorted(bounds):
            raise DataError(
                f"from {self.low_hz} to {self.high_hz} Hz: frequencies are 0 or more,"
                " the lower first"
            )

    @property
    def duration_s(self) -> float:
        """How long it lasts, in seconds; 0 of a moment."""
        return self.end_s - self.start_s


def beyond_end(events: Iterable[Event], duration_s: float, slack_s: float = 0.05) -> list[Event]:
    """The events that end after their recording does.

    Args:
        events: of one recording.
        duration_s: how long it lasts.
        slack_s: what is let pass: label files round, and so do headers.

    >>> [event.end_s for event in beyond_end([Event("a", 0, 1, "x"), Event("a", 2, 9, "x")], 5)]
    [9]
    """
    return [event for event in events if event.end_s > duration_s + slack_s]
