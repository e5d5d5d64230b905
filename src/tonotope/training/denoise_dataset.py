"""Pairs of noisy and clean clips, to train and validate a denoiser.

The store holds samples. When a clip is loaded, noise is added to it and features are computed of
both. A training clip gets new noise each time, drawn from PyTorch's generator, which is seeded for
every step; a clip of any other part always gets the same noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from tonotope.audio.noise import NoiseMixer, seeded_generator
from tonotope.audio.window_plan import plan_windows
from tonotope.heads.denoise import NOISY, SOUND
from tonotope.representation import Representation
from tonotope.training.dataset import ClipIndex, Dataset
from tonotope.training.feature_statistics import broadcast_statistics

_TOGETHER = 32
_MOST_CLIPS = 2000  # enough for mean and standard deviation; of more clips, every n-th is taken


@dataclass(frozen=True)
class DenoiseDataset(Dataset):
    """A dataset whose features come from noisy clips, and its targets from the clean ones.

    Attributes:
        mixer: adds noise to the recordings of the store.
        representation: computed of the clips.
        noise_seed: decides the noise of recordings outside the training part.
        device: of features and targets.
    """

    mixer: NoiseMixer = field(kw_only=True)
    representation: Representation = field(kw_only=True)
    noise_seed: int = field(kw_only=True)
    device: str = "cpu"

    def __post_init__(self) -> None:
        super().__post_init__()
        clip = self.representation.clip_shape(self.clip_steps)
        object.__setattr__(self, "_training_set", frozenset(self.train.tolist()))
        object.__setattr__(self, "_features", self.representation.build(clip))

    def to(self, device: str) -> Self:
        """The same with features and targets on `device`; samples stay where they are."""
        return replace(self, device=device)

    def load(self, places: ClipIndex) -> tuple[Tensor, dict[str, Tensor]]:
        """Features of noisy clips, and the amplitudes of the clean and of the noisy sound.

        Returns:
            `(batch, channel, time, ...)`; the targets `sound` (as near to the clean clip as a mask
            can come) and `noisy`, of the same shape, at the level of the noisy clip.
        """
        generators = [self._generator(*place) for place in zip(*places, strict=True)]
        return self._mixed(places, generators)

    def mean_and_std(self, change: object = None) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per channel and band of noisy training clips.

        Args:
            change: ignored: clips always get the level that the network sees.
        """
        del change
        plan = plan_windows(self.store.lengths[self.train], self.clip_steps, self.clip_steps)
        every = max(1, -(-len(plan) // _MOST_CLIPS))
        records, starts = self.train[plan.recording[::every]], plan.start[::every]
        total = squares = torch.zeros((), dtype=torch.float64, device=self.device)
        count = 0
        for first in range(0, len(records), _TOGETHER):
            part = slice(first, first + _TOGETHER)
            places = records[part], starts[part]
            generators = [self._fixed_generator(*place) for place in zip(*places, strict=True)]
            features, _ = self._mixed(places, generators)
            features = self.representation.normalise_level(features).double()
            steps = features.movedim(1, -1).flatten(0, 1)
            count += len(steps)
            total, squares = total + steps.sum(0), squares + steps.square().sum(0)
        mean = total / count
        std = (squares / count - mean.square()).clamp(min=0.0).sqrt()
        mean, std = broadcast_statistics(mean, std)
        return mean.cpu(), std.cpu()

    def _mixed(
        self, places: ClipIndex, generators: Sequence[np.random.Generator]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        records, starts = places
        waves = self.store.crop(records, starts, self.clip_steps)[:, 0].numpy()
        noisy = np.stack(
            [
                self.mixer.noisy_pair(wave, int(record), rng).noisy
                for wave, record, rng in zip(waves, records, generators, strict=True)
            ]
        )
        module: nn.Module = self.__dict__["_features"]
        features = module(torch.from_numpy(noisy))
        levelled = self.representation.normalise_level(features)
        sound = self.representation.ideal_amplitudes(
            torch.from_numpy(noisy), torch.from_numpy(waves), levelled
        )
        before = self.representation.amplitudes(levelled)
        targets = {SOUND: sound.to(self.device), NOISY: before.to(self.device)}
        return features.to(self.device), targets

    def _generator(self, record: int, start: int) -> np.random.Generator:
        """The generator of a clip's noise: a new one in training, else always the same."""
        if int(record) not in self.__dict__["_training_set"]:
            return self._fixed_generator(record, start)
        return np.random.default_rng(int(torch.randint(2**62, ()).item()))

    def _fixed_generator(self, record: int, start: int) -> np.random.Generator:
        return seeded_generator(self.noise_seed, self.names_of(np.array([record])), int(start))
