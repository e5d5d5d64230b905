"""Reading sound files: `inspect` (facts), `read` (all of it), `stream` (in blocks).

Whatever is in the file, the only error that comes out is an `AudioError` that names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tonotope.audio.clip import Clip
from tonotope.audio.clip import read_with_doubts as read
from tonotope.audio.file_header import AudioFacts
from tonotope.audio.open_sound import open_sound, with_sound
from tonotope.audio.sound_file import SoundFile

__all__ = ["AudioFacts", "inspect", "read", "stream"]


def inspect(path: Path | str) -> AudioFacts:
    """What a sound file holds; it is decoded only where its header leaves out how long it is.

    Raises:
        AudioError: it is no sound file that can be read; the message says why and what to do.
    """
    return with_sound(path, SoundFile.measured_facts)


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
        repair: what to do with NaN and infinite samples: `refuse` the file or make them `zero`.
        doubts: receives what is doubtful about the file, once its end is reached.

    Raises:
        AudioError: the file cannot be read; the clips that came before are good.
    """
    with open_sound(path) as file:
        for wave, rate_hz in file.blocks(block_s, repair=repair, doubts=doubts):
            yield Clip(wave, rate_hz)
