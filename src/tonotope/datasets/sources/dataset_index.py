"""The index of a published data set (mirdata, soundata): where it is, what to do without it.

mirdata and soundata keep an index of every data set inside their own package and download it
with the sound. Where there is no network it may lie in the data set's folder instead; and where
there is none at all, the sounds of well-known data sets are listed from their folders.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tonotope._errors import DataError
from tonotope._wording import counted


@dataclass(frozen=True)
class FolderLayout:
    """How the sounds of a data set lie below its home.

    Attributes:
        pattern: of the sound files.
        others: the keys that its index has besides `audio`; left empty here.
    """

    pattern: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoaderPackage:
    """A package of loaders, and what is known of its best-known data sets.

    Attributes:
        package: the package's name, and that of the extra that installs it.
        one: its word for a recording: `track` or `clip`.
        layouts: how the sounds lie, by the name of the data set.
        caveats: what a user should know of a data set, by its name.
    """

    package: str
    one: str
    layouts: Mapping[str, FolderLayout] = field(default_factory=dict)
    caveats: Mapping[str, str] = field(default_factory=dict)


def recording_ids(house: LoaderPackage, dataset: Any, name: str, notes: list[str]) -> list[str]:
    """The ids of a data set's recordings, in the order of its index.

    Raises:
        DataError: there is no index and no sound to list, or the index is damaged, or the data
            set has no single recordings.
    """
    listed = _listed(house, dataset, name)
    if listed is not None:
        return listed
    home, inside = Path(str(dataset.data_home)), Path(str(dataset.index_path))
    beside = home / inside.name
    if beside.is_file():
        dataset.index_path = str(beside)
        notes.append(f"its index is {beside}")
        return _listed(house, dataset, name) or []
    layout = house.layouts.get(name.partition("@")[0])
    sounds = sorted(home.glob(layout.pattern)) if layout else []
    if layout and sounds:
        notes.append(
            f"{house.package}'s index is not on this machine: {counted(len(sounds), house.one)} "
            f"{'was' if len(sounds) == 1 else 'were'} listed from {home / layout.pattern}"
        )
        return _from_sounds(house, dataset, name, layout, sounds)
    raise DataError(_no_index(house, dataset, name, home, inside))


def _listed(house: LoaderPackage, dataset: Any, name: str) -> list[str] | None:
    try:
        return [str(one) for one in getattr(dataset, f"{house.one}_ids")]
    except FileNotFoundError:
        return None
    except AttributeError as error:
        message = f"{house.package}:{name} has no single {house.one}s to learn from ({error})"
        raise DataError(message) from error
    except (OSError, ValueError) as error:
        raise DataError(
            f"{house.package}:{name}: its index {dataset.index_path} cannot be read "
            f"({error}); delete it and download it again"
        ) from error


def _from_sounds(
    house: LoaderPackage, dataset: Any, name: str, layout: FolderLayout, sounds: list[Path]
) -> list[str]:
    """Write an index of what is there, let the package read it, and remove it."""
    home = Path(str(dataset.data_home))
    empty = {key: [None, None] for key in layout.others}
    entries = {
        sound.stem: {"audio": [sound.relative_to(home).as_posix(), None], **empty}
        for sound in sounds
        if not sound.name.startswith(".")
    }
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index.json"
        index.write_text(json.dumps({"version": "", f"{house.one}s": entries}), "utf-8")
        before, dataset.index_path = dataset.index_path, str(index)
        with contextlib.ExitStack() as after:
            after.callback(setattr, dataset, "index_path", before)
            return _listed(house, dataset, name) or []


def _no_index(house: LoaderPackage, dataset: Any, name: str, home: Path, inside: Path) -> str:
    remote = getattr(getattr(dataset, "_index_data", None), "remote", None)
    url = getattr(remote, "url", "")
    where = f" from {url}" if url else ""
    bare = name.partition("@")[0]
    return (
        f"{house.package}:{name}: its index is not on this machine ({inside}), and "
        f"no sound was found in {home}; where there is a network, run python -c "
        f"\"import {house.package}; {house.package}.initialize('{bare}', "
        f"data_home='{home}').download()\"; elsewhere put {inside.name}{where} and "
        "the sounds into that folder, or set data.home to the folder that holds them"
    )
