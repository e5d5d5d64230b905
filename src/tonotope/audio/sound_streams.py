"""The streams of sound that a file really holds, where its header is wrong about them.

Most files are decoded as they are. Where the header says less than the file holds, or a second
stream follows the first, the decoder is shown what is there (`SplicedFile`), and a note says so.
"""

from __future__ import annotations

import contextlib
import io
import mmap
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

import soundfile

from tonotope._wording import counted
from tonotope.audio.chained_decoder import StreamFile
from tonotope.audio.chunk_sizes import WrongSize, joined_files, wrong_size
from tonotope.audio.file_header import UNKNOWN
from tonotope.audio.file_type import Refused
from tonotope.audio.flac_damage import BETWEEN, Hole, has_gaps, mend_flac
from tonotope.audio.flac_header import find_flac_streams, flac_pieces
from tonotope.audio.header_faults import why_unusable
from tonotope.audio.joined_files import FilePart
from tonotope.audio.joined_formats import CHUNKS, FormatPart, find_formats
from tonotope.audio.mp3_frames import begins_as_mp3, find_mp3_streams
from tonotope.audio.mp3_notices import MP3_TAG
from tonotope.audio.nist_header import stated_samples
from tonotope.audio.ogg_pages import OggLink, find_ogg_links, flac_in_ogg
from tonotope.audio.sound_chunk import find_sound
from tonotope.audio.spliced_file import Piece, SplicedFile
from tonotope.audio.voc_blocks import find_voc_sound
from tonotope.audio.wav_header import format_chunk

Bytes = bytes | mmap.mmap
_FORMAT_CHUNK = 1 << 16  # bytes within which a WAV names its coding
_MORE_MP3_FRAMES = 4  # than stated: encoders differ in whether they count what they filled up

_HALF_A_FRAME = "its last MP3 frame is not whole; what comes before it is used (was it cut short?)"


class SoundStream(NamedTuple):
    """One stream of sound.

    Attributes:
        pieces: what its decoder is shown.
        last_page: of Ogg Vorbis, the sample with which its last page begins.
        holes: what is silence in it, since it cannot be decoded.
    """

    pieces: tuple[Piece, ...]
    last_page: int = 0
    holes: tuple[Hole, ...] = ()


class SoundStreams(NamedTuple):
    """What is decoded in place of the file as it is.

    Attributes:
        streams: one after the other.
        stated: samples per channel by the header; None: it is silent about its length, or right.
        damage: a sentence on what is damaged or missing within it.
        formats: how many formats lie one behind the other.
        layout: a sentence on where in the file its sound was found.
    """

    streams: tuple[SoundStream, ...]
    stated: int | None = None
    damage: str | None = None
    formats: int = 1
    layout: str | None = None


def is_mp3(handle: int, size: int) -> bool:
    """Whether the file begins as an MP3: libsndfile would complain of odd ones on the terminal."""
    if not size:
        return False
    with _mapped(handle) as data:
        return begins_as_mp3(data)


def find_streams(handle: int, size: int, kind: str, *, mended: bool = False) -> SoundStreams | None:
    """The streams of an open file that libsndfile would not read as they are.

    Args:
        handle: the file.
        size: its bytes.
        kind: libsndfile's word for the container: `WAV`, `MP3`, `FLAC`, `OGG`, ...
        mended: with silence for FLAC frames that cannot be decoded, which are looked for.

    Raises:
        Refused: an MP3 without a whole frame.
    """
    if not size:
        return None
    with _mapped(handle) as data:
        formats = find_formats(data, kind)
        if len(formats) == 1:
            return _of_one_format(handle, data, kind, mended)
        found = [_of_part(handle, data, one, mended) for one in formats]
    damage = "; ".join(one.damage for one in found if one.damage)
    streams = tuple(one for part in found for one in part.streams)
    return SoundStreams(streams, None, damage or None, len(formats))


def _of_one_format(handle: int, data: Bytes, kind: str, mended: bool) -> SoundStreams | None:
    if kind == "MP3":
        return _of_mp3(data)
    if kind == "FLAC":
        return _of_mended_flac(data) if mended else _of_flac(data)
    if kind == "OGG":
        links = find_ogg_links(data)
        if links and (inside := [flac_in_ogg(data, one) for one in links])[0]:
            return _of_flac_in_ogg([one for one in inside if one], _damaged_pages(links))
        streams = (SoundStream(((one.start, one.stop),), one.last_page) for one in links)
        return SoundStreams(tuple(streams), damage=_damaged_pages(links)) if links else None
    if kind == "NIST":
        return _of_nist(handle, data)
    if kind == "VOC":
        return _of_voc(handle, data)
    return _of_mp3_in_wav(data) or _of_chunks(handle, joined_files(data))


def _of_part(handle: int, data: Bytes, part: FormatPart, mended: bool) -> SoundStreams:
    """The streams of a part of a file, whatever formats lie before it and behind."""
    kind, begin, end = part
    if kind in CHUNKS:
        found = _of_chunks(handle, joined_files(data, begin, end))
        return found or SoundStreams((SoundStream(((begin, end),)),))
    found = _of_one_format(handle, data[begin:end], kind, mended)
    if found is None:
        return SoundStreams((SoundStream(((begin, end),)),))
    streams = (one._replace(pieces=_moved(one.pieces, begin)) for one in found.streams)
    return found._replace(streams=tuple(streams))


def _moved(pieces: Sequence[Piece], by: int) -> tuple[Piece, ...]:
    return tuple(one if isinstance(one, bytes) else (one[0] + by, one[1] + by) for one in pieces)


def why_unusable_header(handle: int, size: int) -> str | None:
    """What is wrong with the header of an open file that no decoder opens; None if nothing is."""
    with _mapped(handle) as data:
        return why_unusable(FilePart(data, 0, size))


class Measured(NamedTuple):
    """A stream by its own header."""

    rate_hz: int
    channels: int
    frames: int


def flac_has_gaps(handle: int) -> bool:
    """Whether frames are missing in a FLAC file whose frames can all be decoded."""
    with _mapped(handle) as data:
        return any(has_gaps(data, one) for one in find_flac_streams(data))


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
    if stated is None or not used or stated >= used[0].frames:
        return None  # what lacks is told once the end was heard
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
    kinds = {b"fLaC": "FLAC", b"OggS": "OGG", b"RIFF": "WAV", b"RF64": "RF64"}
    kinds |= {b"NIST": "NIST", b"Crea": "VOC"}
    kinds |= {b"RIFX": "WAV", b"BW64": "RF64", b"FORM": "AIFF"}
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
        f"{counted(lost, 'byte')} between its MP3 frames {'holds' if lost == 1 else 'hold'} no "
        "frame; what was there is lost, and times after it are unsure"
    )
    few = -_MORE_MP3_FRAMES <= first.lacking <= 0
    stated = None if lost or few or not first.stated else first.stated_samples
    parts = tuple(SoundStream(one.pieces) for one in streams)
    broken = len(streams) == 1 and not stated and first.ends_inside_a_frame(data)
    return SoundStreams(
        parts, stated, damage if lost else None, layout=_HALF_A_FRAME if broken else None
    )


def _of_mp3_in_wav(data: Bytes) -> SoundStreams | None:
    """The MP3 in a WAV, decoded as one: libsndfile guesses how long it lasts from its bit rate."""
    if format_chunk(io.BytesIO(data[:_FORMAT_CHUNK]))[:2] != MP3_TAG:
        return None
    sound = find_sound(FilePart(data, 0, len(data)))
    if sound is None:
        return None
    end = min(len(data), sound.begin + sound.stated) if sound.stated > 0 else len(data)
    streams = find_mp3_streams(data[sound.begin : end])
    found = _of_mp3(data[sound.begin : end])
    if not streams:
        return None
    plain = SoundStreams((SoundStream(((0, end - sound.begin),)),))
    found = found or plain
    stated = found.stated
    if stated is None and sound.stated > len(data) - sound.begin:  # cut short
        stated = streams[0].samples * sound.stated // max(1, end - sound.begin)
    moved = [one._replace(pieces=_moved(one.pieces, sound.begin)) for one in found.streams]
    layout = None if stated else found.layout
    return found._replace(streams=tuple(moved), stated=stated, layout=layout)


def _of_chunks(handle: int, parts: Sequence[FilePart]) -> SoundStreams | None:
    wrong = [wrong_size(part) for part in parts]
    if len(parts) == 1 and not wrong[0]:
        return None
    streams = tuple(
        SoundStream(found.pieces if found else ((part.begin, part.end),))
        for part, found in zip(parts, wrong, strict=True)
    )
    first = wrong[0]
    layout = _layout([one for one in wrong if one])
    if first is None or first.stated is None:
        return SoundStreams(streams, layout=layout)
    heard = measure(handle, streams[0])
    stated = first.samples
    if stated is None and heard and first.held:
        stated = heard.frames * first.stated // first.held
    return SoundStreams(streams, stated, layout=layout)


def _of_nist(handle: int, data: Bytes) -> SoundStreams | None:
    whole = SoundStream(((0, len(data)),))
    stated, heard = stated_samples(data), measure(handle, whole)
    if stated is None or heard is None or stated in {heard.frames, heard.frames * heard.channels}:
        return None  # some count the samples of all channels
    return SoundStreams((whole,), stated)


def _of_voc(handle: int, data: Bytes) -> SoundStreams | None:
    found = find_voc_sound(data)
    if found is None:
        return None
    stream = SoundStream(found.pieces)
    heard = measure(handle, stream)
    stated = heard.frames * found.stated // found.held if heard and found.held else None
    several = f"its sound lies in {found.blocks} blocks; all of them are used"
    return SoundStreams((stream,), stated, layout=several if found.blocks > 1 else None)


def _layout(wrong: Sequence[WrongSize]) -> str | None:
    """What is said of sound that does not lie where it belongs."""
    if any(one.found for one in wrong):
        return "a chunk before its sound states a wrong size; the sound was found behind it"
    most = max((one.chunks for one in wrong), default=1)
    return f"its sound lies in {most} chunks; all of them are used" if most > 1 else None


def _of_flac(data: Bytes) -> SoundStreams | None:
    streams = find_flac_streams(data)
    wrong = [one for one in streams if one.held and one.stated != one.held]
    if len(streams) < 2 and not wrong:
        return None
    parts = tuple(SoundStream(flac_pieces(data, one)) for one in streams)
    return SoundStreams(parts, streams[0].stated or None)  # 0: it was written as it was made


def _of_flac_in_ogg(files: Sequence[bytes], damage: str | None) -> SoundStreams:
    """The streams of FLAC files that lay in Ogg pages, and are in memory now."""
    parts: list[SoundStream] = []
    stated: int | None = None
    for file in files:
        found = _of_flac(file)
        streams = found.streams if found else (SoundStream((file,)),)
        for one in streams:
            pieces = (
                part if isinstance(part, bytes) else file[slice(*part)] for part in one.pieces
            )
            parts.append(SoundStream(tuple(pieces)))
        stated = found.stated if found and len(files) == 1 else None
    return SoundStreams(tuple(parts), stated, damage)


def _of_mended_flac(data: Bytes) -> SoundStreams | None:
    """Every FLAC stream with silence for what cannot be decoded; None where all of it can be."""
    streams = find_flac_streams(data)
    mended = [mend_flac(data, one) for one in streams]
    if not any(mended):
        return None
    parts = tuple(
        SoundStream(found.pieces, holes=found.holes)
        if found
        else SoundStream(flac_pieces(data, stream))
        for stream, found in zip(streams, mended, strict=True)
    )
    stated = streams[0].stated if streams[0].stated != streams[0].held else None
    return SoundStreams(parts, stated or None, BETWEEN)


@contextlib.contextmanager
def _mapped(handle: int) -> Iterator[mmap.mmap]:
    with contextlib.closing(mmap.mmap(handle, 0, access=mmap.ACCESS_READ)) as data:
        yield data
