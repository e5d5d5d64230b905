"""Sizes in the headers of WAV, RF64, W64, AIFF, AU and CAF against the bytes behind them.

A recorder that dies never writes the sizes, a size of 32 bits wraps at 4 GB, and a program that
appends may leave the old size. The samples are there all the same: where what follows the stated
end is no chunk, it is sound, and the decoder gets a header that says so. A file that was cut short
gets the size that is left, where libsndfile would not read it or would misread the stated one.
"""

from __future__ import annotations

from mmap import mmap
from typing import NamedTuple

from tonotope.audio.chunk_list import STREAMED, SVX, WRAP, no_sound
from tonotope.audio.joined_files import FilePart, begins_a_file, begins_an_mp3, find_file
from tonotope.audio.sound_chunk import NO_LENGTH, TO_THE_END, Sound, find_sound
from tonotope.audio.spliced_file import Piece

Bytes = FilePart
_NONE = {*range(0x7FFFF000, 0x80000000), *range(0xFFFFFF00, WRAP)}  # nor do these
_UNSAID = (b"RIFF", b"RIFX", b"RF64", b"BW64", b"FORM")  # may leave it to the end of the file
_CLAIMS_MISREAD = (b"RF64", b"riff", b"caff", b".snd", b"dns.")  # too large a size misleads it
_BIG = (b"RIFX", b"FORM")
_MOST_CHUNKS = 256


class WrongSize(NamedTuple):
    """Sound behind the end that a header states, or an end that it states behind the sound.

    Attributes:
        stated: bytes of sound by the header; None: it leaves that to the end of the file.
        held: bytes of sound that are there.
        pieces: the file with a header that states `held`.
        chunks: in how many chunks the sound lies.
        found: the size of a chunk before the sound is wrong; the sound was looked for behind it.
        samples: per channel, where a table says it; else bytes tell it.
    """

    stated: int | None
    held: int
    pieces: tuple[Piece, ...]
    chunks: int = 1
    found: bool = False
    samples: int | None = None


def wrong_size(data: Bytes) -> WrongSize | None:
    """What a header says of the sound's size, where libsndfile would go wrong; None elsewhere."""
    found = find_sound(data)
    if found is None:
        return None
    if data[8:12] in SVX:  # libsndfile takes all that follows for sound
        return _of_svx(data, found)
    end = _true_end(data, found)
    if end is None and found.header is not None:
        stop = found.begin + found.stated
        end = len(data) if found.stated in STREAMED else min(stop, len(data))
    if end is None and _miscounted(data, found):
        wrong = _with_size(data, found, found.begin + found.stated)
        return wrong and wrong._replace(stated=found.counted)
    return None if end is None else _with_size(data, found, end)


def _miscounted(data: Bytes, found: Sound) -> bool:
    """Whether a count of samples beside the size, which is right, says something else."""
    if found.counted is None or not 0 < found.stated <= len(data) - found.begin:
        return False
    return found.counted != found.stated - found.stated % found.frame


def _of_svx(data: Bytes, found: Sound) -> WrongSize | None:
    stop = found.begin + found.stated
    behind = found.followed or no_sound(data, stop)
    if not found.stated or stop > len(data) or not behind:
        return _with_size(data, found, len(data))
    return _with_size(data, found, stop) if stop < len(data) else None


def _true_end(data: Bytes, found: Sound) -> int | None:
    """Where the sound ends, if libsndfile would not end there; None where it does."""
    stop = found.begin + found.stated
    if found.stated == TO_THE_END:
        return len(data) if len(data) > found.begin else None
    if stop > len(data) > found.begin and data[:4] in _CLAIMS_MISREAD and found.stated != WRAP - 1:
        return len(data)
    if found.stated in STREAMED:
        return None
    if found.stated and (stop >= len(data) or found.followed or no_sound(data, stop)):
        return None
    end = _end(data, found)
    if end - found.begin <= max(found.stated, 0) or not _something(data, stop, end):
        return None
    return end


def _with_size(data: Bytes, sound: Sound, end: int) -> WrongSize | None:
    pieces = [
        one if isinstance(one, bytes) else (data.begin + one[0], data.begin + one[1])
        for one in _pieces(data, sound, end)
    ]
    before = sum(stop - begin for begin, stop in sound.before)
    stated = None if sound.stated == TO_THE_END else sound.stated + before
    if sound.stated in STREAMED and data[:4] in _UNSAID and data[8:12] not in SVX:
        stated = None
    elif sound.stated in _NONE:
        stated = NO_LENGTH
    if not pieces:
        return None
    held = end - sound.begin + before
    return WrongSize(stated, held, tuple(pieces), 1 + len(sound.before), sound.found, sound.samples)


def joined_files(data: bytes | mmap, begin: int = 0, end: int | None = None) -> list[FilePart]:
    """The files that lie one behind the other in this one; it alone in nearly every case."""
    parts = [FilePart(data, begin, len(data) if end is None else end)]
    while (behind := _next_file(parts[-1])) is not None:
        last = parts.pop()
        middle = last.begin + behind
        parts += [FilePart(data, last.begin, middle), FilePart(data, middle, last.end)]
    return parts


def _next_file(data: Bytes) -> int | None:
    """Where the next file begins: behind the last chunk, or anywhere where no size was written."""
    found = find_sound(data)
    if found is None or found.stated == TO_THE_END:
        return None
    at = found.begin + found.stated
    if not found.stated or found.stated in STREAMED or at > len(data):
        return find_file(data, found.begin)
    for _ in range(_MOST_CHUNKS):
        for place in (at, at + at % 2):
            if begins_a_file(data, place) or begins_an_mp3(data, place):
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


def _end(data: Bytes, sound: Sound) -> int:
    """Where the sound ends: the stated size once around 4 GB more, or the end of the file."""
    stop = sound.begin + sound.stated
    while (stop := stop + WRAP) < len(data):
        if no_sound(data, stop):
            return stop
    return len(data)


def _something(data: Bytes, begin: int, end: int) -> bool:
    """Whether anything but zeros is there: recorders fill their files up with zeros."""
    for at in range(begin, end, 1 << 20):
        if data[at : min(end, at + (1 << 20))].strip(b"\0"):
            return True
    return False


def _pieces(data: Bytes, sound: Sound, end: int) -> tuple[Piece, ...]:
    """The header with the true sizes, then the sound; a WAV beyond 4 GB becomes an RF64."""
    before = sum(stop - begin for begin, stop in sound.before)
    held = end - sound.begin + before
    held -= held % sound.frame if sound.frame else 0
    spans = (*sound.before, (sound.begin, sound.begin + held - before))
    header = bytearray(data[: sound.begin] if sound.header is None else sound.header)
    for place, width, order, plus, per in sound.sizes:
        value = (held + plus) // per
        if value >= 1 << 8 * width:
            if bytes(header[:4]) != b"RIFF":
                return ()
            return (_as_rf64(bytes(header), held, sound.frame), *spans)
        header[place : place + width] = value.to_bytes(width, order)
    return (bytes(header), *spans)


def _as_rf64(header: bytes, held: int, frame: int) -> bytes:
    """A WAV header as RF64, whose sizes have 64 bits."""
    size = len(header) + 36 - 8 + held
    wide = b"".join(value.to_bytes(8, "little") for value in (size, held, held // max(frame, 1)))
    unknown = b"\xff\xff\xff\xff"
    ds64 = b"ds64" + (28).to_bytes(4, "little") + wide + bytes(4)
    return b"RF64" + unknown + b"WAVE" + ds64 + header[12:-4] + unknown
