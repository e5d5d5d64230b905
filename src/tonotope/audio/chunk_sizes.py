"""Sizes in the headers of WAV, RF64, W64, AIFF, AU and CAF against the bytes behind them.

A recorder that dies never writes the sizes, a size of 32 bits wraps at 4 GB, and a program that
appends may leave the old size. The samples are there all the same: where what follows the stated
end is no chunk, it is sound, and the decoder gets a header that says so. A file that was cut short
gets the size that is left, where libsndfile would not read it or would misread the stated one.
"""

from __future__ import annotations

from mmap import mmap
from typing import Literal, NamedTuple

from tonotope.audio.joined_files import FilePart, begins_a_file, find_file
from tonotope.audio.spliced_file import Piece

Bytes = FilePart
Order = Literal["little", "big"]
_WRAP = 1 << 32
_STREAMED = {
    0x7FFFF000,
    0x7FFFFFFF,
    *range(0xFFFFFF00, _WRAP),
}  # "I do not know": libsndfile reads to the end
_CLAIMS_MISREAD = (b"RF64", b"riff", b"caff", b".snd", b"dns.")  # too large a size misleads it
_TO_THE_END = -1  # a CAF may say so; libsndfile refuses it
_BIG = (b"RIFX", b"FORM")
_MOST_CHUNKS = 256
_KNOWN = (
    b"LIST INFO id3  ID3  bext iXML cue  smpl fact guan wamd PEAK afsp JUNK junk PAD  inst acid "
)
_KNOWN += (
    b"levl cart axml chna _PMX plst labl note disp DISP umid minf elm1 regn ovwf FLLR elmo link "
)
_KNOWN += (
    b"NAME AUTH ANNO COMT MARK INST MIDI APPL AESD (c)  free info strg mark ovvw peak uuid TAG"
)


class WrongSize(NamedTuple):
    """Sound behind the end that a header states, or an end that it states behind the sound.

    Attributes:
        stated: bytes of sound by the header; None: it leaves that to the end of the file.
        held: bytes of sound that are there.
        pieces: the file with a header that states `held`.
    """

    stated: int | None
    held: int
    pieces: tuple[Piece, ...]


class _Size(NamedTuple):
    """A number in a header that follows from the bytes of sound: `(bytes + plus) // per`."""

    place: int
    width: int
    order: Order
    plus: int = 0
    per: int = 1


class _Sound(NamedTuple):
    """Where the sound begins, how many bytes of it a header states, and where it states them."""

    begin: int
    stated: int
    frame: int
    sizes: tuple[_Size, ...]


def wrong_size(data: Bytes) -> WrongSize | None:
    """What a header says of the sound's size, where libsndfile would go wrong; None elsewhere."""
    found = _find(data)
    if found is None:
        return None
    stop = found.begin + found.stated
    if found.stated == _TO_THE_END:
        return _with_size(data, found, len(data)) if len(data) > found.begin else None
    if stop > len(data) > found.begin and data[:4] in _CLAIMS_MISREAD and found.stated != _WRAP - 1:
        return _with_size(data, found, len(data))
    if found.stated in _STREAMED:
        return None
    if found.stated and (stop >= len(data) or _no_sound(data, stop)):
        return None
    end = _end(data, found)
    if end - found.begin <= max(found.stated, 0) or not _something(data, stop, end):
        return None
    return _with_size(data, found, end)


def _with_size(data: Bytes, sound: _Sound, end: int) -> WrongSize | None:
    pieces = [
        one if isinstance(one, bytes) else (data.begin + one[0], data.begin + one[1])
        for one in _pieces(data, sound, end)
    ]
    stated = None if sound.stated == _TO_THE_END else sound.stated
    return WrongSize(stated, end - sound.begin, tuple(pieces)) if pieces else None


def joined_files(data: bytes | mmap) -> list[FilePart]:
    """The files that lie one behind the other in this one; it alone in nearly every case."""
    parts = [FilePart(data, 0, len(data))]
    while (behind := _next_file(parts[-1])) is not None:
        last = parts.pop()
        middle = last.begin + behind
        parts += [FilePart(data, last.begin, middle), FilePart(data, middle, last.end)]
    return parts


def _next_file(data: Bytes) -> int | None:
    """Where the next file begins: behind the last chunk, or anywhere where no size was written."""
    found = _find(data)
    if found is None or found.stated == _TO_THE_END:
        return None
    at = found.begin + found.stated
    if not found.stated or found.stated in _STREAMED or at > len(data):
        return find_file(data, found.begin)
    for _ in range(_MOST_CHUNKS):
        for place in (at, at + at % 2):
            if begins_a_file(data, place):
                return place
        behind = _behind_chunk(data, at + at % 2)
        if behind is None:
            return None
        at = behind
    return None


def _behind_chunk(data: Bytes, at: int) -> int | None:
    """Where the chunk ends that begins here; None where none does."""
    head = data[at : at + 24]
    if len(head) < 24 or not all(0x20 <= byte < 0x7F for byte in head[:4]):
        return None
    if data[:4] == b"caff":
        length = 12 + int.from_bytes(head[4:12], "big")
    elif data[:4] == b"riff":
        length = max(24, int.from_bytes(head[16:24], "little"))
        length += -length % 8
    else:
        length = 8 + int.from_bytes(head[4:8], "big" if data[:4] in _BIG else "little")
    return at + length if at + length < len(data) else None


def _end(data: Bytes, sound: _Sound) -> int:
    """Where the sound ends: the stated size once around 4 GB more, or the end of the file."""
    stop = sound.begin + sound.stated
    while (stop := stop + _WRAP) < len(data):
        if _no_sound(data, stop):
            return stop
    return len(data)


def _no_sound(data: Bytes, stop: int) -> bool:
    """Whether what begins here is a list of chunks, perhaps after a byte that fills up."""
    return any(_chunks(data, place) for place in (stop, stop + stop % 2))


def _chunks(data: Bytes, at: int) -> bool:
    if len(data) - at < 8:
        return True
    for _ in range(_MOST_CHUNKS):
        name = data[at : at + 4]
        if any(name == _KNOWN[i : i + 4] for i in range(0, len(_KNOWN), 5)) or name[:3] == b"TAG":
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


def _something(data: Bytes, begin: int, end: int) -> bool:
    """Whether anything but zeros is there: recorders fill their files up with zeros."""
    for at in range(begin, end, 1 << 20):
        if data[at : min(end, at + (1 << 20))].strip(b"\0"):
            return True
    return False


def _find(data: Bytes) -> _Sound | None:
    head = data[:12]
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE":
        return _in_riff(data, "big" if head[:4] == b"RIFX" else "little")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _in_aiff(data)
    if head[:4] in (b".snd", b"dns."):
        order: Order = "big" if head[:4] == b".snd" else "little"
        begin = int.from_bytes(data[4:8], order)
        return _Sound(begin, int.from_bytes(data[8:12], order), 0, (_Size(8, 4, order),))
    if head[:4] == b"caff":
        return _in_caf(data)
    return _in_w64(data) if head.startswith(b"riff\x2e\x91\xcf\x11") else None


def _in_riff(data: Bytes, order: Order) -> _Sound | None:
    at, frame, wide = 12, 0, None
    for _ in range(_MOST_CHUNKS):
        name, stated = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], order)
        if len(name) < 4:
            return None
        if name == b"ds64":
            wide = at + 8
        if name == b"fmt ":
            frame = int.from_bytes(data[at + 20 : at + 22], order)
        if name == b"data":
            begin = at + 8
            if data[:4] == b"RF64" and wide is not None and stated in _STREAMED:
                stated = int.from_bytes(data[wide + 8 : wide + 16], "little")
                whole, sound = _Size(wide, 8, "little", begin - 8), _Size(wide + 8, 8, "little")
                counted = _Size(wide + 16, 8, "little", per=max(frame, 1))
                return _Sound(begin, stated, frame, (whole, sound, counted))
            sizes = (_Size(4, 4, order, begin - 8), _Size(at + 4, 4, order))
            return _Sound(begin, stated, frame, sizes)
        at += 8 + stated + stated % 2
    return None


def _in_aiff(data: Bytes) -> _Sound | None:
    at, frame, common = 12, 0, 0
    for _ in range(_MOST_CHUNKS):
        name, stated = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        if len(name) < 4:
            return None
        if name == b"COMM":
            common = at + 8
            channels, bits = (
                int.from_bytes(data[common + n : common + n + 2], "big") for n in (0, 6)
            )
            frame = channels * (bits + 7) // 8
        if name == b"SSND":
            begin = at + 16
            sizes = [_Size(4, 4, "big", begin - 8), _Size(at + 4, 4, "big", 8)]
            if frame:
                sizes.append(_Size(common + 2, 4, "big", per=frame))
            return _Sound(begin, max(0, stated - 8), frame, tuple(sizes))
        at += 8 + stated + stated % 2
    return None


def _in_caf(data: Bytes) -> _Sound | None:
    at, frame = 8, 0
    for _ in range(_MOST_CHUNKS):
        name, stated = data[at : at + 4], int.from_bytes(data[at + 4 : at + 12], "big")
        if len(name) < 4:
            return None
        if name == b"desc":
            frame = int.from_bytes(data[at + 28 : at + 32], "big")
        if name == b"data":  # four bytes of the chunk count edits
            if stated >> 63 and stated != (1 << 64) - 1:
                return None  # no size that a CAF may state
            sound = _TO_THE_END if stated >> 63 else max(0, stated - 4)
            return _Sound(at + 16, sound, frame, (_Size(at + 4, 8, "big", 4),))
        at += 12 + stated
    return None


def _in_w64(data: Bytes) -> _Sound | None:
    at, frame = 40, 0
    for _ in range(_MOST_CHUNKS):
        name, stated = data[at : at + 4], int.from_bytes(data[at + 16 : at + 24], "little")
        if len(name) < 4 or (stated < 24 and name != b"data"):
            return None
        if name == b"fmt ":
            frame = int.from_bytes(data[at + 36 : at + 38], "little")
        if name == b"data":
            begin = at + 24
            sizes = (_Size(16, 8, "little", begin), _Size(at + 16, 8, "little", 24))
            return _Sound(begin, max(0, stated - 24), frame, sizes)
        at += stated + -stated % 8
    return None


def _pieces(data: Bytes, sound: _Sound, end: int) -> tuple[Piece, ...]:
    """The header with the true sizes, then the sound; a WAV beyond 4 GB becomes an RF64."""
    held = end - sound.begin
    held -= held % sound.frame if sound.frame else 0
    header = bytearray(data[: sound.begin])
    for place, width, order, plus, per in sound.sizes:
        value = (held + plus) // per
        if value >= 1 << 8 * width:
            if bytes(header[:4]) != b"RIFF":
                return ()
            return (_as_rf64(bytes(header), held, sound.frame), (sound.begin, sound.begin + held))
        header[place : place + width] = value.to_bytes(width, order)
    return (bytes(header), (sound.begin, sound.begin + held))


def _as_rf64(header: bytes, held: int, frame: int) -> bytes:
    """A WAV header as RF64, whose sizes have 64 bits."""
    size = len(header) + 36 - 8 + held
    wide = b"".join(value.to_bytes(8, "little") for value in (size, held, held // max(frame, 1)))
    unknown = b"\xff\xff\xff\xff"
    ds64 = b"ds64" + (28).to_bytes(4, "little") + wide + bytes(4)
    return b"RF64" + unknown + b"WAVE" + ds64 + header[12:-4] + unknown
