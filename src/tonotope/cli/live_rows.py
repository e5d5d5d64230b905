"""Rows of live listening on standard output, and the last line of it."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tonotope._wording import counted
from tonotope.cli import language, terminal
from tonotope.cli.meter import Meter
from tonotope.prediction.writers import WRITERS

if TYPE_CHECKING:
    from tonotope.live.listening import Listening
    from tonotope.live.reading import Reading


class LiveRows:
    """Rows on standard output: of changes or of windows; for a person, where one looks."""

    def __init__(self, listening: Listening, windows: bool, to: str | None, meter: Meter) -> None:
        self._layout, self._meter = listening.layout, meter
        # Quantities change all the time.
        self._every = windows or not any(listening.labels)
        self._windows = windows
        self._writer: Any = None
        if to is not None or not terminal.is_terminal(sys.stdout):
            module, _, name = WRITERS[to or "csv"].partition(":")
            self._writer = getattr(import_module(module), name)()
            self._writer.begin(sys.stdout, self._layout)
            sys.stdout.flush()

    def take(self, reading: Reading) -> None:
        """Write the row of a reading, where it has one."""
        if not (self._every or reading.changed):
            return
        if self._writer is not None:
            row = reading.row if self._windows else reading.held_row(self._layout)
            if terminal.is_terminal(sys.stdout):
                self._meter.clear()
            self._writer.write(row)
            sys.stdout.flush()
        elif not self._every:
            self._meter.clear()
            time_s = language.number(f"{reading.row.end_s:.2f}")
            heard = ", ".join(
                f"{one.label} {language.number(f'{one.score:.2f}')}" for one in reading.heard
            )
            terminal.out(f"{time_s:>10} s  {terminal.one_line(heard or '–')}")
            sys.stdout.flush()


def tell_end(listening: Listening) -> None:
    """The last line: how much was heard, how late the answers came, what was left out."""
    answers = counted(listening.answers, "answer")
    skipped = counted(listening.skipped, "window")
    terminal.say(
        f"{listening.heard_s:.1f} s heard, {answers}, {skipped} skipped; a window is"
        f" {listening.clip_s:.3g} s long"
    )
    if listening.answers and listening.in_real_time:
        terminal.say(
            f"an answer came {1000 * listening.latency.median_s:.0f} ms after the last sample of"
            f" its window, {1000 * listening.latency.worst_s:.0f} ms at worst"
        )
