"""`open_source`: from what an experiment names to the manifest; the list of all kinds of source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Protocol

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted
from tonotope.datasets.custom_source import PREFIX, CustomSource
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest, Skipped

__all__ = ["Data", "Source", "open_source"]

# A kind of source is one file with a `SOURCE`, and one line here: its name, or its prefix.
KINDS: Mapping[str, str] = {
    "orchestra": "orchestra.source",
    "mirdata:": "sources.mirdata",
    "soundata:": "sources.soundata",
}
_PATH = "sources.on_disk"


class Source(Protocol):
    """Where recordings come from."""

    def open(
        self, data: Data, targets: Sequence[str] | None, base: Path, progress: Progress
    ) -> Manifest:
        """The recordings, with what was understood about them.

        Args:
            data: the `[data]` table of an experiment.
            targets: the columns that a head asks for; None where it asks for labels.
            base: the folder that relative paths start from.
            progress: reports each file looked at.

        Raises:
            DataError: there are no such recordings; the message says what would fit.
        """
        ...


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
        progress: reports each file looked at.

    Raises:
        DataError: nothing of that name can be opened, or nothing in it can be used; the message
            says what would fit.
        MissingPackageError: the source needs a package that is not installed.
    """
    manifest = _source(data.source).open(data, targets, base or Path(), progress)
    if not isinstance(manifest, Manifest):
        raise DataError(
            f"{data.source}: its `open` gave a {type(manifest).__name__}, not a Manifest"
        )
    return _usable(manifest, data, targets)


def _source(named: str) -> Source:
    if isinstance(named, CustomSource):
        return named.source
    if named.startswith(PREFIX):
        raise DataError(
            f"{named}: this source was given in Python, and no code is run from a file: "
            "give it again, in tonotope.run(source) or Data(source=...)"
        )
    kind, colon, _ = named.partition(":")
    home = KINDS.get(kind + colon, _PATH)
    return import_module(f"tonotope.datasets.{home}").SOURCE


def _usable(manifest: Manifest, data: Data, targets: Sequence[str] | None) -> Manifest:
    """Refuse a table without one recording; it would fail later with a worse message."""
    if manifest.recordings:
        return _with_any(manifest, targets) if targets else manifest
    first = f", the first of them {manifest.skipped[0]}" if manifest.skipped else ""
    raise DataError(
        f"{data.source}: not one recording can be used "
        f"({counted(len(manifest.skipped), 'input')} left out{first})"
    )


def _with_any(manifest: Manifest, targets: Sequence[str]) -> Manifest:
    """The recordings that have any of the targets; all, where none has: the head says it better."""
    kept = tuple(one for one in manifest.recordings if any(one.targets.get(t) for t in targets))
    if not kept or len(kept) == len(manifest.recordings):
        return manifest
    held = {one.id for one in kept}
    reason = f"has no {' or '.join(targets)}"
    without = [one.id for one in manifest.recordings if one.id not in held]
    skipped = (*manifest.skipped, *(Skipped(name, None, reason) for name in without))
    return replace(manifest, recordings=kept, skipped=skipped)
