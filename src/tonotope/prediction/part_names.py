"""Names of a job's part files: as the recordings lie in their folder, and no two alike."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tonotope.prediction.event_files import ONE_RECORDING
from tonotope.prediction.journal import NAME

_LONGEST = 200  # bytes of a name; file systems take 255
_ENDINGS = {**ONE_RECORDING, "birdnet": ".BirdNET.results.csv", "kaleidoscope": ".csv",
            "labels": ".csv"}  # fmt: skip


def ending_of(to: str) -> str:
    """What names of parts in a format end with.

    >>> ending_of("jsonl"), ending_of("audacity")
    ('.jsonl', '.txt')
    """
    return _ENDINGS.get(to, f".{to}")


def common_folder(paths: Sequence[Path], folders: Iterable[Path]) -> str:
    """The folder below which all recordings lie, as they are named.

    Args:
        paths: the recordings.
        folders: those that were given as a whole; a recording in none of them is in its own.

    >>> common_folder([Path("a/1.wav"), Path("a/b/2.wav")], [Path("a")])
    'a'
    """
    inside = [os.path.normpath(one) for one in folders]
    beginnings = tuple(f"{one}{os.sep}".removeprefix(f".{os.sep}") for one in inside)
    found = {*inside}
    for path in paths:
        text = os.path.normpath(path)
        if not text.startswith(beginnings) or not beginnings:
            found.add(os.path.dirname(text) or ".")  # noqa: PTH120
    if any(map(os.path.isabs, found)) or any(one.startswith("..") for one in found):
        found = {os.path.abspath(one) for one in found}  # noqa: PTH100
    if "." in found:
        return "."
    try:
        return os.path.commonpath([*found]) or "."
    except ValueError:  # on several drives of Windows
        return "."


def keys_of(paths: Iterable[Path], root: str) -> dict[str, str]:
    """For each recording its path from `root`, and how it was named; each is there once."""
    found: dict[str, str] = {}
    base = os.path.abspath(root)  # noqa: PTH100
    for path in paths:
        whole = os.path.abspath(path)  # noqa: PTH100
        found.setdefault(Path(os.path.relpath(whole, base)).as_posix(), str(path))
    return found


def part_names(keys: Iterable[str], to: str) -> Mapping[str, str]:
    """For each recording the part file, from the job's folder.

    `a/night.wav` has `a/night.csv`; where two recordings of a folder differ in the ending alone,
    both keep it.

    >>> part_names(["a/x.wav", "b/x.wav", "b/x.flac"], "csv")
    {'a/x.wav': 'a/x.csv', 'b/x.wav': 'b/x.wav.csv', 'b/x.flac': 'b/x.flac.csv'}
    """
    keys = list(keys)
    ending = ending_of(to)
    plain = {key: key.removesuffix(Path(key).suffix) + ending for key in keys}
    whole = {key: key + ending for key in keys}
    often = Counter(name.casefold() for names in (plain, whole) for name in names.values())
    found = {}
    for key in keys:
        name = plain[key]
        if often[name.casefold()] > 1 or _is_taken(name):
            name = whole[key]
        if (
            often[name.casefold()] > 1
            or _is_taken(name)
            or len(os.fsencode(Path(name).name)) > _LONGEST
        ):
            sign = hashlib.sha256(os.fsencode(key)).hexdigest()[:12]
            short = os.fsencode(Path(key).stem)[:120].decode("utf-8", "ignore")
            name = f"{key[: len(key) - len(Path(key).name)]}{short}-{sign}{ending}"
        found[key] = name
    return found


def _is_taken(name: str) -> bool:
    """Whether the job itself has a file of this name."""
    folded = name.casefold()
    return folded == "job.json" or bool(NAME.fullmatch(folded))
