"""The one door for untrusted sound files, as the rest of the house calls it.

`inspect` tells what a file holds, `read` gives its sound with what is doubtful about it, `stream`
gives a sound of any length in blocks. Whatever is in the file, the only error that comes out is
an `AudioError` that names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tonotope.audio import libsndfile
from tonotope.audio.clip import Clip
from tonotope.audio.file_header import AudioFacts
from tonotope.audio.libsndfile import inspect

__all__ = ["AudioFacts", "inspect", "read", "stream"]


def read(
    path: Path | str,
    start_s: float = 0.0,
    duration_s: float | None = None,
    *,
    repair: str = "refuse",
    strict: bool = False,
    max_duration_s: float | None = None,
) -> tuple[Clip, list[str]]:
    """Read a sound file, or `duration_s` of it from `start_s`, and say what is doubtful about it.

    Args:
        path: the file.
        start_s: where to begin.
        duration_s: how much to read; None reads to the end.
        repair: what to do with NaN and infinite samples: `refuse` the file or make them `zero`.
        strict: refuse what would otherwise be a warning (a file shorter than its header says).
        max_duration_s: refuse to read more than this at once; without it, 500 million samples
            (2 GB) are the limit.

    Raises:
        AudioError: the file cannot be read; the message says why and what to do.
    """
    wave, rate_hz, warnings = libsndfile.read_samples(
        path, start_s, duration_s, repair=repair, strict=strict, max_duration_s=max_duration_s
    )
    return Clip(wave, rate_hz), warnings


def stream(
    path: Path | str,
    block_s: float = 60.0,
    *,
    repair: str = "refuse",
    doubts: list[str] | None = None,
) -> Iterator[Clip]:
    """The sound of a file of any length, `block_s` at a time, in constant memory.

    Args:
        path: the file.
        block_s: how much to read at a time.
        repair: what to do with NaN and infinite samples, as in `read`.
        doubts: receives what is doubtful about the file, once its end is reached.

    Raises:
        AudioError: the file cannot be read; the clips that came before are good.
    """
    for wave, rate_hz in libsndfile.read_blocks(path, block_s, repair=repair, doubts=doubts):
        yield Clip(wave, rate_hz)
