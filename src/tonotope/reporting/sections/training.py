"""How the network learned: the line that says it, the curves, and the table of the folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from tonotope.reporting.gather import Report
from tonotope.reporting.i18n import Words
from tonotope.reporting.svg import Line, curves

_NAMED_FOLDS = 5


def learning(report: Report, words: Words) -> dict[str, Any]:
    """The line above the curves, the figures, and one row per fold where there are folds."""
    folds = report["learning"]
    return {
        "about": _pace(folds, words),
        "figures": [one for one in (_loss(report, words), _metric(folds, words)) if one],
        "table": _by_fold(folds, words) if len(folds) > 1 else None,
    }


def _pace(folds: Sequence[Mapping[str, Any]], words: Words) -> Markup:
    told = [fold for fold in folds if fold["epochs"]]
    if not told:
        return words.say("learning.none")
    seconds = sum(fold["seconds"] for fold in told)
    count = sum(len(fold["epochs"]) for fold in told)
    time = words.time(seconds)
    if len(folds) > 1:
        text = words.say("learning.epochs.folds", n=len(folds), epochs=count, time=time)
    else:
        text = words.say("learning.epochs", n=count, time=time)
    share, pace = told[0]["data_share"], told[0]["clips_per_s"]
    if share is None or pace is None:
        text = words.say("learning.still", text=text)
    else:
        shares = {"pace": words.number(round(pace)), "share": words.percent(share)}
        text = words.say("learning.pace", text=text, **shares)
    return text + " " + _chosen(told, words)


def _chosen(folds: Sequence[Mapping[str, Any]], words: Words) -> Markup:
    if all(fold["best_epoch"] is None for fold in folds):
        return words.say("learning.unwatched")
    if len(folds) > 1:
        return words.say("learning.best.folds")
    return words.say("learning.best", epoch=folds[0]["best_epoch"])


def _loss(report: Report, words: Words) -> dict[str, Any] | None:
    folds = report["learning"]
    lines = _lines(folds, "loss", words)
    drawn = curves(lines, words)
    if drawn is None:
        return None
    best = min((fold["best_loss"] for fold in folds if fold["best_loss"] is not None), default=None)
    form = "learning.alt.loss" if best is None else "learning.alt.loss.watched"
    kind = "multitask" if report["tasks"] else report["kind"]
    title = words.say(f"learning.loss.{kind}")
    alt = words.say(form, what=title, train=folds[0]["train_loss"], best=best)
    return {"title": title, "curves": drawn, "alt": alt.unescape()}


def _metric(folds: Sequence[Mapping[str, Any]], words: Words) -> dict[str, Any] | None:
    drawn = curves(_lines(folds, "metric", words), words, top=1.0)
    title = words.known("learning.metric", folds[0]["metric"])
    alt = words.say("learning.alt.metric", what=title).unescape()
    return drawn and {"title": title, "curves": drawn, "alt": alt}


def _lines(folds: Sequence[Mapping[str, Any]], what: str, words: Words) -> list[Line]:
    """Training lines first, so that validation is drawn over them."""
    watched = any(one[f"validation_{what}"] is not None for f in folds for one in f["epochs"])
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
            own = role if single else words.say("fold", name=fold["fold"])
            # A few folds without validation are named one by one; otherwise the two roles are.
            by_fold = not single and not watched and len(folds) <= _NAMED_FOLDS
            title = own if single else f"{own}, {role}"
            # What is watched stands out; without validation that is the training itself.
            kind = "main" if part == "validation" or not watched else "side"
            kind = kind if len(folds) == 1 else f"{kind} many"
            best = [point for point in points if point[0] == fold["best_epoch"]]
            mark = best[0] if best and part == "validation" else None
            lines.append(Line(own if by_fold else role, title, kind, points, mark))
    return lines


def _by_fold(folds: Sequence[Mapping[str, Any]], words: Words) -> dict[str, Any]:
    columns: list[tuple[str, list[str]]] = [
        ("fold", [str(one["fold"]) for one in folds]),
        ("count", [words.number(len(one["epochs"])) for one in folds]),
        ("best.epoch", [words.shown(one["best_epoch"]) for one in folds]),
        ("best.loss", [words.score(one["best_loss"]) for one in folds]),
        ("train.loss", [words.score(one["train_loss"]) for one in folds]),
        ("time", [words.time(one["seconds"]) for one in folds]),
        ("speed", [words.number(one["clips_per_s"]) for one in folds]),
    ]
    # A column of dashes alone says nothing.
    kept = [(key, cells) for key, cells in columns if set(cells) != {"–"}]
    return {
        "heads": [words.say(f"learning.{key}") for key, _ in kept],
        "rows": [list(row) for row in zip(*(cells for _, cells in kept), strict=True)],
    }
