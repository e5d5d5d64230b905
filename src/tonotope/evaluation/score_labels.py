"""`tt.score`: label files, folders of them or events, predicted against true; nothing unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from tonotope._errors import AudioError, DataError
from tonotope._wording import counted, first_five, length_text
from tonotope.annotations.beside import ENDINGS, recording_name
from tonotope.annotations.event import Event
from tonotope.annotations.read import find, read_events
from tonotope.audio.reading import inspect
from tonotope.evaluation.detection import judge_events
from tonotope.evaluation.detection_plan import DetectionPlan
from tonotope.evaluation.detection_result import Detection
from tonotope.evaluation.recording_names import paired_names

Labelled: TypeAlias = str | Path | Iterable[Event]

_SETTINGS = ".settings.json"  # of `predict --events`, beside its labels
_OF_A_JOB = re.compile(r"job\.json|journal(-\d+-of-\d+)?\.jsonl")  # of `predict --out DIR/`
_SOUNDS = (".wav", ".flac", ".ogg", ".mp3", ".WAV")
_SLACK_S = 0.05  # an end that was rounded is no mistake


@dataclass(frozen=True)
class _Side:
    """One of both lists of events.

    Attributes:
        events: in their order.
        recordings: the names of all that were listened to, those without an event too.
        notes: what was understood.
        skipped: lines that are no events, each with its reason.
        folders: where recordings named in it may lie.
    """

    events: tuple[Event, ...]
    recordings: tuple[str, ...]
    notes: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()


def score(
    predicted: Labelled,
    truth: Labelled,
    plan: DetectionPlan | None = None,
    *,
    groups: Mapping[str, str] | None = None,
    seed: int = 0,
) -> Detection:
    """Judge predicted events against true ones: by events with a collar, and by segments.

    A recording that only one side knows is judged too: what the other lacks counts as missed, or as
    made up, and a note names it.

    Args:
        predicted: a label file, a folder of label files, or events.
        truth: the same, of what was there.
        plan: segment, collar, confidence; None takes the usual ones.
        groups: the group of each recording by its name in the truth, such as its site. None draws
            recordings.
        seed: of the draws for the intervals.

    Raises:
        DataError: a file cannot be read, or there is no event on either side.

    >>> found = score([Event("a.wav", 1.0, 2.1, "owl", 0.9)], [Event("a.wav", 1.1, 2.0, "owl")])
    >>> found.by_event["owl"]["f1"].value
    1.0
    """
    ours, theirs = _side(predicted), _side(truth)
    same = paired_names(ours.recordings, theirs.recordings)
    renamed = [replace(one, file=same.get(one.file, one.file)) for one in ours.events]
    heard = {*theirs.recordings, *(same.get(one, one) for one in ours.recordings)}
    found = judge_events(renamed, theirs.events, plan, recordings=heard, groups=groups, seed=seed)
    notes = [*ours.notes, *theirs.notes, *_name_notes(ours, theirs, same)]
    for side, whose in ((ours, "the prediction"), (theirs, "the truth")):
        notes += _beyond(side, whose)
    skipped = (*ours.skipped, *theirs.skipped)
    return replace(found, notes=(*notes, *found.notes), skipped=skipped)


def _side(given: Labelled) -> _Side:
    if not isinstance(given, str | Path):
        events = tuple(given)
        if not all(isinstance(one, Event) for one in events):
            raise DataError("a label file, a folder of label files, or events would fit")
        return _Side(events, tuple(sorted({one.file for one in events})))
    path = Path(given)
    if not path.is_dir():
        own = recording_name(path.name)
        read = read_events(path, sound=own)
        names = {one.file for one in read.events}
        if not names and "file" not in find(read.format).holds:  # of a recording with nothing
            names = {own}
        skipped = tuple(map(str, read.skipped))
        return _Side(
            tuple(read.events), tuple(sorted(names)), tuple(read.notes), skipped, (path.parent,)
        )
    return _of_folder(path)


def _of_folder(folder: Path) -> _Side:
    """All label files of a folder; one without an event is a recording without an event."""
    paths = [
        one
        for one in sorted(folder.rglob("*"))
        if one.suffix.casefold() in ENDINGS
        and one.is_file()
        and one.name[0] != "."
        and not one.name.endswith(_SETTINGS)
        and not _OF_A_JOB.fullmatch(one.name)
    ]
    if not paths:
        raise DataError(f"{folder}: holds no label file, such as .txt, .csv or .jams")
    events: list[Event] = []
    names: set[str] = set()
    said_of: dict[str, list[str]] = {}
    skipped: list[str] = []
    for path in paths:
        empty = path.with_name(recording_name(path.name)).relative_to(folder).as_posix()
        try:
            read = read_events(path, sound=recording_name(path.name))
        except DataError as error:
            skipped.append(str(error))
            continue
        place = path.parent.relative_to(folder).as_posix()
        own = [
            one if place == "." or "/" in one.file else replace(one, file=f"{place}/{one.file}")
            for one in read.events
        ]
        names |= {one.file for one in own} or {empty}
        events += own
        for note in read.notes:
            said_of.setdefault(note, []).append(path.relative_to(folder).as_posix())
        skipped += map(str, read.skipped)
    if len(skipped) >= len(paths) and not names:
        raise DataError(f"{folder}: no label file in it could be read: {first_five(skipped)}")
    folders = tuple(sorted({folder, *(one.parent for one in paths)}))
    notes = [f"{first_five(files)}: {note}" for note, files in said_of.items()]
    return _Side(tuple(events), tuple(sorted(names)), tuple(notes), tuple(skipped), folders)


def _name_notes(ours: _Side, theirs: _Side, same: Mapping[str, str]) -> list[str]:
    """Recordings that go by two names, and those that only one side has."""
    notes = []
    renamed = [f"{one} = {other}" for one, other in same.items() if one != other]
    if renamed:
        notes.append(f"Taken for the same recording: {first_five(renamed)}.")
    unheard = sorted({one.file for one in theirs.events} - {*same.values()})
    if unheard:
        notes.append(
            f"Recordings that only the truth has; every event there counts as missed: "
            f"{first_five(unheard)}."
        )
    unlabelled = sorted({one.file for one in ours.events} - {*same})
    if unlabelled:
        notes.append(
            "Recordings that only the prediction has; every event there counts as made up (leave "
            f"out what nobody labelled): {first_five(unlabelled)}."
        )
    return notes


def _beyond(side: _Side, whose: str) -> list[str]:
    """Events that end after the end of their recording, where its sound is found."""
    ends_s: dict[str, float] = {}
    count: dict[str, int] = {}
    lengths: dict[str, float | None] = {}
    for one in side.events:
        if one.file not in lengths:
            lengths[one.file] = _length_s(one.file, side.folders)
        length_s = lengths[one.file]
        if length_s is not None and one.end_s > length_s + _SLACK_S:
            ends_s[one.file] = max(one.end_s, ends_s.get(one.file, 0.0))
            count[one.file] = count.get(one.file, 0) + 1
    if not count:
        return []
    each = [
        f"{name} ({length_text(ends_s[name])} of {length_text(lengths[name] or 0.0)})"
        for name in count
    ]
    return [
        f"Beyond the end of the recording, and judged all the same: "
        f"{counted(sum(count.values()), 'event')} of {whose}, {first_five(each)}."
    ]


def _length_s(recording: str, folders: Iterable[Path]) -> float | None:
    """How long a recording is, where its sound lies beside the labels; None where it does not."""
    for folder in (*folders, Path()):
        for path in (folder / recording, *(folder / f"{recording}{end}" for end in _SOUNDS)):
            try:
                if path.suffix and path.is_file():
                    return inspect(path).duration_s
            except (AudioError, OSError, ValueError):
                continue
    return None
