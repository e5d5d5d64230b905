r"""Features larger than memory: one `.npy` file in the cache, with a checksum, mapped from there.

    \x93NUMPY … 'shape': (90000, 64, 1)} | values | {"crc32": 2774538419}

`numpy.load` reads it. The checksum is compared when the file is mapped, once in each process: what
a faulty disk has changed is computed again, and never learned from.
"""

from __future__ import annotations

import io
import json
import math
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tonotope._files import sweep, writing
from tonotope._progress import Progress

_PIECE_BYTES = 1 << 20
_LONGEST_FACTS = 1000
# The files whose checksum this process has compared: size and time of each.
_COMPARED: dict[Path, tuple[int, int]] = {}


def write(path: Path, shape: tuple[int, ...], blocks: Iterator[np.ndarray]) -> None:
    """Write features, block by block; on a full disk a mapped write would kill the process.

    Blocks are (step, frequency, channel), or (step, channel) of a waveform.

    Raises:
        TonotopeError: the disk is full or the folder may not be written to.
    """
    sweep(path.parent)
    checksum = 0
    with writing(path) as aside, aside.open("wb") as file:
        file.write(_header(shape))
        for block in blocks:
            data = np.ascontiguousarray(block, "<f4").data.cast("B")
            file.write(data)
            checksum = zlib.crc32(data, checksum)
        file.write(json.dumps({"crc32": checksum}).encode())


def mapped(path: Path, shape: tuple[int, ...], progress: Progress) -> np.ndarray | None:
    """The features in a file, `shape` float32; None where they are to be computed.

    They are copied where they are written to: PyTorch needs memory it may write to, and the file
    must not change. A file that is not what was written is named to `progress`.
    `shape` is (step, frequency, channel), or (step, channel) of waveforms.
    """
    header = _header(shape)
    try:
        status = path.stat()
        seen = status.st_size, status.st_mtime_ns
        if status.st_size == len(header) + 4 * math.prod(shape):
            return None  # an earlier version wrote it, without a checksum
        if _COMPARED.get(path) != seen and not _is_whole(path, header, 4 * math.prod(shape)):
            progress.say(f"{path}: the features in the cache are damaged; computed again")
            return None
        array = np.memmap(path, "<f4", "c", len(header), shape)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        progress.say(f"{path}: the features in the cache cannot be read ({error}); computed again")
        return None
    _COMPARED[path] = seen
    return array.view(np.ndarray)


def _is_whole(path: Path, header: bytes, values_bytes: int) -> bool:
    """Whether header, size and checksum are those that were written."""
    with path.open("rb") as file:
        if file.read(len(header)) != header:
            return False
        checksum, left = 0, values_bytes
        while left > 0 and (piece := file.read(min(left, _PIECE_BYTES))):
            checksum = zlib.crc32(piece, checksum)
            left -= len(piece)
        return file.read(_LONGEST_FACTS) == json.dumps({"crc32": checksum}).encode()


def _header(shape: tuple[int, ...]) -> bytes:
    found = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(found, header)
    return found.getvalue()
