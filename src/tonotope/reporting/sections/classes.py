"""What the page shows of the results: points, cells and clips, in the words of one language.

Everything comes from `report.json`; pictures and sounds are handed in beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from tonotope.reporting.gather import Report
from tonotope.reporting.i18n import Words
from tonotope.reporting.score_format import figure, scale_of
from tonotope.reporting.svg import across, strip

PAIRS_SHOWN = 8


def scores(report: Report, words: Words) -> list[dict[str, Any]]:
    """The rows of the figure: this network, its folds, then the baselines, best first."""
    score, scale = report["score"], scale_of(report)
    folds = [one["value"] for one in report["folds"] if one["value"] is not None]
    rows = [_score_row("us", words.say("scores.us"), score, report, words)]
    if len(folds) > 1:
        ends = {"low": min(folds), "high": max(folds)}
        shown = {key: figure({**score, **ends}, key, words) for key in ends}
        around = words.say("interval", **shown)
        label = words.say("scores.folds", n=len(folds))
        dots = [scale.share(one) for one in folds]
        drawn = strip(None, None, None, dots=dots, grid=scale.grid)
        rows.append(
            {"kind": "folds", "label": label, "strip": drawn, "value": "", "interval": around}
        )
    sign = 1.0 if score.get("lower_is_better") else -1.0
    order = sorted(report["baselines"], key=lambda one: sign * (one["value"] or 0.0))
    beside = [
        _score_row("", words.known("method", one["name"]), one, report, words) for one in order
    ]
    return rows + beside


def score_axis(report: Report, words: Words) -> Markup:
    """The numbers below the points of `scores`, in the unit of the figure."""
    if report["kind"] == "class":
        return share_axis(words)
    scale, unit = scale_of(report), report["score"].get("unit") or ""
    texts = [words.short(one) for one in scale.ticks]
    if unit:
        texts[-1] = words.unit(scale.ticks[-1], unit)
    return across(list(zip(scale.grid, texts, strict=True)))


def share_axis(words: Words) -> Markup:
    """The numbers below a column of points from 0 to 1."""
    return across([(at, words.short(at)) for at in (0, 0.2, 0.4, 0.6, 0.8, 1)])


def matrix(report: Report, words: Words) -> list[list[dict[str, Any] | None]]:
    """The confusion matrix as cells with a colour step; None where nothing was counted."""
    names = [one["name"] for one in report["classes"]]
    rows = []
    for truth, counts in enumerate(report["confusion"]):
        total = sum(counts) or 1
        rows.append(
            [
                {
                    "key": f"{truth}-{heard}",
                    "kind": _colour(truth == heard, count / total),
                    "title": _pair(names, truth, heard, words),
                    "count": words.number(count),
                }
                if count
                else None
                for heard, count in enumerate(counts)
            ]
        )
    return rows


def pairs(report: Report, words: Words) -> list[dict[str, Any]]:
    """The confusions that happened most often."""
    names = [one["name"] for one in report["classes"]]
    found = [
        (count, truth, heard)
        for truth, counts in enumerate(report["confusion"])
        for heard, count in enumerate(counts)
        if count and truth != heard
    ]
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    return [
        {
            "key": f"{truth}-{heard}",
            "count": words.number(count),
            "text": words.say("confusion.pair", truth=names[truth], heard=names[heard]),
        }
        for count, truth, heard in found[:PAIRS_SHOWN]
    ]


def classes(report: Report, words: Words) -> list[dict[str, Any]]:
    """One row per class, the hardest first; classes without a recording come last."""

    def order(one: Mapping[str, Any]) -> tuple[float, str]:
        return (2.0 if one["recall"] is None else one["recall"], one["name"])

    return [
        {
            "name": one["name"],
            "n": words.number(one["n"]),
            "strip": strip(one["recall"], one["recall_low"], one["recall_high"], kind="class"),
            "recall": words.number(one["recall"], 2),
            "interval": _interval(one["recall_low"], one["recall_high"], words, digits=2),
            "precision": words.number(one["precision"], 2),
            "f1": words.number(one["f1"], 2),
        }
        for one in sorted(report["classes"], key=order)
    ]


def undefined(report: Report, words: Words) -> Markup | str:
    """The line that explains a dash, where the table holds one."""
    columns = ("recall", "recall_low", "precision", "f1")
    dashed = any(one[column] is None for one in report["classes"] for column in columns)
    return words.say("classes.absent") if dashed else ""


def about_clip(clip: Mapping[str, Any], words: Words) -> Markup:
    """The small line below a clip: its score, that of the right class, its group and fold."""
    of_class = sureness(clip, words) if "heard" in clip else []
    return Markup(" · ").join([*of_class, *whose(clip, words)])


def whose(clip: Mapping[str, Any], words: Words) -> list[Markup]:
    """The group of a clip, where that is not the clip itself, and its fold."""
    parts = []
    if clip["group"] and clip["group"] != clip["file"]:
        parts.append(words.say("clip.group", group=clip["group"]))
    if clip["fold"]:
        parts.append(words.say("fold", name=clip["fold"]))
    return parts


def sounds_note(report: Report, words: Words) -> Markup:
    """How many of the recordings judged can be heard on the page."""
    own = listened(report) or report
    n, of = report["sounds"]["embedded"], own["score"]["n"]
    if not report["sounds"]["asked"]:
        return words.say("sounds.off")
    return words.say(
        "sounds.none" if not n else "sounds.all" if n == of else "sounds.some", n=n, of=of
    )


def data(report: Report, addresses: Mapping[int, str], words: Words) -> dict[str, Any]:
    """What the page's script needs: clips, cells and sounds, in words already."""
    places = {number: place for place, number in enumerate(sorted(addresses))}
    clips = [
        {
            "file": clip["file"],
            "about": str(about_clip(clip, words).unescape()),
            "sound": places.get(number),
        }
        for number, clip in enumerate(report["clips"])
    ]
    cells = {}
    own = listened(report) or {"cells": {}, "classes": []}
    names = [one["name"] for one in own["classes"]]
    for key, cell in own["cells"].items():
        truth, heard = map(int, key.split("-"))
        title = _pair(names, truth, heard, words)
        rest = cell["n"] - len(cell["clips"])
        more = words.say("confusion.more", n=rest) if rest else ""
        listing = words.say("confusion.listing", pair=title, n=cell["n"])
        cells[key] = {
            "title": plain(listing),
            "clips": cell["clips"],
            "more": plain(more),
        }
    spoken = {key: plain(words.say(key)) for key in ("play", "stop")}
    sounds = [addresses[number] for number in sorted(addresses)]
    return {"clips": clips, "cells": cells, "sounds": sounds, "words": spoken}


def listened(report: Report) -> Mapping[str, Any] | None:
    """The task whose confusion matrix plays its clips: the first that names classes."""
    tasks = report["tasks"] or [report]
    return next((one for one in tasks if one["kind"] == "class"), None)


def sureness(clip: Mapping[str, Any], words: Words) -> list[Markup]:
    """The score of the class that was heard and, of a mistake, that of the right one."""
    parts = [words.say("clip.score", score=words.number(clip["score"], 2))]
    if clip["truth"] != clip["heard"]:
        parts.append(words.say("clip.right", score=words.number(clip["truth_score"], 2)))
    return parts


def plain(text: Markup | str) -> str:
    """Text without markup, for the script, which sets it as text."""
    return text.unescape() if isinstance(text, Markup) else text


def metric_name(report: Report, words: Words) -> str:
    """The metric that counts, as the language calls it."""
    return words.known("metric", str(report["score"]["metric"]))


def _score_row(
    kind: str, label: str, one: Mapping[str, Any], report: Report, words: Words
) -> dict[str, Any]:
    scale, told = scale_of(report), {**report["score"], **one}
    ends = {key: figure(told, key, words) for key in ("low", "high")}
    known = one["low"] is not None and one["high"] is not None
    places = [scale.share(one[key]) for key in ("value", "low", "high")]
    return {
        "kind": kind,
        "label": label,
        "strip": strip(*places, grid=scale.grid),
        "value": figure(told, "value", words),
        "interval": words.say("interval", **ends) if known else "–",
    }


def _interval(low: float | None, high: float | None, words: Words, digits: int = 3) -> Markup | str:
    if low is None or high is None:
        return "–"
    return words.say("interval", low=words.number(low, digits), high=words.number(high, digits))


def _colour(hit: bool, share: float) -> str:
    if hit:
        return f"hit-{1 + sum(share >= edge for edge in (0.25, 0.5, 0.75))}"
    return f"miss-{1 + sum(share >= edge for edge in (0.1, 0.25, 0.5))}"


def _pair(names: Sequence[str], truth: int, heard: int, words: Words) -> str:
    if truth == heard:
        return plain(words.say("confusion.hit", truth=names[truth]))
    return plain(words.say("confusion.cell", truth=names[truth], heard=names[heard]))
