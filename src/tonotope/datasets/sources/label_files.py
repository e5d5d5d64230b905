"""Which sounds have a label file, beside them or in `data.annotations`, and what these files hold.

A folder is one of sounds and label files where its sounds have such beside them. Class folders
stay class folders, unless every sound in them has one; a folder with a table stays that, unless the
table is about one sound of its own name.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePath
from typing import NamedTuple

from tonotope._errors import DataError
from tonotope._wording import counted, first_three
from tonotope.annotations import EventFile, read_events
from tonotope.annotations.beside import beside
from tonotope.annotations.cells import is_number
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Skipped
from tonotope.datasets.sources.folder import count_class_folders, find_tables
from tonotope.datasets.sources.scan_folder import SOUND_ENDINGS, FolderScan, FoundFile, scan_folder
from tonotope.datasets.sources.source_path import source_path

BESIDE = ""
LEFT_ASIDE = "none"  # data.annotations that leaves label files aside
_ENDINGS = frozenset((".txt", ".csv", ".tsv", ".srt", ".jams", ".json", ".jsonl", ".parquet"))
_LARGEST_ALONE = 20_000_000  # bytes; larger files without a sound of their name are no labels
_TRIED = 20  # label files, to ask whether class folders may be no classes
_TABLES = frozenset(("csv", "labels"))  # formats of tables that name each sound, as a source does


class LabelFile(NamedTuple):
    """A label file and the sound it is called after: names below their folders."""

    name: str
    sound: str
    held: EventFile


@dataclass(frozen=True)
class LabelledSounds:
    """Sounds and their label files.

    Attributes:
        root: the folder that names are relative to.
        walked: what lies in it.
        files: the label files that were read.
        where: `BESIDE` the sounds, or the name of the folder of label files.
        without: the sounds that have no label file.
        skipped: label files that cannot be read.
        warnings: sentences on label files without a sound, and where several would fit.
    """

    root: Path
    walked: FolderScan
    files: Sequence[LabelFile]
    where: str
    without: Sequence[str] = ()
    skipped: Sequence[Skipped] = ()
    warnings: Sequence[str] = ()

    @property
    def events(self) -> int:
        """How many labels there are."""
        return sum(len(one.held.events) for one in self.files)


def find_labelled(
    path: Path, data: Data, base: Path, column: str
) -> tuple[LabelledSounds | None, list[str]]:
    """The sounds of a folder with their label files; None where it is another kind of source.

    Args:
        path: a folder, a sound, or a label file with a sound beside it.
        data: the `[data]` table of an experiment.
        base: the folder that relative paths start from.
        column: the column of labels, for tables that have several.

    Returns:
        Them, and a question where label files lie there and the source is another.

    Raises:
        DataError: `data.annotations` is no folder, holds no label file of these sounds, or stands
            beside columns of a table; or it is one sound without a label file.
    """
    asked = data.annotations
    tabular = [name for name in ("file", "start", "end", "fold", "part") if getattr(data, name)]
    if asked == LEFT_ASIDE or (asked is None and tabular):
        return None, []
    if asked is None:
        return _beside(path, column) if path.is_dir() else (_of_one(path, column), [])
    if tabular:
        raise DataError(
            f"[data] has annotations and {', '.join(tabular)}: those are columns of a table, and "
            "label files say themselves which column is which; take one of both out"
        )
    if not path.is_dir() and path.suffix.lower() not in SOUND_ENDINGS:
        raise DataError(
            f"{path}: no folder of sounds and no sound, so data.annotations does not go with it"
        )
    return _in_folder(path, _annotations(asked, path, base), column), []


def _beside(path: Path, column: str) -> tuple[LabelledSounds | None, list[str]]:
    """Sounds and label files of one folder, where it is no folder of classes or with a table."""
    walked = scan_folder(path)
    sounds, texts = _sounds(walked), [one for one in walked.others if _may_hold_labels(one.path)]
    named = beside((one.name for one in sounds), (one.name for one in texts))
    if not named.labels_of and not named.doubts:
        return None, []
    lone, classes = find_tables(path), count_class_folders(path) > 1
    if not classes or not named.without_labels:
        found = _paired(path, walked, sounds, texts, BESIDE, column)
        own_table = len(lone) == 1 and not classes and _is_table_of_its_own(lone[0], found)
        sure = not classes or not (found.without or _only_numbers(found))
        if found.events and sure and not own_table:
            return found, []
    few = islice(named.labels_of.items(), _TRIED)
    labels = [label for sound, label in few
              if [path / label] != lone and _holds_words(path / label, sound)]  # fmt: skip
    if not labels:
        return None, []
    return None, [
        f"label files lie beside sounds ({first_three(labels)}) and are not read: "
        'data.annotations = "." takes what they say as the labels, "none" leaves them aside'
    ]


def _in_folder(path: Path, annotations: Path, column: str) -> LabelledSounds:
    """The sounds of `path` with the label files of `annotations`, by their names below both."""
    root = path if path.is_dir() else path.parent
    walked = scan_folder(root)
    sounds = _sounds(walked) if path.is_dir() else [FoundFile(path, (path.name,))]
    own = annotations == root
    there = walked if own else scan_folder(annotations)
    texts = [one for one in there.others if _may_hold_labels(one.path)]
    where = BESIDE if own else annotations.name
    found = _paired(root, walked, sounds, texts, where, column)
    if not found.files:
        told = f": {found.skipped[0]}" if found.skipped else ""
        told = told or f" ({first_three(found.warnings)})" if found.warnings else told
        raise DataError(
            f"{annotations}: no label file of a sound in {root} is there{told}; a label file lies "
            "where its sound does and is called after it (night/take.wav, night/take.txt)"
        )
    return found


def _annotations(asked: str, path: Path, base: Path) -> Path:
    folder = source_path(asked, base)
    if not folder.is_dir() and (path / asked).is_dir():
        folder = path / asked
    if asked in (".", "./"):
        folder = path if path.is_dir() else path.parent
    if not folder.is_dir():
        raise DataError(
            f'data.annotations = "{asked}": {folder} is no folder; name the folder of the label '
            f'files, "." where they lie beside the sounds, or "{LEFT_ASIDE}"'
        )
    return folder


def _of_one(path: Path, column: str) -> LabelledSounds | None:
    """One sound with the label file beside it, or one label file with the sound beside it."""
    ending = path.suffix.lower()
    if not path.is_file() or ending not in SOUND_ENDINGS | _ENDINGS:
        return None
    here = sorted(path.parent.iterdir())
    sounds = [one for one in here if one.suffix.lower() in SOUND_ENDINGS]
    if ending in SOUND_ENDINGS:
        texts = [FoundFile(one, (one.name,)) for one in here if _may_hold_labels(one)]
        own = beside([one.name for one in sounds], [one.name for one in texts]).labels_of
        others = {label for sound, label in own.items() if sound != path.name}
        texts = [one for one in texts if one.name not in others]
        found = _paired(path.parent, _scan_of(path), _sounds(_scan_of(path)), texts, BESIDE,
                        column)  # fmt: skip
        if found.files or found.skipped:
            return replace(found, warnings=(), without=())  # of other sounds nobody asked
        told = f" ({found.warnings[0]})" if found.warnings else ""
        raise DataError(
            f"{path}: a single sound, and no label file beside it{told}: {path.stem}.txt of "
            f"Audacity, {path.stem}.Table.1.selections.txt of Raven; or give a folder or a table"
        )
    pairs = beside([one.name for one in sounds], [path.name]).labels_of
    held = _read(path, "", column) if pairs else ""
    if not isinstance(held, EventFile) or any(one.file for one in held.events):
        return None  # a table, which names its sounds
    (sound,) = pairs
    file = LabelFile(path.name, sound, _of_sound(held, sound))
    return LabelledSounds(path.parent, _scan_of(path.parent / sound), [file], BESIDE)


def _scan_of(sound: Path) -> FolderScan:
    return FolderScan([FoundFile(sound, (sound.name,))], [], Counter(), [], {}, [], [])


def _paired(
    root: Path,
    walked: FolderScan,
    sounds: Sequence[FoundFile],
    texts: Sequence[FoundFile],
    where: str,
    column: str,
) -> LabelledSounds:
    """What the label files of sounds hold; those of two that can be read alone are in doubt."""
    names = [one.name for one in sounds]
    by_name = {one.name: one.path for one in texts}
    first = beside(names, by_name)
    held: dict[str, EventFile] = {}
    unread: dict[str, str] = {}
    for name, path in by_name.items():
        alone = name in first.without_sound
        if alone and path.stat().st_size > _LARGEST_ALONE:
            continue
        read = _read(path, "", column)
        if isinstance(read, EventFile):
            held[name] = read
        elif not alone:
            unread[name] = read
    pairs = beside(names, held)
    files = [
        LabelFile(label, sound, _of_sound(held[label], sound))
        for sound, label in pairs.labels_of.items()
    ]
    known = {sound: label for sound, label in first.labels_of.items() if label in unread}
    skipped = [Skipped(label, None, unread[label]) for label in known.values()]
    alone = [name for name in pairs.without_sound if held[name].events]
    warnings = list(pairs.doubts)
    if alone:
        has = counted(len(alone), "label file has", "label files have")
        warnings.append(
            f"{has} no sound of that name, and nothing is learnt from there: {first_three(alone)}"
        )
    without = [name for name in pairs.without_labels if name not in known]
    return LabelledSounds(root, walked, files, where, without, skipped, warnings)


def _of_sound(held: EventFile, sound: str) -> EventFile:
    """The same, with the sound named in the events that name none."""
    name = PurePath(sound).name
    events = tuple(one if one.file else replace(one, file=name) for one in held.events)
    return replace(held, events=events)


def _read(path: Path, sound: str, column: str) -> EventFile | str:
    """What a label file holds, or why it cannot be read."""
    try:
        label = None if column == "label" else column
        return read_events(path, sound=PurePath(sound).name, label=label)
    except DataError as error:
        return str(error).removeprefix(f"{path}: ")


def _sounds(walked: FolderScan) -> list[FoundFile]:
    return [one for one in walked.sounds if one.path.suffix.lower() in SOUND_ENDINGS]


def _may_hold_labels(path: Path) -> bool:
    return path.suffix.lower() in _ENDINGS


def _only_numbers(found: LabelledSounds) -> bool:
    """Whether all labels are numbers, as in files of measurements over time."""
    return all(is_number(one.label) for file in found.files for one in file.held.events)


def _holds_words(path: Path, sound: str) -> bool:
    held = _read(path, sound, "label")
    return isinstance(held, EventFile) and not all(is_number(one.label) for one in held.events)


def _names_sounds(path: Path) -> Iterator[str]:
    """The sounds that a label file names itself."""
    with contextlib.suppress(DataError):
        yield from (one.file for one in read_events(path).events if one.file)


def _is_table_of_its_own(table: Path, found: LabelledSounds) -> bool:
    """Whether the one table of a folder is no label file, or names its sounds as a source does."""
    formats = [one.held.format for one in found.files if one.held.path == table]
    return not formats or (formats[0] in _TABLES and any(_names_sounds(table)))
