"""The blocks of a Creative Voice file (VOC): where its sound lies, against the sizes they state."""

from __future__ import annotations

from mmap import mmap
from typing import NamedTuple

from tonotope.audio.file_type import Refused
from tonotope.audio.spliced_file import Piece

Bytes = bytes | mmap
_WRAP = 1 << 24  # sizes have three bytes
_MOST_BLOCKS = 4096
_HEADS = {1: 2, 9: 12}  # bytes before the sound: of old blocks, of new ones
_CONTINUED, _SILENCE, _LAST = 2, 3, 9
_MANY = "its blocks have several sample rates or codings; convert it: ffmpeg -i IN OUT.wav"


class VocSound(NamedTuple):
    """The sound of a VOC file.

    Attributes:
        pieces: the file as one block.
        stated: bytes of sound by the sizes of its blocks.
        held: bytes of sound that are there.
        blocks: how many blocks of sound, or of silence, it has.
    """

    pieces: tuple[Piece, ...]
    stated: int
    held: int
    blocks: int


def find_voc_sound(data: Bytes) -> VocSound | None:
    """The sound in all blocks of a VOC file; None where there is none.

    Raises:
        Refused: blocks of several rates or codings.
    """
    at = int.from_bytes(data[20:22], "little")
    head, begin, stated = b"", 0, 0
    pieces: list[Piece] = []
    for _ in range(_MOST_BLOCKS):
        block = data[at : at + 4]
        kind = block[0] if len(block) == 4 else 0
        if not 0 < kind <= _LAST:
            break
        size, place = int.from_bytes(block[1:], "little"), at + 4
        own = _HEADS.get(kind, 0)
        if own:
            this = block[:1] + data[place : place + own]
            if head not in {b"", this}:
                raise Refused(_MANY)
            head, begin = this, begin or place + own
        at = _end(data, place, size)
        if kind in {*_HEADS, _CONTINUED} and head:
            pieces.append((place + own, at))
            stated += at - place - own if at - place >= _WRAP else max(0, size - own)
        elif kind == _SILENCE and head:
            pieces.append(_silence(head, int.from_bytes(data[place : place + 2], "little") + 1))
            stated += len(pieces[-1])
    if not pieces:
        return None
    held = sum(len(one) if isinstance(one, bytes) else one[1] - one[0] for one in pieces)
    return VocSound(((0, begin), *pieces, b"\0"), stated, held, len(pieces))


def _end(data: Bytes, place: int, size: int) -> int:
    """Where a block ends: where it states, 16 MB later once or more, or where the file ends."""
    stop = place + size
    while stop < len(data) and not _begins(data, stop):
        stop += _WRAP
    if stop <= len(data):
        return stop
    return len(data) - (data[len(data) - 1] == 0)  # the last byte of a whole file


def _begins(data: Bytes, at: int) -> bool:
    """Whether a block begins here, or the file ends here with its last byte."""
    if data[at] == 0:
        return at == len(data) - 1
    size = int.from_bytes(data[at + 1 : at + 4], "little")
    return data[at] <= _LAST and size > 0 and at + 4 + size <= len(data)


def _silence(head: bytes, samples: int) -> bytes:
    """Silence as a block says it: 8 bits are unsigned."""
    bits = head[5] if head[0] == _LAST else 8
    channels = head[6] if head[0] == _LAST else 1
    return (b"\x80" if bits == 8 else bytes(bits // 8)) * samples * channels
