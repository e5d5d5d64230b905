"""The header of a sound file: rate, channels, length; impossible, too long, or cut short."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from tonotope._wording import counted, spoken
from tonotope.audio.chunk_list import STREAMED
from tonotope.audio.file_type import Refused
from tonotope.audio.header_faults import why_impossible

if TYPE_CHECKING:
    from tonotope.audio.chained_decoder import Decoder

_FORMATS = "AIFF AU CAF FLAC IRCAM MP3 NIST OGG RF64 SVX VOC W64 WAV WAVEX"
MOST_SAMPLES = 500_000_000  # at once: 2 GB as float32
UNKNOWN = 1 << 62  # frames: above it libsndfile means "the header does not say"
# The most samples one byte can hold: a silent FLAC frame of 65,535 takes 12 bytes, Ogg less yet.
SAMPLES_A_BYTE = {"FLAC": 8192, "OGG": 8192, "MP3": 128}
_LONGEST_S = 31 * 86_400  # more in one file was never recorded: it is a number of no meaning
_LONGEST_HEADER = 4096  # bytes before the sound of a stream
_AN = ("AVR", "HTK", "IRCAM", "MPC2K", "SD2", "SDS", "SVX", "XI")  # as they are spoken
_OF_SNDFILE_ALONE = ("MAT4", "MAT5", "HTK", "XI", "SD2", "MPC2K", "WVE")  # ffmpeg reads none
_HOURS_S = 7200
_MP3_FRAMES = 2  # a decoder's delay
_TAIL = 65_536  # bytes; an Ogg page is no longer


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What a sound file holds.

    Attributes:
        rate_hz: samples per second.
        channels: how many channels.
        frames: samples per channel.
        format: container and coding, as libsndfile names them: `WAV PCM_16`.
    """

    rate_hz: int
    channels: int
    frames: int
    format: str

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return self.frames / self.rate_hz


def checked_facts(file: Decoder, size: int) -> AudioFacts:
    """The facts of a file of `size` bytes, none of which can be impossible.

    Raises:
        Refused: the header claims what cannot be.
    """
    if file.format not in _FORMATS.split():
        how = "sndfile-convert" if file.format in _OF_SNDFILE_ALONE else "ffmpeg -i"
        reason = f"a {file.format} file, which is not read here; convert it: {how} IN OUT.wav"
        if file.format in _AN:
            reason = f"an {file.format} file, which is not read here; convert it: {how} IN OUT.wav"
        raise Refused(reason)
    if file.format == "AIFF" and file.samplerate == 1:
        raise Refused("its header says no possible sample rate; it is damaged")
    impossible = why_impossible(file.samplerate, file.channels)
    if impossible:
        raise Refused(impossible)
    if file.frames <= 0:
        raise Refused("holds no samples")
    if size * SAMPLES_A_BYTE.get(file.format, 8) < file.frames < UNKNOWN:
        raise Refused(
            f"header claims {counted(file.frames, 'sample')}, impossible for a file of "
            f"{counted(size, 'byte')}; it is damaged"
        )
    coding = f"{file.format} {file.subtype}"
    return AudioFacts(file.samplerate, file.channels, file.frames, coding)


def refuse_if_too_long(facts: AudioFacts, frames: int, max_duration_s: float | None) -> None:
    """Refuse to hold more than `max_duration_s`, or more than memory can be expected to take.

    Raises:
        Refused: it is longer.
    """
    lasts_s = frames / facts.rate_hz
    if max_duration_s is not None and lasts_s > max_duration_s:
        raise Refused(
            f"lasts {spoken(lasts_s)}, more than the {spoken(max_duration_s)} allowed; "
            "cut it, or raise max_duration_s"
        )
    if frames * facts.channels > MOST_SAMPLES:
        raise Refused(
            f"lasts {spoken(lasts_s)}: {frames * facts.channels:,} samples at once are more "
            f"than the {MOST_SAMPLES:,} allowed; read it in parts"
        )


def why_too_short(
    file: Decoder, facts: AudioFacts, held: int, stated: int | None = None
) -> str | None:
    """A sentence where a file read to its end held less than its header says.

    `stated` are the samples by the header, where the decoder was shown another number.
    """
    if facts.frames >= UNKNOWN:
        return None
    claimed = max(facts.frames, _claimed(file.extra_info, facts.frames))
    # What a decoder of MP3 counts beforehand it may leave out at the end; what is stated is exact.
    slack = _MP3_FRAMES * _mp3_frame(facts.rate_hz) if facts.format.startswith("MP3") else 0
    if stated and claimed < stated:
        claimed, slack = min(stated, UNKNOWN - 1), 0
    return claimed_and_held(facts.rate_hz, claimed, held) if claimed - held > slack else None


def _mp3_frame(rate_hz: int) -> int:
    """Samples per channel of a frame: MPEG-2 and 2.5, for low rates, have half of MPEG-1's."""
    return 1152 if rate_hz >= 32_000 else 576


def claimed_and_held(rate_hz: int, claimed: int, held: int) -> str:
    """What the header says against what the file holds.

    >>> claimed_and_held(8000, 32000, 16800)
    'header says 4.0 s, file holds 2.1 s; what is there is used (was it cut short?)'
    >>> claimed_and_held(8000, 1 << 40, 32000)
    'header states no possible length, file holds 4.0 s; all of it is used (never finished?)'
    """
    held_s = held / rate_hz
    if claimed >= UNKNOWN:
        return f"its stream breaks off; the file holds {held_s:.1f} s"
    claimed_s = claimed / rate_hz
    if claimed_s > _LONGEST_S:
        return (
            f"header states no possible length, file holds {held_s:.1f} s; "
            "all of it is used (never finished?)"
        )
    if claimed_s >= _HOURS_S and held_s < claimed_s / 2:
        return (
            f"header says {claimed_s / 3600:.1f} h, file holds {spoken(held_s)}; "
            "what is there is used (was it cut short?)"
        )
    digits = 1 if claimed_s - held_s >= 0.1 else 4
    return (
        f"header says {claimed_s:.{digits}f} s, file holds {held_s:.{digits}f} s; "
        "what is there is used (was it cut short?)"
    )


def missing_last_page(raw: BinaryIO, size: int) -> str | None:
    """A sentence where the last page of an Ogg stream is not whole, or not said to be the last."""
    raw.seek(max(0, size - _TAIL))
    tail = raw.read(_TAIL)
    last = tail.rfind(b"OggS")
    if last < 0 or last + 27 > len(tail) or not tail[last + 5] & 4:
        return "its last Ogg page is missing; what is there is used (was it cut short?)"
    lacing = tail[last + 27 : last + 27 + tail[last + 26]]
    if len(lacing) < tail[last + 26] or last + 27 + len(lacing) + sum(lacing) > len(tail):
        return "its last Ogg page is not whole; what comes before it is used (was it cut short?)"
    return None


def _claimed(log: str, frames: int) -> int:
    """How many frames the header claimed, from libsndfile's log of opening the file."""
    stated = re.search(r"value from 'ds64' chunk of (\d+)", log)
    if stated:
        return int(stated.group(1))
    sizes = re.search(r"(?:data|SSND|Data Size)\s*: (\d+) \(should be (\d+)\)", log)
    if sizes:
        claimed, held = int(sizes.group(1)), int(sizes.group(2))
    else:  # W64 corrects the size of the whole file only
        riff = re.search(r"riff : (\d+) \(should be (\d+)\)", log)
        data = re.search(r"\ndata : (\d+)", log)
        if not (riff and data):
            return frames
        claimed = int(data.group(1))
        held = claimed - (int(riff.group(1)) - int(riff.group(2)))
    # A recorder that streams cannot know the length and writes 0 or the largest number it has.
    whole = re.search(r"RIF[FX] : (\d+) \(should be", log)
    streamed = not claimed or claimed in STREAMED or claimed >= 0xFFFFFF00
    if whole and (size := int(whole.group(1))) - claimed < _LONGEST_HEADER:
        streamed = streamed or size in STREAMED  # the largest number less the header
    if not streamed and 0x7FFFF000 < claimed < 0x7FFFFFFF:
        return UNKNOWN - 1  # nearly the largest number there is: no length either
    return frames if streamed or held <= 0 else max(frames, frames * claimed // held)
