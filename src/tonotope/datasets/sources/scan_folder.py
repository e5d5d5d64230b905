"""A folder scanned for sound files; other files, hidden ones, links that are not followed.

Links are followed once and only to files inside the folder, so that no loop can be entered and
nothing outside is read by accident. Hidden files are passed over.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tonotope.datasets.manifest import Skipped

SOUND_ENDINGS = frozenset(
    f".{ending}"
    for ending in (
        *("aif", "aifc", "aiff", "au", "caf", "flac", "mp3", "oga", "ogg", "opus", "rf64", "snd"),
        *("sph", "voc", "w64", "wav", "wave"),
    )
)
# What commonly lies beside recordings and is meant to be no sound.
_BESIDE_ENDINGS = frozenset(
    f".{ending}"
    for ending in (
        *("bib", "css", "csv", "doc", "docx", "gif", "html", "ini", "ipynb", "jams", "jpeg", "jpg"),
        *("json", "jsonl", "lab", "log", "md", "mid", "midi", "npy", "npz", "ods", "pdf", "png"),
        *("py", "rst", "sh", "svg", "textgrid", "toml", "tsv", "txt", "webp", "xls", "xlsx"),
        *("xml", "yaml", "yml"),
    )
)
_BESIDE_NAMES = frozenset({"readme", "license", "licence", "copying", "authors", "makefile"})
_DEEPEST = 32


class FoundFile(NamedTuple):
    """A file that may be a sound: its path, and its folders below the root with its name."""

    path: Path
    levels: tuple[str, ...]

    @property
    def name(self) -> str:
        """The path below the root."""
        return "/".join(self.levels)


class FolderScan(NamedTuple):
    """All that was found: sounds in the order of their names, refusals, other files by ending."""

    sounds: list[FoundFile]
    refused: list[Skipped]
    beside: Counter[str]


def scan_folder(root: Path) -> FolderScan:
    """Everything below `root`, in the order of its names."""
    walked = FolderScan([], [], Counter())
    for thing in _below(root, (), root.resolve()):
        if isinstance(thing, Skipped):
            walked.refused.append(thing)
        elif (ending := thing.path.suffix.lower()) in _BESIDE_ENDINGS or (
            thing.path.stem.lower() in _BESIDE_NAMES
        ):
            walked.beside[ending or thing.path.name] += 1
        else:
            walked.sounds.append(thing)
    return walked


def _below(folder: Path, levels: tuple[str, ...], root: Path) -> Iterator[FoundFile | Skipped]:
    if len(levels) > _DEEPEST:
        yield _refused(levels, f"lies more than {_DEEPEST} folders deep and was not looked into")
        return
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield _refused(levels, f"a folder that cannot be read ({error.strerror or error})")
        return
    for entry in entries:
        if not entry.name.startswith(".") and entry.name != "__MACOSX":
            yield from _one(entry, (*levels, entry.name), root)


def _one(
    entry: os.DirEntry[str], levels: tuple[str, ...], root: Path
) -> Iterator[FoundFile | Skipped]:
    path = Path(entry.path)
    wrong = _why_not_followed(path, root) if entry.is_symlink() else None
    if wrong:
        yield _refused(levels, wrong)
    elif entry.is_dir(follow_symlinks=False):
        if path.suffix.lower() in SOUND_ENDINGS:
            yield _refused(levels, "a folder, though it is named like a sound file")
        yield from _below(path, levels, root)
    else:
        yield FoundFile(path, levels)


def _why_not_followed(link: Path, root: Path) -> str | None:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "a link that leads nowhere or to itself"
    if target.is_dir():
        return "a link to a folder, which is not followed; move the folder here"
    if not target.is_relative_to(root):
        return "a link out of the folder, which is not followed; copy the file here"
    return None


def _refused(levels: tuple[str, ...], reason: str) -> Skipped:
    return Skipped("/".join(levels), None, reason)
