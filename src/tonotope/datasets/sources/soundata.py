"""Sound data sets through soundata: `soundata:esc50`, `soundata:urbansound8k` and the others."""

from __future__ import annotations

from tonotope._progress import SILENT, Progress
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.dataset_index import House, Layout
from tonotope.datasets.sources.dataset_loader import published

_SOUNDATA = House(
    package="soundata",
    one="clip",
    layouts={
        "esc50": Layout("audio/*.wav"),
        "urbansound8k": Layout("audio/fold*/*.wav"),
    },
)


def soundata(name: str, data: Data, *, progress: Progress = SILENT) -> Manifest:
    """The recordings of a soundata data set on the disk; nothing is downloaded.

    Raises:
        MissingPackageError: soundata is not installed.
        DataError: there is no such data set, or it is not on the disk.
    """
    return published(_SOUNDATA, name, data, progress=progress)
