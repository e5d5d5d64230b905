"""What is heard in an epoch: which clip of which recording, in which order.

In one epoch every training recording gives `max(1, round(length / clip))` clips, cut at random
places; none is left out. All chance is a pure function of the seed and of the place in the
training, so that a run that was cut off hears the same clips when it goes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from tonotope._errors import TrainingError
from tonotope.audio.windows import plan_windows
from tonotope.runtime.random_numbers import random_generator
from tonotope.training.feature_store import FeatureStore

ClipIndex = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Dataset:
    """Recordings as features, what is wanted of each, and which are for what.

    Attributes:
        store: the features of all recordings.
        targets: for each output one row per recording of the store, NaN where missing.
        train: indices of the recordings to learn from, int64.
        validation: indices of those to choose the best state by; may be empty.
        clip_steps: steps of time in a clip.
        hop_steps: from one clip of a long recording to the next when validating; 0: half a clip.
        names: how each recording is called in messages; their numbers where empty.
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
        """The batches of one epoch: recordings, and where each clip begins.

        The last batch may be short. One of a single clip joins its neighbour: batch norm has
        nothing to compare a single clip with.
        """
        rng = random_generator(seed, epoch, 0)
        room = self.store.lengths - self.clip_steps
        counts = np.maximum(1, np.rint(self.store.lengths[self.train] / self.clip_steps)).astype(
            int
        )
        records = rng.permutation(np.repeat(self.train, counts))
        starts = rng.integers(0, room[records] + 1)
        if len(records) == 1:
            records, starts = records.repeat(2), starts.repeat(2)
        cuts = list(range(batch_size, len(records), batch_size))
        if cuts and len(records) - cuts[-1] == 1:
            cuts.pop()
        return list(zip(np.split(records, cuts), np.split(starts, cuts), strict=True))

    def cut_episodes(self, batches: Sequence[Tensor], seed: int, epoch: int) -> list[ClipIndex]:
        """Batches that a head asked for, each clip cut at a random place."""
        rng = random_generator(seed, epoch, 0)
        every = [self.train[batch.numpy()] for batch in batches]
        room = self.store.lengths - self.clip_steps
        return [(records, rng.integers(0, room[records] + 1)) for records in every]

    def load(self, places: ClipIndex) -> tuple[Tensor, dict[str, Tensor]]:
        """The features and the targets of a batch."""
        records, starts = places
        return self.store.crop(records, starts, self.clip_steps), self.targets_of(records)

    def mean_and_std(self, change: Callable[[Tensor], Tensor] | None) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per channel and band, over the training recordings.

        Args:
            change: what is done to every clip before it counts.
        """
        return self.store.mean_and_std(self.train, self.clip_steps, change)

    def targets_of(self, records: np.ndarray) -> dict[str, Tensor]:
        """The targets of `records`, one row each."""
        return {
            name: target[torch.from_numpy(records).to(target.device)]
            for name, target in self.targets.items()
        }

    def single_clip(self, records: np.ndarray) -> np.ndarray:
        """Which recordings are exactly one clip, and may be turned round in time."""
        return self.store.lengths[records] == self.clip_steps

    def validation_clips(self) -> ClipIndex:
        """Clips that together hear every step of every validation recording."""
        hop = self.hop_steps or max(1, self.clip_steps // 2)
        windows = plan_windows(self.store.lengths[self.validation], self.clip_steps, hop)
        return self.validation[windows.recording], windows.start

    def names_of(self, records: np.ndarray) -> str:
        """The names of some recordings, for a message."""
        shown = [
            str(self.names[record]) if len(self.names) else f"recording {record}"
            for record in records
        ]
        more = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
        return ", ".join(shown[:8]) + more

    @property
    def digest(self) -> str:
        """Changes when recordings, targets or parts change."""
        told = hashlib.sha256(self.store.digest.encode())
        for values in (self.store.offsets, self.train, self.validation):
            told.update(f"{self.clip_steps} {len(values)} ".encode())
            told.update(np.ascontiguousarray(values, np.int64).tobytes())
        for name, target in sorted(self.targets.items()):
            told.update(name.encode())
            told.update(target.cpu().contiguous().numpy().tobytes())
        return told.hexdigest()
