"""A sound file opened once, or again after a passing disk error: type, header, sha256, samples.

Whatever is in the file, the only error that comes out is an `AudioError` that names it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import soundfile

from tonotope._errors import AudioError, DataError
from tonotope.audio import decoding, file_header, file_type, sound_streams, wav_header
from tonotope.audio.chained_decoder import ChainedDecoder, Decoder, StreamFile
from tonotope.audio.coding_names import why_coding_not_decoded
from tonotope.audio.decoding import repair_note, repair_samples
from tonotope.audio.file_header import AudioFacts
from tonotope.audio.file_type import Refused
from tonotope.audio.integer_floats import full_scale, integer_bits, integer_note
from tonotope.audio.sound_streams import SoundStream, open_stream
from tonotope.audio.time_expansion import time_expansion_doubt

_PASSING = {errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ETIMEDOUT, errno.ESTALE, errno.EINTR}

Result = TypeVar("Result")


class SoundFile:
    """A sound file that is open: what it holds, its sha256, and any part of its samples.

    Every read begins with a decoder of its own on the same handle, so that no part depends on what
    was read before it.

    Attributes:
        path: the file, for messages only.
        facts: what it holds.
        size: bytes.
    """

    def __init__(self, path: Path, handle: int, size: int) -> None:
        self.path, self.size = path, size
        self._handle = handle
        with open(handle, "rb", closefd=False) as raw:
            head = raw.read(file_type.HEAD)
            reason = file_type.why_not_audio(head, size)
            raw.seek(0)
            reason = reason or wav_header.adpcm_contradiction(raw)
            ogg = head.startswith(b"OggS")
            self._doubt = file_header.missing_last_page(raw, size) if ogg else None
        if reason:
            raise Refused(reason)
        self._streams: tuple[SoundStream, ...] = ()
        self._frames: list[int] = []
        self._note: str | None = None
        self._damage: str | None = None
        self._unused: Decoder | None = self._named_or_first_decoder(head)
        try:
            self.facts = file_header.checked_facts(self._unused, size)
        except Refused:
            self.close()
            raise
        bits = self._integer_bits()
        self._full_scale = full_scale(bits)
        self._always = [*self._time_expansion(head), *([integer_note(bits)] if bits else [])]

    def close(self) -> None:
        """Let the decoder go; the handle is its owner's."""
        if self._unused is not None:
            self._unused.close()

    def measured_facts(self) -> AudioFacts:
        """What it holds; it is decoded where its header leaves out how long it is.

        Raises:
            AudioError: no sample is in it.
        """
        facts = self.facts
        if facts.frames < file_header.UNKNOWN:
            return facts
        with decoding.only_audio_errors(self.path), self._decoder() as file:
            frames = sum(len(block) for block, _ in decoding.stream(file, facts, facts.frames))
            if not frames:
                raise Refused("holds no samples")
        return AudioFacts(facts.rate_hz, facts.channels, frames, facts.format)

    def sha256(self) -> str:
        """The sha256 of its bytes."""
        with decoding.only_audio_errors(self.path):
            found = hashlib.sha256()
            for block in file_type.blocks_of(self._handle):
                found.update(block)
            return found.hexdigest()

    def content(self) -> bytes:
        """All of its bytes."""
        with decoding.only_audio_errors(self.path):
            return b"".join(file_type.blocks_of(self._handle))

    def read(
        self,
        start_s: float = 0.0,
        duration_s: float | None = None,
        *,
        repair: str = "refuse",
        strict: bool = False,
        max_duration_s: float | None = None,
    ) -> tuple[np.ndarray, int, list[str]]:
        """The samples (channel, time) as float32, their rate, and what is doubtful about them.

        Args:
            start_s: where to begin.
            duration_s: how much to read; None reads to the end.
            repair: what to do with NaN and infinite samples: `refuse` the file or make them `zero`.
            strict: refuse what would otherwise be a warning (a file shorter than its header says).
            max_duration_s: refuse to read more than this at once; without it, 500 million samples
                (2 GB) are the limit.

        Raises:
            AudioError: they cannot be decoded, or `strict` and something is doubtful.
        """
        facts = self.facts
        with decoding.only_audio_errors(self.path), contextlib.ExitStack() as after:
            file = after.enter_context(self._decoder())
            first, wanted = decoding.span(facts, start_s, duration_s)
            try:
                wave, damage = decoding.decoded(file, facts, first, wanted, max_duration_s)
            except soundfile.LibsndfileError as error:
                if not first or error.code == 2:  # the disk, not the stream
                    raise
                file = after.enter_context(self._new_decoder())
                wave, damage = decoding.decoded(
                    file, facts, first, wanted, max_duration_s, seek=False
                )
            if self._full_scale > 1:
                wave /= self._full_scale
            doubts = []
            if damage or first + wanted >= facts.frames:  # the end of the file was asked for
                damage = self._why_short(file, first + len(wave), damage)
                doubts = [one for one in (self._note, damage) if one]
            doubts += [*self._always, *repair_note(repair_samples(wave, repair))]
            if strict and doubts:
                raise Refused(doubts[0])
            return np.ascontiguousarray(wave.T), facts.rate_hz, doubts

    def blocks(
        self, block_s: float = 60.0, *, repair: str = "refuse", doubts: list[str] | None = None
    ) -> Iterator[tuple[np.ndarray, int]]:
        """The samples from the beginning, `block_s` at a time, in constant memory.

        `doubts` receives what is doubtful about the file, once its end is reached.

        Yields:
            Samples (channel, time) as float32, and their rate.

        Raises:
            AudioError: they cannot be decoded; what came before is good.
        """
        facts = self.facts
        with decoding.only_audio_errors(self.path), self._decoder() as file:
            size = max(1, round(block_s * facts.rate_hz))
            held = wrong = 0
            damage = None
            # Decoded in the same steps as by `read`, so that damaged files sound alike in both.
            left = np.empty((0, facts.channels), np.float32)
            for block, broken in decoding.stream(file, facts, facts.frames):
                held += len(block)
                damage = broken
                if self._full_scale > 1:
                    block /= self._full_scale
                try:
                    wrong += repair_samples(block, repair)
                except Refused:
                    if len(left):
                        yield np.ascontiguousarray(left.T), facts.rate_hz
                    raise
                left = np.concatenate([left, block]) if len(left) else block
                while len(left) >= size:
                    yield np.ascontiguousarray(left[:size].T), facts.rate_hz
                    left = left[size:]
            if len(left):
                yield np.ascontiguousarray(left.T), facts.rate_hz
            doubt = self._why_short(file, held, damage)
            if doubts is not None:
                doubts += [one for one in (self._note, doubt) if one]
                doubts += [*self._always, *repair_note(wrong)]

    def _time_expansion(self, head: bytes) -> list[str]:
        """What a bat recorder noted that contradicts the header."""
        if head[:4] not in {b"RIFF", b"RIFX", b"RF64"}:
            return []
        with self._place_kept(), open(self._handle, "rb", closefd=False) as raw:
            return [*filter(None, [time_expansion_doubt(raw, self.facts.rate_hz)])]

    def _integer_bits(self) -> int | None:
        """How many bits the samples of a float file have that holds whole numbers."""
        if not self.facts.format.endswith((" FLOAT", " DOUBLE")):
            return None
        with (
            self._place_kept(),
            contextlib.suppress(soundfile.LibsndfileError),
            self._new_decoder() as file,
        ):
            blocks = decoding.stream(file, self.facts, self.facts.frames)
            return integer_bits(block for block, _ in blocks)
        return None

    @contextlib.contextmanager
    def _place_kept(self) -> Iterator[None]:
        """The handle stands afterwards where the unused decoder will read on."""
        place = os.lseek(self._handle, 0, os.SEEK_CUR)
        try:
            yield
        finally:
            os.lseek(self._handle, place, os.SEEK_SET)

    def _decoder(self) -> Decoder:
        """A decoder at the beginning of the file; the one that opened it, if that is unused."""
        decoder, self._unused = self._unused, None
        return self._new_decoder() if decoder is None else decoder

    def _named_or_first_decoder(self, head: bytes) -> Decoder:
        """A decoder; where there is none for this coding, the coding is named."""
        try:
            return self._first_decoder(head)
        except soundfile.LibsndfileError as error:
            with open(self._handle, "rb", closefd=False) as raw:
                reason = why_coding_not_decoded(raw) or file_type.why_blank(self._handle)
            if error.code == 2 or reason is None:  # the disk, or damage
                raise
        raise Refused(reason)

    def _first_decoder(self, head: bytes) -> Decoder:
        """A decoder of the file as it is, or of the streams that are really in it."""
        plain, kind = None, "MP3"
        if not sound_streams.is_mp3(self._handle, self.size):
            with contextlib.suppress(soundfile.LibsndfileError):
                plain = self._open_plain()
            kind = plain.format if plain else sound_streams.kind_of(head)
        found = sound_streams.find_streams(self._handle, self.size, kind)
        measured = (
            [sound_streams.measure(self._handle, one) for one in found.streams] if found else []
        )
        alike = sound_streams.how_many_alike(measured)
        if found is None or not alike:
            return plain or self._open_plain()  # once more, for its error
        if plain:
            plain.close()
        self._streams = found.streams[:alike]
        self._frames = [one.frames for one in measured[:alike] if one]
        self._note = sound_streams.note(measured, alike, found.stated)
        self._damage = found.damage
        return self._new_decoder()

    def _new_decoder(self) -> Decoder:
        if not self._streams:
            return self._open_plain()
        openers = [partial(open_stream, self._handle, one) for one in self._streams]
        return openers[0]() if len(openers) == 1 else ChainedDecoder(openers, self._frames)

    def _open_plain(self) -> StreamFile:
        os.lseek(self._handle, 0, os.SEEK_SET)
        # Windows' libsndfile has file handles of its own: there it gets the name.
        source = self._handle if os.name == "posix" else str(self.path)
        return StreamFile(source, closefd=False)

    def _why_short(self, file: Decoder, held: int, damage: str | None) -> str | None:
        """A sentence where a file read to its end, or to a break, held less than it should."""
        if self._damage:
            return self._damage
        if damage:
            lengths = file_header.claimed_and_held(self.facts.rate_hz, self.facts.frames, held)
            return f"{lengths} (libsndfile: {damage})"
        return file_header.why_too_short(file, self.facts, held) or self._doubt


@contextlib.contextmanager
def open_sound(path: Path | str, content: bytes | None = None) -> Iterator[SoundFile]:
    """Open a sound file, or the `content` of it that was kept.

    libsndfile gets a handle: it never sees the name or its ending.

    Raises:
        AudioError: it is no sound file that can be read; the message says why and what to do.
    """
    path = Path(path)
    with contextlib.ExitStack() as after:
        with decoding.only_audio_errors(path):
            if content is None:
                handle, status = file_type.open_regular_file(path)
                size = status.st_size
            else:
                handle, size = _in_memory(content), len(content)
            after.callback(os.close, handle)
            sound = SoundFile(path, handle, size)
            after.callback(sound.close)
        yield sound


def with_sound(
    path: Path | str, work: Callable[[SoundFile], Result], content: bytes | None = None
) -> Result:
    """Do `work` on the opened file; once more where a disk or a network failed in passing.

    Raises:
        AudioError: the file cannot be read; the message says why and what to do.
    """
    try:
        with open_sound(path, content) as sound:
            return work(sound)
    except AudioError as error:
        if not failed_in_passing(error):
            raise
    time.sleep(0.05)
    with open_sound(path, content) as sound:
        return work(sound)


def failed_in_passing(error: DataError) -> bool:
    """Whether a disk or a network failed, which may work the next time."""
    cause = error.__cause__
    return getattr(cause, "errno", None) in _PASSING or getattr(cause, "code", 0) == 2


def _in_memory(content: bytes) -> int:
    """A handle on these bytes."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("sound")
    else:
        with tempfile.TemporaryFile() as file:
            handle = os.dup(file.fileno())
    with open(handle, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(handle, 0, os.SEEK_SET)
    return handle
