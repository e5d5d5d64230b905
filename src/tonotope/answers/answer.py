"""`Answer`, one output of a head: its name, kind, columns, units, thresholds, temperature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

# `ids`, `groups` and `folds` of recordings, one text each.
Who = Mapping[str, tuple[str, ...]]


class Answer(NamedTuple):
    """One thing that a head says of a recording: what kind of thing, and what its scores are.

    Attributes:
        name: the output it comes from.
        kind: `class` (one of several), `numbers` (measured quantities), `tags` (any of several),
            `sound` (a sound of the same length); or a subclass of `AnswerTable` of your own.
        columns: what each column of its scores stands for: classes, quantities or tags, or what a
            sound is judged by; empty until they are learned.
        units: of each number.
        thresholds: the score from which each tag is given; empty: 0.5 each.
        temperature: what the outputs of classes are divided by before they become probabilities;
            None: nothing.
    """

    name: str
    kind: str | type[Any]
    columns: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    thresholds: tuple[float, ...] = ()
    temperature: float | None = None
