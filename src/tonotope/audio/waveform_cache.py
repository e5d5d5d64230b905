r"""Decoded recordings cached on the disk: the key, the `.npy` of float32, the facts beside it.

The file is named by all that decides its content, so an entry is never out of date and two
processes that make the same one make it equal. `numpy.load` reads it; the line behind the
samples holds what would otherwise mean reading them again, and shows that the file is whole.

    \x93NUMPY … {'descr': '<f4', …, 'shape': (110250,)} | samples | {"sound": …, "warnings": […]}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from tonotope import _files
from tonotope._errors import DataError

VERSION = 2  # of what is decoded: 2 reads beyond headers that say less than the file holds
_SAMPLE = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class CachedWaveform:
    """A recording as it lies in the cache.

    Attributes:
        path: the file.
        offset: where in it the samples begin, in bytes.
        samples: how many there are.
        sound: a hash of the samples, rounded to 16 bits: equal for equal sound.
        warnings: what was doubtful when it was decoded.
    """

    path: Path
    offset: int
    samples: int
    sound: str
    warnings: tuple[str, ...]

    def mapped(self) -> np.ndarray:
        """The samples, read from the disk as they are touched; writing to them stays private.

        Raises:
            DataError: the cache was emptied while it was in use.
        """
        if not self.samples:
            return np.zeros(0, np.float32)
        try:
            array = np.memmap(self.path, _SAMPLE, "c", self.offset, (self.samples,))
        except (OSError, ValueError) as error:
            raise DataError(
                f"{self.path}: gone from the cache, or cut short, while in use "
                f"({error}); the same command again decodes it anew"
            ) from error
        return array.view(np.ndarray)


def cache_path(folder: Path, *decisive: object) -> Path:
    """Where the entry lies whose content all of `decisive` decides.

    >>> one, other = (cache_path(Path("waveforms"), "sha", 0.0, rate) for rate in (8000, 22050))
    >>> one == other
    False
    """
    text = json.dumps([VERSION, *decisive])
    key = hashlib.sha256(text.encode()).hexdigest()[:40]
    return folder / key[:2] / f"{key}.npy"


def look_up(path: Path) -> CachedWaveform | None:
    """The entry at `path`; None where there is none that is whole."""
    try:
        with path.open("rb") as file:
            if npy.read_magic(file) != (1, 0):
                return None
            shape, _, dtype = npy.read_array_header_1_0(file)
            offset = file.tell()
            end = offset + _SAMPLE.itemsize * shape[0]
            if dtype != _SAMPLE or len(shape) != 1:
                return None
            file.seek(end)  # a file cut short has no facts there
            facts = json.loads(file.read())
            return CachedWaveform(
                path, offset, shape[0], str(facts["sound"]), tuple(facts["warnings"])
            )
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def store(path: Path, blocks: Iterable[np.ndarray], warnings: list[str]) -> CachedWaveform:
    """Write an entry from blocks of samples, whole or not at all.

    Args:
        path: from `place`.
        blocks: float32, (time,) each; taken one at a time, so that a long recording passes
            through a small memory.
        warnings: what is doubtful; read after the last block, so that it may grow meanwhile.

    Raises:
        TonotopeError: the disk is full or the folder may not be written to.
    """
    sound = hashlib.sha256()
    samples = 0
    with _files.writing(path) as aside, aside.open("wb") as file:
        _write_header(file, 0)
        offset = file.tell()
        for block in blocks:
            file.write(np.ascontiguousarray(block, _SAMPLE).data)
            sound.update(np.rint(np.clip(block, -1, 1) * 32767).astype("<i2").data)
            samples += len(block)
        facts = {"sound": sound.hexdigest()[:32], "warnings": warnings}
        file.write(json.dumps(facts).encode())
        file.seek(0)
        _write_header(file, samples)  # padded by NumPy so that any length fits the same place
        if file.tell() != offset:
            raise DataError(f"{path}: the header of {samples} samples does not fit its place")
    return CachedWaveform(path, offset, samples, facts["sound"], tuple(warnings))


def _write_header(file: IO[bytes], samples: int) -> None:
    header = {"descr": "<f4", "fortran_order": False, "shape": (samples,)}
    npy.write_array_header_1_0(file, header)
