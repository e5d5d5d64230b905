"""Sound files, read by libsndfile in blocks, with nothing their headers say taken on trust.

What a header claims is compared with the size of the file before any memory is asked for; what
is decoded is what the file holds, and where that is less than was claimed, it is said. Whatever
the bytes, the only error that comes out is an `AudioError`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import soundfile

from tonotope._errors import AudioError
from tonotope._escape import escaped
from tonotope.audio import file_header, file_type, wav_header
from tonotope.audio.file_header import AudioFacts
from tonotope.audio.file_type import Refused
from tonotope.audio.repair import repair_note, repair_samples
from tonotope.runtime.thread_pool import check_cancelled

_BLOCK = 1 << 20  # samples
_PASSING = {errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ETIMEDOUT, errno.ESTALE, errno.EINTR}

Result = TypeVar("Result")


class _Opened(NamedTuple):
    file: soundfile.SoundFile
    facts: AudioFacts
    doubt: str | None


def inspect(path: Path | str) -> AudioFacts:
    """What a sound file holds; it is not decoded unless its header leaves out how long it is.

    Raises:
        AudioError: it is no sound file that can be read; the message says why and what to do.
    """

    def look(opened: _Opened) -> AudioFacts:
        facts = opened.facts
        if facts.frames < file_header.UNKNOWN:
            return facts
        frames = sum(len(block) for block, _ in _stream(opened.file, facts, facts.frames))
        if not frames:
            reason = "holds no samples"
            raise Refused(reason)
        return AudioFacts(facts.rate_hz, facts.channels, frames, facts.format)

    return _with_file(Path(path), look)


def read_samples(
    path: Path | str,
    start_s: float = 0.0,
    duration_s: float | None = None,
    *,
    repair: str = "refuse",
    strict: bool = False,
    max_duration_s: float | None = None,
) -> tuple[np.ndarray, int, list[str]]:
    """The samples (channel, time) as float32, their rate, and what is doubtful about them.

    Raises:
        AudioError: the file cannot be read, or `strict` is asked for and something is doubtful.
    """

    def decode(opened: _Opened) -> tuple[np.ndarray, int, list[str]]:
        facts = opened.facts
        first, wanted = _span(facts, start_s, duration_s)
        wave, damage = _decoded(opened.file, facts, first, wanted, max_duration_s)
        if damage or first + wanted >= facts.frames:  # the end of the file was asked for
            damage = _doubt(opened, first + len(wave), damage)
        doubts = [damage] if damage else []
        doubts += repair_note(repair_samples(wave, repair))
        if strict and doubts:
            raise Refused(doubts[0])
        return np.ascontiguousarray(wave.T), facts.rate_hz, doubts

    return _with_file(Path(path), decode)


def read_blocks(
    path: Path | str,
    block_s: float = 60.0,
    *,
    repair: str = "refuse",
    doubts: list[str] | None = None,
) -> Iterator[tuple[np.ndarray, int]]:
    """The samples of a file of any length, `block_s` at a time, in constant memory.

    `doubts` receives what is doubtful about the file, once its end is reached.

    Yields:
        Samples (channel, time) as float32, and their rate.

    Raises:
        AudioError: the file cannot be read; what came before is good.
    """
    path = Path(path)
    with _only_audio_errors(path), _open(path) as opened:
        facts = opened.facts
        size = max(1, round(block_s * facts.rate_hz))
        held = wrong = 0
        damage = None
        for block, broken in _stream(opened.file, facts, facts.frames, size):
            held += len(block)
            damage = broken
            wrong += repair_samples(block, repair)
            yield np.ascontiguousarray(block.T), facts.rate_hz
        doubt = _doubt(opened, held, damage)
        if doubts is not None:
            doubts += [*([doubt] if doubt else []), *repair_note(wrong)]


@contextlib.contextmanager
def _only_audio_errors(path: Path) -> Iterator[None]:
    """Decoders raise many things on damaged bytes; out of here comes one."""
    name = escaped(str(path))
    try:
        yield
    except AudioError:
        raise
    except Refused as refused:
        raise AudioError(name, str(refused)) from None
    except MemoryError as error:
        raise AudioError(name, "not enough memory to decode it; read it in parts") from error
    except soundfile.LibsndfileError as error:
        raise AudioError(name, _why_undecodable(error)) from error
    except (OSError, ValueError) as error:
        raise AudioError(name, file_type.explain_error(error)) from error
    except Exception as error:
        raise AudioError(name, f"cannot be decoded ({type(error).__name__}: {error})") from error


def _with_file(path: Path, work: Callable[[_Opened], Result]) -> Result:
    """Do `work` on the opened file; once more where a disk or a network failed in passing."""
    with _only_audio_errors(path):
        try:
            with _open(path) as opened:
                return work(opened)
        except (OSError, soundfile.LibsndfileError) as error:
            passing = getattr(error, "errno", None) in _PASSING or getattr(error, "code", 0) == 2
            if not passing:
                raise
        time.sleep(0.05)
        with _open(path) as opened:
            return work(opened)


@contextlib.contextmanager
def _open(path: Path) -> Iterator[_Opened]:
    """The file, handed to libsndfile by its handle: it never sees the name or its ending."""
    handle, status = file_type.open_regular_file(path)
    try:
        with open(handle, "rb", closefd=False) as raw:
            head = raw.read(file_type.HEAD)
            reason = file_type.why_not_audio(head, status.st_size)
            raw.seek(0)
            reason = reason or wav_header.adpcm_contradiction(raw)
            ogg = head.startswith(b"OggS")
            doubt = file_header.missing_last_page(raw, status.st_size) if ogg else None
        if reason:
            raise Refused(reason)
        os.lseek(handle, 0, os.SEEK_SET)
        # Windows' libsndfile has file handles of its own: there it gets the name.
        source = handle if os.name == "posix" else str(path)
        with soundfile.SoundFile(source, closefd=False) as file:
            yield _Opened(file, file_header.checked_facts(file, status.st_size), doubt)
    finally:
        os.close(handle)


def _span(facts: AudioFacts, start_s: float, duration_s: float | None) -> tuple[int, int]:
    """The first frame and how many are wanted."""
    first = round(start_s * facts.rate_hz)
    if start_s < 0 or first >= facts.frames:
        reason = f"nothing is there at {start_s:g} s: the sound lasts {facts.duration_s:.1f} s"
        raise Refused(reason)
    left = facts.frames - first
    if duration_s is None:
        return first, left
    if not duration_s > 0:
        reason = f"a part of {duration_s:g} s was asked for; give more than 0 s"
        raise Refused(reason)
    return first, min(left, max(1, round(duration_s * facts.rate_hz)))


def _decoded(
    file: soundfile.SoundFile,
    facts: AudioFacts,
    first: int,
    wanted: int,
    max_duration_s: float | None,
) -> tuple[np.ndarray, str | None]:
    """Decode `wanted` frames from `first`, (time, channel), and say where the stream broke."""
    if facts.frames < file_header.UNKNOWN:
        file_header.refuse_if_too_long(facts, wanted, max_duration_s)
    _skip_to(file, facts, first)
    parts: list[np.ndarray] = []
    got = 0
    damage = None
    for block, broken in _stream(file, facts, wanted):
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


def _doubt(opened: _Opened, held: int, damage: str | None) -> str | None:
    """A sentence where a file read to its end, or to where it broke, held less than it should."""
    facts = opened.facts
    if damage:
        lengths = file_header.claimed_and_held(facts.rate_hz, facts.frames, held)
        return f"{lengths} (libsndfile: {damage})"
    return file_header.why_too_short(opened.file, facts, held) or opened.doubt


def _skip_to(file: soundfile.SoundFile, facts: AudioFacts, first: int) -> None:
    if file.seekable():
        file.seek(first)
        return
    skipped = sum(len(block) for block, _ in _stream(file, facts, first))
    if skipped < first:
        reason = f"its stream breaks off after {skipped / facts.rate_hz:.1f} s"
        raise Refused(reason)


def _stream(
    file: soundfile.SoundFile, facts: AudioFacts, frames: int, size: int | None = None
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


def _fill(file: soundfile.SoundFile, block: np.ndarray) -> tuple[int, str | None]:
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
    return f"damaged or cut short (libsndfile: {said}); copy or download it again"
