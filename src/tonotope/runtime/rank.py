"""Rank and world size (`torch.distributed`): which of several processes of a training this is.

`fit` asks once and passes it on. Only the process of rank 0 holds the lock and writes checkpoint,
history and progress.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch.distributed


@dataclass(frozen=True)
class Rank:
    """The number of this process, 0 to `world_size - 1`, and how many share the training."""

    number: int = 0
    world_size: int = 1

    @property
    def writes(self) -> bool:
        """Whether this process writes files and reports progress."""
        return self.number == 0


def current_rank() -> Rank:
    """The rank of this process in `torch.distributed`; 0 of 1 where that was not started.

    >>> current_rank()
    Rank(number=0, world_size=1)
    """
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return Rank(torch.distributed.get_rank(), torch.distributed.get_world_size())
    return Rank()
