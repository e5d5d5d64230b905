"""Every recording decoded, mixed to mono and resampled once, then mapped from the disk.

Decoding a compressed recording takes longer than learning from it; done in every epoch it costs
three to eleven times the training itself. So it is done once, by several threads (decoders
let go of Python's lock), and a second run on the same recordings decodes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from tonotope import _files
from tonotope._errors import AudioError, DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import by_kind, counted
from tonotope.audio.channels import ChannelMix, Channels
from tonotope.audio.clip import Clip
from tonotope.audio.resampling import resample_stream
from tonotope.audio.sound_file import SoundFile
from tonotope.audio.sound_hash import is_silence
from tonotope.audio.waveform_cache import CachedWaveform, cache_path, look_up, store
from tonotope.datasets.file_reader import read_files, read_parts
from tonotope.datasets.manifest import Manifest, Recording, Skipped

# Longer recordings pass through memory in blocks: 8 M samples are 32 MB for each thread.
_WHOLE_SAMPLES = 1 << 23
NO_SOUND = "no sound is in it"
STILL = "nothing is heard in it: its samples do not move"
_MOST_THREADS = 8  # two for each core: while one waits for the disk, the other decodes


class Waveforms:
    """Decoded recordings: one channel each, all at one rate, mapped from the disk.

    Attributes:
        rate_hz: samples per second, of all.
        ids: the recordings' ids.
        lengths: int64, (recording,): their samples.
    """

    def __init__(self, rate_hz: int, ids: Sequence[str], entries: Sequence[CachedWaveform]) -> None:
        self.rate_hz = rate_hz
        self.ids = tuple(ids)
        self.lengths = np.array([entry.samples for entry in entries], dtype=np.int64)
        self._entries = tuple(entries)
        self._index = {name: number for number, name in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, number: int) -> np.ndarray:
        """The samples of one recording: float32, (time,), read as they are touched."""
        return self._entries[number].mapped()

    def index(self, name: str) -> int:
        """The number of the recording with this id; KeyError where it was not decoded."""
        return self._index[name]

    def sound_hash(self, number: int) -> str:
        """A hash of the samples: equal for equal sound, whatever the file format."""
        return self._entries[number].sound


def decode_all(
    manifest: Manifest,
    rate_hz: int,
    *,
    channels: Channels = "mean",
    repair: Literal["refuse", "zero"] = "refuse",
    strict: bool = False,
    cache: Path | None = None,
    progress: Progress = SILENT,
) -> tuple[Waveforms, tuple[Skipped, ...], tuple[str, ...]]:
    """Decode, mix and resample every recording, or find it in the cache.

    Args:
        manifest: the recordings.
        rate_hz: the rate to bring them to (soxr, high quality).
        channels: how several channels become one: `mean`, or the number of one.
        repair: NaN and infinite samples `refuse` a recording or become `zero`.
        strict: a recording with something doubtful is left out.
        cache: where decoded sound is kept; None takes the user's cache.
        progress: reports each recording.

    Returns:
        The waveforms in the order of the manifest, the recordings left out with the reason of
        each, and warnings that name recordings; many of one kind are one.

    Raises:
        DataError: not one recording could be read.
        TonotopeError: the cache cannot be written.
    """
    folder = cache or _files.cache_folder() / "waveforms"
    how = _Decoder(rate_hz, channels, repair, strict, folder, [])
    for inside in folder.glob("*/"):  # what killed processes left half-written
        _files.sweep(inside)
    found = read_files(
        manifest.recordings,
        how.entries,
        task="decode",
        threads=max(2, min(_MOST_THREADS, 2 * (os.cpu_count() or 1))),
        progress=progress,
    )
    if how.damaged:
        what = counted(len(how.damaged), "recording")
        progress.say(
            f"{folder}: {what} in the cache had changed since it was written there, by a fault of"
            f" the disk or by hand (the first: {how.damaged[0].name}); decoded again"
        )
    pairs = zip(manifest.recordings, found, strict=True)
    decoded = {one.id: entry for one, entry in pairs if isinstance(entry, CachedWaveform)}
    skipped = tuple(one for one in found if isinstance(one, Skipped))
    if not decoded:
        raise DataError(why_nothing_read(manifest, skipped))
    warnings = by_kind(
        (name, warning) for name, entry in decoded.items() for warning in entry.warnings
    )
    return Waveforms(rate_hz, [*decoded], [*decoded.values()]), skipped, tuple(warnings)


def stored_waveform(
    one: Recording,
    rate_hz: int,
    *,
    channels: Channels = "mean",
    repair: str = "refuse",
    cache: Path | None = None,
) -> np.ndarray | None:
    """What the cache holds of a recording, float32, (time,); None where it was never decoded.

    The recording is known by the digest of its file, so its file need not be there any more.
    """
    folder = cache or _files.cache_folder() / "waveforms"
    part = (one.sha256, one.start_s, one.duration_s)
    entry = look_up(cache_path(folder, *part, rate_hz, channels, repair)) if one.sha256 else None
    return entry.mapped() if entry is not None and entry.samples else None


class _Decoder(NamedTuple):
    """How recordings are decoded, where the cache is, and what in it was found damaged."""

    rate_hz: int
    channels: Channels
    repair: str
    strict: bool
    folder: Path
    damaged: list[Path]

    def entries(
        self, parts: Sequence[Recording], content: bytes | None
    ) -> list[CachedWaveform | Skipped]:
        """The cached waveforms of the recordings of one file; opened only where one is absent.

        A file whose bytes were not kept is hashed again after it was decoded: if it was written
        to since it was looked at, the cache would keep its sound as another's.
        """
        found: list[CachedWaveform | Skipped | None]
        found = [look_up(self._place(one), self.damaged) for one in parts]
        absent = [one for one, entry in zip(parts, found, strict=True) if entry is None]
        if absent:

            def check(file: SoundFile) -> None:
                if content is None:
                    self._refuse_changed(file, absent)

            read = iter(read_parts(absent, self._read, content, check))
            found = [next(read) if entry is None else entry for entry in found]
        return [
            self._usable(one, entry) if isinstance(entry, CachedWaveform) else entry
            for one, entry in zip(parts, found, strict=True)
            if entry is not None
        ]

    def _place(self, one: Recording) -> Path:
        part = (one.sha256, one.start_s, one.duration_s)
        return cache_path(self.folder, *part, self.rate_hz, self.channels, self.repair)

    def _read(self, file: SoundFile, one: Recording) -> CachedWaveform:
        warnings: list[str] = []
        return store(self._place(one), self._blocks(file, one, warnings), warnings)

    def _refuse_changed(self, file: SoundFile, parts: Sequence[Recording]) -> None:
        if file.sha256() != parts[0].sha256:
            for one in parts:
                self._place(one).unlink(missing_ok=True)
            reason = "was changed while it was read; let it be finished, and give the command again"
            raise AudioError(str(file.path), reason)

    def _usable(self, one: Recording, entry: CachedWaveform) -> CachedWaveform | Skipped:
        if is_silence(entry.sound) and not entry.warnings:
            entry = replace(entry, warnings=(STILL,))
        if self.strict and entry.warnings:
            return Skipped(one.id, None, entry.warnings[0])
        return entry if entry.samples else Skipped(one.id, None, NO_SOUND)

    def _blocks(self, file: SoundFile, one: Recording, warnings: list[str]) -> Iterator[np.ndarray]:
        """The sound of a recording, mixed and resampled; in one block unless it is long."""
        channels = ChannelMix(self.channels)
        if one.duration_s * one.rate_hz * one.channels <= _WHOLE_SAMPLES:
            wave, rate_hz, doubts = file.read(one.start_s, one.duration_s, repair=self.repair)
            mono = Clip(channels.mix(wave), rate_hz)
            warnings += [*doubts, *filter(None, [channels.note()])]
            yield mono.resampled(self.rate_hz).samples[0]
            return
        stream = None
        for clip in _clips(file, one, self.repair, warnings):
            mono = channels.mix(clip.samples)[0]
            if clip.rate_hz == self.rate_hz:
                yield mono
                continue
            stream = stream or resample_stream(clip.rate_hz, self.rate_hz)
            yield stream.resample_chunk(mono)
        if stream is not None:
            yield stream.resample_chunk(np.zeros(0, np.float32), last=True)
        warnings += filter(None, [channels.note()])


def _clips(file: SoundFile, one: Recording, repair: str, warnings: list[str]) -> Iterator[Clip]:
    """A long recording, piece by piece."""
    frames = round(one.duration_s * one.rate_hz)
    piece = max(1, _WHOLE_SAMPLES // one.channels)
    if one.start_s:  # an event: from there, looked up anew for every piece
        for first in range(0, frames, piece):
            start_s = one.start_s + first / one.rate_hz
            wanted_s = min(piece, frames - first) / one.rate_hz
            wave, rate_hz, doubts = file.read(start_s, wanted_s, repair=repair)
            warnings += [one for one in doubts if one not in warnings]
            yield Clip(wave, rate_hz)
        return
    left = frames
    piece_s = _WHOLE_SAMPLES / (one.rate_hz * one.channels)
    doubts: list[str] = []
    for wave, rate_hz in file.blocks(piece_s, repair=repair, doubts=doubts):
        if left > 0:
            yield Clip(wave[:, :left], rate_hz)
        left -= wave.shape[1]
        if left < 0:  # an event; a whole file is read to its very end
            return
    if left > 0 and not doubts:
        held_s = one.duration_s - left / one.rate_hz
        doubts.append(f"header says {one.duration_s:.1f} s, file holds {held_s:.1f} s")
    warnings += doubts


def why_nothing_read(manifest: Manifest, skipped: Sequence[Skipped]) -> str:
    """The sentence for recordings of which not one could be decoded."""
    if not manifest.recordings:
        return f"{manifest.root}: there are no recordings to decode"
    return (
        f"none of {counted(len(manifest.recordings), 'recording')} could be read; the first: "
        f"{skipped[0]}"
    )
