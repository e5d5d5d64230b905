"""From what an experiment names to the table of recordings, whatever kind of source it is."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tonotope._errors import DataError, did_you_mean
from tonotope._escape import escaped
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted
from tonotope.audio.file_type import explain_error
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest, Skipped

__all__ = ["Data", "open_source"]

_TABLES = frozenset((".csv", ".tsv", ".tab", ".txt"))
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_KINDS = (
    "a folder of class folders (dog/1.wav, cat/1.wav), a table (CSV with the columns file,label), "
    '"mirdata:NAME", "soundata:NAME" or "orchestra"'
)


def open_source(
    data: Data,
    targets: Sequence[str] | None = None,
    *,
    base: Path | None = None,
    progress: Progress = SILENT,
) -> Manifest:
    """The recordings that `data.source` names, with what was understood about them.

    Args:
        data: the `[data]` table of an experiment.
        targets: the columns that a head asks for; None where it asks for labels. Recordings
            that have none of them are left out.
        base: the folder that relative paths start from; None is the working folder.
        progress: hears of each file looked at.

    Raises:
        DataError: nothing of that name can be opened, or nothing in it can be used; the message
            says what would fit.
        MissingPackageError: the source needs a package that is not installed.
    """
    base = base or Path()
    kind, colon, name = data.source.partition(":")
    if data.source == "orchestra":
        from tonotope.datasets.orchestra.orchestra import orchestra
        from tonotope.datasets.orchestra.targets import with_targets

        played = orchestra(data.notes, progress=progress)
        return _usable(with_targets(played, data.group, targets), data, targets)
    if colon and kind in {"mirdata", "soundata"}:
        home = str(_placed(data.home, base)) if data.home else None
        data = data.model_copy(update={"home": home})
        return _usable(_published(kind, name, data, progress), data, targets)
    path = _placed(data.source, base)
    try:
        return _usable(_on_disk(path, data, targets, progress), data, targets)
    except OSError as error:  # a folder on the way there that may not be entered
        message = f"{escaped(str(path))}: {explain_error(error)}"
        raise DataError(message) from error


def _published(kind: str, name: str, data: Data, progress: Progress) -> Manifest:
    if kind == "mirdata":
        from tonotope.datasets.sources.mirdata import open_mirdata

        return open_mirdata(name, data, progress=progress)
    from tonotope.datasets.sources.soundata import open_soundata

    return open_soundata(name, data, progress=progress)


def _on_disk(path: Path, data: Data, targets: Sequence[str] | None, progress: Progress) -> Manifest:
    from tonotope.datasets.sources.folder import open_folder
    from tonotope.datasets.sources.table import open_table

    if path.is_file():
        if path.suffix.lower() not in _TABLES:
            message = f"{escaped(str(path))}: a single file that is no table; give {_KINDS}"
            raise DataError(message)
        return open_table(path, data, targets, progress=progress)
    if not path.is_dir():
        raise DataError(_nowhere(path, data))
    lone = _lone_table(path)
    if lone is None:
        return open_folder(path, data, targets, progress=progress)
    manifest = open_table(lone, data, targets, progress=progress)
    note = f"{escaped(str(path))} holds no class folders, but the table {escaped(lone.name)}"
    return _noted(manifest, note)


def _lone_table(path: Path) -> Path | None:
    """The one table of a folder that holds fewer than two class folders."""
    from tonotope.datasets.sources.folder import count_class_folders, find_tables

    tables = find_tables(path)
    if len(tables) != 1 or count_class_folders(path) > 1:
        return None
    return tables[0]


def _placed(named: str, base: Path) -> Path:
    """A path as it is meant: `~` is the user's folder, and a relative one starts from `base`."""
    try:
        path = Path(_filled_in(named, base)).expanduser()
    except RuntimeError as error:
        message = f'source = "{escaped(named)}": whose home that is is not known; write it out'
        raise DataError(message) from error
    # A manifest outlives the folder that somebody stood in, so its paths are whole.
    return Path(os.path.abspath(base / path))  # noqa: PTH100 - links stay as they are named


def _filled_in(named: str, base: Path) -> str:
    """A path with the values of the environment variables that it names: `$NAME` or `${NAME}`.

    So an experiment can be handed on without the paths of the machine it was written on. A folder
    that is really called so is found by its name.

    Raises:
        DataError: a variable is not set.
    """
    if not _VARIABLE.search(named) or (base / named).exists():
        return named

    def value(found: re.Match[str]) -> str:
        name = found.group(1) or found.group(2)
        if not os.environ.get(name):
            message = (
                f"{escaped(named)}: the environment variable {name} is not set; it names a folder"
                f" of this machine: export {name}=/where/the/recordings/are"
            )
            raise DataError(message)
        return os.environ[name]

    return _VARIABLE.sub(value, named)


def _nowhere(path: Path, data: Data) -> str:
    near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    kinds = ["orchestra", "mirdata:gtzan_genre", "soundata:esc50"]
    guess = did_you_mean(path.name, near) or did_you_mean(data.source, kinds)
    return (
        f'source = "{escaped(data.source)}": there is no {escaped(str(path))}{guess}; '
        f"a source is {_KINDS}"
    )


def _usable(manifest: Manifest, data: Data, targets: Sequence[str] | None) -> Manifest:
    """Refuse a table without one recording; it would fail later with a worse message."""
    if manifest.recordings:
        return _with_any(manifest, targets) if targets else manifest
    first = f", the first of them {manifest.skipped[0]}" if manifest.skipped else ""
    message = (
        f"{escaped(data.source)}: not one recording can be used "
        f"({counted(len(manifest.skipped), 'input')} left out{first})"
    )
    raise DataError(message)


def _with_any(manifest: Manifest, targets: Sequence[str]) -> Manifest:
    """The recordings that have any of the targets; all, where none has: the head says it better."""
    kept = tuple(one for one in manifest.recordings if any(one.targets.get(t) for t in targets))
    if not kept or len(kept) == len(manifest.recordings):
        return manifest
    held = {one.id for one in kept}
    reason = f"has no {' or '.join(targets)}"
    without = [one.id for one in manifest.recordings if one.id not in held]
    skipped = (*manifest.skipped, *(Skipped(escaped(name), None, reason) for name in without))
    return replace(manifest, recordings=kept, skipped=skipped)


def _noted(manifest: Manifest, note: str) -> Manifest:
    return Manifest(
        manifest.recordings,
        manifest.skipped,
        (note, *manifest.notes),
        manifest.warnings,
        manifest.root,
    )
