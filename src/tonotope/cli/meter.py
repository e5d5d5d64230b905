"""The meter of live listening: level, names and probabilities, rewritten in place on a terminal."""

from __future__ import annotations

import math
import sys
import time
from typing import TYPE_CHECKING

from tonotope._progress import Progress
from tonotope.cli import language, terminal
from tonotope.cli.wrapping import columns, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tonotope.live.reading import Reading

_MOST = 8  # names: those that are most probable
_EVERY_S = 0.08
_LOWEST_DB = -60.0
_BAR = 20
_NAME = 24
_CLEAR, _UP = "\x1b[J", "\x1b[{}F"


class Meter(Progress):
    """Shows the last answer in a few lines, where standard error is a terminal; else nothing."""

    def __init__(self) -> None:
        self._names: Sequence[str] = ()
        self._shares: Sequence[bool] = ()
        self._moves = terminal.is_terminal(sys.stderr)
        self._lines = 0
        self._next = 0.0
        self._full, self._empty = _letters()

    def of(self, names: Sequence[str], shares: Sequence[bool]) -> None:
        """What the columns of the scores are called, and which are probabilities and have a bar."""
        self._names, self._shares = names, shares

    def begin(self, task: str, total: int) -> None:
        """Nothing is counted."""

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        """Nothing is counted."""

    def end(self) -> None:
        """Leave the last state standing."""
        self._lines = 0

    def say(self, message: str) -> None:
        """A line worth keeping, above the meter."""
        self.clear()
        terminal.say(terminal.one_line(message))

    def clear(self) -> None:
        """Make room for a line that stays."""
        if self._lines:
            sys.stderr.write(_UP.format(self._lines) + _CLEAR)
            sys.stderr.flush()
        self._lines = 0
        self._next = 0.0

    def show(self, reading: Reading) -> None:
        """Show an answer, unless another one was shown just now."""
        now = time.monotonic()
        if not self._moves or now < self._next:
            return
        self._next = now + _EVERY_S
        width = (columns(sys.stderr) or 80) - 1
        lines = [_cut(one, width) for one in self.lines(reading)]
        up = _UP.format(self._lines) if self._lines else ""
        text = "".join(f"{self._coloured(line)}\n" for line in lines)
        sys.stderr.write(f"{up}{_CLEAR}{text}")
        sys.stderr.flush()
        self._lines = len(lines)

    def lines(self, reading: Reading) -> list[str]:
        """The lines of an answer; one on a label that is held begins with `>`."""
        level = reading.level_dbfs
        loud = "-inf" if math.isinf(level) else f"{level:.0f}"
        share = 0.0 if math.isinf(level) else 1 - level / _LOWEST_DB
        time_s = language.number(f"{reading.row.end_s:.1f}")
        found = [f"  {time_s:>8} s  {self._bar(share)}  {loud:>4} dBFS"]
        held = {one.column for one in reading.heard}
        scores = reading.row.scores
        shown = range(len(scores))
        if len(shown) > _MOST:
            shown = sorted(sorted(shown, key=lambda at: -scores[at])[:_MOST])
        names = {at: _cut(terminal.one_line(self._names[at]), _NAME) for at in shown}
        room = max(map(width_of, names.values()), default=0)
        for at in shown:
            name = names[at] + " " * (room - width_of(names[at]))
            value = language.number(
                f"{scores[at]:.2f}" if self._shares[at] else f"{scores[at]:.4g}"
            )
            bar = f"{self._bar(scores[at])}  " if self._shares[at] else ""
            found.append(f"{'>' if at in held else ' '} {name}  {bar}{value}")
        return found

    def _bar(self, share: float) -> str:
        full = round(_BAR * min(max(share, 0.0), 1.0))
        return self._full * full + self._empty * (_BAR - full)

    def _coloured(self, line: str) -> str:
        return terminal.good(line, sys.stderr) if line.startswith(">") else line


def _letters() -> tuple[str, str]:
    """What bars are drawn of, as far as the terminal has it."""
    try:
        "█░".encode(sys.stderr.encoding or "ascii")
    except UnicodeError:
        return "#", "."
    return "█", "░"


def _cut(text: str, width: int) -> str:
    while width_of(text) > width:
        text = text[:-2] + "…" if len(text) > 1 else ""
    return text
