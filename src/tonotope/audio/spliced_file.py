"""A file as its decoder is shown it: stretches of its bytes, some replaced by other bytes."""

from __future__ import annotations

import bisect
import io
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Piece = bytes | tuple[int, int]
"""Bytes of our own, or a stretch of the file: its first byte, and the byte after its last."""


class SplicedFile(io.RawIOBase):
    """Pieces one after the other, as one file that is read and never written.

    Args:
        handle: the file the stretches are of; its owner closes it.
        pieces: what is read, in this order.
    """

    def __init__(self, handle: int, pieces: Sequence[Piece]) -> None:
        super().__init__()
        self._raw = open(handle, "rb", buffering=0, closefd=False)  # noqa: SIM115
        self._pieces = [piece for piece in pieces if _length(piece) > 0]
        self._ends = list(accumulate(map(_length, self._pieces)))
        self._at = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte of the spliced file."""
        size = self._ends[-1] if self._ends else 0
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill `buffer` as far as there are bytes."""
        view, filled = memoryview(buffer).cast("B"), 0
        while filled < len(view):
            number = bisect.bisect_right(self._ends, self._at)
            if number == len(self._pieces):
                break
            got = self._copy(view[filled:], number)
            if not got:
                break  # the file became shorter while it was read
            filled += got
            self._at += got
        return filled

    def close(self) -> None:
        """Let the file go; its handle stays open."""
        self._raw.close()
        super().close()

    def _copy(self, view: memoryview, number: int) -> int:
        piece = self._pieces[number]
        begin = self._ends[number] - _length(piece)
        inside, wanted = self._at - begin, min(len(view), self._ends[number] - self._at)
        if isinstance(piece, bytes):
            view[:wanted] = piece[inside : inside + wanted]
            return wanted
        self._raw.seek(piece[0] + inside)
        return self._raw.readinto(view[:wanted]) or 0


def _length(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece[1] - piece[0]
