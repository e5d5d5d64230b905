"""Data sets read by mirdata or soundata: which attribute is the label, group, fold or part.

The face is small: `initialize(name, data_home=...)` gives a data set with ids of tracks or clips;
each of these has an `audio_path` and says what it is (`genre`, `tags`, `instrument`, ...) and
often whom it belongs to (`artist`) and in which fold it lies. Nothing is downloaded here.
"""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tonotope._errors import DataError, MissingPackageError, did_you_mean
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted, first_five
from tonotope.datasets.data import Data
from tonotope.datasets.duplicates import group_duplicates
from tonotope.datasets.labels import label_warnings, why_missing
from tonotope.datasets.manifest import Manifest, Skipped
from tonotope.datasets.sources.build_manifest import SourceEntry, build_recordings
from tonotope.datasets.sources.dataset_index import LoaderPackage, recording_ids
from tonotope.datasets.sources.grouping import GroupColumn, Grouping, rejected
from tonotope.datasets.sources.infer_groups import FileName, infer_groups
from tonotope.datasets.sources.name_parts import is_asked_of_names
from tonotope.datasets.sources.source_path import source_path
from tonotope.datasets.split_words import part_of
from tonotope.datasets.vocabulary import TRACK_ATTRIBUTES

_LOOKED_AT = 20  # tracks that decide which attribute says what


class _Track(NamedTuple):
    """A track as far as it is needed here."""

    id: str
    path: Path | None
    label: str | None
    group: str | None
    fold: str | None
    part: str | None


@dataclass(frozen=True)
class PublishedSource:
    """The data sets of a package of loaders; nothing is downloaded.

    Attributes:
        package: the package, and what is known of its data sets.
    """

    package: LoaderPackage

    def open(
        self, data: Data, targets: Sequence[str] | None, base: Path, progress: Progress
    ) -> Manifest:
        """The recordings of `PACKAGE:NAME`; see `Source` and `load_published`."""
        del targets
        home = str(source_path(data.home, base)) if data.home else None
        data = data.model_copy(update={"home": home})
        return load_published(self.package, data.source.partition(":")[2], data, progress=progress)


def load_published(
    house: LoaderPackage, name: str, data: Data, *, progress: Progress = SILENT
) -> Manifest:
    """The recordings of a published data set that lies on the disk.

    Raises:
        MissingPackageError: the package is not installed.
        DataError: there is no such data set, or its index or its sound is not on the disk; the
            message says what to download and where to put it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # these packages warn of their own dependencies
        try:
            package = importlib.import_module(house.package)
        except ImportError as error:
            raise MissingPackageError(house.package) from error
        dataset = _dataset(house, package, name, data)
        notes: list[str] = []
        opened = [
            getattr(dataset, house.one)(one) for one in recording_ids(house, dataset, name, notes)
        ]
        roles = _roles(house, name, opened, data)
        tracks = [_track(house, one, roles) for one in opened]
    home = Path(str(dataset.data_home))
    usable, skipped = _usable(tracks, home)
    absent = [track.id for track, path in usable if not path.exists()]
    if len(absent) == len(usable):
        raise DataError(_nothing_there(house, name, home, usable))
    grouping = _grouped(usable, roles, given=data.group is not None)
    entries = [
        SourceEntry(_name(path, home), path, {roles["label"]: track.label or ""}, group)._replace(
            fold=track.fold, part=track.part
        )
        for (track, path), group in zip(usable, grouping.groups, strict=True)
    ]
    recordings, unread = build_recordings(
        entries, strict=data.strict, max_duration_s=data.max_duration_s, progress=progress
    )
    recordings, twins = group_duplicates(recordings)
    said = ", ".join(f"{role} from `{attribute}`" for role, attribute in roles.items())
    version = getattr(package, "__version__", "")
    return Manifest(
        recordings=tuple(recordings),
        skipped=(*skipped, *unread),
        notes=(
            f"{house.package} {version}: {name} in {home}",
            *notes,
            f"understood: {said}",
            grouping.note,
            *twins,
        ),
        warnings=(
            *_missing(house, absent, len(usable)),
            *label_warnings([track.label or "" for track, _ in usable]),
            *([grouping.warning] if grouping.warning else []),
            *([house.caveats[name]] if name in house.caveats else []),
        ),
        root=home,
        parts_from=f"the attribute `{roles['part']}`" if "part" in roles else None,
        folds_from=f"the attribute `{roles['fold']}`" if "fold" in roles else None,
    )


def _dataset(house: LoaderPackage, package: ModuleType, name: str, data: Data) -> Any:
    name, _, version = name.partition("@")
    known = [*package.list_datasets()]
    if name not in known:
        raise DataError(
            f"{house.package} has no data set `{name}`{did_you_mean(name, known) or ';'} it has "
            f"{', '.join(known)}"
        )
    try:
        return package.initialize(
            name, data_home=data.home, **({"version": version} if version else {})
        )
    except ValueError as error:
        raise DataError(f"{house.package}:{name}@{version}: {error}") from error


def _roles(house: LoaderPackage, name: str, tracks: Sequence[Any], data: Data) -> dict[str, str]:
    """Which attribute holds what: the one given, or the first that has a value."""
    sample = tracks[:: max(1, len(tracks) // _LOOKED_AT)]
    roles: dict[str, str] = {}
    for role, likely in TRACK_ATTRIBUTES.items():
        asked = getattr(data, role)
        if asked is not None and (role != "label" or "label" in data.model_fields_set):
            _refuse_unknown(house, name, tracks[0], role, asked)
            roles[role] = asked
            continue
        for attribute in likely:
            said = [_text(house, track, attribute) for track in sample]
            if _says(role, said):
                roles[role] = attribute
                break
    if "label" not in roles:
        raise DataError(
            f"{house.package}:{name}: no attribute of its {house.one}s was recognised as a label; "
            f'name it (label = "…" in [data]); there are {", ".join(_attributes(tracks[0]))}'
        )
    return roles


def _says(role: str, said: Sequence[str | None]) -> bool:
    present = [text for text in said if text]
    if role == "part":
        return bool(present) and all(map(part_of, present))
    return len(present) > len(said) / 2


def _refuse_unknown(house: LoaderPackage, name: str, track: Any, role: str, asked: str) -> None:
    known = _attributes(track)
    if asked in known or (role == "group" and is_asked_of_names(asked)):
        return
    raise DataError(
        f'{house.package}:{name}: data.{role} = "{asked}", but its {house.one}s have no '
        f"such attribute; they have {', '.join(known)}{did_you_mean(asked, known)}"
    )


def _attributes(track: Any) -> list[str]:
    silent = {"audio", "to_jams", "get_path"}
    return [name for name in dir(track) if not name.startswith("_") and name not in silent]


def _text(house: LoaderPackage, track: Any, attribute: str) -> str | None:
    """The text of an attribute that holds one value; loaders keep texts, numbers, lists, tags."""
    try:
        value = getattr(track, attribute)
    except FileNotFoundError as error:
        raise DataError(
            f"{house.package}: the table that describes the {house.one}s is not on the disk "
            f"({error}); download the data set, or set data.home to the folder that holds it"
        ) from error
    except Exception:  # a loader may fail in any way on what it does not have
        return None
    value = getattr(value, "labels", value)
    if isinstance(value, (list, tuple)):
        value = value[0] if len(value) == 1 else None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value)


def _track(house: LoaderPackage, track: Any, roles: dict[str, str]) -> _Track:
    said: Callable[[str], str | None] = lambda role: (  # noqa: E731 - four uses, one line each
        _text(house, track, roles[role]) if hasattr(track, roles.get(role, " ")) else None
    )
    path = getattr(track, "audio_path", None)
    identity = str(getattr(track, f"{house.one}_id"))
    place = Path(os.path.normpath(path)) if path else None
    part = said("part")
    return _Track(identity, place, said("label"), said("group"), said("fold"), part)


def _usable(
    tracks: Sequence[_Track], home: Path
) -> tuple[list[tuple[_Track, Path]], list[Skipped]]:
    """The tracks that have sound and one label, each with its path, and the others."""
    usable: list[tuple[_Track, Path]] = []
    skipped: list[Skipped] = []
    for track in tracks:
        if track.path is None:
            reason = "its index names no sound for it"
        else:
            reason = why_missing(track.label or "")
        if reason or track.path is None:
            name = _name(track.path, home) if track.path else track.id
            skipped.append(Skipped(name, None, reason or ""))
        else:
            usable.append((track, track.path))
    return usable, skipped


def _grouped(
    usable: Sequence[tuple[_Track, Path]], roles: dict[str, str], *, given: bool
) -> Grouping:
    """The groups of an attribute; one that was given by name is always used."""
    labels = [track.label or "" for track, _ in usable]
    groups = [track.group or track.id for track, _ in usable]
    sides = [track.fold or track.part for track, _ in usable]
    names = [
        FileName(track.id, label, side=side)
        for (track, _), label, side in zip(usable, labels, sides, strict=True)
    ]
    attribute = roles.get("group")
    if attribute is None or is_asked_of_names(attribute):
        return infer_groups(names, attribute)
    column = GroupColumn(attribute, labels, groups, sides)
    wrong = None if given else column.why_unused()
    if wrong:
        return rejected(infer_groups(names), attribute, wrong)
    return column.grouping(sum(not track.group for track, _ in usable))


def _name(path: Path, home: Path) -> str:
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else path.as_posix()


def _missing(house: LoaderPackage, absent: Sequence[str], total: int) -> list[str]:
    if not absent:
        return []
    there = f"{counted(len(absent), house.one)} of {total:,}"
    return [f"{there} {'is' if len(absent) == 1 else 'are'} not on the disk: {first_five(absent)}"]


def _nothing_there(
    house: LoaderPackage, name: str, home: Path, usable: Sequence[tuple[_Track, Path]]
) -> str:
    looked = f" (looked for {usable[0][1]})" if usable else ""
    bare = name.partition("@")[0]
    return (
        f"{house.package}:{name}: none of its {counted(len(usable), house.one)} is on the disk"
        f"{looked}; download it where there is a network: python -c "
        f"\"import {house.package}; {house.package}.initialize('{bare}', "
        f"data_home='{home}').download()\", or set data.home to the folder that "
        "holds it"
    )
