"""A path as a source: a table, class folders, sounds and label files, or a folder with a table?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tonotope._errors import DataError, did_you_mean
from tonotope._progress import Progress
from tonotope.audio.file_type import explain_error
from tonotope.datasets.background_class import refuse_background
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.folder import (
    SPREADSHEETS,
    count_class_folders,
    find_tables,
    open_folder,
)
from tonotope.datasets.sources.label_files import find_labelled
from tonotope.datasets.sources.labelled_sounds import open_labelled
from tonotope.datasets.sources.source_path import source_path
from tonotope.datasets.sources.table import open_table

_TABLES = frozenset((".csv", ".tsv", ".tab", ".txt"))


class OnDisk:
    """Recordings that a path leads to."""

    def open(
        self, data: Data, targets: Sequence[str] | None, base: Path, progress: Progress
    ) -> Manifest:
        """The recordings of a table or a folder; see `Source`."""
        path = source_path(data.source, base)
        try:
            column = data.label
            if targets and len(targets) == 1 and column == "label":
                column = targets[0]  # one name is all that a label track can be asked for
            labelled, doubts = find_labelled(path, data, base, column)
            if labelled:
                return open_labelled(labelled, data, column, targets, progress=progress)
            manifest = _open(path, data, targets, progress)
            return replace(manifest, warnings=(*manifest.warnings, *doubts))
        except OSError as error:  # a folder on the way there that may not be entered
            raise DataError(f"{path}: {explain_error(error)}") from error


SOURCE = OnDisk()


def _open(path: Path, data: Data, targets: Sequence[str] | None, progress: Progress) -> Manifest:
    if path.is_file():
        if path.suffix.lower() in SPREADSHEETS:
            raise DataError(f"{path}: a spreadsheet; save its sheet as CSV and give that file")
        if path.suffix.lower() not in _TABLES:
            raise DataError(f"{path}: a single file that is no table; give {_sources()}")
        return open_table(path, data, targets, progress=progress)
    if not path.is_dir():
        raise DataError(_nowhere(path, data))
    tables = find_tables(path)
    if len(tables) != 1 or count_class_folders(path) > 1:
        if data.background == "unlabelled":
            raise refuse_background(data.source)
        return open_folder(path, data, progress=progress)
    (lone,) = tables
    manifest = open_table(lone, data, targets, progress=progress)
    note = f"{path} holds no class folders, but the table {lone.name}"
    return replace(manifest, notes=(note, *manifest.notes))


def _nowhere(path: Path, data: Data) -> str:
    near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    kinds = ["orchestra", "mirdata:gtzan_genre", "soundata:esc50"]
    guess = did_you_mean(path.name, near) or did_you_mean(data.source, kinds)
    if guess:
        return f'source = "{data.source}": there is no {path}{guess} A source is {_sources()}'
    return f'source = "{data.source}": there is no {path}; a source is {_sources()}'


def _sources() -> str:
    """The sources that `data.source` may name, for an error."""
    from tonotope.datasets.source import KINDS

    last, *names = (f'"{kind}NAME"' if kind.endswith(":") else f'"{kind}"' for kind in KINDS)
    return (
        "a folder of class folders (dog/1.wav, cat/1.wav), sounds beside their label files "
        "(take.wav, take.txt), a table (CSV with the columns "
        f"file,label), {', '.join(names)} or {last}"
    )
