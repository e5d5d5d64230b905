"""Features of all recordings, computed once, kept in memory or in a cache file, cut into clips.

    step of time ──►                                       each step: (frequency, channel)
    [ recording 0      | recording 1 | recording 2           | ... ]

A clip is a stretch of this one long tensor, so a batch of clips is one gather of whole stretches,
and it comes out as `(batch, channel, time, frequency)` in memory format `channels_last`.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from tonotope import __version__
from tonotope._errors import TonotopeError
from tonotope._files import cache_folder
from tonotope._progress import SILENT, Progress
from tonotope.audio.loudness import Loudness, LoudnessMeter
from tonotope.audio.padding import Fill, padded
from tonotope.audio.window_plan import plan_windows
from tonotope.representation import KINDS, Representation, for_file
from tonotope.training import feature_cache
from tonotope.training.feature_statistics import mean_and_std

# Larger features are kept in a file that is mapped into memory.
MEMORY_BYTES = 2_000_000_000
# How many steps of a long recording are computed at once.
BLOCK_STEPS = 8192
CLIPS_TOGETHER = 64


class Sounds(Protocol):
    """Recordings decoded, mixed to one channel and resampled: mono float32 each."""

    @property
    def lengths(self) -> Sequence[int] | np.ndarray:
        """Samples of every recording, `(recording,)`."""
        ...

    def __getitem__(self, index: int, /) -> np.ndarray:
        """The samples of one recording, `(time,)`."""
        ...

    def sound_hash(self, index: int, /) -> str:
        """A digest of the samples of one recording."""
        ...


class FeatureStore:
    """Features of many recordings, end to end.

    Attributes:
        flat: `(step, frequency, channel)` of all recordings, `(step, channel)` for waveforms.
        offsets: where each recording begins, and where the last one ends.
        digest: of recordings and representation; empty where features were given.
        loudness: of the recordings that are longer than a clip; None where features were given.

    >>> store = FeatureStore(torch.arange(12.0).view(6, 2, 1), [0, 4, 6])
    >>> store.lengths
    array([4, 2])
    >>> store.crop(np.array([0, 1]), np.array([1, 0]), 2).shape
    torch.Size([2, 1, 2, 2])
    """

    def __init__(
        self,
        flat: Tensor,
        offsets: Sequence[int] | np.ndarray,
        digest: str = "",
        loudness: Loudness | None = None,
    ) -> None:
        self.flat = flat
        self.offsets = np.asarray(offsets, np.int64)
        self.digest = digest
        self.loudness = loudness

    @classmethod
    def compute(
        cls,
        sounds: Sounds,
        representation: Representation,
        clip_samples: int,
        *,
        fill: Fill = "silence",
        progress: Progress = SILENT,
        memory_bytes: int = MEMORY_BYTES,
    ) -> FeatureStore:
        """Compute the features of every recording, or find them in the cache.

        Features larger than `memory_bytes` are kept in the cache folder, named by their digest.

        Args:
            sounds: mono recordings at the rate of the representation.
            representation: of the features.
            clip_samples: length of a clip; shorter recordings are padded to it.
            fill: how they are padded.
            progress: receives each recording.
            memory_bytes: the most that is kept in memory.

        Raises:
            TonotopeError: the cache folder is full or may not be written to.
        """
        lengths = [max(int(length), clip_samples) for length in sounds.lengths]
        steps = np.array([representation.frames(length) for length in lengths], np.int64)
        offsets = np.concatenate([[0], np.cumsum(steps)])
        digest = _digest(sounds, representation, clip_samples, fill)
        clip = representation.out_shape(representation.clip_shape(clip_samples))
        channel, _, *bands = clip.sizes
        shape = (int(offsets[-1]), *bands, channel)
        module = representation.build(representation.clip_shape(clip_samples))

        def blocks() -> Iterator[np.ndarray]:
            progress.begin("features", len(lengths))
            for index, length in enumerate(lengths):
                sound = padded(sounds[index], clip_samples, fill)
                yield from _blocks(module, representation, sound, length)
                progress.advance()
            progress.end()

        meter = LoudnessMeter(representation.hop_samples, representation.rate_hz)
        measured = [length if length > clip_samples else 0 for length in sounds.lengths]
        cells = np.array([meter.cells_in(length) for length in measured], np.int64)

        def loudness() -> Iterator[np.ndarray]:
            for index in np.flatnonzero(cells).tolist():
                yield meter.measured(sounds[index])

        def known(values: np.ndarray) -> Loudness:
            return Loudness(values, np.concatenate([[0], np.cumsum(cells)]), meter.steps_per_cell)

        held = int(cells.sum())
        if 4 * np.prod(shape) <= memory_bytes:
            flat = torch.from_numpy(_in_memory(shape, blocks()))
            return cls(flat, offsets, digest, known(_in_memory((held,), loudness())))
        path = cache_folder() / "features" / f"{digest}.npy"
        flat = torch.from_numpy(_kept(path, shape, blocks, progress))
        path = cache_folder() / "loudness" / f"{digest}.npy"
        return cls(flat, offsets, digest, known(_kept(path, (held,), loudness, progress)))

    @property
    def lengths(self) -> np.ndarray:
        """Steps of time of each recording, `(recording,)`."""
        return np.diff(self.offsets)

    @property
    def steps_per_cell(self) -> int:
        """Steps of time in a cell of `loudness`."""
        return 1 if self.loudness is None else self.loudness.steps_per_cell

    def to(self, device: str) -> FeatureStore:
        """The same store with its features on `device`."""
        return FeatureStore(self.flat.to(device), self.offsets, self.digest, self.loudness)

    def crop(self, records: np.ndarray, starts: np.ndarray, steps: int) -> Tensor:
        """A batch of clips, in one gather.

        Args:
            records: the recording of each clip, `(batch,)`.
            starts: where it begins in its recording, in steps of time, `(batch,)`.
            steps: length of a clip.

        Returns:
            `(batch, channel, time, frequency)` in `channels_last`, or `(batch, channel, time)`.
        """
        tail = self.flat.shape[1:]
        step = int(np.prod(tail))
        clips = self.flat.as_strided((len(self.flat) - steps + 1, steps * step), (step, 1))
        index = torch.from_numpy(self.offsets[records] + starts).to(self.flat.device)
        return clips.index_select(0, index).view(len(records), steps, *tail).movedim(-1, 1)

    def weights(self, records: np.ndarray, starts: np.ndarray, steps: int) -> np.ndarray:
        """What each window has to say of its recording: its loudness, `(window,)`.

        1 where features were given, and where a recording is silent throughout.

        Args:
            records: the recording of each window, `(window,)`, each recording's one after another.
            starts: where it begins, in steps of time, `(window,)`.
            steps: length of a window.
        """
        if self.loudness is None:
            return np.ones(len(records))
        return self.loudness.held(records, starts, steps)

    def mean_and_std(
        self,
        records: Sequence[int] | np.ndarray,
        steps: int = 0,
        change: Callable[[Tensor], Tensor] | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per channel and band over `records`, read twice.

        Args:
            records: the recordings, `(recording,)`.
            steps: length of a clip, where `change` is given.
            change: applied to every clip first, `(batch, channel, time, ...)`.

        Returns:
            two float32 tensors `(channel, 1, frequency)`, `(channel, 1)` for waveforms.
        """
        return mean_and_std(partial(self._parts, records, steps, change), self.flat[0])

    def _parts(
        self,
        records: Sequence[int] | np.ndarray,
        steps: int,
        change: Callable[[Tensor], Tensor] | None,
    ) -> Iterator[Tensor]:
        """All of `records` in parts, `(step, frequency, channel)` each."""
        if change is None:
            for record in records:
                whole = self.flat[self.offsets[record] : self.offsets[record + 1]]
                yield from whole.split(BLOCK_STEPS)
            return
        clips = plan_windows(self.lengths[records], steps, steps)
        record = np.asarray(records)[clips.recording]
        for first in range(0, len(clips), CLIPS_TOGETHER):
            part = slice(first, first + CLIPS_TOGETHER)
            features = change(self.crop(record[part], clips.start[part], steps))
            yield features.movedim(1, -1).flatten(0, 1)


def _blocks(
    module: nn.Module, representation: Representation, samples: np.ndarray, length: int
) -> Iterator[np.ndarray]:
    """The features of one recording in blocks, `(step, frequency, channel)` each."""
    total = representation.frames(length)
    for first in range(0, total, BLOCK_STEPS):
        steps = min(BLOCK_STEPS, total - first)
        begin = first * representation.hop_samples
        wave = np.zeros(representation.samples(steps), np.float32)
        part = samples[begin : begin + len(wave)]
        wave[: len(part)] = part
        with torch.no_grad():
            block = module(torch.from_numpy(wave)[None])[0]
        yield block.movedim(0, -1).contiguous().numpy()


def _kept(
    path: Path,
    shape: tuple[int, ...],
    blocks: Callable[[], Iterator[np.ndarray]],
    progress: Progress,
) -> np.ndarray:
    """What a file of the cache holds; where it holds nothing yet, `blocks` are written first."""
    mapped = feature_cache.mapped(path, shape, progress)
    if mapped is None:
        feature_cache.write(path, shape, blocks())
        mapped = feature_cache.mapped(path, shape, progress)
    if mapped is None:
        raise TonotopeError(
            f"{path}: is not what was written there a moment ago; try another disk: the"
            " environment variable TONOTOPE_CACHE names the folder of the cache"
        )
    return mapped


def _in_memory(shape: tuple[int, ...], blocks: Iterator[np.ndarray]) -> np.ndarray:
    flat, at = np.empty(shape, np.float32), 0
    for block in blocks:
        flat[at : at + len(block)] = block
        at += len(block)
    return flat


def _settings(representation: Representation) -> dict[str, object]:
    """The settings that decide the features, so without the level.

    Of a representation written in Python they include its source.
    """
    settings = {key: value for key, value in for_file(representation).items() if key != "level"}
    if not isinstance(representation, KINDS):
        with contextlib.suppress(OSError, TypeError):  # a class typed at a prompt has no source
            settings["source"] = inspect.getsource(type(representation))
    return settings


def _digest(sounds: Sounds, representation: Representation, clip_samples: int, fill: Fill) -> str:
    content = {
        "tonotope": __version__,
        "representation": _settings(representation),
        "fill": fill,
        "clip_samples": clip_samples,
        "sounds": [sounds.sound_hash(index) for index in range(len(sounds.lengths))],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
