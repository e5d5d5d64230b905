"""The training dataset: which clips of which recordings an epoch has; batches, episodes, order.

In one epoch every training recording gives `max(1, round(length / clip))` clips, cut at random
places where something sounds (`audio/loudness.py`). The random numbers are a pure function of seed
and epoch, so a training that was stopped continues with the same clips.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from tonotope._errors import TrainingError
from tonotope.audio.window_plan import plan_windows
from tonotope.runtime.random_numbers import random_generator
from tonotope.training.feature_store import FeatureStore

ClipIndex = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Dataset:
    """Features and targets of all recordings, and which are for training and for validation.

    Attributes:
        store: the features of all recordings.
        targets: by output, `(recording, ...)`; NaN where missing.
        train: indices of the training recordings, int64.
        validation: indices of the validation recordings; may be empty.
        clip_steps: steps of time in a clip.
        hop_steps: from one validation clip of a long recording to the next; 0: half a clip.
        names: of the recordings, for messages; empty: their numbers are shown.
    """

    store: FeatureStore
    targets: Mapping[str, Tensor]
    train: np.ndarray
    validation: np.ndarray
    clip_steps: int
    hop_steps: int = 0
    names: Sequence[str] = field(default=())

    def __post_init__(self) -> None:
        for part in ("train", "validation"):
            object.__setattr__(self, part, np.asarray(getattr(self, part), np.int64))
        if len(self.train) == 0:
            raise TrainingError("there is no training recording: give the training part a share")
        short = np.flatnonzero(self.store.lengths < self.clip_steps)
        if len(short):
            raise TrainingError(
                f"{self.names_of(short[:1])} holds {self.store.lengths[short[0]]} steps of time,"
                f" and a clip has {self.clip_steps}: fill short recordings up before storing them"
            )

    def to(self, device: str) -> Dataset:
        """The same with features and targets on `device`."""
        targets = {name: target.to(device) for name, target in self.targets.items()}
        return Dataset(
            self.store.to(device), targets, self.train, self.validation, self.clip_steps,
            self.hop_steps, self.names,
        )  # fmt: skip

    def batches(self, seed: int, epoch: int, batch_size: int) -> list[ClipIndex]:
        """The batches of one epoch: recordings, and where each clip begins, in steps of time.

        The last batch may be short; if it had only one clip, it joins the batch before it, because
        batch norm needs two.
        """
        rng = random_generator(seed, epoch, 0)
        counts = np.maximum(1, np.rint(self.store.lengths[self.train] / self.clip_steps))
        records = rng.permutation(np.repeat(self.train, counts.astype(int)))
        starts = self._drawn_starts(rng, records)
        if len(records) == 1:
            records, starts = records.repeat(2), starts.repeat(2)
        cuts = list(range(batch_size, len(records), batch_size))
        if cuts and len(records) - cuts[-1] == 1:
            cuts.pop()
        return list(zip(np.split(records, cuts), np.split(starts, cuts), strict=True))

    def cut_episodes(self, batches: Sequence[Tensor], seed: int, epoch: int) -> list[ClipIndex]:
        """Cut the clips of batches that a head composed: rows of `train`, `(batch,)` each."""
        rng = random_generator(seed, epoch, 0)
        episodes = (self.train[batch.numpy()] for batch in batches)
        return [(records, self._drawn_starts(rng, records)) for records in episodes]

    @cached_property
    def _loud_starts(self) -> dict[int, np.ndarray]:
        """Of each training recording that is not as loud everywhere, where clips may begin."""
        loudness, room = self.store.loudness, self.store.lengths - self.clip_steps
        if loudness is None:
            return {}
        found: dict[int, np.ndarray] = {}
        for record in np.unique(self.train[room[self.train] > 0]).tolist():
            last = int(room[record])
            places = loudness.starts(record, last, self.clip_steps)
            if len(places) <= last // loudness.steps_per_cell:  # else a clip may begin anywhere
                found[record] = places
        return found

    def _drawn_starts(self, rng: np.random.Generator, records: np.ndarray) -> np.ndarray:
        """Where the clips of `records` begin, in steps of time, `(clip,)`."""
        room = self.store.lengths[records] - self.clip_steps
        starts = rng.integers(0, room + 1)
        for number, record in enumerate(records.tolist()):
            places = self._loud_starts.get(record)
            if places is not None:
                place = places[starts[number] * len(places) // (room[number] + 1)]
                within = starts[number] % self.store.steps_per_cell
                starts[number] = min(place + within, room[number])
        return starts

    def load(self, places: ClipIndex) -> tuple[Tensor, dict[str, Tensor]]:
        """The features of a batch, `(batch, channel, time, ...)`, and its targets."""
        records, starts = places
        return self.store.crop(records, starts, self.clip_steps), self.targets_of(records)

    def mean_and_std(self, change: Callable[[Tensor], Tensor] | None) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per channel and band, over the training recordings.

        Args:
            change: applied to every clip first, `(batch, channel, time, ...)`.
        """
        return self.store.mean_and_std(self.train, self.clip_steps, change)

    def targets_of(self, records: np.ndarray) -> dict[str, Tensor]:
        """The targets of `records`, `(batch,)`, one row each: `(batch, ...)` by output."""
        return {
            name: target[torch.from_numpy(records).to(target.device)]
            for name, target in self.targets.items()
        }

    def single_clip(self, records: np.ndarray) -> np.ndarray:
        """Which of them, `(batch,)`, are exactly one clip, so that they may be shifted in time."""
        return self.store.lengths[records] == self.clip_steps

    def validation_clips(self) -> ClipIndex:
        """Clips that together cover every step of every validation recording."""
        hop = self.hop_steps or max(1, self.clip_steps // 2)
        windows = plan_windows(self.store.lengths[self.validation], self.clip_steps, hop)
        return self.validation[windows.recording], windows.start

    def names_of(self, records: np.ndarray) -> str:
        """The names of some recordings, `(recording,)` numbers, for a message."""
        shown = [str(self.names[i]) if len(self.names) else f"recording {i}" for i in records]
        more = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
        return ", ".join(shown[:8]) + more

    @property
    def digest(self) -> str:
        """Changes when recordings, targets or parts change."""
        digest = hashlib.sha256(self.store.digest.encode())
        for values in (self.store.offsets, self.train, self.validation):
            digest.update(f"{self.clip_steps} {len(values)} ".encode())
            digest.update(np.ascontiguousarray(values, np.int64).tobytes())
        for name, target in sorted(self.targets.items()):
            digest.update(name.encode())
            digest.update(target.cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()
