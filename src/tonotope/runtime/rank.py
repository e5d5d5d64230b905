"""Which of several processes of one training this is.

It is asked once, where a training begins, and then passed on. Only the process of rank 0 holds the
lock and writes: checkpoint, history, progress.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch.distributed


@dataclass(frozen=True)
class Rank:
    """The number of this process, and how many share the training.

    Attributes:
        number: 0 to `world_size - 1`.
        world_size: how many processes there are.
    """

    number: int = 0
    world_size: int = 1

    @property
    def writes(self) -> bool:
        """Whether this process writes files and reports progress."""
        return self.number == 0


def current_rank() -> Rank:
    """The rank that `torch.distributed` gave this process; 0 of 1 where it was not started.

    >>> current_rank()
    Rank(number=0, world_size=1)
    """
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return Rank(torch.distributed.get_rank(), torch.distributed.get_world_size())
    return Rank()
