"""Sizes in the headers of WAV, RF64, W64, AIFF, AU and CAF against the bytes behind them.

A recorder that dies never writes the sizes, a size of 32 bits wraps at 4 GB, and a program that
appends may leave the old size. The samples are there all the same: where what follows the stated
end is no chunk, it is sound, and the decoder gets a header that says so.
"""

from __future__ import annotations

from mmap import mmap
from typing import Literal, NamedTuple

from tonotope.audio.spliced_file import Piece

Bytes = bytes | mmap
Order = Literal["little", "big"]
_WRAP = 1 << 32
_STREAMED = {0x7FFFFFFF, *range(0xFFFFFF00, _WRAP)}  # "I do not know": libsndfile reads to the end
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
    """Sound behind the end that a header states.

    Attributes:
        stated: bytes of sound by the header.
        held: bytes of sound that are there.
        frame: bytes of one sample of all channels; 0 where it is not known.
        pieces: the file with a header that states `held`.
    """

    stated: int
    held: int
    frame: int
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
    """The sound behind the end that the header states; None where nothing of the kind is there."""
    found = _find(data)
    if found is None or found.stated in _STREAMED:
        return None
    stop = found.begin + found.stated
    if found.stated and (stop >= len(data) or _no_sound(data, stop)):
        return None
    end = _end(data, found)
    if end - found.begin <= max(found.stated, 0) or not _something(data, stop, end):
        return None
    pieces = _pieces(data, found, end)
    if not pieces:
        return None
    return WrongSize(found.stated, end - found.begin, found.frame, pieces)


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
            if stated >> 63:
                return None  # -1: to the end of the file
            return _Sound(at + 16, max(0, stated - 4), frame, (_Size(at + 4, 8, "big", 4),))
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
