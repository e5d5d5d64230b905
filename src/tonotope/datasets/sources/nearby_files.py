"""Files that a table may mean where it names none: another ending, lost zeros, another folder."""

# Plain text for paths, as in resolve_paths.
# ruff: noqa: PTH118, PTH119, PTH120, PTH122

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tonotope._wording import counted, first_three
from tonotope.datasets.sources.scan_folder import SOUND_ENDINGS, is_system_name

_DEEPEST, _MOST = 5, 200_000
_LONG_PATH = 30  # characters; of longer ones the name is shown


class NearbyFiles:
    """The sounds below some folders, each folder listed once.

    Args:
        folder: the table's own; paths are told from there.
        others: more folders that files may be in.
    """

    def __init__(self, folder: Path, others: Sequence[str] = ()) -> None:
        self._others = [str(folder / other) for other in others]
        self._folder = str(folder)
        self._walked: set[str] = set()
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        self._by_number: dict[int, list[str]] = {}

    def hint(self, name: str) -> str:
        """What a row may mean that names no file, and what to write; empty where nothing is near.

        Args:
            name: the file as the table names it.
        """
        name = name.strip().replace("\\", "/")
        base = os.path.basename(name)
        for place in (
            *(self._folder, os.path.join(self._folder, os.path.dirname(name))),
            *self._others,
        ):
            self._walk(os.path.normpath(place))
        stem = os.path.splitext(base)[0]
        if found := self._by_name.get(base.casefold()):
            return f"; {first_three(found)} would fit: write the folder too"
        if found := self._by_stem.get(stem.casefold()):
            return (
                f"; {first_three(found)} would fit: correct the ending, or leave endings out "
                "of the table"
            )
        number = int(stem) if stem.isascii() and stem.isdecimal() and len(stem) < 20 else None
        if number is not None and (found := self._by_number.get(number)):
            return (
                f"; {first_three(found)} would fit: a spreadsheet takes noughts away; format the "
                "column as text and write them again"
            )
        return ""

    def _walk(self, place: str) -> None:
        if place in self._walked:
            return
        self._walked.add(place)
        if len(self._by_name) > _MOST:
            return
        for folder, inside, files in os.walk(place):
            depth = os.path.relpath(folder, place).count("/")
            inside[:] = [
                one
                for one in sorted(inside)
                if depth < _DEEPEST and not one.startswith(".") and not is_system_name(one)
            ]
            for file in sorted(files):
                stem, ending = os.path.splitext(file)
                if ending.lower() in SOUND_ENDINGS and not file.startswith("."):
                    self._keep(os.path.relpath(os.path.join(folder, file), self._folder), stem)
            if len(self._by_name) > _MOST:
                return

    def _keep(self, path: str, stem: str) -> None:
        places = [self._by_name.setdefault(os.path.basename(path).casefold(), [])]
        places.append(self._by_stem.setdefault(stem.casefold(), []))
        if stem.isascii() and stem.isdecimal() and len(stem) < 20:
            places.append(self._by_number.setdefault(int(stem), []))
        for found in places:
            if path not in found:
                found.append(path)


def missing_files(absent: Sequence[str], unnamed: Sequence[str]) -> list[str]:
    """Sentences on files that a table names and that are nowhere, and on sounds without a row."""
    found = []
    if absent:
        found.append(
            f"{counted(len(absent), 'file')} named in the table could not be found: "
            f"{first_three(absent)}"
        )
    if unnamed:
        names = [Path(name).name for name in unnamed]
        short = len({*names}) == len(names) and max(map(len, unnamed)) > _LONG_PATH
        found.append(
            f"{counted(len(unnamed), 'sound file')} beside them "
            f"{'is' if len(unnamed) == 1 else 'are'} not named in the table: "
            f"{first_three(names if short else unnamed)}"
        )
    return found
