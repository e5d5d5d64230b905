"""Every recording decoded once: one channel, one rate, kept on the disk and mapped from there.

Decoding a compressed recording takes longer than learning from it; done in every epoch it costs
three to eleven times the training itself. So it is done once, by several threads (decoders
let go of Python's lock), and a second run on the same recordings decodes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache as remembered
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from tonotope import _files
from tonotope._errors import AudioError, DataError
from tonotope._escape import escaped
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted
from tonotope.audio import decoding, file_type
from tonotope.audio.clip import Channels, Clip
from tonotope.audio.waveform_cache import CachedWaveform, cache_path, look_up, store
from tonotope.datasets.manifest import Manifest, Recording, Skipped
from tonotope.runtime.thread_pool import thread_pool

# Longer recordings pass through memory in blocks: 8 M samples are 32 MB for each thread.
_WHOLE_SAMPLES = 1 << 23
_MOST_THREADS = 8


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
        """A number for what is heard: equal for equal samples, whatever the file around them."""
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
        progress: hears of each recording.

    Returns:
        The waveforms in the order of the manifest, the recordings left out with the reason of
        each, and warnings that name a recording.

    Raises:
        DataError: not one recording could be read.
        TonotopeError: the cache cannot be written.
    """
    folder = cache or _files.cache_folder() / "waveforms"
    work = partial(
        _decoded,
        rate_hz=rate_hz,
        channels=channels,
        repair=repair,
        strict=strict,
        folder=folder,
        digest=remembered(file_type.sha256_of_file),  # events share their file
    )
    _swept(folder)
    ids: list[str] = []
    entries: list[CachedWaveform] = []
    skipped: list[Skipped] = []
    progress.begin("decode", len(manifest.recordings))
    with thread_pool(_threads(), "decode") as pool:
        decoded = pool.map(work, manifest.recordings)
        for one, found in zip(manifest.recordings, decoded, strict=True):
            if isinstance(found, CachedWaveform):
                ids.append(one.id)
                entries.append(found)
            else:
                skipped.append(found)
                progress.say(str(found))
            progress.advance()
    progress.end()
    if not entries:
        raise DataError(why_nothing_read(manifest, skipped))
    warnings = tuple(
        f"{escaped(name)}: {warning}"
        for name, entry in zip(ids, entries, strict=True)
        for warning in entry.warnings
    )
    return Waveforms(rate_hz, ids, entries), tuple(skipped), warnings


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


def _decoded(
    one: Recording,
    *,
    rate_hz: int,
    channels: Channels,
    repair: str,
    strict: bool,
    folder: Path,
    digest: Callable[[Path], str],
) -> CachedWaveform | Skipped:
    part = (one.sha256, one.start_s, one.duration_s)
    path = cache_path(folder, *part, rate_hz, channels, repair)
    entry = look_up(path)
    try:
        if entry is None:
            warnings: list[str] = []
            blocks = _blocks(one, rate_hz, channels, repair, warnings)
            entry = store(path, blocks, warnings)
            _refuse_changed(one, path, digest)
    except DataError as error:  # an AudioError has the reason without the file's name
        return Skipped(escaped(one.id), None, getattr(error, "reason", str(error)))
    if strict and entry.warnings:
        return Skipped(escaped(one.id), None, entry.warnings[0])
    if not entry.samples:
        return Skipped(escaped(one.id), None, "no sound is in it")
    return entry


def _refuse_changed(one: Recording, entry: Path, digest: Callable[[Path], str]) -> None:
    """A file that was written to meanwhile: the cache would keep its sound as another's."""
    try:
        if digest(one.path) == one.sha256:
            return
    except (OSError, file_type.Refused):
        pass
    entry.unlink(missing_ok=True)
    reason = "was changed while it was read; let it be finished, and give the command again"
    raise AudioError(escaped(str(one.path)), reason)


def _blocks(
    one: Recording, rate_hz: int, channels: Channels, repair: str, warnings: list[str]
) -> Iterator[np.ndarray]:
    """The sound of a recording, mixed and resampled; in one block unless it is long."""
    if one.duration_s * one.rate_hz * one.channels <= _WHOLE_SAMPLES:
        clip, doubts = decoding.read(one.path, one.start_s, one.duration_s, repair=repair)
        warnings += doubts
        yield clip.mono(channels).resampled(rate_hz).samples[0]
        return
    import soxr

    stream = None
    for clip in _clips(one, repair, warnings):
        mono = clip.mono(channels).samples[0]
        if clip.rate_hz == rate_hz:
            yield mono
            continue
        stream = stream or soxr.ResampleStream(clip.rate_hz, rate_hz, 1, "float32", "HQ")
        yield stream.resample_chunk(mono)
    if stream is not None:
        yield stream.resample_chunk(np.zeros(0, np.float32), last=True)


def _clips(one: Recording, repair: str, warnings: list[str]) -> Iterator[Clip]:
    """A long recording, piece by piece."""
    if one.start_s:  # an event: from there, looked up anew for every piece
        piece = max(1, _WHOLE_SAMPLES // one.channels)
        frames = round(one.duration_s * one.rate_hz)
        for first in range(0, frames, piece):
            start_s = one.start_s + first / one.rate_hz
            wanted_s = min(piece, frames - first) / one.rate_hz
            clip, doubts = decoding.read(one.path, start_s, wanted_s, repair=repair)
            warnings += doubts
            yield clip
        return
    left = round(one.duration_s * one.rate_hz)
    piece_s = _WHOLE_SAMPLES / (one.rate_hz * one.channels)
    doubts: list[str] = []
    for clip in decoding.stream(one.path, piece_s, repair=repair, doubts=doubts):
        if left > 0:
            yield Clip(clip.samples[:, :left], clip.rate_hz)
        left -= clip.samples.shape[1]
        if left < 0:  # an event; a whole file is read to its very end
            return
    if left > 0 and not doubts:
        held_s = one.duration_s - left / one.rate_hz
        doubts.append(f"header says {one.duration_s:.1f} s, file holds {held_s:.1f} s")
    warnings += doubts


def _swept(folder: Path) -> None:
    """Rid the cache of what killed processes left half-written."""
    for inside in folder.glob("*/"):
        _files.sweep(inside)


def _threads() -> int:
    """Two for each core: while one waits for the disk, the other decodes."""
    return max(2, min(_MOST_THREADS, 2 * (os.cpu_count() or 1)))


def why_nothing_read(manifest: Manifest, skipped: Sequence[Skipped]) -> str:
    """The sentence for recordings of which not one could be decoded."""
    if not manifest.recordings:
        return f"{manifest.root}: there are no recordings to decode"
    return (
        f"none of {counted(len(manifest.recordings), 'recording')} could be read; the first: "
        f"{skipped[0]}"
    )
