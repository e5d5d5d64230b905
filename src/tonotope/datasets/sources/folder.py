"""A folder of class folders as a source: which level is the class; `train`, `test` around it.

    recordings/
        dog/        bark-1.wav, bark-2.wav
        siren/      street/1.flac

Folders `train`, `validation` and `test` around the class folders tell the part. A folder that
holds a single folder and no sound is looked through.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted, first_five
from tonotope.datasets.data import Data
from tonotope.datasets.labels import similar_labels
from tonotope.datasets.manifest import Manifest, Skipped
from tonotope.datasets.sources.build_manifest import SourceEntry, build_recordings
from tonotope.datasets.sources.infer_groups import FileName, infer_groups
from tonotope.datasets.sources.scan_folder import SOUND_ENDINGS, FolderScan, FoundFile, scan_folder
from tonotope.datasets.vocabulary import UNUSED, looks_like, parts_of


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
    depth, around = _class_level(walked.sounds, root)
    inside = [found for found in walked.sounds if len(found.levels) > depth + 1]
    parts = _parts({found.levels[depth - 1] for found in inside}, root) if depth else {}
    unused = [one for one in inside if depth and parts.get(one.levels[depth - 1]) == UNUSED]
    inside = [one for one in inside if one not in unused] if unused else inside
    if not inside:
        raise DataError(_without_classes(root, walked))
    files = [_named(found, depth, parts) for found in inside]
    labels = {file.label for file in files}
    if _parts(labels, root):
        raise DataError(
            f"{root}: the folders {first_five(sorted(labels))} hold sounds, but no "
            "class folders; put each class in a folder of its own inside them"
        )
    grouping = infer_groups(files, data.group)
    entries = [
        SourceEntry(found.name, found.path, {data.label: file.label}, group, part=file.side)
        for found, file, group in zip(inside, files, grouping.groups, strict=True)
    ]
    recordings, unread = build_recordings(
        entries, strict=data.strict, max_duration_s=data.max_duration_s, progress=progress
    )
    loose = [_loose(found) for found in walked.sounds if len(found.levels) <= depth + 1]
    return Manifest(
        recordings=tuple(recordings),
        skipped=(*walked.refused, *loose, *(_in_no_part(one, depth) for one in unused), *unread),
        notes=(
            *around,
            _counted([one.targets[data.label] for one in recordings]),
            grouping.note,
            *_beside(walked),
            *walked.system_note,
        ),
        warnings=(
            *_unread_lists(root),
            *_doubts([file.label for file in files]),
            *([grouping.warning] if grouping.warning else []),
        ),
        root=root,
        parts_from="the folders around the classes" if parts else None,
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
    """How many class folders there are: folders that hold sound, at the level of the classes."""
    sounds = scan_folder(root).sounds
    depth, _ = _class_level(sounds, root)
    return len({found.levels[depth] for found in sounds if len(found.levels) > depth + 1})


def _class_level(sounds: Sequence[FoundFile], root: Path) -> tuple[int, list[str]]:
    """How many folders lie around the class folders, and sentences on them.

    Raises:
        DataError: some folders around the classes name parts, and one does not.
    """
    depth = 0
    notes: list[str] = []
    while True:
        below = [found for found in sounds if len(found.levels) > depth + 1]
        names = {found.levels[depth] for found in below}
        deeper = {found.levels[depth + 1] for found in below if len(found.levels) > depth + 2}
        flat = any(len(found.levels) == depth + 2 for found in below)
        if flat or not deeper:
            return depth, notes
        if _parts(names, root):
            notes.append(f"the folders {first_five(sorted(names))} tell the part")
            return depth + 1, notes
        if len(names) > 1 or any(len(found.levels) == depth + 1 for found in sounds):
            return depth, notes
        notes.append(f"the classes lie in the folder {names.pop()}")
        depth += 1


def _parts(names: Collection[str], root: Path) -> dict[str, str]:
    """What folders of these names mean as parts of a split; empty: they are no parts.

    Raises:
        DataError: two parts are among them, and a name that means none; a single one may be a
            class (`train`, the vehicle).
    """
    meant = parts_of(sorted(names))
    parts = {*meant.values()} - {UNUSED}
    unknown = sorted({*names} - {*meant})
    if not parts or (unknown and len(parts) < 2):
        return {}
    if unknown:
        raise DataError(
            f"{root}: some folders are called after parts ({first_five(sorted(names))}), and "
            f"`{unknown[0]}` is none; call it train, validation or test, or unused to leave it "
            "out, or move it away"
        )
    return meant


def _in_no_part(found: FoundFile, depth: int) -> Skipped:
    return Skipped(found.name, None, f"lies in `{found.levels[depth - 1]}`, which is no part")


def _named(found: FoundFile, depth: int, parts: Mapping[str, str]) -> FileName:
    label, below = found.levels[depth], found.levels[depth + 1 : -1]
    side = parts.get(found.levels[depth - 1]) if depth else None
    return FileName(found.name, label, below[0] if below else "", side)


def _without_classes(root: Path, walked: FolderScan) -> str:
    name = str(root)
    if not walked.sounds:
        told = f"; {first_five([str(one) for one in walked.refused])}" if walked.refused else ""
        beside = counted(walked.beside.total(), "other file")
        return f"{name}: no sound files are in this folder ({beside} are){told}"
    example = walked.sounds[0].name
    fits = f"put each class in a folder of its own ({name}/CLASS/{example})"
    tables = find_tables(root)
    table = (
        f'give the table that lies there: source = "{tables[0]}"'
        if tables
        else "give a table with the columns file,label"
    )
    return (
        f"{name}: {counted(len(walked.sounds), 'file')} lie side by side ({example}, …) "
        f"and nothing says what each one is; {fits}, or {table}"
    )


def _loose(found: FoundFile) -> Skipped:
    reason = "lies beside the class folders, so its class is not known; put it into one"
    if found.path.suffix.lower() not in SOUND_ENDINGS:
        reason = "lies beside the class folders, and is no sound by its name"
    return Skipped(found.name, None, reason)


def _counted(labels: Sequence[str]) -> str:
    counts = Counter(labels)
    shown = [f"{label} {count:,}" for label, count in sorted(counts.items())]
    files = counted(len(labels), "file")
    return f"{files} in {counted(len(counts), 'class', 'classes')}: {first_five(shown)}"


def _beside(walked: FolderScan) -> list[str]:
    if not walked.beside:
        return []
    shown = [f"{ending} {count:,}" for ending, count in sorted(walked.beside.items())]
    total = counted(walked.beside.total(), "file")
    return [
        f"{total} that {'is' if total.startswith('1 ') else 'are'} no sound were left aside: "
        f"{first_five(shown)}"
    ]


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


def _doubts(labels: Sequence[str]) -> list[str]:
    doubts = [
        f"{' and '.join(f'`{one}`' for one in same)} differ in case, spaces or marks alone; they "
        "stay different classes: rename the folders if they are one"
        for same in similar_labels(labels)
    ]
    if len(set(labels)) == 1:
        doubts.append(f"one class alone (`{labels[0]}`): there is nothing to tell it from")
    return doubts
