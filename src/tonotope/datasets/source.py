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
from tonotope.datasets.background_class import BACKGROUND, background_warnings, refuse_background
from tonotope.datasets.custom_source import PREFIX, CustomSource
from tonotope.datasets.data import Data
from tonotope.datasets.duplicates import group_duplicates
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
    from tonotope.datasets.heard_sample import listening

    if data.background == "unlabelled" and not _is_path(data.source):
        raise refuse_background(data.source)
    with listening() as sample:
        manifest = _source(data.source).open(data, targets, base or Path(), progress)
    if not isinstance(manifest, Manifest):
        raise DataError(
            f"{data.source}: its `open` gave a {type(manifest).__name__}, not a Manifest"
        )
    manifest = _usable(manifest, data, targets)
    heard = sample.of(dict.fromkeys(one.path for one in manifest.recordings))
    return replace(manifest, heard=heard) if heard and not manifest.heard else manifest


def is_published(named: str) -> bool:
    """Whether a source is a published data set, whose labels nobody here can correct.

    >>> is_published("mirdata:gtzan_genre"), is_published("recordings/")
    (True, False)
    """
    kind, colon, _ = named.partition(":")
    return bool(colon) and kind + colon in KINDS


def _is_path(named: str) -> bool:
    kind, colon, _ = named.partition(":")
    return not named.startswith(PREFIX) and kind + colon not in KINDS


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
        manifest = _with_any(manifest, targets) if targets else manifest
        return _with_doubts_on_classes(_with_twins_together(manifest, targets), data, targets)
    first = f", the first of them {manifest.skipped[0]}" if manifest.skipped else ""
    raise DataError(
        f"{data.source}: not one recording can be used "
        f"({counted(len(manifest.skipped), 'input')} left out{first})"
    )


def _with_twins_together(manifest: Manifest, targets: Sequence[str] | None) -> Manifest:
    """Files of equal bytes or sound that agree in their targets in one group, and a sentence."""
    from tonotope.datasets.equal_sound import equal_sounds  # with soundfile

    columns = targets
    if columns is None:
        columns = sorted({name for one in manifest.recordings for name in one.targets})
    sounds = equal_sounds(manifest.recordings)
    recordings, said = group_duplicates(manifest.recordings, columns, sounds)
    if not said:
        return manifest
    return replace(manifest, recordings=tuple(recordings), notes=(*manifest.notes, *said))


def _with_doubts_on_classes(
    manifest: Manifest, data: Data, targets: Sequence[str] | None
) -> Manifest:
    """With a warning on classes that may be background."""
    known = {name for one in manifest.recordings for name in one.targets}
    if targets is not None or not (data.label in known or len(known) == 1):
        return manifest
    column = data.label if data.label in known else known.pop()
    doubts = background_warnings(manifest.recordings, column)
    if data.background == "unlabelled":
        doubts = [one for one in doubts if not one.startswith(f"`{BACKGROUND}` ")]
    new = [one for one in doubts if one not in manifest.warnings]
    return replace(manifest, warnings=(*manifest.warnings, *new)) if new else manifest


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
