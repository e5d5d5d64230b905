"""Marks of one class in one recording: stretches of time, merged where there are too many."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple

MOST = 400


class Mark(NamedTuple):
    """A stretch of a recording that holds events of one class.

    Attributes:
        start_s: where the first of them begins.
        end_s: where the last of them ends.
        number: how many there are.
    """

    start_s: float
    end_s: float
    number: int


class Marks:
    """The events of a class in a recording, each a mark of its own while there are few.

    Beyond twice `MOST` those that begin in the same `MOST`-th of the time so far become one mark,
    so memory stays the same however many come.

    >>> marks = Marks()
    >>> for at in range(100_000):
    ...     marks.add(at, at + 0.5)
    >>> len([*marks]) <= 2 * MOST, sum(one.number for one in marks)
    (True, 100000)
    """

    def __init__(self) -> None:
        self._starts, self._ends, self._counts = array("d"), array("d"), array("q")

    def __iter__(self) -> Iterator[Mark]:
        rows = zip(self._starts, self._ends, self._counts, strict=True)
        return (Mark(*row) for row in rows)

    def add(self, start_s: float, end_s: float) -> None:
        """Take one more event."""
        self._append(Mark(start_s, end_s, 1))
        if len(self._starts) > 2 * MOST:
            self._replace(merged(self, max(self._ends) / MOST))

    def _append(self, mark: Mark) -> None:
        self._starts.append(mark.start_s)
        self._ends.append(mark.end_s)
        self._counts.append(mark.number)

    def _replace(self, marks: list[Mark]) -> None:
        self._starts, self._ends, self._counts = array("d"), array("d"), array("q")
        for one in marks:
            self._append(one)


def merged(marks: Marks | list[Mark], width_s: float) -> list[Mark]:
    """The marks, those that begin in the same step of `width_s` made one, in order of time.

    >>> merged([Mark(0, 1, 1), Mark(0.5, 3, 2), Mark(7, 8, 1)], 5)
    [Mark(start_s=0, end_s=3, number=3), Mark(start_s=7, end_s=8, number=1)]
    """
    found: dict[int, Mark] = {}
    for one in marks:
        step = int(one.start_s / width_s) if width_s > 0 else len(found)
        held = found.get(step)
        found[step] = one if held is None else Mark(
            min(held.start_s, one.start_s), max(held.end_s, one.end_s), held.number + one.number
        )  # fmt: skip
    return [found[step] for step in sorted(found)]
