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

from tonotope._wording import counted, first_five
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
# What file systems, recyclers and network disks put beside recordings, in lower case.
_SYSTEM_NAMES = frozenset(
    (
        *("$recycle.bin", "recycler", "recycled", "system volume information", "lost.dir"),
        *("lost+found", "found.000", "__macosx", "@eadir", "@recycle", "@tmp", "#recycle"),
        *("#snapshot", "@recently-snapshot", "network trash folder", "temporary items"),
        *(".trashes", ".spotlight-v100", ".fseventsd", "thumbs.db", "desktop.ini"),
    )
)
_SYSTEM_BEGINNINGS = (".trash", "found.0")
_SYSTEM_ENDINGS = ("@synoeastream", "@synoresource")
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
    """All that was found: sounds in the order of their names, refusals, other files by ending.

    `system` are the folders and files of an operating system that were not looked into; `folders`
    are all others, by their names below the root: whether any file is in them, however deep.
    """

    sounds: list[FoundFile]
    refused: list[Skipped]
    beside: Counter[str]
    system: list[str]
    folders: dict[tuple[str, ...], bool]

    @property
    def system_note(self) -> list[str]:
        """The sentence on what belongs to an operating system, where there is any."""
        if not self.system:
            return []
        what = counted(len(self.system), "system folder or file", "system folders or files")
        return [f"{what} passed over: {first_five(self.system)}"]


def is_system_name(name: str) -> bool:
    """Whether a folder or file belongs to an operating system, a recycler or a network disk.

    >>> is_system_name("$RECYCLE.BIN"), is_system_name(".Trash-1000"), is_system_name("owl")
    (True, True, False)
    """
    low = name.casefold()
    return (
        low in _SYSTEM_NAMES or low.startswith(_SYSTEM_BEGINNINGS) or low.endswith(_SYSTEM_ENDINGS)
    )


def scan_folder(root: Path) -> FolderScan:
    """Everything below `root`, in the order of its names."""
    walked = FolderScan([], [], Counter(), [], {})
    for thing in _below(root, (), root.resolve(), walked):
        levels = thing.file.split("/") if isinstance(thing, Skipped) else thing.levels
        walked.folders.update({(*levels[:depth],): True for depth in range(1, len(levels))})
        if isinstance(thing, Skipped):
            walked.refused.append(thing)
        elif (ending := thing.path.suffix.lower()) in _BESIDE_ENDINGS or (
            thing.path.stem.lower() in _BESIDE_NAMES
        ):
            walked.beside[ending or thing.path.name] += 1
        else:
            walked.sounds.append(thing)
    return walked


def _below(
    folder: Path, levels: tuple[str, ...], root: Path, walked: FolderScan
) -> Iterator[FoundFile | Skipped]:
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
        if is_system_name(entry.name):
            walked.system.append("/".join((*levels, entry.name)))
        elif not entry.name.startswith("."):
            yield from _one(entry, (*levels, entry.name), root, walked)


def _one(
    entry: os.DirEntry[str], levels: tuple[str, ...], root: Path, walked: FolderScan
) -> Iterator[FoundFile | Skipped]:
    path = Path(entry.path)
    wrong = _why_not_followed(path, root) if entry.is_symlink() else None
    if wrong:
        yield _refused(levels, wrong)
    elif entry.is_dir(follow_symlinks=False):
        if path.suffix.lower() in SOUND_ENDINGS:
            yield _refused(levels, "a folder, though it is named like a sound file")
        walked.folders[levels] = False
        yield from _below(path, levels, root, walked)
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
