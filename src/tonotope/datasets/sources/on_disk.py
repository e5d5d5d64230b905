"""A path: a table, a folder of class folders, or a folder with one table in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tonotope._errors import DataError, did_you_mean
from tonotope._escape import escaped
from tonotope._progress import Progress
from tonotope.audio.file_type import explain_error
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.folder import count_class_folders, find_tables, open_folder
from tonotope.datasets.sources.source_path import source_path
from tonotope.datasets.sources.table import open_table

_TABLES = frozenset((".csv", ".tsv", ".tab", ".txt"))
_KINDS = (
    "a folder of class folders (dog/1.wav, cat/1.wav), a table (CSV with the columns file,label), "
    '"mirdata:NAME", "soundata:NAME" or "orchestra"'
)


class OnDisk:
    """Recordings that a path leads to."""

    def open(
        self, data: Data, targets: Sequence[str] | None, base: Path, progress: Progress
    ) -> Manifest:
        """The recordings of a table or a folder; see `Source`."""
        path = source_path(data.source, base)
        try:
            return _open(path, data, targets, progress)
        except OSError as error:  # a folder on the way there that may not be entered
            message = f"{escaped(str(path))}: {explain_error(error)}"
            raise DataError(message) from error


SOURCE = OnDisk()


def _open(path: Path, data: Data, targets: Sequence[str] | None, progress: Progress) -> Manifest:
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
    tables = find_tables(path)
    if len(tables) != 1 or count_class_folders(path) > 1:
        return None
    return tables[0]


def _nowhere(path: Path, data: Data) -> str:
    near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    kinds = ["orchestra", "mirdata:gtzan_genre", "soundata:esc50"]
    guess = did_you_mean(path.name, near) or did_you_mean(data.source, kinds)
    return (
        f'source = "{escaped(data.source)}": there is no {escaped(str(path))}{guess}; '
        f"a source is {_KINDS}"
    )


def _noted(manifest: Manifest, note: str) -> Manifest:
    return Manifest(
        manifest.recordings,
        manifest.skipped,
        (note, *manifest.notes),
        manifest.warnings,
        manifest.root,
    )
