"""Which predicted event is which true one: within collars, as many pairs as possible, or greedily.

The rules are those of `sed_eval` 0.2.1 (Mesaros, Heittola and Virtanen, "Metrics for Polyphonic
Sound Event Detection", *Applied Sciences* 6, 2016), down to which of several largest matchings is
chosen: how many predicted events count as substitutions depends on it. Hopcroft and Karp's method
is walked in the order of `mir_eval`'s, which `sed_eval` uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Matching = Literal["optimal", "greedy"]

_SLACK_S = 1e-6
"""Candidates are searched a little beyond the collar, then compared exactly."""


@dataclass(frozen=True)
class Collar:
    """How near a predicted event must be to a true one.

    Attributes:
        collar_s: by how much the beginnings may differ, and at least the ends.
        offset_share: the ends may differ by this share of the true event's length, where that is
            more than the collar.
        onset: whether the beginning counts.
        offset: whether the end counts.
    """

    collar_s: float = 0.2
    offset_share: float = 0.5
    onset: bool = True
    offset: bool = True


def near_events(truth: np.ndarray, predicted: np.ndarray, rule: Collar) -> list[list[int]]:
    """The predicted events that are near enough to each true one, whatever their labels.

    Args:
        truth: (event, 2) where each true event begins and ends, in seconds.
        predicted: (event, 2) the same of the predicted ones.
        rule: how near.

    Returns:
        For each true event the numbers of the predicted ones, the lowest first.

    >>> near_events(np.array([[1.0, 2.0]]), np.array([[1.1, 2.4], [1.3, 2.0]]), Collar())
    [[0]]
    """
    side = 0 if rule.onset else 1
    order = np.argsort(predicted[:, side], kind="stable")
    sorted_s = predicted[order, side]
    allowed_s = np.maximum(rule.collar_s, rule.offset_share * (truth[:, 1] - truth[:, 0]))
    reach_s = _SLACK_S + (rule.collar_s if rule.onset else allowed_s)
    first = np.searchsorted(sorted_s, truth[:, side] - reach_s)
    last = np.searchsorted(sorted_s, truth[:, side] + reach_s, side="right")
    found = []
    for at, (begin, end) in enumerate(zip(first, last, strict=True)):
        some = np.sort(order[begin:end])
        apart_s = np.abs(truth[at] - predicted[some])
        fits = np.ones(len(some), bool)
        if rule.onset:
            fits &= apart_s[:, 0] <= rule.collar_s
        if rule.offset:
            fits &= apart_s[:, 1] <= allowed_s[at]
        found.append(some[fits].tolist())
    return found


def greedy(near: Sequence[Sequence[int]]) -> dict[int, int]:
    """Each true event in turn takes the first predicted one that is left.

    >>> greedy([[0, 1], [0]])
    {0: 0}
    """
    taken: set[int] = set()
    matched = {}
    for truth, ones in enumerate(near):
        free = next((one for one in ones if one not in taken), None)
        if free is not None:
            taken.add(free)
            matched[truth] = free
    return matched


def optimal(near: Sequence[Sequence[int]]) -> dict[int, int]:
    """As many pairs as there can be; from true to predicted events.

    >>> optimal([[0, 1], [0]])
    {0: 1, 1: 0}
    """
    graph: dict[int, list[int]] = {}
    for truth, ones in enumerate(near):
        for one in ones:
            graph.setdefault(one, []).append(truth)
    matched: dict[int, int] = {}
    for one, truths in graph.items():
        free = next((truth for truth in truths if truth not in matched), None)
        if free is not None:
            matched[free] = one
    while True:
        before, via, ends = _layers(graph, matched)
        if not ends:
            return matched
        for end in ends:
            _augment(end, before, via, matched)


def _layers(
    graph: dict[int, list[int]], matched: dict[int, int]
) -> tuple[dict[int, list[int]], dict[int, int | None], list[int]]:
    """Layers of shortest ways from free predicted events to free true ones.

    Returns:
        For each true event the predicted ones before it; for each predicted one the true one before
        it, None where it is free; the free true events that were reached.
    """
    paired = set(matched.values())
    before: dict[int, list[int]] = {}
    via: dict[int, int | None] = {one: None for one in graph if one not in paired}
    layer, ends = list(via), []
    while layer and not ends:
        reached: dict[int, list[int]] = {}
        for one in layer:
            for truth in graph[one]:
                if truth not in before:
                    reached.setdefault(truth, []).append(one)
        layer = []
        for truth, ones in reached.items():
            before[truth] = ones
            if truth in matched:
                layer.append(matched[truth])
                via[matched[truth]] = truth
            else:
                ends.append(truth)
    return before, via, ends


def _augment(
    end: int,
    before: dict[int, list[int]],
    via: dict[int, int | None],
    matched: dict[int, int],
) -> None:
    """Go back from a free true event to a free predicted one, and turn the pairs on the way."""
    if end not in before:
        return
    path: list[tuple[int, Iterator[int]]] = [(end, iter(before.pop(end)))]
    chosen: list[int] = []
    while path:
        for one in path[-1][1]:
            if one not in via:
                continue
            came = via.pop(one)
            if came is None:
                turned = zip([truth for truth, _ in path], [*chosen, one], strict=True)
                matched.update(turned)
                return
            if came in before:
                chosen.append(one)
                path.append((came, iter(before.pop(came))))
                break
        else:
            path.pop()
            if chosen:
                chosen.pop()


def substitutions(near: Sequence[Sequence[int]], matched: dict[int, int]) -> list[tuple[int, int]]:
    """Pairs of what is left over on both sides and near enough: the right time, the wrong label.

    Args:
        near: the predicted events near each true one, whatever their labels.
        matched: the pairs of equal label.
    """
    taken = set(matched.values())
    pairs = []
    for truth, ones in enumerate(near):
        if truth in matched:
            continue
        free = next((one for one in ones if one not in taken), None)
        if free is not None:
            taken.add(free)
            pairs.append((truth, free))
    return pairs


def gains(near: Sequence[Sequence[int]], order: Iterable[int]) -> dict[int, bool]:
    """Whether one more pair is possible with each predicted event, added one after the other.

    So many pairs are possible with the first few as there are gains among them: one walk through
    the events, best scores first, gives the largest matching at every threshold.

    Args:
        near: the predicted events near each true one.
        order: the predicted events in the order in which they are added.

    >>> gains([[0, 1], [0]], [1, 0]), gains([[0, 1]], [1, 0])
    ({1: True, 0: True}, {1: True, 0: False})
    """
    truths: dict[int, list[int]] = {}
    for truth, ones in enumerate(near):
        for one in ones:
            truths.setdefault(one, []).append(truth)
    owner: dict[int, int] = {}
    own: dict[int, int] = {}  # the same pairs, from predicted to true
    closed: set[int] = set()  # from here no free true event is ever reached again
    found = {}
    for one in order:
        came, end = _reached(one, truths, owner, closed)
        found[one] = end is not None
        if end is None:
            closed |= came.keys()
        while end is not None:  # back to where it began; each pair on the way is turned
            by = came[end]
            owner[end], own[by], end = by, end, own.get(by)
    return found


def _reached(
    start: int, truths: dict[int, list[int]], owner: dict[int, int], closed: set[int]
) -> tuple[dict[int, int], int | None]:
    """From which predicted event each true one was reached, and the free one found, if any."""
    came: dict[int, int] = {}
    waiting = [start]
    while waiting:
        now = waiting.pop()
        for truth in truths.get(now, ()):
            if truth in came or truth in closed:
                continue
            came[truth] = now
            if truth not in owner:
                return came, truth
            waiting.append(owner[truth])
    return came, None
