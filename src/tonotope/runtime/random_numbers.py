"""Random numbers as a pure function of the seed and of the place in a training.

No generator has a state that must be saved: a training that was stopped draws the same numbers
when it continues.
"""

from __future__ import annotations

import numpy as np


def random_generator(seed: int, epoch: int, step: int, rank: int = 0) -> np.random.Generator:
    """The generator of one step of one epoch, the same whenever it is asked for.

    Args:
        seed: of the training.
        epoch: counted from 0.
        step: 0 for the order of the epoch, then 1 for its first step, 2 for its second.
        rank: of the process, where several share a training; each draws numbers of its own.

    >>> bool(random_generator(7, 2, 30).random() == random_generator(7, 2, 30).random())
    True
    >>> bool(random_generator(7, 2, 30).random() == random_generator(7, 2, 30, rank=1).random())
    False
    """
    place = [seed, epoch, step, rank] if rank else [seed, epoch, step]
    return np.random.default_rng(np.random.SeedSequence(place))
