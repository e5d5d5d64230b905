"""The toy orchestra as a source of recordings: `orchestra`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tonotope._progress import Progress
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.orchestra.orchestra import orchestra
from tonotope.datasets.orchestra.targets import with_targets


class Orchestra:
    """Notes that are synthesised once."""

    def open(
        self, data: Data, targets: Sequence[str] | None, base: Path, progress: Progress
    ) -> Manifest:
        """The notes, with the targets and groups that are asked for; see `Source`."""
        del base
        played = orchestra(data.notes, progress=progress)
        return with_targets(played, data.group, targets)


SOURCE = Orchestra()
