"""Music data sets by mirdata (`mirdata:gtzan_genre`, ...): folder layouts, caveats (GTZAN)."""

from __future__ import annotations

from tonotope.datasets.sources.dataset_index import FolderLayout, LoaderPackage
from tonotope.datasets.sources.mirdata_and_soundata import PublishedSource

SOURCE = PublishedSource(
    LoaderPackage(
        package="mirdata",
        one="track",
        layouts={
            "gtzan_genre": FolderLayout("gtzan_genre/genres/*/*.wav", ("beats", "tempo")),
            "ballroom": FolderLayout("BallroomData/*/*.wav", ("beats",)),
        },
        caveats={
            "gtzan_genre": "GTZAN does not say who plays, and some of its tracks repeat or are of "
            "one artist (B. Sturm, 2013): scores on it tend to be too high",
        },
    )
)
