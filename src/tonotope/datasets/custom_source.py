"""A source of recordings written in Python: any object with `open`.

A source that tonotope does not know is any object with the method `open` of `source.Source`::

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
from pathlib import Path
from typing import Any

PREFIX = "python:"


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

    source: Any

    @classmethod
    def of(cls, source: Any) -> CustomSource:
        """The name of `source`: `python:package.module:Class {settings}`."""
        kind = type(source)
        settings = json.dumps(vars(source), sort_keys=True, default=str, ensure_ascii=False)
        named = cls(f"{PREFIX}{kind.__module__}:{kind.__qualname__} {settings}")
        named.source = source
        return named


def is_custom(source: Any) -> bool:
    """Whether this is a source written in Python, not a name or a path."""
    return callable(getattr(source, "open", None)) and not isinstance(source, (str, Path))


def named(source: Any) -> Any:
    """A source written in Python under its name; everything else as it is."""
    return CustomSource.of(source) if is_custom(source) else source
