"""`Denoiser`: sound of any length denoised in overlapping windows that fade into each other.

    blocks of samples ─► windows of a clip, half overlapping ─► network ─► cross-faded and added

Each window is denoised by itself and faded in and out by a squared sine, so that two neighbours
add up to one. The ends of a window, which fewer frames hear, count for nothing; so the sound goes
on as its mirror image at both ends: silence there would be an edge that no network was taught with
(on the toy orchestra it cost 3.8 dB). Several models answer with their mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from tonotope._errors import ExperimentError
from tonotope.model.fold_batch_norm import fold_batch_norm
from tonotope.prediction.windows_at_once import windows_at_once
from tonotope.runtime.device import default_device

if TYPE_CHECKING:
    from tonotope.model.model import Model

BATCH = 16


class Denoiser:
    """One or several models that make clean sound of noisy sound.

    Attributes:
        rate_hz: samples per second of the sound they hear.
        window: how many samples are denoised at once.
        hop: from one window to the next.

    Raises:
        ExperimentError: there is no model, they hear different things, or do not answer with
            sound.
    """

    def __init__(self, models: Model | Sequence[Model]) -> None:
        several = tuple(models) if isinstance(models, Sequence) else (models,)
        if not several:
            raise ExperimentError("there is no model to denoise with")
        told = [model.description for model in several]
        first = told[0]
        for number, one in enumerate(told, start=1):
            if not one.head.denoises:
                kind = getattr(one.head, "kind", type(one.head).__name__)
                raise ExperimentError(
                    f"a head of kind `{kind}` does not answer with sound: `denoise` would"
                )
            same = (one.rate_hz, one.clip_samples, one.representation)
            if same != (first.rate_hz, first.clip_samples, first.representation):
                raise ExperimentError(
                    f"models can answer together only where they hear the same, and number"
                    f" {number} does not hear what the first does; take models of one experiment"
                )
        self.rate_hz, self.window = first.rate_hz, first.clip_samples
        self.hop = max(1, self.window // 2)
        self.representation = first.representation
        self._at_once = windows_at_once(told, BATCH)
        self._models = [fold_batch_norm(model) for model in several]
        self.device = default_device()
        for model in self._models:
            self.device.move(model)
        overlap = self.window - self.hop
        # A window counts for nothing where fewer of its frames hear the sound than in its middle.
        edge = min(self.representation.edge_samples, (overlap - 1) // 2)
        turn = np.arange(overlap - 2 * edge) + 0.5
        rise = np.sin(0.5 * np.pi * turn / max(len(turn), 1)) ** 2
        self._rise = np.concatenate([np.zeros(edge), rise, np.ones(edge)])

    def __call__(self, wave: np.ndarray) -> np.ndarray:
        """A whole sound, (time,), without its noise: float32 of the same length."""
        return np.concatenate([np.zeros(0, np.float32), *self.stream([wave])])

    def stream(self, blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """The same, block by block: as many samples come out as go in.

        Args:
            blocks: float32 (time,) each, one after the other.
        """
        skip = self.window - self.hop  # the mirror image in front, for the first window's fade
        held, tail = np.zeros(0, np.float32), np.zeros(skip)
        for block in _mirrored(blocks, skip):
            held = np.concatenate([held, block])
            while len(held) >= self.window:
                count = min(self._at_once, (len(held) - self.window) // self.hop + 1)
                made, tail = self._added(held, count, tail)
                held = held[count * self.hop :]
                yield made[skip:]
                skip = max(0, skip - len(made))
        if len(held) > skip:
            count = -(-len(held) // self.hop)
            beyond = (count - 1) * self.hop + self.window - len(held)
            made, _ = self._added(np.pad(held, (0, beyond), mode="symmetric"), count, tail)
            yield made[skip : len(held)]

    def _added(
        self, held: np.ndarray, count: int, tail: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """What so many windows from the begin of `held` add up to, and what fades on after them.

        Args:
            held: (time,) samples, at least as many as the windows hear.
            count: how many windows.
            tail: (time,) what fades on from the window before.
        """
        needed = (count - 1) * self.hop + self.window
        heard = held[:needed].astype(np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(heard, self.window)[:: self.hop]
        made = self._denoised(torch.from_numpy(windows.copy())).numpy().astype(np.float64)
        overlap = len(self._rise)
        made[:, :overlap] *= self._rise
        made[:, self.hop :] *= 1.0 - self._rise
        added = np.zeros(needed)
        added[:overlap] += tail
        for number, one in enumerate(made):
            added[number * self.hop : number * self.hop + self.window] += one
        return added[: count * self.hop].astype(np.float32), added[count * self.hop :]

    @torch.inference_mode()
    def _denoised(self, waves: Tensor) -> Tensor:
        """Windows (window, time) without noise, the mean of what the models make of them."""
        waves = waves.to(self.device.name)
        features = self._models[0].features(waves)
        total = torch.zeros_like(waves)
        for model in self._models:
            with self.device.computing():
                estimate = model.from_features(self.device.to_layout(features))["sound"]
            heard = model.standardise.levelled(features)
            total += self.representation.resynthesise(waves, heard, estimate)
        return (total / len(self._models)).cpu()


def _mirrored(blocks: Iterable[np.ndarray], lead: int) -> Iterator[np.ndarray]:
    """The blocks with so many samples of their mirror image in front.

    >>> [block.tolist() for block in _mirrored([np.arange(2.0), np.arange(2.0, 5.0)], 2)]
    [[1.0, 0.0, 0.0, 1.0], [2.0, 3.0, 4.0]]
    """
    held, blocks = np.zeros(0, np.float32), iter(blocks)
    for block in blocks:
        held = np.concatenate([held, block])
        if len(held) >= lead:
            break
    if len(held):
        yield np.pad(held, (lead, 0), mode="symmetric")
    yield from blocks
