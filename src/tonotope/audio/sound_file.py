"""A sound file opened once, or again after a passing disk error: type, header, sha256, samples.

Whatever is in the file, the only error that comes out is an `AudioError` that names it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from functools import partial
from itertools import accumulate
from pathlib import Path

import numpy as np
import soundfile

from tonotope.audio import decoding, file_header, file_type, sound_streams, wav_header
from tonotope.audio.chained_decoder import ChainedDecoder, Decoder, StreamFile, enter
from tonotope.audio.coding_names import why_coding_not_decoded
from tonotope.audio.decoding import repair_note, repair_samples
from tonotope.audio.file_header import AudioFacts
from tonotope.audio.file_type import Refused
from tonotope.audio.flac_damage import Hole, hole_note
from tonotope.audio.integer_floats import full_scale, integer_bits, integer_note
from tonotope.audio.lossy_peaks import LossyPeak
from tonotope.audio.sound_streams import SoundStream, SoundStreams, open_stream
from tonotope.audio.time_expansion import time_expansion_doubt

_ZERO = 256  # samples


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
        self._stated: int | None = None
        self._notes: list[str] = []
        self._damage: str | None = None
        self._holes: list[Hole] = []
        self._kind, self._mended = "MP3", False
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
            first, wanted = decoding.span(facts, start_s, duration_s)
            file, wave, damage = self._decoded(after, first, wanted, max_duration_s)
            if self._full_scale > 1:
                wave /= self._full_scale
            doubts = []
            at_end = first + wanted >= facts.frames
            if damage or at_end or self._has_hole(first, first + wanted):
                damage = self._why_short(file, first + len(wave), damage)
                doubts = [*self._notes, *([damage] if damage else [])]
            doubts += [*self._always, *repair_note(repair_samples(wave, repair))]
            peak = LossyPeak(facts, first)
            peak.hear(wave)
            doubts += peak.note()
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
        with decoding.only_audio_errors(self.path), contextlib.ExitStack() as after:
            if self._has_gaps():
                self._mend()
            file = after.enter_context(self._decoder())
            size = max(1, round(block_s * facts.rate_hz))
            held = wrong = 0
            damage, peak = None, LossyPeak(facts)
            # Decoded in the same steps as by `read`, so that damaged files sound alike in both.
            left = np.empty((0, facts.channels), np.float32)
            for block, broken in self._stream(after, file):
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
                peak.hear(block)
                left = np.concatenate([left, block]) if len(left) else block
                while len(left) >= size:
                    yield np.ascontiguousarray(left[:size].T), facts.rate_hz
                    left = left[size:]
            if len(left):
                yield np.ascontiguousarray(left.T), facts.rate_hz
            doubt = self._why_short(file, held, damage)
            if doubts is not None:
                doubts += [*self._notes, *([doubt] if doubt else [])]
                doubts += [*self._always, *repair_note(wrong), *peak.note()]

    def _decoded(
        self, after: contextlib.ExitStack, first: int, wanted: int, max_duration_s: float | None
    ) -> tuple[Decoder, np.ndarray, str | None]:
        """The decoder, samples (time, channel), and what broke the stream, if it did."""
        file = after.enter_context(self._decoder())
        try:
            wave, damage = decoding.decoded(file, self.facts, first, wanted, max_duration_s)
        except (Refused, soundfile.LibsndfileError) as error:
            if getattr(error, "code", 0) == 2:  # the disk, not the stream
                raise
            if self._mend():
                return self._decoded(after, first, wanted, max_duration_s)
            if not first or isinstance(error, Refused):
                raise
            file = after.enter_context(self._new_decoder())
            return file, *decoding.decoded(
                file, self.facts, first, wanted, max_duration_s, seek=False
            )
        whole = wanted == self.facts.frames or _is_partly_zero(wave)
        if (damage or (whole and self._has_gaps())) and self._mend():
            return self._decoded(after, first, wanted, max_duration_s)
        return file, wave, damage

    def _stream(
        self, after: contextlib.ExitStack, file: Decoder
    ) -> Iterator[tuple[np.ndarray, str | None]]:
        """All of it in blocks (time, channel), the last one with what broke the stream."""
        held = 0
        for block, broken in decoding.stream(file, self.facts, self.facts.frames):
            held += len(block)
            if (broken or not held) and self._mend():  # nothing came, and no error either
                held -= len(block)
                break
            yield block, broken
        else:
            return
        file = after.enter_context(self._new_decoder())
        enter(file, held)
        yield from decoding.stream(file, self.facts, self.facts.frames - held)

    def _has_gaps(self) -> bool:
        """Whether FLAC frames were taken out whole: some decoders put silence there, unasked."""
        return (
            not self._mended and self._kind == "FLAC" and sound_streams.flac_has_gaps(self._handle)
        )

    def _may_hold_flac(self) -> bool:
        return self._kind == "FLAC" or len(self._streams) > 1

    def _mend(self) -> bool:
        """Whether frames that cannot be decoded were found, and are silence from now on."""
        if self._mended or not self._may_hold_flac():
            return False
        self._mended = True
        found = sound_streams.find_streams(self._handle, self.size, self._kind, mended=True)
        if not found or found.streams == self._streams or not self._use(found):
            return False
        self.close()
        self._unused = None  # it would decode the file as it is
        return True

    def _has_hole(self, first: int, behind: int) -> bool:
        """Whether some of these samples are silence, since they cannot be decoded."""
        return any(one.begin < behind and first < one.begin + one.samples for one in self._holes)

    def _time_expansion(self, head: bytes) -> list[str]:
        """What a bat recorder noted that contradicts the header."""
        if head[:4] not in {b"RIFF", b"RIFX", b"RF64", b"BW64"}:
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
                reason = why_coding_not_decoded(raw)
                reason = reason or sound_streams.why_unusable_header(self._handle, self.size)
                reason = reason or file_type.why_blank(self._handle)
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
        self._kind = kind
        found = sound_streams.find_streams(self._handle, self.size, kind)
        used = found and self._use(found)
        if not (used or plain) and kind == "FLAC":  # its first frame is damaged
            found = sound_streams.find_streams(self._handle, self.size, kind, mended=True)
            self._mended = True
            used = found and self._use(found)
        if not used:
            return plain or self._open_plain()  # once more, for its error
        if plain:
            plain.close()
        return self._new_decoder()

    def _use(self, found: SoundStreams) -> bool:
        """Decode these streams from now on, if they can be decoded."""
        measured = [sound_streams.measure(self._handle, one) for one in found.streams]
        alike = sound_streams.how_many_alike(measured)
        if not alike:
            return False
        self._streams = found.streams[:alike]
        self._frames = [one.frames for one in measured[:alike] if one]
        said = (sound_streams.note(measured, alike, found.stated), found.layout)
        self._notes = [one for one in said if one]
        self._stated = found.stated if len(measured) == 1 else None
        begins = accumulate(self._frames, initial=0)
        self._holes = [
            hole._replace(begin=begin + hole.begin)
            for begin, stream in zip(begins, self._streams, strict=False)
            for hole in stream.holes
        ]
        self._damage = found.damage
        if found.formats > 1:
            self._doubt = None  # the end of the file is no Ogg page
        rate_hz = next(one.rate_hz for one in measured if one)
        if self._holes:
            self._damage = hole_note(rate_hz, self._holes)
        if self._damage and (self._stated or 0) > (held := self._frames[0]):  # cut short besides
            lengths = file_header.claimed_and_held(rate_hz, self._stated or 0, held)
            self._notes.insert(0, lengths)
        return True

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
            claimed = max(self.facts.frames, min(self._stated or 0, file_header.UNKNOWN - 1))
            lengths = file_header.claimed_and_held(self.facts.rate_hz, claimed, held)
            return f"{lengths} (libsndfile: {damage})"
        return file_header.why_too_short(file, self.facts, held, self._stated) or self._doubt


def _is_partly_zero(wave: np.ndarray) -> bool:
    """Whether samples (time, channel) are zero for so long that a frame may be missing there."""
    sounding = wave[: len(wave) // _ZERO * _ZERO].any(axis=1).reshape(-1, _ZERO).any(axis=1)
    return not sounding.all()
