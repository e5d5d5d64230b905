"""The lines that `verbose` prints: one for each epoch."""

from __future__ import annotations

from tonotope._progress import SILENT, Progress


class PrintProgress(Progress):
    """Prints a line for each epoch of a training.

    >>> progress_for = PrintProgress()
    >>> progress_for.begin("train", 4)
    >>> for epoch, loss in ((1, 0.9), (1, 0.7), (2, 0.5), (2, 0.4)):
    ...     progress_for.advance(1, epoch=epoch, loss=loss)
    epoch 1: loss 0.7
    >>> progress_for.end()
    epoch 2: loss 0.4
    """

    def __init__(self) -> None:
        self._facts: dict[str, float | str] = {}

    def begin(self, task: str, total: int) -> None:
        """A task begins."""
        self._facts = {}

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        """Print an epoch when the next one begins: then its means are complete."""
        if facts.get("epoch") != self._facts.get("epoch"):
            self.end()
        self._facts = facts

    def end(self) -> None:
        """The last epoch is over."""
        if "epoch" in self._facts:
            printed = [
                f"{name.replace('_', ' ')} {value:.4g}"
                for name, value in self._facts.items()
                if name != "epoch" and isinstance(value, float)
            ]
            print(f"epoch {self._facts['epoch']}: {', '.join(printed)}")
        self._facts = {}

    def say(self, message: str) -> None:
        """Print a message."""
        print(message)


def progress_for(verbose: object) -> Progress:
    """A progress that prints if `verbose` is set, and a silent one otherwise."""
    return PrintProgress() if verbose else SILENT
