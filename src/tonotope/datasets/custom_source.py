"""A source of recordings: what every kind of source is, and one that was written in Python.

A source that tonotope does not know is any object with the method `open`::

    class NpzFolder:
        def __init__(self, folder):
            self.folder = folder

        def open(self, data, targets, base, progress):
            ...  # write each array as a WAV file: tonotope.Clip(samples, rate_hz).write(path)
            return tonotope.open_source(data.model_copy(update={"source": wavs}), targets)

    tonotope.run(NpzFolder("arrays/"))

A manifest names files. A source whose sounds are not files writes them as WAV once (32-bit floats,
so nothing is lost) and names those; they must stay where they are as long as the run is used. The
code of a source is never written to a file, and none is run from one: an experiment file holds its
name and settings, and a finished run reads its own `manifest.csv`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from tonotope._progress import Progress

if TYPE_CHECKING:
    from tonotope.datasets.data import Data
    from tonotope.datasets.manifest import Manifest

PREFIX = "python:"


@runtime_checkable
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
            progress: hears of each file looked at.

        Raises:
            DataError: there are no such recordings; the message says what would fit.
        """
        ...


class CustomSource(str):
    """The name and the settings of a source written in Python, with the source itself.

    Attributes:
        source: the source.

    >>> class Mine:
    ...     open = None
    ...     def __init__(self):
    ...         self.folder = "arrays"
    >>> CustomSource.of(Mine()).partition(":")[2].partition(":")[2]
    'Mine {"folder": "arrays"}'
    """

    source: Source

    @classmethod
    def of(cls, source: Source) -> CustomSource:
        """The name of `source`: `python:package.module:Class {settings}`."""
        kind = type(source)
        settings = json.dumps(vars(source), sort_keys=True, default=str, ensure_ascii=False)
        named = cls(f"{PREFIX}{kind.__module__}:{kind.__qualname__} {settings}")
        named.source = source
        return named


def is_custom(source: Any) -> bool:
    """Whether this is a source written in Python, not a name or a path."""
    return isinstance(source, Source) and not isinstance(source, (str, Path))


def named(source: Any) -> Any:
    """A source written in Python under its name; everything else as it is."""
    return CustomSource.of(source) if is_custom(source) else source
