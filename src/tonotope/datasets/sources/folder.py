"""A folder of class folders as a source; folders without sound, files that are no recordings.

    recordings/
        dog/        bark-1.wav, bark-2.wav
        siren/      street/1.flac

Folders `train`, `validation` and `test`, or `fold1`, `fold2` and so on, around the class folders
or inside them tell the part or the fold. A folder that holds a single folder and no sound is looked
through.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted, first_five, first_three, reading_order
from tonotope.datasets.data import Data
from tonotope.datasets.labels import similar_labels
from tonotope.datasets.manifest import Manifest, Skipped
from tonotope.datasets.several_labels import several_in_folders
from tonotope.datasets.sources.build_manifest import SourceEntry, build_recordings
from tonotope.datasets.sources.class_level import ClassLevel, find_class_level, sides_of
from tonotope.datasets.sources.csv_dialect import read_table
from tonotope.datasets.sources.infer_groups import FileName, infer_groups
from tonotope.datasets.sources.scan_folder import SOUND_ENDINGS, FolderScan, FoundFile, scan_folder
from tonotope.datasets.split_words import UNUSED
from tonotope.datasets.vocabulary import looks_like, role_of

SPREADSHEETS = frozenset((".xls", ".xlsx", ".xlsm", ".ods", ".numbers", ".gsheet"))
_PUT_ASIDE = re.compile(
    r"(?:trash|bin|deleted|papelera|basura|papierkorb|corbeille|lixeira|cestino|old|backup|bak"
    r"|unused|rejected|discarded|descartad[oa]s?|tmp|temp)",
    re.IGNORECASE,
)


def open_folder(root: Path, data: Data, *, progress: Progress = SILENT) -> Manifest:
    """The recordings in a folder of class folders.

    Args:
        root: the folder.
        data: the `[data]` table of an experiment.
        progress: reports each file.

    Raises:
        DataError: the folder holds no sound, or no class folders; the message says what would fit.
    """
    walked = scan_folder(root)
    level = find_class_level(walked.sounds, root, confirmed=data.group is not None)
    inside = [found for found in walked.sounds if len(found.levels) > level.lowest + 1]
    unused = [one for one in inside if level.side_of(one) == UNUSED]
    inside = [one for one in inside if level.side_of(one) != UNUSED]
    if not inside:
        raise DataError(_without_classes(root, walked))
    files = [_named(found, level) for found in inside]
    labels = {file.label for file in files}
    if sides_of(labels, root):
        raise DataError(
            f"{root}: the folders {first_five(sorted(labels))} hold sounds, but no "
            f"class folders; put each class in a folder of its own inside them, or {_table(root)}"
        )
    grouping = infer_groups(files, data.group)
    entries = [
        SourceEntry(
            *(found.name, found.path, {data.label: file.label}, group, None),
            *_fold_and_part(file, level),
        )
        for found, file, group in zip(inside, files, grouping.groups, strict=True)
    ]
    recordings, unread = build_recordings(
        entries, strict=data.strict, max_duration_s=data.max_duration_s, progress=progress
    )
    left = {recording.id for recording in recordings}
    if len(left) < len(files):  # what was left out tells nothing of the others
        grouping = infer_groups([file for file in files if file.name in left], data.group)
        names = [file.name for file in files if file.name in left]
        groups = dict(zip(names, grouping.groups, strict=True))
        recordings = [replace(one, group=groups[one.id]) for one in recordings]
    loose = [
        _loose(found, level) for found in walked.sounds if len(found.levels) <= level.lowest + 1
    ]
    silent, other = _without_sound(walked, level)
    return Manifest(
        recordings=tuple(recordings),
        skipped=(*walked.refused, *loose, *(_in_no_part(one, level) for one in unused), *unread),
        notes=(
            *level.notes,
            _counted([one.targets[data.label] for one in recordings]),
            grouping.note,
            *_beside(walked),
            *other,
            *walked.system_note,
        ),
        warnings=(
            *([level.doubt] if level.doubt else []),
            *silent,
            *_unread_lists(root),
            *_doubts([file.label for file in files], root),
            *([grouping.warning] if grouping.warning else []),
        ),
        root=root,
        parts_from=level.told_by,
    )


def find_tables(root: Path) -> list[Path]:
    """The tables that lie in a folder, or in its folder `meta` or `metadata`."""
    tables: list[Path] = []
    for place in (root, root / "meta", root / "metadata"):
        with contextlib.suppress(OSError):  # not there, or not to be looked into
            tables += (
                path
                for path in place.iterdir()
                if path.suffix.lower() in {".csv", ".tsv"}
                and not path.name.startswith(".")
                and path.is_file()
            )
    return sorted(tables)


def count_class_folders(root: Path) -> int:
    """How many class folders there are: folders that hold sound, at the level of the classes.

    None where these are parts or folds and hold no class folders: a table says what is what.
    """
    sounds = scan_folder(root).sounds
    level = find_class_level(sounds, root, confirmed=True)
    labels = {found.levels[level.depth] for found in sounds if len(found.levels) > level.lowest + 1}
    return 0 if sides_of(labels, root) else len(labels)


def _in_no_part(found: FoundFile, level: ClassLevel) -> Skipped:
    folder = found.levels[level.sides_at]
    return Skipped(found.name, None, f"lies in `{folder}`, which says to leave it out")


def _named(found: FoundFile, level: ClassLevel) -> FileName:
    below = found.levels[level.lowest + 1 : -1]
    source = below[0] if below else ""
    return FileName(found.name, found.levels[level.depth], source, level.side_of(found))


def _fold_and_part(file: FileName, level: ClassLevel) -> tuple[str | None, str | None]:
    return (file.side, None) if level.sides and level.sides.kind == "fold" else (None, file.side)


def _without_classes(root: Path, walked: FolderScan) -> str:
    name = str(root)
    if not walked.sounds:
        told = f"; {first_five([str(one) for one in walked.refused])}" if walked.refused else ""
        beside = counted(walked.beside.total(), "other file")
        return f"{name}: no sound files are in this folder ({beside} are){told}"
    example = walked.sounds[0].name
    fits = f"put each class in a folder of its own ({name}/CLASS/{example})"
    if len(walked.sounds) == 1:
        return (
            f"{name}: one sound file ({example}) lies there, and nothing says what it is; {fits}, "
            f"or {_table(root)}"
        )
    return (
        f"{name}: {counted(len(walked.sounds), 'file lies', 'files lie')} side by side "
        f"({example}, …) and nothing says what each one is; {fits}, or {_table(root)}"
    )


def _table(root: Path) -> str:
    """What to do with a table: with the one that lies there, or with one yet to be written."""
    tables = find_tables(root)
    if not tables:
        return f"give a table with the columns file,label{_like_tables(root)}"
    if len(tables) == 1:
        return f'give the table that lies there: source = "{tables[0]}"'
    names = first_five([table.name for table in tables])
    return f'give the table that says it (source = "{root}/…"); there are {names}'


def _like_tables(root: Path) -> str:
    """What to do with files that may be tables, though not by their endings alone."""
    files = [path for path in sorted(root.iterdir()) if path.is_file() and path.name[0] != "."]
    sheets = [path.name for path in files if path.suffix.lower() in SPREADSHEETS]
    texts = [path.name for path in files if _may_be_table(path)]
    listed = [path.name for path in files if path.suffix.lower() in (".json", ".jsonl", ".parquet")]
    found = [f'{texts[0]} looks like one: source = "{root / texts[0]}"'] if texts else []
    if sheets or listed:
        found.append(f"{first_three([*sheets, *listed])} may be one: save it as CSV, and give that")
    return f" ({'; '.join(found)})" if found else ""


def _may_be_table(path: Path) -> bool:
    """Whether a text has a header of two known columns, as Raven's selection tables do."""
    if path.suffix.lower() not in (".txt", ".tab", ".dat"):
        return False
    try:
        columns = read_table(path).columns
    except DataError:
        return False
    return sum(role_of(name) is not None for name in columns) > 1


def _loose(found: FoundFile, level: ClassLevel) -> Skipped:
    reason = "lies beside the class folders, so its class is not known; put it into one"
    if len(found.levels) > level.depth + 1:
        reason = "lies beside the folders that tell the part, so it is in none; put it into one"
    if found.path.suffix.lower() not in SOUND_ENDINGS:
        reason = "lies beside the class folders, and is no sound by its name"
    return Skipped(found.name, None, reason)


def _without_sound(walked: FolderScan, level: ClassLevel) -> tuple[list[str], list[str]]:
    """Warnings and notes on folders beside the class folders in which no sound is.

    What is empty was most likely meant as a class; what holds other files may be anything.
    """
    heard = {one.levels[: level.depth + 1] for one in walked.sounds}
    around = {one[: level.depth] for one in heard if len(one) > level.depth}
    silent = [
        folder
        for folder in walked.folders
        if len(folder) == level.depth + 1 and folder not in heard and folder[:-1] in around
    ]
    empty = ["/".join(folder) for folder in silent if not walked.folders[folder]]
    other = ["/".join(folder) for folder in silent if walked.folders[folder]]
    warnings, notes = [], []
    if empty:
        many = counted(len(empty), "empty folder")
        warnings.append(
            f"{many} beside the classes, where a class was perhaps meant: {first_three(empty)}"
        )
    if other:
        many = counted(len(other), "folder without sound", "folders without sound")
        notes.append(f"{many} beside the classes: {first_three(other)}")
    return warnings, notes


def _counted(labels: Sequence[str]) -> str:
    counts = Counter(labels)
    in_order = sorted(counts.items(), key=lambda one: reading_order(one[0]))
    shown = [f"{label} {count:,}" for label, count in in_order]
    files = counted(len(labels), "file")
    return f"{files} in {counted(len(counts), 'class', 'classes')}: {first_five(shown)}"


def _beside(walked: FolderScan) -> list[str]:
    if not walked.beside:
        return []
    shown = [f"{ending} {count:,}" for ending, count in sorted(walked.beside.items())]
    number = walked.beside.total()
    are, were = ("is", "was") if number == 1 else ("are", "were")
    total = counted(number, "file")
    return [f"{total} that {are} no sound {were} left aside: {first_five(shown)}"]


def _unread_lists(root: Path) -> list[str]:
    """A warning on lists beside the class folders that may tell a published split."""
    lists = [
        path.name
        for path in sorted(root.iterdir())
        if path.suffix.lower() in {".txt", ".csv", ".tsv", ".lst", ".list"}
        and looks_like(path.stem) in ("part", "fold")
    ]
    if not lists:
        return []
    one = len(lists) == 1
    return [
        f"{first_five(lists)} may tell a published split, and {'is' if one else 'are'} not read: "
        "a table with the columns file,label,split would say it"
    ]


def _doubts(labels: Sequence[str], root: Path) -> list[str]:
    doubts = [
        f"{' and '.join(f'`{one}`' for one in same)} differ in case, spaces or marks alone; they "
        "stay different classes: rename the folders if they are one"
        for same in similar_labels(labels)
    ]
    doubts += several_in_folders(Counter(labels))
    if len(set(labels)) == 1:
        tables = find_tables(root)
        beside = first_five([table.name for table in tables])
        told = f"; {beside} beside it may tell: source = the table" if tables else ""
        doubts.append(f"one class alone (`{labels[0]}`): there is nothing to tell it from{told}")
    aside = sorted({one for one in labels if _PUT_ASIDE.fullmatch(one.strip("_ -.()[]"))})
    if len(aside) == 1:
        doubts.append(
            f"`{aside[0]}` is used as a class, though by its name it was put aside; move it out of "
            f"{root.name}/ if it is none"
        )
    elif aside:
        doubts.append(
            f"{first_five([f'`{one}`' for one in aside])} are used as classes, though by their "
            f"names they were put aside; move what is no class out of {root.name}/"
        )
    return doubts
