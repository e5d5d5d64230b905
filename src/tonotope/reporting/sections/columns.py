"""What the page shows of quantities and tags: each by itself, and what was said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from tonotope.reporting.gather import Report
from tonotope.reporting.i18n import Words
from tonotope.reporting.score_format import figure, scale_to
from tonotope.reporting.svg import across, scatter, upwards

PLOT_PX = 320
_ERRORS = ("mae", "rmse", "median-error")


def columns(report: Report, words: Words) -> dict[str, Any]:
    """One row for each quantity or tag."""
    of_kind = _quantity if report["kind"] == "numbers" else _tag
    heads = {
        "numbers": ("quantity", "mae", "interval", "rmse", "median-error", "r2", "n"),
        "tags": ("tag", "f1", "interval", "precision", "recall", "average-precision", "n"),
    }[report["kind"]]
    return {
        "title": words.say(f"columns.title.{report['kind']}"),
        "about": words.say(
            f"columns.about.{report['kind']}", confidence=words.percent(_confidence(report))
        ),
        "heads": [words.say(f"columns.{head}") for head in heads],
        "rows": [of_kind(one, words) for one in report["columns"]],
    }


def plots(report: Report, words: Words) -> list[dict[str, Any]]:
    """For each quantity what was said against what is true, with both axes in its unit."""
    form = "sound." if report["kind"] == "sound" else ""
    return [_plot(one, form, words) for one in report["points"]]


def card_text(clip: Mapping[str, Any], words: Words) -> Markup:
    """What was said of one recording, and what is true; of several columns each in turn."""
    if "units" in clip:
        return Markup("; ").join(
            words.say(
                "mistakes.measured",
                name=name if len(clip["columns"]) > 1 else "",
                said=_with_unit(said, unit, words),
                truth=_with_unit(truth, unit, words),
            )
            for name, unit, truth, said in zip(
                clip["columns"], clip["units"], clip["truth"], clip["said"], strict=True
            )
            if truth is not None
        )
    pairs = list(zip(clip["columns"], clip["truth"], clip["said"], strict=True))
    missed = [name for name, truth, said in pairs if truth and not said]
    wrong = [name for name, truth, said in pairs if truth == 0 and said]
    parts = []
    if missed:
        parts.append(words.say("mistakes.missed", names=", ".join(missed)))
    if wrong:
        parts.append(words.say("mistakes.extra", names=", ".join(wrong)))
    return Markup("; ").join(parts)


def _quantity(one: Mapping[str, Any], words: Words) -> list[Markup | str]:
    def shown(key: str) -> str:
        error = key.partition("_")[0] in _ERRORS
        return figure({**one, "lower_is_better": error}, key, words)

    return [
        one["name"],
        shown("mae"),
        _interval(shown("mae_low"), shown("mae_high"), words),
        shown("rmse"),
        shown("median-error"),
        shown("r2"),
        words.number(one["n"]),
    ]


def _tag(one: Mapping[str, Any], words: Words) -> list[Markup | str]:
    low, high = (words.number(one[f"f1_{end}"], 2) for end in ("low", "high"))
    scores = [words.number(one[key], 2) for key in ("precision", "recall", "average-precision")]
    return [
        one["name"],
        words.number(one["f1"], 2),
        _interval(low, high, words),
        *scores,
        words.say("columns.borne", n=one["positives"], of=one["n"]),
    ]


def _interval(low: str, high: str, words: Words) -> Markup | str:
    return "–" if "–" in (low, high) else words.say("interval", low=low, high=high)


def _plot(one: Mapping[str, Any], form: str, words: Words) -> dict[str, Any]:
    values = [value for pair in one["pairs"] for value in pair] or [0.0, 1.0]
    scale = scale_to(min(values), max(values))
    texts = [words.short(tick) for tick in scale.ticks]
    axis = list(zip(scale.grid, texts, strict=True))
    dots = [
        (
            scale.share(truth) or 0.0,
            scale.share(said) or 0.0,
            words.say(
                f"plot.{form}point",
                file=file,
                truth=_with_unit(truth, one["unit"], words),
                said=_with_unit(said, one["unit"], words),
            ),
        )
        for (truth, said), file in zip(one["pairs"], one["files"], strict=True)
    ]
    unit = one["unit"] or words.say("plot.no.unit")
    return {
        "title": words.say(f"plot.{form}title", name=one["name"], unit=unit),
        "alt": words.say(f"plot.{form}alt", name=one["name"], n=one["n"]).unescape(),
        "left": upwards(axis, PLOT_PX),
        "plot": scatter(dots, scale.grid, PLOT_PX),
        "below": across(axis),
        "across": words.say(f"plot.{form}truth", unit=unit),
        "upwards": words.say(f"plot.{form}said", unit=unit),
    }


def _with_unit(value: float | None, unit: str, words: Words) -> str:
    return words.unit(value, unit) if unit else words.short(value)


def _confidence(report: Report) -> float:
    return report["score"]["confidence"]
