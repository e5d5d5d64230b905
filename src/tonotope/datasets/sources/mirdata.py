"""Music data sets through mirdata: `mirdata:gtzan_genre` and whatever else is installed there."""

from __future__ import annotations

from tonotope._progress import SILENT, Progress
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.dataset_index import FolderLayout, LoaderPackage
from tonotope.datasets.sources.dataset_loader import load_published

_MIRDATA = LoaderPackage(
    package="mirdata",
    one="track",
    layouts={
        "gtzan_genre": FolderLayout("gtzan_genre/genres/*/*.wav", ("beats", "tempo")),
        "ballroom": FolderLayout("BallroomData/*/*.wav", ("beats",)),
    },
    caveats={
        "gtzan_genre": "GTZAN does not say who plays, and some of its tracks repeat or are of one "
        "artist (B. Sturm, 2013): scores on it tend to be too high",
    },
)


def open_mirdata(name: str, data: Data, *, progress: Progress = SILENT) -> Manifest:
    """The recordings of a mirdata data set on the disk; nothing is downloaded.

    Raises:
        MissingPackageError: mirdata is not installed.
        DataError: there is no such data set, or it is not on the disk.
    """
    return load_published(_MIRDATA, name, data, progress=progress)
