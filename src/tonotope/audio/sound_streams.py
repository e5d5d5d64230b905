"""The streams of sound that a file really holds, where its header is wrong about them.

Most files are decoded as they are. Where the header says less than the file holds, or a second
stream follows the first, the decoder is shown what is there (`SplicedFile`), and a note says so.
"""

from __future__ import annotations

import contextlib
import mmap
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

import soundfile

from tonotope._wording import counted
from tonotope.audio.chained_decoder import StreamFile
from tonotope.audio.chunk_sizes import joined_files, wrong_size
from tonotope.audio.file_header import SAMPLES_A_BYTE, UNKNOWN, claimed_and_held
from tonotope.audio.file_type import Refused
from tonotope.audio.flac_header import find_flac_streams, flac_pieces
from tonotope.audio.joined_files import FilePart
from tonotope.audio.mp3_frames import begins_as_mp3, find_mp3_streams
from tonotope.audio.ogg_pages import OggLink, find_ogg_links
from tonotope.audio.spliced_file import Piece, SplicedFile

Bytes = bytes | mmap.mmap
_MP3_SLACK = 4  # frames: a decoder leaves out its own delay and what encoders filled up


class SoundStream(NamedTuple):
    """One stream of sound.

    Attributes:
        pieces: what its decoder is shown.
        last_page: of Ogg Vorbis, the sample with which its last page begins.
    """

    pieces: tuple[Piece, ...]
    last_page: int = 0


class SoundStreams(NamedTuple):
    """What is decoded in place of the file as it is.

    Attributes:
        streams: one after the other.
        stated: samples per channel by the header; None: it is silent about its length, or right.
        damage: a sentence on what is damaged or missing within it.
    """

    streams: tuple[SoundStream, ...]
    stated: int | None = None
    damage: str | None = None


def is_mp3(handle: int, size: int) -> bool:
    """Whether the file begins as an MP3: libsndfile would complain of odd ones on the terminal."""
    if not size:
        return False
    with _mapped(handle) as data:
        return begins_as_mp3(data)


def find_streams(handle: int, size: int, kind: str) -> SoundStreams | None:
    """The streams of an open file that libsndfile would not read as they are.

    Args:
        handle: the file.
        size: its bytes.
        kind: libsndfile's word for the container: `WAV`, `MP3`, `FLAC`, `OGG`, ...

    Raises:
        Refused: an MP3 without a whole frame.
    """
    if not size:
        return None
    with _mapped(handle) as data:
        if kind == "MP3":
            return _of_mp3(data)
        if kind == "FLAC":
            return _of_flac(data)
        if kind == "OGG":
            links = find_ogg_links(data)
            streams = (SoundStream(((one.start, one.stop),), one.last_page) for one in links)
            return SoundStreams(tuple(streams), damage=_damaged_pages(links)) if links else None
        return _of_chunks(handle, joined_files(data))


class Measured(NamedTuple):
    """A stream by its own header."""

    rate_hz: int
    channels: int
    frames: int


def open_stream(handle: int, stream: SoundStream) -> StreamFile:
    """A decoder of a stream in an open file."""
    file = StreamFile(cast(Any, SplicedFile(handle, stream.pieces)))
    file.last_page = stream.last_page
    return file


def measure(handle: int, stream: SoundStream) -> Measured | None:
    """Rate, channels and length of a stream; None where it cannot be decoded."""
    try:
        with open_stream(handle, stream) as file:
            return Measured(file.samplerate, file.channels, file.frames)
    except soundfile.LibsndfileError:
        return None


def how_many_alike(measured: Sequence[Measured | None]) -> int:
    """How many streams from the first on can be heard as one: one rate, one number of channels."""
    first = measured[0] if measured else None
    for number, one in enumerate(measured):
        if one is None or first is None or one[:2] != first[:2] or not 0 < one.frames < UNKNOWN:
            return number
    return len(measured)


def note(measured: Sequence[Measured | None], alike: int, stated: int | None) -> str | None:
    """What the header says against what is used; None where the header says nothing.

    >>> note([Measured(8000, 1, 80_000)], 1, 24_000)
    'header says 3.0 s, file holds 10.0 s; all of it is used (joined, or never finished?)'
    >>> note([Measured(8000, 1, 80_000)], 1, 0)
    'header says 0.0 s, file holds 10.0 s; all of it is used (never finished?)'
    >>> note([Measured(8000, 1, 80_000), Measured(8000, 1, 16_000)], 2, 80_000)
    '2 streams lie one behind the other, 12.0 s in all; all of them are used'
    """
    used = [one for one in measured[:alike] if one]
    used_s = sum(one.frames / one.rate_hz for one in used)
    if alike < len(measured):
        return (
            f"{len(measured)} streams lie one behind the other; {used_s:.1f} s are used, up to "
            f"stream {alike + 1}, which has another rate or other channels, or is damaged: split "
            "the file to use the rest"
        )
    if len(measured) > 1:
        return (
            f"{len(measured)} streams lie one behind the other, {used_s:.1f} s in all; "
            "all of them are used"
        )
    if stated is None or not used:
        return None
    if stated > used[0].frames:
        return claimed_and_held(used[0].rate_hz, stated, used[0].frames)
    if not stated:
        return f"header says 0.0 s, file holds {used_s:.1f} s; all of it is used (never finished?)"
    stated_s = stated / used[0].rate_hz
    digits = 1 if used_s - stated_s >= 0.1 else 4  # two numbers that are alike tell nothing
    return (
        f"header says {stated_s:.{digits}f} s, file holds {used_s:.{digits}f} s; "
        "all of it is used (joined, or never finished?)"
    )


def kind_of(head: bytes) -> str:
    """The container that begins like this, in the words of libsndfile."""
    kinds = {b"fLaC": "FLAC", b"OggS": "OGG", b"RIFF": "WAV", b"RF64": "RF64", b"FORM": "AIFF"}
    kinds |= {b"caff": "CAF", b".snd": "AU", b"dns.": "AU", b"riff": "W64"}
    return kinds.get(head[:4], "MP3")


def _damaged_pages(links: Sequence[OggLink]) -> str | None:
    """What is said of pages that cannot be decoded."""
    bad = sum(one.damaged + one.missing for one in links)
    if not bad:
        return None
    pages = counted(sum(one.pages + one.missing for one in links), "Ogg page")
    return (
        f"{bad} of {pages} damaged or missing: their sound is lost, and times after it are unsure"
    )


def _of_mp3(data: Bytes) -> SoundStreams | None:
    streams = find_mp3_streams(data)
    if not streams:
        if begins_as_mp3(data):
            raise Refused("no whole MP3 frame is in it; copy or download it again")
        return None
    first = streams[0]
    if len(streams) == 1 and first.is_plain(data):
        return None
    lost = sum(one.lost for one in streams)
    damage = (
        f"{counted(lost, 'byte')} between its MP3 frames hold no frame; what was there is lost, "
        "and times after it are unsure"
    )
    few = abs(first.stated - first.frames) <= _MP3_SLACK
    stated = None if lost or few or not first.stated else first.stated_samples
    parts = tuple(SoundStream(one.pieces) for one in streams)
    return SoundStreams(parts, stated, damage if lost else None)


def _of_chunks(handle: int, parts: Sequence[FilePart]) -> SoundStreams | None:
    wrong = [wrong_size(part) for part in parts]
    if len(parts) == 1 and not wrong[0]:
        return None
    streams = tuple(
        SoundStream(found.pieces if found else ((part.begin, part.end),))
        for part, found in zip(parts, wrong, strict=True)
    )
    first = wrong[0]
    if first is None or first.stated is None:
        return SoundStreams(streams)
    heard = measure(handle, streams[0])
    stated = heard.frames * first.stated // first.held if heard and first.held else None
    return SoundStreams(streams, stated)


def _of_flac(data: Bytes) -> SoundStreams | None:
    streams = find_flac_streams(data)
    wrong = [one for one in streams if one.held and one.stated != one.held]
    impossible = [one for one in wrong if one.stated > SAMPLES_A_BYTE["FLAC"] * len(data)]
    if impossible or (len(streams) < 2 and not wrong):
        return None
    parts = tuple(SoundStream(flac_pieces(data, one)) for one in streams)
    return SoundStreams(parts, streams[0].stated or None)  # 0: it was written as it was made


@contextlib.contextmanager
def _mapped(handle: int) -> Iterator[mmap.mmap]:
    with contextlib.closing(mmap.mmap(handle, 0, access=mmap.ACCESS_READ)) as data:
        yield data
