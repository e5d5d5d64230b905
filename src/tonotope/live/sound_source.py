"""Where live sound comes from: `SoundSource`, what each must offer; blocks of arrays as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

import numpy as np

from tonotope._errors import DataError, ExperimentError

LOWEST_HZ, HIGHEST_HZ = 1000, 768_000


class SourceLost(DataError):  # noqa: N818 (it says what happened)
    """A source that gave sound and gives none any more, such as a microphone pulled out."""


@runtime_checkable
class SoundSource(Protocol):
    """Gives sound, block by block, as soon as it is there.

    Attributes:
        name: what it is called in rows and messages.
        rate_hz: samples per second.
        notes: sentences on what was odd, to be said once it has ended.
    """

    name: str
    rate_hz: int
    notes: list[str]

    def blocks(self) -> Iterator[np.ndarray]:
        """Float32 samples (channel, time), each block as soon as it is there."""
        ...

    def close(self) -> None:
        """Nothing more is asked for."""
        ...


class ArraySource:
    """Blocks of samples that a program makes, or takes from a library of its own.

    Args:
        blocks: samples (channel, time), or (time,) of one channel, full scale at 1.
        rate_hz: samples per second.
        name: what the sound is called.

    Raises:
        ExperimentError: the rate fits no sound.
    """

    def __init__(self, blocks: Iterable[np.ndarray], rate_hz: int, name: str = "sound") -> None:
        self.name, self.rate_hz, self.notes = name, checked_rate(rate_hz), list[str]()
        self._blocks = blocks

    def blocks(self) -> Iterator[np.ndarray]:
        """Float32 samples (channel, time).

        Raises:
            DataError: a block of another shape.
        """
        for block in self._blocks:
            found = np.atleast_2d(np.asarray(block, np.float32))
            if found.ndim != 2:
                shape = " × ".join(map(str, np.shape(block)))
                raise DataError(f"a block of sound is channel × time, or time alone, not {shape}")
            yield found

    def close(self) -> None:
        """Nothing is held open."""


def checked_rate(rate_hz: float) -> int:
    """The rate of a source.

    Raises:
        ExperimentError: it fits no sound.
    """
    if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
        raise ExperimentError(
            f"a rate of {rate_hz!s:.20} Hz: from {LOWEST_HZ:,} to {HIGHEST_HZ:,} Hz would"
            " fit, such as 44100"
        )
    return int(rate_hz)
