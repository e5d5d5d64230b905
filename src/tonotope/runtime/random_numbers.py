"""Random numbers and seeds: a pure function of seed, epoch, step and rank; PyTorch's seed.

No state of a generator must be saved: a training that was stopped continues with the same numbers.
"""

from __future__ import annotations

import numpy as np
import torch


def random_generator(seed: int, epoch: int, step: int, rank: int = 0) -> np.random.Generator:
    """A new generator for one step of one epoch; equal arguments give equal numbers.

    Args:
        seed: of the training.
        epoch: counted from 0.
        step: 0 for the order of the epoch, then 1 for its first step, 2 for its second.
        rank: of this process, where several share a training; each draws its own numbers.

    >>> bool(random_generator(7, 2, 30).random() == random_generator(7, 2, 30).random())
    True
    >>> bool(random_generator(7, 2, 30).random() == random_generator(7, 2, 30, rank=1).random())
    False
    """
    place = [seed, epoch, step, rank] if rank else [seed, epoch, step]
    return np.random.default_rng(np.random.SeedSequence(place))


def seed_torch(seed: int, device: str) -> None:
    """Seed PyTorch's generators in use alone: `torch.manual_seed` would start every accelerator."""
    torch.default_generator.manual_seed(seed)
    if device == "cuda":
        torch.cuda.manual_seed(seed)
