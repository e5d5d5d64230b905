"""Stretches that no label covers as examples of none of the classes (`data.background`).

They are cut as labelled stretches are: as long, at least half the usual length away from any
label, as many as the usual class has, spread over all sounds. Digital silence is no example.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np

from tonotope._errors import DataError
from tonotope._wording import counted, first_three, spoken
from tonotope.audio.channels import Channels
from tonotope.datasets.background_class import BACKGROUND, is_background
from tonotope.datasets.sources.build_manifest import SourceEntry
from tonotope.datasets.sources.free_stretches import (
    Placed,
    Span,
    alike_lengths,
    free_spans,
    spread_over,
)
from tonotope.datasets.sources.sounding import Sounding

NO_TAG = ";"  # a cell of tags that holds none
_SEPARATORS = "\n|;,"
_YES, _NO = frozenset(("1", "true", "yes", "y", "1.0")), frozenset(("0", "false", "no", "n", "0.0"))
_SHORTEST_MS = 10
_MUCH = 0.2  # of the time: where more has no label, that is offered
_SEVERAL = 5  # and where so many stretches would be there


@dataclass
class Unlabelled:
    """What no label covers.

    Attributes:
        covers_s: of each sound, from when to when labels lie on it, those that are not used too.
        unplaced: where a label of a sound stands whose time cannot be read.
        whole: sounds that were labelled and hold no label at all.
        columns: the columns that tags or numbers are asked of; None where it is a label.
        channels: of several, how they become the one that is heard.
        asked: whether `data.background` asks for them.
        notes: what was taken.
        warnings: what deserves a look.
        added: how many stretches were taken.
    """

    covers_s: Mapping[Path, Sequence[tuple[float, float]]]
    unplaced: Mapping[Path, str]
    whole: Sequence[SourceEntry] = ()
    columns: Sequence[str] | None = None
    channels: Channels = "mean"
    asked: bool = False
    notes: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])
    added: int = 0

    def __call__(
        self, entries: Sequence[SourceEntry], lasts_s: Mapping[Path, float]
    ) -> list[SourceEntry]:
        """The stretches that no label covers, where they are asked for; else an offer in a note.

        Args:
            entries: the labelled stretches that are used.
            lasts_s: the length of each sound that can be read, in seconds.

        Raises:
            DataError: there is not one such stretch, a class is called so already, or the
                targets are numbers.
        """
        timed = [one for one in entries if one.start_s is not None or one.end_s is not None]
        lengths = [_length_ms(one, lasts_s) for one in timed]
        if not lengths:
            return []
        usual = round(median(lengths))
        whole = [one for one in self.whole if one.path in lasts_s]
        known = {one.path: None for one in sorted((*entries, *whole), key=lambda one: one.name)}
        free = {
            path: free_spans(int(1000 * lasts_s[path]), self._covers_ms(path), _half(usual))
            for path in known
            if path not in self.unplaced
        }
        if not self.asked:
            self._offer(free, usual, lasts_s)
            return []
        targets = self._targets(entries)
        wanted = _usual_count(entries, targets)
        shortest = min(lengths)
        with Sounding(self.channels) as sounding:
            placed = spread_over(free, alike_lengths(lengths, wanted), shortest, sounding)
        found = self._entries(placed, entries, targets)
        if not found:
            raise DataError(self._none(free, usual, shortest, lasts_s, placed))
        self.added = len(found)
        self._tell(placed, found, usual)
        if len(found) < wanted:
            self.warnings.append(
                f"there is room for {counted(len(found), 'stretch', 'stretches')} that no label "
                f"covers, and the usual class has {wanted:,}: what is left of the "
                f"{spoken(sum(lasts_s[path] for path in known))} is labelled, lies within "
                f"{_seconds(_half(usual))} of a label or is shorter than the shortest label"
            )
        return found

    def _covers_ms(self, path: Path) -> list[Span]:
        """Labels of a sound in milliseconds, rounded outwards."""
        return [
            (int(1000 * begin_s), int(np.ceil(1000 * min(end_s, 1e9))))
            for begin_s, end_s in self.covers_s.get(path, ())
        ]

    def _targets(self, entries: Sequence[SourceEntry]) -> dict[str, str]:
        """What an example of nothing is to be predicted as."""
        if self.columns is None:
            (column,) = {name for one in entries for name in one.targets}
            own = sorted({label for one in entries if is_background(label := one.targets[column])})
            if own:
                raise DataError(
                    f'a class is called `{own[0]}` already, so data.background = "unlabelled" '
                    "would make a second one of what is behind all else: leave it out, or give "
                    "that class another name"
                )
            return {column: BACKGROUND}
        targets: dict[str, str] = {}
        for column in self.columns:
            cells = [
                one.targets[column].strip().lower() for one in entries if column in one.targets
            ]
            if cells and all(cell in _YES | _NO for cell in cells):
                targets[column] = "0"
            elif cells and all(_is_number(cell) for cell in cells):
                raise DataError(
                    f"`{column}` holds numbers, and where no label lies there is none: "
                    'data.background = "unlabelled" goes with classes and with tags'
                )
            else:
                targets[column] = NO_TAG
        return targets

    def _entries(
        self,
        placed: Mapping[Path, Placed],
        entries: Sequence[SourceEntry],
        targets: Mapping[str, str],
    ) -> list[SourceEntry]:
        """The stretches with the group, the fold and the part of the label that is nearest."""
        of_sound: defaultdict[Path, list[SourceEntry]] = defaultdict(list)
        for one in (*entries, *self.whole):
            of_sound[one.path].append(one)
        found: list[SourceEntry] = []
        for path, own in placed.items():
            begins = np.array([one.start_s or 0.0 for one in of_sound[path]])
            ends = np.array([np.inf if one.end_s is None else one.end_s for one in of_sound[path]])
            for begin, end in own.stretches:
                away = np.maximum(begins - end / 1000, begin / 1000 - ends)
                like = of_sound[path][int(away.argmin())]
                times = {"start_s": begin / 1000, "end_s": end / 1000}
                found.append(like._replace(targets=dict(targets), row=None, **times))
        return found

    def _tell(
        self, placed: Mapping[Path, Placed], found: Sequence[SourceEntry], usual: int
    ) -> None:
        lengths = sorted(end - begin for one in placed.values() for begin, end in one.stretches)
        shortest, longest = _seconds(lengths[0]), _seconds(lengths[-1])
        lasting = shortest if shortest == longest else f"{shortest} to {longest}"
        some = sum(bool(one.stretches) for one in placed.values())
        sounds = counted(len(placed) + len(self.unplaced), "sound")
        made, away = counted(len(found), "stretch", "stretches"), _seconds(_half(usual))
        if self.columns is None:
            self.notes.append(
                f"{made} that no label covers (of {lasting}, from {some:,} of {sounds}, {away} or "
                f"more from every label) became the class `{BACKGROUND}`: none of the others may "
                "be heard there"
            )
        else:
            self.notes.append(
                f"{made} that no label covers (of {lasting}, from {some:,} of {sounds}, {away} or "
                "more from every label) became examples of no tag: none of them may be heard there"
            )
        silent = sum(one.silent for one in placed.values())
        if silent:
            self.notes.append(
                f"digital silence is no example: {counted(silent, 'stretch', 'stretches')} that no "
                "label covers left out"
            )
        if self.unplaced:
            lack = counted(len(self.unplaced), "sound", "sounds")
            self.warnings.append(
                f"{lack} with a label that could not be read, which may lie anywhere: no stretch "
                f"without a label is taken from there ({first_three([*self.unplaced.values()])})"
            )

    def _none(
        self,
        free: Mapping[Path, Sequence[Span]],
        usual: int,
        shortest: int,
        lasts_s: Mapping[Path, float],
        placed: Mapping[Path, Placed],
    ) -> str:
        """Why there is not one stretch."""
        asked = 'data.background = "unlabelled"'
        cure = "leave it out, or give more of the sound around the labels"
        if any(one.silent for one in placed.values()):
            return f"{asked}: all that no label covers is digital silence; {cure}"
        if not free:
            return (
                f"{asked}: in every sound there is a label that could not be read and may lie "
                f"anywhere ({first_three([*self.unplaced.values()])}): correct it"
            )
        widest = max((end - begin for spans in free.values() for begin, end in spans), default=0)
        return (
            f"{asked}: no label covers {spoken(self._bare_s(free, lasts_s))} of "
            f"{spoken(sum(lasts_s[path] for path in free))}, and what lies "
            f"{_seconds(_half(usual))} or more from every label lasts {_seconds(widest)} at most, "
            f"where {_seconds(shortest)} are needed (the shortest label); {cure}"
        )

    def _bare_s(self, sounds: Mapping[Path, object], lasts_s: Mapping[Path, float]) -> float:
        """How much of these sounds no label covers, in seconds."""
        bare = (
            end - begin
            for path in sounds
            for begin, end in free_spans(int(1000 * lasts_s[path]), self._covers_ms(path), 0)
        )
        return sum(bare) / 1000

    def _offer(
        self, free: Mapping[Path, Sequence[Span]], usual: int, lasts_s: Mapping[Path, float]
    ) -> None:
        """Say what could be taken, where much has no label."""
        all_s = sum(lasts_s[path] for path in free)
        bare_s = self._bare_s(free, lasts_s)
        room = sum((end - begin) // max(usual, 1) for own in free.values() for begin, end in own)
        if bare_s > _MUCH * all_s and room >= _SEVERAL:
            self.notes.append(
                f"no label covers {spoken(bare_s)} of {spoken(all_s)}, and nothing is learnt from "
                'there; if none of the classes is heard there, data.background = "unlabelled" '
                "makes examples of it"
            )


def _usual_count(entries: Sequence[SourceEntry], targets: Mapping[str, str]) -> int:
    """How many stretches the usual class or tag has: the median, which one rare one cannot move."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in entries:
        for column in targets.keys() & one.targets.keys():
            cell = one.targets[column].strip()
            if targets[column] == BACKGROUND:
                counts[column, cell] += 1
            elif targets[column] == "0":
                counts[column, ""] += cell.lower() in _YES
            else:
                mark = next((mark for mark in _SEPARATORS if mark in cell), "|")
                counts.update((column, piece.strip()) for piece in cell.split(mark))
    return max(1, round(median(counts.values()))) if counts else len(entries)


def _length_ms(one: SourceEntry, lasts_s: Mapping[Path, float]) -> int:
    end_s = min(lasts_s[one.path], one.end_s or lasts_s[one.path])
    return max(_SHORTEST_MS, round(1000 * (end_s - (one.start_s or 0.0))))


def _half(length_ms: int) -> int:
    return -(-length_ms // 2)


def _seconds(length_ms: int) -> str:
    return f"{length_ms / 1000:.3g} s"


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True
