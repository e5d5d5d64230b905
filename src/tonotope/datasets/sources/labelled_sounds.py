"""Sounds with their label files as a source: each labelled stretch is a recording, a sound a group.

Audacity, Raven and others keep what is heard in a file beside the sound (`take.wav`, `take.txt`).
What the labels do not cover is no example of anything, unless `data.background` asks for that.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath, PurePosixPath

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import by_kind, counted, first_five, first_three
from tonotope.annotations import Event
from tonotope.datasets.background_class import BACKGROUND
from tonotope.datasets.data import Data
from tonotope.datasets.labels import label_warnings
from tonotope.datasets.manifest import Manifest, Recording, Skipped
from tonotope.datasets.sources.build_manifest import SourceEntry, build_recordings
from tonotope.datasets.sources.channel_column import channel_warning, channels_of_labels
from tonotope.datasets.sources.class_level import Sides, sides_of
from tonotope.datasets.sources.grouping import Grouping
from tonotope.datasets.sources.infer_groups import RULES, FileName, infer_groups
from tonotope.datasets.sources.label_files import LabelFile, LabelledSounds
from tonotope.datasets.sources.label_notes import of_events, read_notes, understood, unlabelled
from tonotope.datasets.sources.labels_in_time import Fitted, Label, fit_labels
from tonotope.datasets.sources.unlabelled import Unlabelled
from tonotope.datasets.split_words import UNUSED


def open_labelled(
    found: LabelledSounds,
    data: Data,
    column: str,
    targets: Sequence[str] | None = None,
    *,
    progress: Progress = SILENT,
) -> Manifest:
    """The labelled stretches of sounds as recordings, called `take.wav@start-end`.

    Args:
        found: the sounds and their label files.
        data: the `[data]` table of an experiment.
        column: the name of the target.
        targets: the columns that a head asks for; None where it asks for labels.
        progress: reports each file.

    Raises:
        DataError: no label can be used, or `data.strict` and one cannot.
    """
    skipped = [*found.skipped]
    labels = _labels(found, skipped)
    asked = data.background == "unlabelled"
    empty = _empty(found) if asked else []
    sides = _sides(found)
    unused: list[str] = []
    if sides:
        tops = [_top(one.sound) for one in labels]
        unused = [top for top in tops if sides.meant[top] == UNUSED]
        labels = [one for one, top in zip(labels, tops, strict=True) if sides.meant[top] != UNUSED]
        empty = [one for one in empty if sides.meant[_top(one.sound)] != UNUSED]
    grouping = _grouped([*labels, *empty], data)
    group_of = dict(zip(((one.file, one.row, one.sound) for one in (*labels, *empty)),
                        grouping.groups, strict=True))  # fmt: skip
    fitted = Fitted([], [], [], [])

    def entry(one: Label) -> SourceEntry:
        side = sides.meant[_top(one.sound)] if sides else None
        fold, part = (side, None) if sides and sides.kind == "fold" else (None, side)
        more = {name: one.columns[name] for name in targets or () if one.columns.get(name)}
        return SourceEntry(
            *(one.sound, one.path, {**more, column: one.text}),
            *(group_of[one.file, one.row, one.sound], one.row, fold, part, one.start_s, one.end_s),
        )

    def fit(lasts_s: Mapping[Path, float]) -> list[SourceEntry]:
        nonlocal fitted
        fitted = fit_labels(labels, lasts_s, tags=targets is not None)
        unread = {one.path: one for one in (*labels, *empty) if one.path not in lasts_s}
        whole = [entry(one)._replace(row=None) for one in unread.values()]
        return [*map(entry, fitted.labels), *whole]

    bare = Unlabelled(
        *_places(found, labels),
        whole=[entry(one) for one in empty],
        columns=targets,
        channels=data.channels,
        asked=asked,
    )
    recordings, unusable = build_recordings(
        [entry(one) for one in (*labels, *empty)],
        strict=data.strict,
        max_duration_s=data.max_duration_s,
        fit_times=fit,
        add_entries=bare,
        progress=progress,
    )
    skipped += [*fitted.skipped, *unusable]
    skipped.sort(key=lambda one: (one.file, one.row or 0))
    if data.strict and skipped:
        raise DataError(f"{skipped[0]}")
    return Manifest(
        recordings=tuple(recordings),
        skipped=tuple(skipped),
        notes=(
            understood(found, len(recordings) - bare.added),
            *by_kind(read_notes(found.files), "label file"),
            *of_events(found.files),
            *fitted.notes,
            *bare.notes,
            *([_told_by(sides)] if sides else []),
            *_left_out(unused),
            grouping.note,
            *found.walked.system_note,
        ),
        warnings=(
            *found.warnings,
            *unlabelled(found, asked=asked),
            *label_warnings([one.text for one in fitted.labels], column),
            *fitted.warnings,
            *_channels(fitted.labels, recordings, data),
            *bare.warnings,
            *([grouping.warning] if grouping.warning else []),
        ),
        root=found.root,
        parts_from="the folders around the sounds" if sides and sides.kind == "part" else None,
    )


def _channels(labels: Sequence[Label], recordings: Sequence[Recording], data: Data) -> list[str]:
    """A doubt where labels are of one channel each, and something else is heard."""
    known = {one.path: one for one in recordings}
    heard = {at: known[one.path] for at, one in enumerate(labels) if one.path in known}
    column = channels_of_labels([one.columns for one in labels])
    return channel_warning(column, heard, data.channels)


def _labels(found: LabelledSounds, skipped: list[Skipped]) -> list[Label]:
    """All labels with the sound each is on; what could not be read is left out with its row."""
    paths = {one.name: one.path for one in found.walked.sounds}
    labels: list[Label] = []
    for file in found.files:
        skipped += [Skipped(file.name, one.row, one.reason) for one in file.held.skipped]
        for event, row in zip(file.held.events, file.held.rows, strict=True):
            sound = _sound_of(event, file, paths)
            if sound is None:
                reason = f"is about {event.file}, and the file is called after {file.sound}"
                skipped.append(Skipped(file.name, row, reason))
                continue
            times = (event.start_s, event.end_s)
            columns = event.columns
            labels.append(Label(sound, paths[sound], *times, event.label, file.name, row, columns))
    return labels


def _sound_of(event: Event, file: LabelFile, paths: Mapping[str, Path]) -> str | None:
    """The sound an event is on: that of its file, or another one that it names."""
    named = event.file.replace("\\", "/").rpartition("/")[2].casefold()
    if named in _names_of(file.sound):
        return file.sound
    others = [name for name in paths if named in _names_of(name)]
    beside = [name for name in others if PurePath(name).parent == PurePath(file.sound).parent]
    found = beside or others
    return found[0] if len(found) == 1 else None


def _names_of(sound: str) -> set[str]:
    path = PurePosixPath(sound)
    return {path.name.casefold(), path.stem.casefold()}


def _top(sound: str) -> str:
    return sound.partition("/")[0]


def _sides(found: LabelledSounds) -> Sides | None:
    """Parts or folds that the folders around all labelled sounds tell."""
    sounds = [one.sound for one in found.files]
    if not all("/" in name for name in sounds):
        return None
    sides = sides_of({_top(name) for name in sounds}, found.root)
    several = sides is not None and len({*sides.meant.values()} - {UNUSED}) > 1
    return sides if several else None


def _left_out(unused: Sequence[str]) -> list[str]:
    """How many labels each folder leaves out that says so."""
    return [
        f"{counted(count, 'label is', 'labels are')} left out, since the folder `{folder}` says so"
        for folder, count in sorted(Counter(unused).items())
    ]


def _told_by(sides: Sides) -> str:
    names = first_five(sorted(sides.meant))
    if sides.kind == "fold":
        return f"the folders {names} tell the fold"
    return f"the folders {names} tell the part"


def _grouped(labels: Sequence[Label], data: Data) -> Grouping:
    """The group of each label: its sound, unless something else is asked for."""
    files = [
        FileName(one.sound, one.text, PurePosixPath(one.sound).parent.as_posix().strip("."))
        for one in labels
    ]
    sounds = {one.sound for one in labels}
    asked = data.group
    if asked is not None and asked not in RULES:
        cells = [one.columns.get(asked, "") for one in labels]
        if any(cells):
            groups = [cell or one.sound for cell, one in zip(cells, labels, strict=True)]
            note = f"groups are from the column `{asked}`: {counted(len({*groups}), 'group')}"
            return Grouping(groups, note)
    if asked is not None:
        return infer_groups(files, asked)
    note = f"each sound is a group with all its labels: {counted(len(sounds), 'group')}"
    guessed = {*infer_groups(files).groups}
    if len(guessed) >= len(sounds):
        return Grouping([one.sound for one in labels], note)
    return Grouping(
        [one.sound for one in labels],
        note,
        f"by their names the {counted(len(sounds), 'sound')} may be of fewer sources "
        f'({first_three(sorted(guessed))}): if they are, group = "name" keeps those of one '
        "together",
    )


def _empty(found: LabelledSounds) -> list[Label]:
    """A label on all of each sound whose label file holds none: nothing is heard there."""
    paths = {one.name: one.path for one in found.walked.sounds}
    return [
        Label(one.sound, paths[one.sound], 0.0, math.inf, BACKGROUND, one.name, None, {})
        for one in found.files
        if not one.held.events and not one.held.skipped
    ]


def _places(
    found: LabelledSounds, labels: Sequence[Label]
) -> tuple[dict[Path, list[tuple[float, float]]], dict[Path, str]]:
    """Where labels lie on each sound, and sounds with one whose place is not known."""
    paths = {one.name: one.path for one in found.walked.sounds}
    covers: defaultdict[Path, list[tuple[float, float]]] = defaultdict(list)
    for one in labels:
        covers[one.path].append((one.start_s, one.end_s))
    unread = [(one, one.held.skipped[0]) for one in found.files if one.held.skipped]
    unplaced = {
        paths[file.sound]: f"{file.name} row {first.row:d}" if first.row else file.name
        for file, first in unread
    }
    return covers, unplaced
