"""File names in a table resolved to files on the disk: beside it, nearby, another ending.

A name is looked for as it stands, then in `audio/`, `clips/` and their like beside the table or
one level up, in a folder for its fold (UrbanSound8K's `audio/fold3/`) or its label, and at last
without its ending having been written. Folders are listed once; no file is opened.
"""

# Paths stay plain text here: a table of a million rows tries many for each.
# ruff: noqa: PTH117, PTH118, PTH120, PTH122, PTH208

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tonotope._wording import counted, first_five
from tonotope.datasets.sources.scan_folder import SOUND_ENDINGS

_FOLDERS = (
    *("audio", "wav", "wavs", "clips", "sounds", "sound", "recordings", "files", "data"),
    *("audio_files", "audios", "wav_files"),
)
_BASES = ("", *_FOLDERS, "..", *(f"../{folder}" for folder in _FOLDERS))
_INSIDE = ("{name}", "fold{fold}/{name}", "{fold}/{name}", "{label}/{name}", "{part}/{name}")
_PLAIN = "{name}"


class NamedFile(NamedTuple):
    """A file as a table names it, with what a folder may be called after."""

    name: str
    fold: str = ""
    label: str = ""
    part: str = ""


class ResolvedPaths(NamedTuple):
    """For each file its path, or why there is none; notes; sounds that the table does not name."""

    paths: list[Path | str]
    notes: list[str]
    unnamed: list[str]


class _Disk:
    """Folders, each listed once."""

    def __init__(self) -> None:
        self.listings: dict[str, frozenset[str]] = {}
        self.stems: dict[str, dict[str, list[str]]] = {}

    def names(self, folder: str) -> frozenset[str]:
        if folder not in self.listings:
            try:
                self.listings[folder] = frozenset(os.listdir(folder or "."))
            except (OSError, ValueError):
                self.listings[folder] = frozenset()
        return self.listings[folder]

    def holds(self, path: str) -> bool:
        folder, name = os.path.split(path)
        return name in self.names(folder)

    def with_ending(self, path: str) -> list[str]:
        """The sounds whose name is this one and an ending."""
        folder, name = os.path.split(path)
        if folder not in self.stems:
            stems: dict[str, list[str]] = {}
            for full in sorted(self.names(folder)):
                stem, ending = os.path.splitext(full)
                if ending.lower() in SOUND_ENDINGS:
                    stems.setdefault(stem, []).append(full)
            self.stems[folder] = stems
        return self.stems[folder].get(name, [])


def resolve_paths(folder: Path, wanted: Sequence[NamedFile]) -> ResolvedPaths:
    """Find every file; the pattern that found the last one is tried first."""
    disk = _Disk()
    used: Counter[str] = Counter()
    endings = 0
    paths: list[Path | str] = []
    known: dict[NamedFile, Path | str] = {}
    bases = [base for base in _BASES if (folder / base).is_dir()]
    patterns = [f"{base}/{inside}" if base else inside for inside in _INSIDE for base in bases]
    for one in wanted:
        if one not in known:
            found = _found(disk, str(folder), one, patterns)
            if isinstance(found, tuple):
                path, pattern, with_ending = found
                patterns.remove(pattern)
                patterns.insert(0, pattern)
                used[pattern] += 1
                endings += with_ending
                known[one] = Path(path)
            else:
                known[one] = found
        paths.append(known[one])
    notes = _notes(used, endings)
    return ResolvedPaths(paths, notes, _unnamed(disk, folder, known))


def _found(
    disk: _Disk, folder: str, one: NamedFile, patterns: Sequence[str]
) -> tuple[str, str, bool] | str:
    name = one.name.strip()
    if "://" in name:
        return "an address, not a file; download it and name the file"
    if "\\" in name and "/" not in name and not disk.holds(os.path.join(folder, name)):
        name = name.replace("\\", "/")  # a table from Windows
    if os.path.isabs(name):
        patterns = [_PLAIN]
    # Where a name is not ASCII, a disk may keep any of its Unicode forms.
    forms = (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))
    for spelled in dict.fromkeys(forms):
        found = _looked_up(disk, folder, one._replace(name=spelled), patterns)
        if found:
            return found
    return "no such file beside the table, nor in audio/, clips/ and their like"


def _looked_up(
    disk: _Disk, folder: str, one: NamedFile, patterns: Sequence[str]
) -> tuple[str, str, bool] | str | None:
    said = one._asdict()
    places = [
        (pattern, os.path.normpath(os.path.join(folder, pattern.format(**said))))
        for pattern in patterns
    ]
    for pattern, path in places:
        if disk.holds(path):
            return path, pattern, False
    for pattern, path in places:
        complete = disk.with_ending(path)
        if len(complete) > 1:
            return f"several files fit: {first_five(complete)}; write the ending too"
        if complete:
            return os.path.join(os.path.dirname(path), complete[0]), pattern, True
    return None


def _notes(used: Counter[str], endings: int) -> list[str]:
    notes = [
        f"{counted(count, 'file lies', 'files lie')} in {pattern.removesuffix('/{name}')}/"
        for pattern, count in used.most_common()
        if pattern != _PLAIN
    ]
    if endings:
        named = counted(endings, "file is", "files are")
        notes.append(f"{named} named without an ending, which was found")
    return notes


def _unnamed(disk: _Disk, root: Path, known: dict[NamedFile, Path | str]) -> list[str]:
    """Sounds that lie beside those that the table names, and are not named."""
    named: dict[str, set[str]] = {}
    for path in known.values():
        if isinstance(path, Path):
            named.setdefault(str(path.parent), set()).add(path.name)
    return sorted(
        os.path.relpath(os.path.join(folder, name), root)
        for folder, names in named.items()
        for name in disk.names(folder) - names
        if os.path.splitext(name)[1].lower() in SOUND_ENDINGS and not name.startswith(".")
    )
