"""What a long piece of work tells of itself while it goes on.

The chapters report; they never print. The command line shows a bar, a notebook may show another,
and by default nothing is shown.
"""

from __future__ import annotations


class Progress:
    """Hears of work as it goes on; this one keeps silent. Override what should be shown."""

    def begin(self, task: str, total: int) -> None:
        """A task of `total` steps begins; it ends the one before it."""

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        """`steps` more are done; `facts` are worth showing (`loss=0.41`, `clips_per_s=380`)."""

    def end(self) -> None:
        """The task that was begun is over."""

    def say(self, message: str) -> None:
        """One line worth keeping: a choice made, a file left out."""


SILENT = Progress()
