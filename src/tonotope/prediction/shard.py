"""`Shard`, such as 3/40: which recordings of a job one of several machines hears."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple, Self

from tonotope._errors import ExperimentError

MOST = 100_000


class Shard(NamedTuple):
    """One of so many shares of a job's recordings.

    The recordings are sorted by their names and dealt out in turn, so that a share depends on the
    names alone: not on the machine, nor on what was heard before.
    """

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """A shard as it is written on the command line.

        Raises:
            ExperimentError: it is no shard.

        >>> Shard.parse("3/40")
        Shard(number=3, of=40)
        """
        found = re.fullmatch(r"\s*([0-9]{1,6})\s*/\s*([0-9]{1,6})\s*", text)
        if not found or not 1 <= int(found[1]) <= int(found[2]) <= MOST:
            raise ExperimentError(
                f"a shard of {text}: the number of this one and how many there are would fit, such"
                " as 1/4, 2/4, 3/4 and 4/4"
            )
        return cls(int(found[1]), int(found[2]))

    @property
    def label(self) -> str:
        """In names of files; empty where there is one shard."""
        return f"-{self.number}-of-{self.of}" if self.of > 1 else ""

    def share(self, names: Iterable[str]) -> list[str]:
        """The names that are this shard's, sorted.

        >>> Shard(2, 3).share(["e", "d", "c", "b", "a"])
        ['b', 'e']
        """
        return sorted(names)[self.number - 1 :: self.of]

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"
