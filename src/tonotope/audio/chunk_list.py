"""Where the chunks of a WAV, AIFF, W64 or CAF lie, though pad bytes lack or sizes are wrong."""

from __future__ import annotations

from mmap import mmap
from typing import Literal, NamedTuple

from tonotope.audio.joined_files import FilePart, begins_a_file

Bytes = bytes | mmap | FilePart
Order = Literal["little", "big"]
WRAP = 1 << 32
# "I do not know", as the programs that write to a pipe say it; arecord ends at 2 GB, SoX before.
STREAMED = {0x7FFFF000, 0x7FFFFFFF, 0x80000000, *range(0xFFFFFF00, WRAP)}
SVX = (b"8SVX", b"16SV")
W64 = b"riff\x2e\x91\xcf\x11"
_MOST_CHUNKS = 256
_SOUND = (b"data", b"SSND", b"BODY")
_NEEDED = (*_SOUND, b"fmt ", b"COMM", b"VHDR", b"desc", b"ds64")
_KNOWN = (
    b"LIST INFO id3  ID3  bext iXML cue  smpl fact guan wamd PEAK afsp JUNK junk PAD  inst acid "
)
_KNOWN += (
    b"levl cart axml chna _PMX plst labl note disp DISP umid minf elm1 regn ovwf FLLR elmo link "
)
_KNOWN += (
    b"NAME AUTH ANNO COMT MARK INST MIDI APPL AESD (c)  free info strg mark ovvw peak uuid TAG"
)
_NAMES = {_KNOWN[place : place + 4] for place in range(0, len(_KNOWN), 5)}
_LONGEST_FORMAT = 4096  # bytes
_FIRST_FRAMES = 1 << 16  # bytes; a name of four letters may stand in the sound by chance


class Layout(NamedTuple):
    """How a container writes its chunks.

    Attributes:
        first: where its first chunk begins.
        name: bytes of a chunk's name; four of them are letters.
        width: bytes of its size.
        order: how the size is written.
        own: bytes of its own header that a size counts.
        align: chunks begin at multiples of so many bytes.
    """

    first: int
    name: int
    width: int
    order: Order
    own: int = 0
    align: int = 2


class Chunk(NamedTuple):
    """A chunk.

    Attributes:
        name: its four letters.
        at: the first byte of its header.
        begin: the first byte that it holds.
        size: how many bytes it holds by its header.
        moved: it is not where the chunk before it says: a pad byte lacks, or a size is wrong.
    """

    name: bytes
    at: int
    begin: int
    size: int
    moved: str | None = None

    @property
    def end(self) -> int:
        """The byte after its last, by its header."""
        return self.begin + self.size


def layout_of(head: bytes) -> Layout | None:
    """How the chunks are written of the file that begins like this; None where there are none."""
    kind, form = head[:4], head[8:12]
    if kind in {b"RIFF", b"RF64", b"BW64"} and form == b"WAVE":
        return Layout(12, 4, 4, "little")
    if kind == b"RIFX" and form == b"WAVE":
        return Layout(12, 4, 4, "big")
    if kind == b"FORM" and form in {b"AIFF", b"AIFC", *SVX}:
        return Layout(12, 4, 4, "big")
    if kind == b"caff":
        return Layout(8, 4, 8, "big", align=1)
    return Layout(40, 16, 8, "little", own=24, align=8) if head.startswith(W64) else None


def list_chunks(data: Bytes, layout: Layout) -> list[Chunk]:
    """The chunks in their order; a needed one is found where the one before it misleads."""
    found: list[Chunk] = []
    at: int | None = layout.first
    moved: str | None = None
    heard = False
    while at is not None and len(found) < _MOST_CHUNKS:
        chunk = _chunk(data, at, layout, moved)
        if chunk is None or (heard and begins_a_file(data, at)):
            break
        if moved == "size" and found:
            found[-1] = found[-1]._replace(size=at - found[-1].begin)
        found.append(chunk)
        heard = heard or chunk.name in _SOUND
        at, moved = _behind(data, chunk, layout, heard)
    return found


def no_sound(data: Bytes, stop: int) -> bool:
    """Whether what begins here is a list of chunks, perhaps after a byte that fills up."""
    return any(_only_chunks(data, place) for place in (stop, stop + stop % 2))


def _chunk(data: Bytes, at: int, layout: Layout, moved: str | None = None) -> Chunk | None:
    begin = at + layout.name + layout.width
    head = data[at:begin]
    if len(head) < layout.name + layout.width:
        return None
    size = int.from_bytes(head[layout.name :], layout.order) - layout.own
    return Chunk(head[:4], at, begin, size, moved) if size >= 0 else _empty(head, at, begin, moved)


def _empty(head: bytes, at: int, begin: int, moved: str | None) -> Chunk | None:
    """A chunk of W64 whose size does not even count its own header."""
    return Chunk(head[:4], at, begin, 0, moved) if head[:4] in _SOUND else None


def _behind(
    data: Bytes, chunk: Chunk, layout: Layout, heard: bool
) -> tuple[int | None, str | None]:
    """Where the next chunk begins, and what is wrong with the place; None where none does."""
    stated = chunk.end + -(chunk.size + layout.own) % layout.align
    if _plausible(data, stated, layout, last=True):
        return stated, None
    beside = (chunk.end, chunk.end + 1) if layout.align == 2 else (chunk.end,)
    for place in beside:
        if _plausible(data, place, layout):
            return place, "pad"
    if heard:  # letters in the sound are no chunks
        return None, None
    place = _needed_one(data, chunk.begin, layout)
    return (stated, None) if place is None else (place, "size")


def _plausible(data: Bytes, at: int, layout: Layout, *, last: bool = False) -> bool:
    """Whether a chunk begins here; with `last`, the end of the file is as good."""
    chunk = _chunk(data, at, layout)
    if chunk is None:
        return last and len(data) <= at < len(data) + layout.align
    if chunk.name in _NEEDED or chunk.name in _NAMES:
        return True
    letters = all(0x20 <= byte < 0x7F for byte in chunk.name)
    return letters and chunk.end <= len(data)


def _needed_one(data: Bytes, begin: int, layout: Layout) -> int | None:
    """Where the next chunk begins that tells the format or holds the sound, before the sound."""
    near = data[begin : begin + _FIRST_FRAMES]
    places = {near.find(name) for name in _NEEDED} - {-1}
    for place in sorted(places):
        chunk = _chunk(data, begin + place, layout)
        if chunk is None:
            continue
        whole = chunk.end <= len(data) and _plausible(data, chunk.end, layout, last=True)
        unknown = chunk.size == 0 or chunk.size in STREAMED
        if chunk.name in _SOUND and (whole or unknown):
            return chunk.at
        if chunk.name not in _SOUND and whole and chunk.size <= _LONGEST_FORMAT:
            return chunk.at
    return None


def _only_chunks(data: Bytes, at: int) -> bool:
    if len(data) - at < 8:
        return True
    for _ in range(_MOST_CHUNKS):
        name = data[at : at + 4]
        if name in _NAMES or name[:3] == b"TAG":
            return True
        if not all(0x20 <= byte < 0x7F for byte in name):
            return False
        orders: tuple[Order, ...] = ("little", "big")
        ends = [at + 8 + int.from_bytes(data[at + 4 : at + 8], order) for order in orders]
        fitting = [end + end % 2 for end in ends if end <= len(data)]
        if not fitting:
            return False
        at = min(fitting)
        if len(data) - at < 8:
            return True
    return False
