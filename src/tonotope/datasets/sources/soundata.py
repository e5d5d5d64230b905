"""Sound data sets through soundata: `soundata:esc50`, `soundata:urbansound8k` and the others."""

from __future__ import annotations

from tonotope._progress import SILENT, Progress
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.dataset_index import FolderLayout, LoaderPackage
from tonotope.datasets.sources.dataset_loader import load_published

_SOUNDATA = LoaderPackage(
    package="soundata",
    one="clip",
    layouts={
        "esc50": FolderLayout("audio/*.wav"),
        "urbansound8k": FolderLayout("audio/fold*/*.wav"),
    },
)


def open_soundata(name: str, data: Data, *, progress: Progress = SILENT) -> Manifest:
    """The recordings of a soundata data set on the disk; nothing is downloaded.

    Raises:
        MissingPackageError: soundata is not installed.
        DataError: there is no such data set, or it is not on the disk.
    """
    return load_published(_SOUNDATA, name, data, progress=progress)
