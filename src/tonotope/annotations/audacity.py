r"""Audacity label tracks: `start⇥end⇥text`, seconds; perhaps a line `\⇥low⇥high` with hertz.

Audacity reads the third column and drops a fourth, so that a score stands in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, TextIO

from tonotope._wording import counted
from tonotope.annotations.cells import is_number, number, with_score
from tonotope.annotations.collector import Collector, is_score
from tonotope.annotations.event import Event
from tonotope.annotations.format import WriteOptions

_LINE_END = re.compile(r"\r\n|\n|\r")
_MORE = "\\"  # begins a line that says more of the label above


class Audacity:
    """One label a line: start, end and text between tabs."""

    name: ClassVar[str] = "audacity"
    holds: ClassVar[frozenset[str]] = frozenset({"score", "frequencies", "formulas"})
    decimals: ClassVar[int | None] = 6
    score_decimals: ClassVar[int | None] = 2
    is_text: ClassVar[bool] = True

    def fits(self, content: str, path: Path) -> bool:
        """Whether a line among the first begins with a number and a tab; or it is empty."""
        lines = [line for line in _LINE_END.split(content[:20_000]) if line.strip()]
        if not lines:
            return path.suffix.lower() == ".txt"
        cells = [line.split("\t") for line in lines[:10]]
        return any(len(one) > 1 and is_number(one[0].strip()) for one in cells)

    def read(self, content: str, events: Collector) -> None:
        """Read each label with the lines that say more of it."""
        self.further = self.as_score = 0
        for row, cells, more in _labels(content, events):
            self._read(row, cells, more, events)
        if self.as_score:
            found = counted(self.as_score, "label")
            events.note(f"a fourth column is read as the score, though Audacity drops it: {found}")
        if self.further:
            found = counted(self.further, "line")
            events.note(f"further lines that hold no frequencies are passed over: {found}")

    def _read(self, row: int, cells: list[str], more: list[list[str]], events: Collector) -> None:
        if len(cells) < 2:
            events.skip(row, f"`{cells[0][:40]}` has no tab between start, end and text")
            return
        start, *rest = cells
        # As in Audacity: where no second number follows, a moment is marked.
        end = rest.pop(0) if len(rest) > 1 or is_number(rest[0].strip()) else start
        if not end.strip():
            end = start
        low, high = self._frequencies(more)
        score, columns = None, dict[str, str]()
        for at, cell in enumerate(rest[1:], start=4):
            if at == 4 and is_score(cell):
                score, self.as_score = cell, self.as_score + 1
            elif cell.strip():
                columns[f"column {at}"] = cell
        events.add(
            row,
            start,
            end,
            rest[0] if rest else "",
            score=score,
            low=low,
            high=high,
            columns=columns,
            in_text=True,
        )

    def _frequencies(self, more: list[list[str]]) -> tuple[float | None, float | None]:
        """The bounds that the first further line tells; -1 is none."""
        bounds: tuple[float | None, float | None] = (None, None)
        for at, cells in enumerate(more):
            numbers = [cell.strip() for cell in cells[1:3]]
            if at or cells[0] != _MORE or len(numbers) < 2 or not all(map(is_number, numbers)):
                self.further += 1
                continue
            low, high = (None if number(one) == -1 else number(one) for one in numbers)
            bounds = low, high
        return bounds

    def begin(self, out: TextIO, options: WriteOptions) -> None:
        """There is no header."""
        self.out, self.options = out, options

    def write(self, event: Event) -> None:
        """Write one label, and its frequencies where that was asked for."""
        score = event.score if self.options.score_in_text else None
        text = with_score(event.label, score)
        self.out.write(f"{event.start_s:.6f}\t{event.end_s:.6f}\t{text}\n")
        bounds = event.low_hz, event.high_hz
        if self.options.frequencies and bounds != (None, None):
            low, high = (-1.0 if hz is None else hz for hz in bounds)
            self.out.write(f"{_MORE}\t{low:.6f}\t{high:.6f}\n")

    def end(self) -> None:
        """Nothing is left to write."""


def _labels(content: str, events: Collector) -> Iterator[tuple[int, list[str], list[list[str]]]]:
    """Each label's row and cells, and the cells of the lines that say more of it."""
    label: tuple[int, list[str], list[list[str]]] | None = None
    for row, line in enumerate(_LINE_END.split(content), start=1):
        if line.startswith(_MORE):
            if label is None:
                events.skip(row, "begins with `\\`, but there is no label above")
            else:
                label[2].append(line.split("\t"))
        elif line.strip():
            if label:
                yield label
            label = row, line.split("\t"), []
    if label:
        yield label
