"""The history: losses and metrics of each epoch, `history.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tonotope._errors import TonotopeError
from tonotope._files import write_text

HISTORY = "history.jsonl"

HistoryLine = dict[str, Any]


@dataclass(frozen=True)
class History:
    """The history of a finished training.

    Attributes:
        lines: one for every epoch, as in `history.jsonl`.
        best_epoch: the epoch whose weights were kept, counted from 1.
        stopped_early: whether `patience` ended it before the last epoch.
    """

    lines: tuple[HistoryLine, ...]
    best_epoch: int
    stopped_early: bool


@dataclass
class EpochSums:
    """Sums over the clips of the current epoch; a checkpoint keeps them.

    Attributes:
        clips: how many so far.
        loss: summed over clips.
        metrics: by name, summed over clips.
        data_seconds: spent on loading and augmenting clips.
        model_seconds: spent on training steps.
    """

    clips: int = 0
    loss: float = 0.0
    metrics: dict[str, float] = field(default_factory=dict)
    data_seconds: float = 0.0
    model_seconds: float = 0.0

    def add(
        self,
        clips: int,
        loss: float,
        metrics: Mapping[str, float],
        data_seconds: float,
        model_seconds: float,
    ) -> None:
        """Add one step, with the means of its loss and metrics over `clips` clips."""
        self.data_seconds += data_seconds
        self.model_seconds += model_seconds
        self.clips += clips
        self.loss += clips * loss
        for name, value in metrics.items():
            self.metrics[name] = self.metrics.get(name, 0.0) + clips * value

    def means(self) -> dict[str, float]:
        """Loss and metrics per clip."""
        sums = {"loss": self.loss, **self.metrics}
        return {name: value / self.clips for name, value in sums.items()}

    def shown(self) -> dict[str, float]:
        """Means and speed, for the progress bar."""
        return self.means() | {"clips_per_s": self.clips_per_s}

    @property
    def clips_per_s(self) -> float:
        """Training speed, without validation and saving."""
        return self.clips / max(self.data_seconds + self.model_seconds, 1e-9)

    def line(
        self,
        epoch: int,
        learning_rate: float,
        validation: Mapping[str, float],
        validation_seconds: float,
    ) -> HistoryLine:
        """The line of a finished epoch; `validation` is empty where there was none."""
        seconds = self.data_seconds + self.model_seconds + validation_seconds
        line: HistoryLine = {"epoch": epoch}
        line |= {f"train_{name}": value for name, value in self.means().items()}
        line |= {f"validation_{name}": value for name, value in validation.items()}
        return line | {
            "learning_rate": learning_rate,
            "seconds": round(seconds, 4),
            "data_seconds": round(self.data_seconds, 4),
            "model_seconds": round(self.model_seconds, 4),
            "clips_per_s": round(self.clips_per_s, 2),
        }


def write_history(folder: Path, lines: Sequence[HistoryLine]) -> None:
    """Write `history.jsonl`, whole or not at all."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    write_text(folder / HISTORY, text)


def read_history(folder: Path) -> list[HistoryLine]:
    """The lines of `history.jsonl`, oldest first.

    Raises:
        TonotopeError: it is missing or a line of it is damaged.
    """
    path = folder / HISTORY
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TonotopeError(f"{path}: cannot be read ({error})") from error
    lines = []
    for number, row in enumerate(rows, 1):
        try:
            lines.append(json.loads(row))
        except ValueError as error:
            raise TonotopeError(f"{path}: line {number} is damaged ({error})") from error
    return lines
