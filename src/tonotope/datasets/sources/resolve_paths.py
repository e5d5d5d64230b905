r"""File names in a table resolved to files on the disk: beside it, nearby, another ending.

A name is looked for as it stands, then in `audio/`, `clips/` and their like beside the table or
one level up, in a folder for its fold (UrbanSound8K's `audio/fold3/`) or its label, and at last
without its ending having been written. Then `%20` is read as a space, case is left aside, and a
path of another machine (`C:\Users\ann\owl\1.wav`) is looked for by its last folders and name.
Folders are listed once; no file is opened.
"""

# Paths stay plain text here: a table of a million rows tries many for each.
# ruff: noqa: PTH117, PTH118, PTH120, PTH122, PTH208

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from tonotope._wording import counted, first_five
from tonotope.datasets.sources.nearby_files import NearbyFiles
from tonotope.datasets.sources.scan_folder import SOUND_ENDINGS

_FOLDERS = (
    *("audio", "wav", "wavs", "clips", "sounds", "sound", "recordings", "files", "data"),
    *("audio_files", "audios", "wav_files"),
)
_BASES = ("", *_FOLDERS, "..", *(f"../{folder}" for folder in _FOLDERS))
_INSIDE = ("{name}", "fold{fold}/{name}", "{fold}/{name}", "{label}/{name}", "{part}/{name}")
_PLAIN = "{name}"
_DRIVE = re.compile(r"[A-Za-z]:(?=/)")
_NOWHERE = "no such file beside the table, nor in audio/, clips/ and their like"
# What had to be done to a name before its file was found.
_ENDING = "named without an ending, which was found"
_UNQUOTED = "named as in an address (%20 for a space), and found"
_CASE = "named in another case, and found"
_ELSEWHERE = "named by a path of another machine, and found by the last part of it"


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
        self.folded: dict[str, dict[str, list[str]]] = {}

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

    def in_any_case(self, path: str) -> list[str]:
        """The paths that differ from this one in upper and lower case alone."""
        folder, name = os.path.split(path)
        if name in {"", ".", ".."}:
            return [path]
        places = [folder] if self.is_folder(folder) else self.in_any_case(folder)
        return [os.path.join(place, full) for place in places for full in self._alike(place, name)]

    def is_folder(self, folder: str) -> bool:
        return not folder or bool(self.names(folder)) or folder == os.path.dirname(folder)

    def _alike(self, folder: str, name: str) -> list[str]:
        if folder not in self.folded:
            folded: dict[str, list[str]] = {}
            for full in sorted(self.names(folder)):
                folded.setdefault(_plain_case(full), []).append(full)
            self.folded[folder] = folded
        return self.folded[folder].get(_plain_case(name), [])

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


def resolve_paths(
    folder: Path, wanted: Sequence[NamedFile], left_out: Sequence[NamedFile] = ()
) -> ResolvedPaths:
    """Find every file; the pattern that found the last one is tried first.

    Args:
        folder: the table's.
        wanted: what is to be found.
        left_out: what the table names in rows that are left out; so it is not unnamed.
    """
    disk = _Disk()
    used: dict[str, set[str]] = {}
    ways: dict[str, dict[str, None]] = {}
    known: dict[NamedFile, Path | str] = {}
    bases = [base for base in _BASES if (folder / base).is_dir()]
    patterns = [f"{base}/{inside}" if base else inside for inside in _INSIDE for base in bases]
    near = NearbyFiles(folder, [base for base in bases if base != ".."])
    elsewhere: dict[Path, list[NamedFile]] = {}
    for one in dict.fromkeys(wanted):
        found = _found(disk, str(folder), one, patterns)
        if isinstance(found, str):
            known[one] = found + near.hint(one.name) if found == _NOWHERE else found
            continue
        patterns.remove(found.pattern)
        patterns.insert(0, found.pattern)
        used.setdefault(found.pattern, set()).add(found.path)
        path = known[one] = Path(found.path)
        if found.way:
            told = f"{one.name} as {os.path.relpath(path, folder)}"
            ways.setdefault(found.way, {})[told] = None
        if found.way == _ELSEWHERE:
            elsewhere.setdefault(path, []).append(one)
    _refuse_shared(known, elsewhere)
    notes = _notes(used, ways)
    told = [path for path in known.values() if isinstance(path, Path)]
    others = [_found(disk, str(folder), one, patterns) for one in {*left_out} - {*known}]
    told += [Path(found.path) for found in others if not isinstance(found, str)]
    return ResolvedPaths([known[one] for one in wanted], notes, _unnamed(disk, folder, told))


def _refuse_shared(
    known: dict[NamedFile, Path | str], elsewhere: dict[Path, list[NamedFile]]
) -> None:
    """Where paths of another machine would lead several names to one file, none is believed."""
    named = Counter(path for path in known.values() if isinstance(path, Path))
    for path, ones in elsewhere.items():
        names = sorted({one.name for one in known if known[one] == path})
        if named[path] > 1 and len(names) > 1:
            for one in ones:
                known[one] = (
                    f"a path of another machine; {first_five(names)} would all be {path.name}: "
                    "write the paths as they are here"
                )


class _Found(NamedTuple):
    """A path, the pattern that led to it, and what had to be done to its name."""

    path: str
    pattern: str
    way: str = ""


def _found(disk: _Disk, folder: str, one: NamedFile, patterns: Sequence[str]) -> _Found | str:
    name = one.name.strip()
    if "://" in name and not name.startswith("file://"):
        return "an address, not a file; download it and name the file"
    if "\\" in name and "/" not in name and not disk.holds(os.path.join(folder, name)):
        name = name.replace("\\", "/")  # a table from Windows
    found = _in_any_form(disk, folder, one._replace(name=name), patterns)
    if found:
        return found
    plain = unquote(name.removeprefix("file://").replace("\\", "/"))
    if plain != name:
        found = _in_any_form(disk, folder, one._replace(name=plain), patterns)
        if found:
            return found if isinstance(found, str) else found._replace(way=_UNQUOTED)
    found = _in_any_case(disk, folder, one._replace(name=plain), patterns)
    if found:
        return found
    return _by_last_levels(disk, folder, one._replace(name=plain), patterns)


def _in_any_form(
    disk: _Disk, folder: str, one: NamedFile, patterns: Sequence[str]
) -> _Found | str | None:
    """As it is written; where a name is not ASCII, a disk may keep any of its Unicode forms."""
    if os.path.isabs(one.name):
        patterns = [_PLAIN]
    forms = (one.name, *(unicodedata.normalize(form, one.name) for form in ("NFC", "NFD")))
    for spelled in dict.fromkeys(forms):
        found = _looked_up(disk, folder, one._replace(name=spelled), patterns)
        if found:
            return found
    return None


def _in_any_case(
    disk: _Disk, folder: str, one: NamedFile, patterns: Sequence[str]
) -> _Found | str | None:
    said = one._asdict()
    for pattern in [_PLAIN] if os.path.isabs(one.name) else patterns:
        path = os.path.normpath(os.path.join(folder, pattern.format(**said)))
        alike = disk.in_any_case(path)
        if len(alike) > 1:
            return f"several files fit in another case: {first_five(alike)}; write it as it is"
        if alike:
            return _Found(alike[0], pattern, _CASE)
    return None


def _by_last_levels(
    disk: _Disk, folder: str, one: NamedFile, patterns: Sequence[str]
) -> _Found | str:
    """A whole path of another machine, by as many of its last levels as are found here."""
    if not (os.path.isabs(one.name) or _DRIVE.match(one.name)):
        return _NOWHERE
    levels = [level for level in _DRIVE.sub("", one.name).split("/") if level not in {"", "."}]
    for first in range(len(levels)):
        shorter = one._replace(name="/".join(levels[first:]))
        found = _in_any_form(disk, folder, shorter, patterns) or _in_any_case(
            disk, folder, shorter, patterns
        )
        if found:
            return found if isinstance(found, str) else found._replace(way=_ELSEWHERE)
    return f"a path of another machine, and {_NOWHERE}; write it relative to the table"


def _plain_case(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _looked_up(
    disk: _Disk, folder: str, one: NamedFile, patterns: Sequence[str]
) -> _Found | str | None:
    said = one._asdict()
    places = [
        (pattern, os.path.normpath(os.path.join(folder, pattern.format(**said))))
        for pattern in patterns
    ]
    for pattern, path in places:
        if disk.holds(path):
            return _Found(path, pattern)
    for pattern, path in places:
        complete = disk.with_ending(path)
        if len(complete) > 1:
            return f"several files fit: {first_five(complete)}; write the ending too"
        if complete:
            return _Found(os.path.join(os.path.dirname(path), complete[0]), pattern, _ENDING)
    return None


def _notes(used: dict[str, set[str]], ways: dict[str, dict[str, None]]) -> list[str]:
    notes = [
        f"{counted(len(paths), 'file lies', 'files lie')} in {pattern.removesuffix('/{name}')}/"
        for pattern, paths in sorted(used.items(), key=lambda one: -len(one[1]))
        if pattern != _PLAIN
    ]
    for way, files in ways.items():
        told = "" if way == _ENDING else f": {'; '.join([*files][:3])}{', …' * (len(files) > 3)}"
        notes.append(f"{counted(len(files), 'file is', 'files are')} {way}{told}")
    return notes


def _unnamed(disk: _Disk, root: Path, known: Sequence[Path]) -> list[str]:
    """Sounds that lie beside those that the table names, and are not named."""
    named: dict[str, set[str]] = {}
    for path in known:
        named.setdefault(str(path.parent), set()).add(path.name)
    return sorted(
        os.path.relpath(os.path.join(folder, name), root)
        for folder, names in named.items()
        for name in disk.names(folder) - names
        if os.path.splitext(name)[1].lower() in SOUND_ENDINGS and not name.startswith(".")
    )
