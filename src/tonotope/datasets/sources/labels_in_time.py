"""Labels of a sound fitted to it: cut at its end, of one stretch together, overlaps told.

For tags a stretch has each label that covers half of it or more. For classes it has its own label
alone; a stretch that was labelled twice has both, as a cell of a table may have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tonotope._wording import counted, first_three
from tonotope.annotations.cells import is_number
from tonotope.datasets.labels import why_missing
from tonotope.datasets.manifest import Skipped

_SLACK_S = 0.05  # a label may end this much after its sound: label files round, and so do headers
_COVERED = 0.5  # of a stretch, from which on a label is one of it too
_BETWEEN = ";"  # labels of one stretch, as in a cell


@dataclass(frozen=True)
class Label:
    """A label on a stretch of a sound, and where it is written.

    Attributes:
        sound: its name below the root.
        path: its file.
        start_s: where the stretch begins.
        end_s: where it ends.
        text: what is heard.
        file: the label file.
        row: its row there.
        columns: what else the row says.
    """

    sound: str
    path: Path
    start_s: float
    end_s: float
    text: str
    file: str
    row: int | None
    columns: Mapping[str, str]

    @property
    def where(self) -> str:
        """The label file and the row, for sentences."""
        return self.file if self.row is None else f"{self.file} row {self.row:d}"

    def left_out(self, reason: str) -> Skipped:
        """It, left out for a reason."""
        return Skipped(self.file, self.row, reason)


@dataclass
class Fitted:
    """Labels that fit their sounds, those that are left out, and sentences on the others."""

    labels: list[Label]
    skipped: list[Skipped]
    notes: list[str]
    warnings: list[str]


def fit_labels(labels: Sequence[Label], lasts_s: Mapping[Path, float], *, tags: bool) -> Fitted:
    """The labels as they can be heard, each stretch once.

    Args:
        labels: of all sounds.
        lasts_s: the length of each sound that can be read, in seconds.
        tags: whether a stretch may have several labels.
    """
    fitted = Fitted([], [], [], [])
    cut: list[Label] = []
    for one in labels:
        if one.path not in lasts_s:
            continue
        reason = _impossible(one, lasts_s[one.path])
        if reason is not None:
            fitted.skipped.append(one.left_out(reason))
            continue
        if one.end_s > lasts_s[one.path]:
            if one.end_s > lasts_s[one.path] + _SLACK_S:
                cut.append(one)
            one = replace(one, end_s=lasts_s[one.path])
        fitted.labels.append(one)
    if cut:
        ends = counted(len(cut), "label ends", "labels end")
        fitted.notes.append(
            f"{ends} beyond the end of the sound, where the label is cut: {_three(cut)}"
        )
    _stretches_once(fitted)
    _overlaps(fitted, tags=tags and not all(is_number(one.text) for one in fitted.labels))
    return fitted


def _impossible(one: Label, lasts_s: float) -> str | None:
    missing = why_missing(one.text)
    if missing:
        return missing
    if one.start_s >= lasts_s:
        return f"starts at {one.start_s:g} s, but the sound lasts {lasts_s:.2f} s"
    if one.end_s <= one.start_s:
        return f"marks a moment at {one.start_s:g} s: a label to learn from needs a length"
    return None


def _stretches_once(fitted: Fitted) -> None:
    """Labels of exactly one stretch become one with all texts; what is there twice is told."""
    together: defaultdict[tuple[Path, str, str], list[Label]] = defaultdict(list)
    for one in fitted.labels:
        key = (one.path, f"{one.start_s:.6f}", f"{one.end_s:.6f}")  # as ids tell them
        same = [other for other in together[key] if other.text == one.text]
        if same:
            fitted.skipped.append(one.left_out(f"repeats {same[0].where}"))
        else:
            together[key].append(one)
    fitted.labels = [
        replace(own[0], text=_BETWEEN.join(one.text for one in own)) for own in together.values()
    ]


def _overlaps(fitted: Fitted, *, tags: bool) -> None:
    """Stretches that sound at the same time as another label."""
    more: defaultdict[int, set[str]] = defaultdict(set)
    mixed: dict[int, None] = {}
    for one, other in _overlapping(fitted.labels):
        mine, yours = fitted.labels[one], fitted.labels[other]
        if mine.text == yours.text:
            continue
        mixed |= {one: None, other: None}
        both_s = min(mine.end_s, yours.end_s) - max(mine.start_s, yours.start_s)
        for at, label, text in ((one, mine, yours.text), (other, yours, mine.text)):
            if both_s >= _COVERED * (label.end_s - label.start_s):
                more[at] |= {*text.split(_BETWEEN)} - {*label.text.split(_BETWEEN)}
    if not mixed:
        return
    if not tags:
        named = [fitted.labels[at] for at in sorted(mixed)]
        fitted.warnings.append(
            f"{counted(len(named), 'label overlaps', 'labels overlap')} one of another "
            "class, and what sounds at the same time is heard too: "
            f'{_three(named)}; if a sound may have several labels, take head.kind = "tag"'
        )
        return
    grown = {at: sorted(texts) for at, texts in more.items() if texts}
    for at, texts in grown.items():
        own = fitted.labels[at]
        fitted.labels[at] = replace(own, text=_BETWEEN.join([own.text, *texts]))
    if grown:
        named = [fitted.labels[at] for at in sorted(grown)]
        fitted.notes.append(
            f"{counted(len(named), 'stretch has', 'stretches have')} the labels of others too, "
            f"since those cover half of the stretch or more: {_three(named)}"
        )


def _overlapping(labels: Sequence[Label]) -> Iterator[tuple[int, int]]:
    """The numbers of each two labels of one sound that share a moment."""
    order = sorted(range(len(labels)), key=lambda at: (str(labels[at].path), labels[at].start_s))
    sounding: list[int] = []
    for at in order:
        one = labels[at]
        sounding = [
            other
            for other in sounding
            if labels[other].path == one.path and labels[other].end_s > one.start_s
        ]
        yield from ((other, at) for other in sounding)
        sounding.append(at)


def _three(labels: Sequence[Label]) -> str:
    return first_three([one.where for one in labels])
