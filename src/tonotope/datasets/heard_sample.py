"""Which recordings are listened to before anything is chosen: some of each folder, in parts."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tonotope._errors import AudioError
from tonotope.audio.channels import ChannelMix
from tonotope.datasets.heard import Heard, Listener

if TYPE_CHECKING:
    from tonotope.audio.file_header import AudioFacts
    from tonotope.audio.sound_file import SoundFile

MOST_FILES = 96
WHOLE_S = 12.0  # so long recordings are heard whole
PART_S = 4.0  # of longer ones, three parts
_PARTS_AT = (0.1, 0.45, 0.8)
MOST_PARTS = 24  # of a long recording among few
# What rounding leaves, where libsndfile names the bits.
_BITS = {"PCM_16": 16, "PCM_S8": 8, "PCM_U8": 8, "PCM_24": 24, "ALAC_16": 16, "DPCM_16": 16}


class HeardSample:
    """What was heard, by file."""

    def __init__(self) -> None:
        self._heard: dict[Path, Heard] = {}

    def listen(self, file: SoundFile, among: int = MOST_FILES) -> None:
        """Listen to a file that is open; what cannot be decoded is told when all are decoded.

        Args:
            file: the file.
            among: how many are listened to: the fewer they are, the more of each is heard.
        """
        with contextlib.suppress(AudioError):
            heard = listen(file, len(_PARTS_AT) * MOST_FILES // max(1, among))
            if heard is not None:
                self._heard[file.path] = heard

    def of(self, paths: Collection[Path]) -> tuple[Heard, ...]:
        """What was heard of these files, in their order."""
        return tuple(self._heard[path] for path in paths if path in self._heard)


_CURRENT: ContextVar[HeardSample | None] = ContextVar("heard_sample", default=None)


@contextlib.contextmanager
def listening() -> Iterator[HeardSample]:
    """While this block lasts, some of the files that are looked at are listened to as well."""
    token = _CURRENT.set(HeardSample())
    try:
        yield _CURRENT.get() or HeardSample()
    finally:
        _CURRENT.reset(token)


def current_sample() -> HeardSample | None:
    """That of the block that this code runs in.

    A thread of a pool has no block of its own: ask before the work is handed to it.
    """
    return _CURRENT.get()


def chosen(paths: Sequence[Path]) -> frozenset[Path]:
    """At most `MOST_FILES` of these files, evenly spread: of each folder its share.

    >>> len(chosen([Path(f"{number}.wav") for number in range(10_000)]))
    96
    """
    if len(paths) <= MOST_FILES:
        return frozenset(paths)
    places = np.linspace(0, len(paths) - 1, MOST_FILES).round().astype(int)
    return frozenset(paths[place] for place in places)


def rounding_bits(facts: AudioFacts) -> int | None:
    """The bits of the samples, where rounding them leaves noise."""
    return _BITS.get(facts.format.rpartition(" ")[2])


def listen(file: SoundFile, most_parts: int = len(_PARTS_AT)) -> Heard | None:
    """What is heard in a file, or in parts of a long one; None where it is silent.

    Args:
        file: the file.
        most_parts: three or more.

    Raises:
        AudioError: it cannot be decoded.
    """
    facts = file.measured_facts()
    lasts_s = facts.duration_s
    whole = lasts_s <= WHOLE_S
    parts = ((0.0, None),) if whole else _parts(lasts_s, min(most_parts, MOST_PARTS))
    heard_s = lasts_s if whole else min(lasts_s, PART_S * len(parts))
    listener = Listener(facts.rate_hz, rounding_bits(facts), heard_s)
    mix = ChannelMix()
    for start_s, duration_s in parts:
        samples = file.read(start_s, duration_s, repair="zero")[0]
        listener.hear(samples)  # each channel, whatever is left of them in their mean
        mix.mix(samples)
    heard = listener.heard(whole=whole)
    return heard and replace(heard, cancelled=mix.cancelled())


def _parts(lasts_s: float, most: int) -> tuple[tuple[float, float], ...]:
    """Where the parts of a long recording begin, and how long they are, in seconds."""
    if most <= len(_PARTS_AT):
        return tuple((at * lasts_s, PART_S) for at in _PARTS_AT)
    count = min(most, int(lasts_s / PART_S))
    starts = np.linspace(0.0, lasts_s - PART_S, count)
    return tuple((float(start), PART_S) for start in starts)
