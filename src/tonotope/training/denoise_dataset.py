"""Noisy and clean clips: what a head that answers with sound is taught and watched with.

The store holds the samples themselves. Noise is laid over a clip when it is heard, and only then
do features come of both. A clip of the training part is given new noise each time, drawn from
PyTorch's generator, which is seeded for every step; a clip of any other part always the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from tonotope.audio.noise import NoiseMixer, seeded_generator
from tonotope.audio.windows import plan_windows
from tonotope.heads.denoise import NOISY, SOUND
from tonotope.representation import Representation
from tonotope.training.dataset import ClipIndex, Dataset
from tonotope.training.feature_store import CONSTANT_SHARE

_TOGETHER = 32
_MOST_CLIPS = 2000  # enough for a mean and a spread; of more, every so-manieth


@dataclass(frozen=True)
class DenoiseDataset(Dataset):
    """Material whose features are those of noisy clips, and whose targets those of the clean ones.

    Attributes:
        mixer: lays noise over the recordings of the store.
        representation: what is computed of the clips.
        noise_seed: decides the noise of recordings that are not learnt from.
        device: where features and targets go.
    """

    mixer: NoiseMixer = field(kw_only=True)
    representation: Representation = field(kw_only=True)
    noise_seed: int = field(kw_only=True)
    device: str = "cpu"

    def __post_init__(self) -> None:
        super().__post_init__()
        clip = self.representation.clip_shape(self.clip_steps)
        object.__setattr__(self, "_taught", frozenset(self.train.tolist()))
        object.__setattr__(self, "_features", self.representation.build(clip))

    def to(self, device: str) -> Self:
        """The same; noise is laid over clips where their samples are, and the rest goes there."""
        return replace(self, device=device)

    def load(self, places: ClipIndex) -> tuple[Tensor, dict[str, Tensor]]:
        """Noisy features, and as targets the sound that can be reached and the noisy one.

        Returns:
            (batch, channel, time, ...); `sound` and `noisy`, amplitudes of the same shape at the
            level of the noisy clip.
        """
        generators = [self._chance(*place) for place in zip(*places, strict=True)]
        return self._mixed(places, generators)

    def mean_and_std(self, change: object = None) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per channel and band of noisy training clips.

        Args:
            change: taken for granted: clips are told at the level that the network hears.
        """
        del change
        plan = plan_windows(self.store.lengths[self.train], self.clip_steps, self.clip_steps)
        every = max(1, -(-len(plan) // _MOST_CLIPS))
        records, starts = self.train[plan.recording[::every]], plan.start[::every]
        total = squares = None
        count = 0
        for first in range(0, len(records), _TOGETHER):
            part = slice(first, first + _TOGETHER)
            places = records[part], starts[part]
            generators = [self._fixed(*place) for place in zip(*places, strict=True)]
            features, _ = self._mixed(places, generators)
            clips = (
                self.representation.normalise_level(features).double().movedim(1, -1).flatten(0, 1)
            )
            count += len(clips)
            own, square = clips.sum(0), clips.square().sum(0)
            total = own if total is None else total + own
            squares = square if squares is None else squares + square
        assert total is not None
        assert squares is not None
        mean = total / count
        spread = (squares / count - mean.square()).clamp(min=0.0).sqrt()
        typical = float(spread.square().mean().sqrt()) or 1.0
        spread[spread <= CONSTANT_SHARE * typical] = typical
        return tuple(one.movedim(-1, 0).unsqueeze(1).float().cpu() for one in (mean, spread))  # pyright: ignore[reportReturnType]

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
        features: nn.Module = self.__dict__["_features"]
        heard = features(torch.from_numpy(noisy))
        given = self.representation.normalise_level(heard)
        sound = self.representation.ideal_amplitudes(
            torch.from_numpy(noisy), torch.from_numpy(waves), given
        )
        before = self.representation.amplitudes(given)
        told = {SOUND: sound.to(self.device), NOISY: before.to(self.device)}
        return heard.to(self.device), told

    def _chance(self, record: int, start: int) -> np.random.Generator:
        """What decides the noise of a clip: something new in training, else always the same."""
        if int(record) not in self.__dict__["_taught"]:
            return self._fixed(record, start)
        return np.random.default_rng(int(torch.randint(2**62, ()).item()))

    def _fixed(self, record: int, start: int) -> np.random.Generator:
        return seeded_generator(self.noise_seed, self.names_of(np.array([record])), int(start))
