"""Decoding by libsndfile (WAV, FLAC, MP3, Ogg) in blocks; NaN made zero; errors in sentences.

What a header claims is compared with the size of the file before any memory is asked for. What is
decoded is what the file holds; where that is less than the header claims, a sentence says so.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from tonotope._errors import AudioError
from tonotope._wording import counted
from tonotope.audio import file_header, file_type
from tonotope.audio.chained_decoder import Decoder, enter
from tonotope.audio.file_header import AudioFacts
from tonotope.audio.file_type import Refused
from tonotope.runtime.thread_pool import check_cancelled

_BLOCK = 1 << 16  # samples: short, so that little is lost before a break
_LOUDEST = 1e10
_MEND = "copy or download it again, or try ffmpeg -i IN OUT.wav"
_UNEXPECTED = f"cannot be decoded: something in it is not as its format says; {_MEND}"
# What libsndfile says of its own inside, which tells nobody what is wrong with a file.
_INTERNAL = re.compile("internal|struct|unspecified|unknown error|psf|pointer|ptr", re.IGNORECASE)


@contextlib.contextmanager
def only_audio_errors(path: Path) -> Iterator[None]:
    """Whatever a decoder raises on damaged bytes becomes an `AudioError`."""
    try:
        yield
    except AudioError:
        raise
    except Refused as refused:
        raise AudioError(path, str(refused)) from None
    except MemoryError as error:
        raise AudioError(path, "not enough memory to decode it; read it in parts") from error
    except soundfile.LibsndfileError as error:
        raise AudioError(path, _why_undecodable(error)) from error
    except OSError as error:
        raise AudioError(path, file_type.explain_error(error)) from error
    except Exception as error:
        if isinstance(error, ValueError) and _of_the_name(error):
            raise AudioError(path, file_type.explain_error(error)) from error
        raise AudioError(path, _UNEXPECTED) from error


def _of_the_name(error: ValueError) -> bool:
    """Whether Python could not hand the file's name to the system."""
    return isinstance(error, UnicodeError) or "null" in str(error)


def span(facts: AudioFacts, start_s: float, duration_s: float | None) -> tuple[int, int]:
    """The first frame to read, and how many."""
    first = round(start_s * facts.rate_hz)
    if start_s < 0 or first >= facts.frames:
        reason = f"nothing is there at {start_s:g} s: the sound lasts {facts.duration_s:.1f} s"
        raise Refused(reason)
    left = facts.frames - first
    if duration_s is None:
        return first, left
    if not duration_s > 0:
        raise Refused(f"a part of {duration_s:g} s was asked for; give more than 0 s")
    return first, min(left, max(1, round(duration_s * facts.rate_hz)))


def decoded(
    file: Decoder,
    facts: AudioFacts,
    first: int,
    wanted: int,
    max_duration_s: float | None,
    *,
    seek: bool = True,
) -> tuple[np.ndarray, str | None]:
    """Decode `wanted` frames from `first`, (time, channel), and what broke the stream, if any.

    Without `seek`, all that comes before is decoded too, which damage does not mislead.
    """
    if facts.frames < file_header.UNKNOWN:
        file_header.refuse_if_too_long(facts, wanted, max_duration_s)
    if first and seek and file.seekable():
        enter(file, first)
    elif first:
        skipped = sum(len(block) for block, _ in stream(file, facts, first))
        if skipped < first:
            raise Refused(f"its stream breaks off after {skipped / facts.rate_hz:.1f} s")
    parts: list[np.ndarray] = []
    got = 0
    damage = None
    for block, broken in stream(file, facts, wanted):
        parts.append(block)
        got += len(block)
        damage = broken
        file_header.refuse_if_too_long(
            facts, got, max_duration_s
        )  # where no header told the length
    if not got:
        reason = f"nothing in it can be decoded (libsndfile: {damage or 'the stream is empty'})"
        raise Refused(reason)
    return (parts[0] if len(parts) == 1 else np.concatenate(parts)), damage


def stream(
    file: Decoder, facts: AudioFacts, frames: int, size: int | None = None
) -> Iterator[tuple[np.ndarray, str | None]]:
    """Up to `frames` frames in blocks (time, channel), the last one with what broke the stream."""
    size = size or max(1, _BLOCK // facts.channels)
    while frames > 0:
        check_cancelled()
        wanted = min(frames, size)
        block = np.empty((wanted, facts.channels), np.float32)
        got, damage = _fill(file, block)
        yield block[:got], damage
        if damage or got < wanted:
            return
        frames -= got


def _fill(file: Decoder, block: np.ndarray) -> tuple[int, str | None]:
    """Fill `block` (time, channel): how many frames came, and what broke the stream, if it did.

    A broken stream raises after the good frames before the break have arrived; how many they
    are, the position tells. A stream that does not know its own length loses even that at its
    end: then the frames are those that were written over.
    """
    block.fill(np.nan)
    before = file.tell() if file.seekable() else 0
    try:
        return file.buffer_read_into(block.data.cast("B"), "float32"), None
    except soundfile.LibsndfileError as error:
        if error.code == 2:  # the disk, not the stream
            raise
        after = file.tell() if file.seekable() else 0
        if after < 0:
            untouched = np.isnan(block).any(axis=1)
            return int(untouched.argmax()) if untouched.any() else len(block), None
        return min(max(0, after - before), len(block)), error.error_string.rstrip(".")


def _why_undecodable(error: soundfile.LibsndfileError) -> str:
    said = error.error_string.rstrip(".")
    if error.code == 1:
        return "not a sound file known here; convert it: ffmpeg -i IN OUT.wav"
    if error.code == 2:
        return f"cannot be read (libsndfile: {said}); tried twice"
    if _INTERNAL.search(said):
        return f"damaged or cut short: its header cannot be read; {_MEND}"
    return f"damaged or cut short (libsndfile: {said}); {_MEND}"


def repair_samples(wave: np.ndarray, repair: str) -> int:
    """How many samples were no numbers; they are zero now.

    >>> wave = np.array([0.5, np.nan], np.float32)
    >>> repair_samples(wave, "zero"), wave.tolist()
    (1, [0.5, 0.0])

    Args:
        wave: samples of any shape, changed in place.
        repair: `refuse` such samples, or make them `zero`.

    Raises:
        Refused: there are some, or samples that are much too large to be sound.
    """
    low, high = (float(wave.min()), float(wave.max())) if wave.size else (0.0, 0.0)
    if low >= -_LOUDEST and high <= _LOUDEST:  # NaN fails both
        return 0
    wrong = ~np.isfinite(wave)
    number = int(wrong.sum())
    if not number:
        reason = f"samples as large as {max(-low, high):.0e}, where sound lies between -1 and 1"
        raise Refused(reason)
    if repair != "zero":
        raise Refused(f'{_found(number)}; repair = "zero" makes them silence')
    wave[wrong] = 0.0
    repair_samples(wave, "refuse")  # what is left may still be no sound
    return number


def repair_note(number: int) -> list[str]:
    """The sentence on how many samples were made zero; none where there were none.

    >>> repair_note(2)
    ['2 non-finite samples (NaN or infinite) made zero']
    """
    return [f"{_found(number)} made zero"] if number else []


def _found(number: int) -> str:
    return f"{counted(number, 'non-finite sample')} (NaN or infinite)"
