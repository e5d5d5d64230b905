"""Learning curves: losses and metrics by epoch and fold, the learning rate, the speed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope._escape import escaped
from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.svg import Line, curves

_LOSSES = ("train_loss", "validation_loss")
_PACE = ("seconds", "data_seconds", "model_seconds", "clips_per_s", "learning_rate")
# R² has no lower limit: one bad epoch at -50 would press all others against the top.
_FLOOR = -1.0


class LearningCurves:
    """The learning curves."""

    name = "learning"
    template = Path(__file__).with_name("learning_curves.html.j2")

    def gather(self, run: Run, report: Report) -> list[dict[str, Any]]:
        """One entry per fold, or a single one: the epochs, the best of them, and the speed."""
        folds: Sequence[str | None] = run.folds or (None,)
        by_metric = run.experiment.training.best == "metric"
        histories = {fold: run.history(fold) for fold in folds}
        metric = _metric_name([line for lines in histories.values() for line in lines])
        found = [_of_fold(fold, lines, by_metric, metric) for fold, lines in histories.items()]
        if run.experiment.training.optimizer == "lbfgs":  # its last iteration is kept
            unchosen = ("best_epoch", "best_loss", "best_metric", "clips_per_s", "data_share")
            return [{**one, **dict.fromkeys(unchosen), "fitted": True} for one in found]
        return found

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The line above the curves, the figures, and with folds one row for each."""
        folds = report["learning"]
        return {
            "about": _pace(folds, words),
            "figures": [one for one in (_loss(report, words), _metric(folds, words)) if one],
            "table": _by_fold(folds, words) if len(folds) > 1 else None,
        }


def _of_fold(
    fold: str | None, lines: Sequence[Mapping[str, Any]], by_metric: bool, metric: str
) -> dict[str, Any]:
    by_epoch: dict[int, dict[str, Any]] = {}
    for line in lines:
        epoch = line.get("epoch")
        # A run that was interrupted and resumed may have an epoch twice: the later line counts.
        if isinstance(epoch, int) and not isinstance(epoch, bool):
            values = {name: finite(line.get(name)) for name in (*_LOSSES, *_PACE)}
            for part in ("train", "validation"):
                values[f"{part}_metric"] = finite(line.get(f"{part}_{metric}"))
            by_epoch[epoch] = {"epoch": epoch, **values}
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
        "clips_per_s": _median([one["clips_per_s"] for one in epochs]),
        "fitted": False,
    }


def _metric_name(lines: Sequence[Mapping[str, Any]]) -> str:
    """The first metric of the history; usually accuracy."""
    for line in lines:
        for name in line:
            if name.startswith("train_") and name != "train_loss":
                return name.removeprefix("train_")
    return "accuracy"


def _best(epochs: Sequence[dict[str, Any]], by_metric: bool) -> dict[str, Any] | None:
    """The epoch whose weights were kept: the first with the least loss, or the best metric."""
    name = "validation_metric" if by_metric else "validation_loss"
    known = [one for one in epochs if one[name] is not None]
    return (max if by_metric else min)(known, key=lambda one: one[name], default=None)


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


def _median(values: Sequence[float | None]) -> float | None:
    known = sorted(value for value in values if value is not None)
    return known[len(known) // 2] if known else None


def _over_time(folds: Sequence[Mapping[str, Any]], name: str) -> float | None:
    """The mean of a value over the time of training, where every fold has it."""
    seconds = _sum(folds, "seconds")
    if not seconds or any(one[name] is None for one in folds):
        return None
    return math.fsum(one[name] * one["seconds"] for one in folds) / seconds


def _pace(folds: Sequence[Mapping[str, Any]], words: Words) -> Markup:
    trained = [fold for fold in folds if fold["epochs"]]
    if not trained:
        return words.say("learning.none")
    time = words.time(sum(fold["seconds"] for fold in trained))
    count = sum(len(fold["epochs"]) for fold in trained)
    if trained[0].get("fitted"):
        return words.say("learning.fitted", n=count, time=time)
    if len(folds) > 1:
        epochs = words.say("count.epochs", n=count)
        text = words.say("learning.epochs.folds", n=len(folds), epochs=epochs, time=time)
    else:
        text = words.say("learning.epochs", n=count, time=time)
    share, pace = _over_time(trained, "data_share"), _over_time(trained, "clips_per_s")
    if share is None or pace is None:
        text = words.say("learning.still", text=text)
    else:
        shares = {"pace": words.number(round(pace)), "share": words.percent(share)}
        text = words.say("learning.pace", text=text, **shares)
    return text + " " + _best_epoch(trained, words)


def _best_epoch(folds: Sequence[Mapping[str, Any]], words: Words) -> Markup:
    if all(fold["best_epoch"] is None for fold in folds):
        return words.say("learning.unwatched")
    if len(folds) > 1:
        return words.say("learning.best.folds")
    return words.say("learning.best", epoch=folds[0]["best_epoch"])


def _loss(report: Report, words: Words) -> dict[str, Any] | None:
    folds = report["learning"]
    drawn = curves(_lines(folds, "loss", words), words)
    if drawn is None:
        return None
    best = min((fold["best_loss"] for fold in folds if fold["best_loss"] is not None), default=None)
    form = "learning.alt.loss" if best is None else "learning.alt.loss.watched"
    kind = "multitask" if report["tasks"] else report["kind"]
    key = f"learning.loss.{kind}"
    title = words.say(key if key in words.sentences else "learning.loss.other")
    alt = words.say(form, what=title, train=folds[0]["train_loss"], best=best)
    return {"title": title, "curves": drawn, "alt": alt.unescape()}


def _metric(folds: Sequence[Mapping[str, Any]], words: Words) -> dict[str, Any] | None:
    lines = _lines(folds, "metric", words)
    drawn = curves(lines, words, top=1.0, floor=_FLOOR)
    title = words.known("learning.metric", folds[0]["metric"])
    least = min((y for line in lines for _, y in line.points), default=0.0)
    if least < _FLOOR:
        floor, lowest = words.short(_FLOOR), words.short(least)
        title = words.say("learning.floor", what=title, floor=floor, least=lowest)
    validated = any(one["validation_metric"] is not None for f in folds for one in f["epochs"])
    form = "learning.alt.metric.watched" if validated else "learning.alt.metric"
    return drawn and {
        "title": title,
        "curves": drawn,
        "alt": words.say(form, what=title).unescape(),
    }


def _lines(folds: Sequence[Mapping[str, Any]], what: str, words: Words) -> list[Line]:
    """The lines of every fold: training first, so that validation is drawn over it."""
    validated = any(one[f"validation_{what}"] is not None for f in folds for one in f["epochs"])
    lines = []
    for part in ("train", "validation"):
        for fold in folds:
            points = tuple(
                (one["epoch"], one[f"{part}_{what}"])
                for one in fold["epochs"]
                if one[f"{part}_{what}"] is not None
            )
            role = words.say(f"learning.{part}")
            single = fold["fold"] is None
            # The lines of many folds lie too close for names: those are shown under the pointer.
            title = role if single else f"{words.say('fold', name=fold['fold'])}, {role}"
            # Validation stands out; without it, training does.
            kind = "main" if part == "validation" or not validated else "side"
            kind = kind if len(folds) == 1 else f"{kind} many"
            best = [point for point in points if point[0] == fold["best_epoch"]]
            mark = best[0] if best and part == "validation" else None
            lines.append(Line(role, title, kind, points, mark))
    return lines


def _by_fold(folds: Sequence[Mapping[str, Any]], words: Words) -> dict[str, Any]:
    columns: list[tuple[str, list[str]]] = [
        ("fold", [str(one["fold"]) for one in folds]),
        ("count", [words.number(len(one["epochs"])) for one in folds]),
        ("best.epoch", [words.text(one["best_epoch"]) for one in folds]),
        ("best.loss", [words.score(one["best_loss"]) for one in folds]),
        ("train.loss", [words.score(one["train_loss"]) for one in folds]),
        ("time", [words.time(one["seconds"]) for one in folds]),
        ("speed", [words.number(one["clips_per_s"]) for one in folds]),
    ]
    # A column of dashes only is left out.
    kept = [(key, cells) for key, cells in columns if set(cells) != {"–"}]
    return {
        "heads": [words.say(f"learning.{key}") for key, _ in kept],
        "rows": [list(row) for row in zip(*(cells for _, cells in kept), strict=True)],
    }
