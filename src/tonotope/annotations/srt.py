"""SubRip subtitles (`.srt`): a number, `00:00:01,500 --> 00:00:02,000`, a text, an empty line.

Audacity reads them as a label track, up to 24 hours. It hangs on a text of two lines (as its source
stands), so that a label is written on one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, TextIO

from tonotope.annotations.cells import with_score
from tonotope.annotations.collector import Collector
from tonotope.annotations.event import Event
from tonotope.annotations.format import WriteOptions

_LINE_END = re.compile(r"\r\n|\n|\r")
_CLOCK = r"(\d{1,4}):(\d{1,2}):(\d{1,2}(?:[,.]\d{1,9})?)"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?", re.ASCII)


class Srt:
    """Subtitles, a label each."""

    name: ClassVar[str] = "srt"
    holds: ClassVar[frozenset[str]] = frozenset({"score", "formulas"})
    decimals: ClassVar[int | None] = 3
    score_decimals: ClassVar[int | None] = 2
    is_text: ClassVar[bool] = True

    def fits(self, content: str, path: Path) -> bool:
        """Whether times stand in the first or second line; or it is called so and empty."""
        first = [line for line in _LINE_END.split(content[:2000]) if line.strip()][:2]
        if not first:
            return path.suffix.lower() == ".srt"
        return any(map(_TIMES.fullmatch, first))

    def read(self, content: str, events: Collector) -> None:
        """Read each subtitle."""
        joined = False
        for row, lines in _blocks(content):
            if len(lines) > 1 and lines[0].strip().isdecimal():
                row, lines = row + 1, lines[1:]
            times = _TIMES.fullmatch(lines[0])
            if not times:
                events.skip(
                    row, f"`{lines[0][:40]}` is no time such as 00:00:01,500 --> 00:00:02,000"
                )
                continue
            start_s, end_s = _seconds(times.groups()[:3]), _seconds(times.groups()[3:])
            joined = joined or len(lines) > 2
            events.add(row, start_s, end_s, " ".join(lines[1:]), in_text=True)
        if joined:
            events.note("lines of one subtitle are joined by a space")

    def begin(self, out: TextIO, options: WriteOptions) -> None:
        """There is no header."""
        self.out, self.options, self.count = out, options, 0

    def write(self, event: Event) -> None:
        """Write one subtitle."""
        self.count += 1
        score = event.score if self.options.score_in_text else None
        times = f"{_clock(event.start_s)} --> {_clock(event.end_s)}"
        self.out.write(f"{self.count}\n{times}\n{with_score(event.label, score)}\n\n")

    def end(self) -> None:
        """Nothing is left to write."""


def _blocks(content: str) -> Iterator[tuple[int, list[str]]]:
    """The lines between empty ones, with the row of the first."""
    block: list[str] = []
    row = 0
    for row, line in enumerate(_LINE_END.split(content), start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield row - len(block), block
            block = []
    if block:
        yield row - len(block) + 1, block


def _clock(seconds: float) -> str:
    """Hours, minutes, seconds and thousandths.

    >>> _clock(3661.5), _clock(59.9996)
    ('01:01:01,500', '00:01:00,000')
    """
    thousandths = round(1000 * seconds)
    whole, rest = divmod(thousandths, 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{rest:03d}"


def _seconds(clock: tuple[str, ...]) -> float:
    hours, minutes, seconds = clock
    whole, _, rest = seconds.replace(",", ".").partition(".")
    return float(f"{int(hours) * 3600 + int(minutes) * 60 + int(whole)}.{rest or 0}")
