"""How the network learned: the history of every fold, cleaned, with its best epoch and its pace."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tonotope._escape import escaped
from tonotope.experiment.run_folder import Run

_LOSSES = ("train_loss", "validation_loss")
_PACE = ("seconds", "data_seconds", "model_seconds", "clips_per_s", "learning_rate")


def learning(run: Run) -> list[dict[str, Any]]:
    """One entry per fold, or one alone: its epochs, the best of them, and how fast it went."""
    folds: Sequence[str | None] = run.folds or (None,)
    by_metric = run.experiment.training.best == "metric"
    histories = {fold: run.history(fold) for fold in folds}
    metric = _metric([line for lines in histories.values() for line in lines])
    return [_of_fold(fold, lines, by_metric, metric) for fold, lines in histories.items()]


def _of_fold(
    fold: str | None, lines: Sequence[Mapping[str, Any]], by_metric: bool, metric: str
) -> dict[str, Any]:
    by_epoch: dict[int, dict[str, Any]] = {}
    for line in lines:
        epoch = line.get("epoch")
        # A run that was interrupted and went on may tell of an epoch twice: the later one stands.
        if isinstance(epoch, int) and not isinstance(epoch, bool):
            told = {name: finite(line.get(name)) for name in (*_LOSSES, *_PACE)}
            for part in ("train", "validation"):
                told[f"{part}_metric"] = finite(line.get(f"{part}_{metric}"))
            by_epoch[epoch] = {"epoch": epoch, **told}
    epochs = [by_epoch[epoch] for epoch in sorted(by_epoch)]
    best = _best(epochs, by_metric)
    seconds = _sum(epochs, "seconds")
    return {
        "fold": None if fold is None else escaped(fold),
        "metric": metric,
        "epochs": epochs,
        "best_epoch": best and best["epoch"],
        "best_loss": best and best["validation_loss"],
        "best_metric": best and best["validation_metric"],
        "train_loss": epochs[-1]["train_loss"] if epochs else None,
        "seconds": seconds,
        "data_share": _sum(epochs, "data_seconds") / seconds if seconds else None,
        "clips_per_s": _middle([one["clips_per_s"] for one in epochs]),
    }


def _metric(lines: Sequence[Mapping[str, Any]]) -> str:
    """What the head was followed by in training: the first of its figures; usually accuracy."""
    for line in lines:
        for name in line:
            if name.startswith("train_") and name != "train_loss":
                return name.removeprefix("train_")
    return "accuracy"


def _best(epochs: Sequence[dict[str, Any]], by_metric: bool) -> dict[str, Any] | None:
    """The epoch whose weights were kept: the first with the least loss, or the best metric."""
    name = "validation_metric" if by_metric else "validation_loss"
    watched = [one for one in epochs if one[name] is not None]
    if by_metric:
        return max(watched, key=lambda one: one[name], default=None)
    return min(watched, key=lambda one: one[name], default=None)


def finite(value: object) -> float | None:
    """A number that can be drawn, or None.

    >>> finite(0.5), finite(float("nan")), finite("0.5")
    (0.5, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _sum(epochs: Sequence[Mapping[str, Any]], name: str) -> float:
    return math.fsum(one[name] or 0.0 for one in epochs)


def _middle(values: Sequence[float | None]) -> float | None:
    known = sorted(value for value in values if value is not None)
    return known[len(known) // 2] if known else None
