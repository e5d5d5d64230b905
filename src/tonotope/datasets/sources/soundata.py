"""Sound data sets by soundata (`soundata:esc50`, `soundata:urbansound8k`, ...): folder layouts."""

from __future__ import annotations

from tonotope.datasets.sources.dataset_index import FolderLayout, LoaderPackage
from tonotope.datasets.sources.mirdata_and_soundata import PublishedSource

SOURCE = PublishedSource(
    LoaderPackage(
        package="soundata",
        one="clip",
        layouts={
            "esc50": FolderLayout("audio/*.wav"),
            "urbansound8k": FolderLayout("audio/fold*/*.wav"),
        },
    )
)
