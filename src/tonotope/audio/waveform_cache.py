r"""Decoded recordings cached on the disk: the key, the `.npy` of float32, the facts beside it.

The file is named by all that decides its content, so an entry is never out of date and two
processes that make the same one make it equal. `numpy.load` reads it; the line behind the
samples holds what would otherwise mean reading them again, and a checksum of all of it.

    \x93NUMPY … {'descr': '<f4', …, 'shape': (110250,)} | samples | {"sound": …, "crc32": …}

The checksum is compared once in each process, before the samples are used: a disk that turns a bit
over must not train a network on other sound. CRC-32 runs at some 3 GB/s, five times as fast as
BLAKE2; it is there for faults, not for forgers, who could write a right one beside their sound.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from tonotope import _files
from tonotope._errors import DataError
from tonotope.audio.sound_hash import SoundHash

VERSION = 3  # of what is decoded: 3 tells quiet sounds apart
_SAMPLE = np.dtype("<f4")
_HEADER = re.compile(
    rb"\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d{1,15}),\), \} *\n", re.ASCII
)
_PIECE_BYTES = 1 << 20
_LONGEST_FACTS = 1 << 24
# The entries whose checksum this process has compared: device, number, size and time of the file.
_COMPARED: set[tuple[int, int, int, int]] = set()


@dataclass(frozen=True, slots=True)
class CachedWaveform:
    """A recording as it lies in the cache.

    Attributes:
        path: the file.
        offset: where in it the samples begin, in bytes.
        samples: how many there are.
        sound: a hash of the samples by `SoundHash`: equal for equal sound.
        warnings: what was doubtful when it was decoded.
    """

    path: Path
    offset: int
    samples: int
    sound: str
    warnings: tuple[str, ...]

    def mapped(self) -> np.ndarray:
        """The samples, (time,), read from disk as they are touched; writing to them stays private.

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


def look_up(path: Path, damaged: list[Path] | None = None) -> CachedWaveform | None:
    """The entry at `path`; None where there is none, or none that is whole.

    Args:
        path: from `cache_path`.
        damaged: receives the path of an entry that is there and is not what was written.
    """
    try:
        with path.open("rb") as file:
            return _read(path, file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        if damaged is not None:
            damaged.append(path)
        return None


def _read(path: Path, file: IO[bytes]) -> CachedWaveform | None:
    """The entry in a file; None where an earlier version wrote it.

    Raises:
        ValueError, KeyError, TypeError: it is not what was written.
    """
    if npy.read_magic(file) != (1, 0):
        raise ValueError("another version of the header")
    header = _HEADER.fullmatch(file.read(int.from_bytes(file.read(2), "little")))
    if header is None:  # never parsed: what NumPy would make of a damaged one is anybody's guess
        raise ValueError("another header")
    samples, offset = int(header.group(1)), file.tell()
    file.seek(offset + _SAMPLE.itemsize * samples)  # a file cut short has no facts there
    facts = json.loads(file.read(_LONGEST_FACTS))
    if "crc32" not in facts:
        return None
    entry = CachedWaveform(path, offset, samples, facts["sound"], tuple(facts["warnings"]))
    status = os.fstat(file.fileno())
    seen = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    if seen not in _COMPARED:
        file.seek(offset)
        if _checksum_of_facts(entry, _checksum(file, samples)) != facts["crc32"]:
            raise ValueError("another checksum")
        _COMPARED.add(seen)
    return entry


def _checksum(file: IO[bytes], samples: int) -> int:
    """The checksum of so many samples, from where `file` stands."""
    found, left = 0, _SAMPLE.itemsize * samples
    while left > 0 and (piece := file.read(min(left, _PIECE_BYTES))):
        found = zlib.crc32(piece, found)
        left -= len(piece)
    return found


def _checksum_of_facts(entry: CachedWaveform, of_samples: int) -> int:
    facts = json.dumps([entry.samples, entry.sound, entry.warnings])
    return zlib.crc32(facts.encode(), of_samples)


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
    sound = SoundHash()
    samples = checksum = 0
    with _files.writing(path) as aside, aside.open("wb") as file:
        _write_header(file, 0)
        offset = file.tell()
        for block in blocks:
            data = np.ascontiguousarray(block, _SAMPLE).data
            file.write(data)
            checksum = zlib.crc32(data, checksum)
            sound.update(block)
            samples += len(block)
        entry = CachedWaveform(path, offset, samples, sound.digest(), tuple(warnings))
        facts = {"sound": entry.sound, "warnings": warnings}
        facts |= {"crc32": _checksum_of_facts(entry, checksum)}
        file.write(json.dumps(facts).encode())
        file.seek(0)
        _write_header(file, samples)  # padded by NumPy so that any length fits the same place
        if file.tell() != offset:
            raise DataError(f"{path}: the header of {samples} samples does not fit its place")
    return entry


def _write_header(file: IO[bytes], samples: int) -> None:
    header = {"descr": "<f4", "fortran_order": False, "shape": (samples,)}
    npy.write_array_header_1_0(file, header)
