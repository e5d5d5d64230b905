"""`DataSummary`: what the rules that choose settings know of the recordings."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tonotope.datasets.manifest import are_events

if TYPE_CHECKING:
    from tonotope.datasets.heard import Heard
    from tonotope.datasets.manifest import Manifest


@dataclass(frozen=True)
class DataSummary:
    """The facts about recordings that the rules use.

    Attributes:
        rates: number of recordings by sample rate in Hz.
        durations_s: of all recordings, sorted.
        classes: number of recordings by class.
        groups: number of groups.
        groups_per_class: number of groups by class.
        alone: number of groups that alone have some class; they are learnt from and never tested.
        folds: number of published folds; 0 for none.
        parts: whether a column says which part each recording belongs to.
        heard: what was heard of some of the files; empty where nobody listened.
        events: whether recordings are parts of files.
    """

    rates: Mapping[int, int]
    durations_s: tuple[float, ...]
    classes: Mapping[str, int]
    groups: int
    groups_per_class: Mapping[str, int]
    folds: int = 0
    parts: bool = False
    heard: tuple[Heard, ...] = ()
    events: bool = False
    alone: int = 0

    @classmethod
    def of(cls, manifest: Manifest, label: str | None) -> DataSummary:
        """The summary of the recordings that have a `label`; without one, all are of one class."""
        labels = {one.id: "" if label is None else one.targets.get(label)
                  for one in manifest.recordings}  # fmt: skip
        labelled = [one for one in manifest.recordings if labels[one.id] is not None]
        groups_of: dict[str, set[str]] = {}
        for one in labelled:
            groups_of.setdefault(labels[one.id] or "", set()).add(one.group)
        held_by = [groups for groups in groups_of.values() if len(groups) == 1]
        return cls(
            rates=Counter(one.rate_hz for one in labelled),
            durations_s=tuple(sorted(one.duration_s for one in labelled)),
            classes=Counter(labels[one.id] or "" for one in labelled),
            groups=len({one.group for one in labelled}),
            groups_per_class={name: len(groups) for name, groups in groups_of.items()},
            folds=len({one.fold for one in labelled if one.fold is not None}),
            parts=any(one.part is not None for one in labelled),
            heard=manifest.heard,
            events=are_events(labelled),
            alone=len(set().union(*held_by)),
        )

    @property
    def recordings(self) -> int:
        """The number of recordings."""
        return len(self.durations_s)

    @property
    def is_uneven(self) -> bool:
        """Whether some class has more than three times as many recordings as another."""
        counts = self.classes.values()
        return bool(counts) and max(counts) > 3 * min(counts)

    @property
    def extremes(self) -> str:
        """How many recordings the smallest and the largest class have."""
        counts = sorted(self.classes.values())
        return f"classes have {counts[0]} to {counts[-1]} recordings"

    def duration_s(self, share: float) -> float:
        """The quantile of the lengths: a `share` of the recordings, 0 to 1, is no longer."""
        at = min(len(self.durations_s) - 1, math.ceil(share * len(self.durations_s)) - 1)
        return self.durations_s[max(at, 0)]
