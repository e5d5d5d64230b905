"""The protocol of progress: begin, advance, end, say. `cli/progress.py` shows it.

The command line shows a bar, a notebook may show another, and by default nothing is shown.
"""

from __future__ import annotations


class Progress:
    """Receives progress and shows nothing; override the methods whose calls should be shown."""

    def begin(self, task: str, total: int) -> None:
        """A task of `total` steps begins; it ends the one before it."""

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        """`steps` more are done; `facts` may be shown (`loss=0.41`, `clips_per_s=380`)."""

    def end(self) -> None:
        """The task is over."""

    def say(self, message: str) -> None:
        """One line worth keeping: a choice made, a file left out."""


SILENT = Progress()
