"""Which events to listen to: the loudest, those of rare classes, the least and the most certain.

While events stream by, a few of each class are held for each question; the choice is made at the
end. No event is chosen twice, and at most three of a class answer one question, so that one noisy
animal does not fill the page.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tonotope.annotations.event import Event

OF_A_CLASS = 3
SIZES: Mapping[str, int] = {"loudest": 8, "rarest": 6, "unsure": 8, "sure": 6}
"""The questions in their order, and how many events answer each."""
_MOST_CLASSES = 2000  # for which events are held: a file of labels may have one for each event


class Chosen(NamedTuple):
    """An event to listen to, and the question that it answers."""

    question: str
    event: Event


class Choice:
    """Holds the events that may be chosen, a few for each class and question.

    Args:
        thresholds: what the score of a class reaches to be an event; may lack some.
    """

    def __init__(self, thresholds: Mapping[str, float]) -> None:
        self.thresholds = thresholds
        self._order = itertools.count()
        self._held: dict[str, dict[str, list[tuple[float, int, Event]]]] = {
            question: {} for question in SIZES
        }

    def margin(self, event: Event) -> float:
        """How far the score lies above the threshold of its class."""
        return (event.score or 0.0) - self.thresholds.get(event.label, 0.0)

    def hear(self, event: Event) -> None:
        """Hold the event where it may be chosen."""
        at = -next(self._order)  # of equals the first
        if event.level_db is not None:
            self._hold("loudest", event.level_db, at, event)
        if event.score is None:
            self._hold("rarest", 0.0, at, event)
            return
        self._hold("rarest", event.score, at, event)
        self._hold("unsure", -self.margin(event), at, event)
        self._hold("sure", event.score, at, event)

    def held(self) -> int:
        """How many events are held."""
        return sum(len(heap) for of in self._held.values() for heap in of.values())

    def chosen(self, counts: Mapping[str, int]) -> list[Chosen]:
        """The events to listen to, question by question.

        Args:
            counts: how many events each class has.
        """
        taken: set[int] = set()
        found: list[Chosen] = []
        keys: dict[str, Callable[[tuple[float, int, Event]], tuple[float, ...]]] = {
            # Of each class its best, before a second one of any.
            "rarest": lambda one: (-counts[one[2].label], one[0], one[1]),
        }
        for question, size in SIZES.items():
            if question == "rarest" and len(counts) < 2:
                continue
            held = [one for heap in self._held[question].values() for one in heap]
            if question == "rarest":
                rare = sorted(counts, key=lambda label: (counts[label], label))[: len(counts) // 2]
                held = [max(of) for label, of in self._held[question].items() if label in rare]
            held.sort(key=keys.get(question, lambda one: one[:2]), reverse=True)
            left = [one for one in held if one[1] not in taken][:size]
            taken |= {at for _, at, _ in left}
            found += [Chosen(question, event) for *_, event in left]
        return found

    def _hold(self, question: str, key: float, at: int, event: Event) -> None:
        of = self._held[question]
        if event.label not in of and len(of) >= _MOST_CLASSES:
            return
        heap = of.setdefault(event.label, [])
        if len(heap) < OF_A_CLASS:
            heapq.heappush(heap, (key, at, event))
        elif (key, at) > heap[0][:2]:
            heapq.heapreplace(heap, (key, at, event))
