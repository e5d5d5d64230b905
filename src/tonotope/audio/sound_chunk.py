"""Where the sound lies in a WAV, AIFF, SVX, AU, W64 or CAF, and where its size is stated."""

from __future__ import annotations

from typing import NamedTuple

from tonotope.audio.chunk_list import STREAMED, SVX, Chunk, Layout, Order, layout_of, list_chunks
from tonotope.audio.joined_files import FilePart

NO_LENGTH = 1 << 64  # bytes: more than any file holds
TO_THE_END = -1  # a CAF may say so; libsndfile refuses it
_LONGEST_FORMAT = 4096  # bytes
_PCM = (b"NONE", b"sowt", b"twos", b"raw ", b"in24", b"in32", b"42ni", b"23ni")
_PCM += (b"fl32", b"FL32", b"fl64", b"FL64")


class Size(NamedTuple):
    """A number in a header that follows from the bytes of sound: `(bytes + plus) // per`."""

    place: int
    width: int
    order: Order
    plus: int = 0
    per: int = 1


class Sound(NamedTuple):
    """Where the sound begins, how many bytes of it a header states, and where it states them.

    Where libsndfile would lose its way among the chunks, `header` is one in which it does not,
    `sizes` are places in that, and `before` is the sound in chunks before the last one. `found`:
    the size of a chunk before it is wrong. `counted`: bytes by a count of samples beside the size.
    `followed`: a chunk begins where the sound ends. `samples`: per channel, by a table of packets.
    """

    begin: int
    stated: int
    frame: int
    sizes: tuple[Size, ...]
    header: bytes | None = None
    before: tuple[tuple[int, int], ...] = ()
    found: bool = False
    counted: int | None = None
    followed: bool = False
    samples: int | None = None


def find_sound(data: FilePart) -> Sound | None:
    """Where the sound lies in a file; None where it is no such container or holds no sound."""
    head = data[:12]
    if head[:4] in (b".snd", b"dns."):
        order: Order = "big" if head[:4] == b".snd" else "little"
        begin = int.from_bytes(data[4:8], order)
        return Sound(begin, int.from_bytes(data[8:12], order), 0, (Size(8, 4, order),))
    layout = layout_of(head)
    if layout is None:
        return None
    chunks = list_chunks(data, layout)
    if head[8:12] == b"WAVE":
        sound = _in_riff(data, chunks, layout)
    elif head[8:12] in SVX:
        sound = _in_svx(chunks)
    elif head[:4] == b"FORM":
        sound = _in_aiff(data, chunks)
    else:
        sound = (
            _in_caf(data, chunks, layout) if head[:4] == b"caff" else _in_w64(data, chunks, layout)
        )
    followed = sound is not None and chunks[-1].at >= sound.begin + sound.stated > sound.begin
    return sound and sound._replace(followed=followed)


def _named(chunks: list[Chunk], name: bytes) -> Chunk | None:
    return next((one for one in chunks if one.name == name), None)


def _sounds(data: FilePart, chunks: list[Chunk], name: bytes = b"data") -> list[Chunk]:
    """The chunks with sound; an empty one beside others is none, unless it was never finished."""
    found = [one for one in chunks if one.name == name]
    unfinished = chunks[-1] if chunks and chunks[-1].end < len(data) else None
    return [one for one in found if one.size or one is unfinished] or found[:1]


def _misleads(chunks: list[Chunk], form: Chunk, sounds: list[Chunk]) -> bool:
    """Whether libsndfile would not find its way to the sound and its format."""
    there = chunks[: chunks.index(sounds[-1]) + 1]
    names = [one.name for one in there]
    twice = names.count(form.name) > 1 or names.count(sounds[-1].name) > 1
    return twice or form not in there or any(one.moved for one in there)


def _rebuilt(
    data: FilePart,
    begins: bytes,
    kept: list[Chunk | None],
    sounds: list[Chunk],
    layout: Layout,
) -> tuple[bytes, tuple[tuple[int, int], ...], bool]:
    """A header of the kept chunks and that of the sound; the sound before the last chunk of it."""
    header = bytearray(begins)
    for one in kept:
        if one is not None:
            size = min(one.size, _LONGEST_FORMAT)
            header += data[one.at : one.begin - layout.width]
            header += (size + layout.own).to_bytes(layout.width, layout.order)
            header += data[one.begin : one.begin + size]
            header += bytes(-len(header) % layout.align)
    header += data[sounds[-1].at : sounds[-1].begin]
    before = tuple((one.begin, one.end) for one in sounds[:-1])
    return bytes(header), before, any(one.moved == "size" for one in [*kept, *sounds] if one)


def _in_riff(data: FilePart, chunks: list[Chunk], layout: Layout) -> Sound | None:
    form, wide, sounds = _named(chunks, b"fmt "), _named(chunks, b"ds64"), _sounds(data, chunks)
    if form is None or not sounds:
        return None
    order, last = layout.order, sounds[-1]
    frame = int.from_bytes(data[form.begin + 12 : form.begin + 14], order)
    stated, begin, magic = last.size, last.begin, data[:4]
    if wide is not None and stated in STREAMED:
        stated = int.from_bytes(data[wide.begin + 8 : wide.begin + 16], "little")
    plain = magic in {b"RIFF", b"RIFX"} if stated == last.size else magic == b"RF64"
    if magic == b"RF64" and wide is not None:
        plain = True
    if not plain or _misleads(chunks, form, sounds):
        begins = (b"RIFX" if magic == b"RIFX" else b"RIFF") + bytes(4) + b"WAVE"
        kept = [form, _named(chunks, b"fact")]
        header, before, found = _rebuilt(data, begins, kept, sounds, layout)
        sizes = (Size(4, 4, order, len(header) - 8), Size(len(header) - 4, 4, order))
        return Sound(begin, stated, frame, sizes, header, before, found)
    if wide is not None and stated != last.size:
        whole, sound = Size(wide.begin, 8, "little", begin - 8), wide.begin + 8
        counted = Size(wide.begin + 16, 8, "little", per=max(frame, 1))
        return Sound(begin, stated, frame, (whole, Size(sound, 8, "little"), counted))
    sizes = (Size(4, 4, order, begin - 8), Size(begin - 4, 4, order))
    return Sound(begin, stated, frame, sizes)


def _in_aiff(data: FilePart, chunks: list[Chunk]) -> Sound | None:
    common, sounds = _named(chunks, b"COMM"), _sounds(data, chunks, b"SSND")
    if common is None or not sounds:
        return None
    channels, bits = (
        int.from_bytes(data[common.begin + n : common.begin + n + 2], "big") for n in (0, 6)
    )
    frame = channels * ((bits + 7) // 8)
    last = sounds[-1]
    begin, stated = last.begin + 8, max(0, last.size - 8)  # an offset and the size of a block
    count = common.begin + 2
    header, before, found = None, (), False
    at = begin
    if _misleads(chunks, common, sounds):
        layout = layout_of(data[:12])
        assert layout is not None
        header, _, found = _rebuilt(
            data, data[:12], [_named(chunks, b"FVER"), common], sounds, layout
        )
        header += data[last.begin : begin]
        count, at = header.index(b"COMM") + 10, len(header)
        before = tuple((one.begin + 8, one.end) for one in sounds[:-1])
    sizes = [Size(4, 4, "big", at - 8), Size(at - 12, 4, "big", 8)]
    if frame:
        sizes.append(Size(count, 4, "big", per=frame))
    pcm = data[:12].endswith(b"AIFF") or data[common.begin + 18 : common.begin + 22] in _PCM
    count = int.from_bytes(data[common.begin + 2 : common.begin + 6], "big")
    counted = NO_LENGTH if count in STREAMED else count * frame
    lone = pcm and frame and header is None
    sound = Sound(begin, stated, frame, tuple(sizes), header, before, found)
    return sound._replace(counted=counted) if lone else sound


def _in_svx(chunks: list[Chunk]) -> Sound | None:
    body = _named(chunks, b"BODY")
    if body is None:
        return None
    return Sound(body.begin, body.size, 0, (Size(body.at + 4, 4, "big"),))


def _in_caf(data: FilePart, chunks: list[Chunk], layout: Layout) -> Sound | None:
    form, sound = _named(chunks, b"desc"), _named(chunks, b"data")
    if form is None or sound is None:
        return None
    frame = int.from_bytes(data[form.begin + 16 : form.begin + 20], "big")
    # Four bytes of the chunk count edits.
    stated = TO_THE_END if sound.size == (1 << 64) - 1 else max(0, sound.size - 4)
    header, found, at = None, False, sound.begin + 4
    if _misleads(chunks, form, [sound]):
        kept = [form, _named(chunks, b"kuki"), _named(chunks, b"pakt")]
        header, _, found = _rebuilt(data, data[:8], kept, [sound], layout)
        header += data[sound.begin : at]
        at = len(header)
    sizes = (Size(at - 12, 8, "big", 4),)
    lies = Sound(sound.begin + 4, stated, frame, sizes, header, (), found)
    table = _named(chunks, b"pakt")
    if frame or table is None or table.size < 24:
        return lies
    # Packets of several sizes: bytes do not tell how long the whole was.
    return lies._replace(samples=int.from_bytes(data[table.begin + 8 : table.begin + 16], "big"))


def _in_w64(data: FilePart, chunks: list[Chunk], layout: Layout) -> Sound | None:
    form, sounds = _named(chunks, b"fmt "), _sounds(data, chunks)
    if form is None or not sounds:
        return None
    frame = int.from_bytes(data[form.begin + 12 : form.begin + 14], "little")
    begin, stated = sounds[-1].begin, sounds[-1].size
    header, before, found, at = None, (), False, begin
    if _misleads(chunks, form, sounds):
        kept = [form, _named(chunks, b"fact")]
        header, before, found = _rebuilt(data, data[:40], kept, sounds, layout)
        at = len(header)
    sizes = (Size(16, 8, "little", at), Size(at - 8, 8, "little", 24))
    return Sound(begin, stated, frame, sizes, header, before, found)
