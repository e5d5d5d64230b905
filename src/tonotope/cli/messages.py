"""What commands say in the same words: of recordings, of what was left out, of a run."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from tonotope.cli import terminal

if TYPE_CHECKING:
    from tonotope.datasets.manifest import Manifest, Skipped


def tell_notes(manifest: Manifest) -> None:
    """What was understood of the recordings, and what deserves a look."""
    for note in manifest.notes:
        terminal.say(terminal.soft(terminal.one_line(note), sys.stderr))
    for warning in manifest.warnings:
        terminal.say(f"{terminal.bad('look:', sys.stderr)} {terminal.one_line(warning)}")


def tell_skipped(skipped: Sequence[Skipped], said: Collection[str] = ()) -> None:
    """Every input left out that was not named before, and how many there are."""
    for one in skipped:
        if str(one) not in said:
            terminal.say(f"{terminal.bad('left out:', sys.stderr)} {terminal.one_line(one)}")
    if skipped:
        some = "1 input was" if len(skipped) == 1 else f"{len(skipped)} inputs were"
        terminal.say(f"{some} left out; each is named above with its reason")


def sentences(evaluation: dict[str, Any]) -> list[str]:
    """What came of it: whole numbers first, the interval and the difference after.

    Of several tasks, each in turn under its name.
    """
    tasks = evaluation.get("tasks")
    if tasks:
        return [f"{name}: {line}" for name, own in tasks.items() for line in sentences(own)]
    verdict, better = evaluation["verdict"], evaluation.get("difference")
    second = f"{called(evaluation['metric'])} {_figure(evaluation, evaluation)}"
    if better and better["value"] is not None:
        clear = bool(verdict.get("excludes_zero"))
        second += f", {_difference(better, evaluation, clear=clear)}"
    second += f" [{100 * evaluation['confidence']:.0f} % intervals]"
    if "correct" not in verdict:
        return [f"It was judged on {verdict['n']} recordings it never heard before.", second]
    first = f"It names {verdict['correct']} of {verdict['n']} recordings it never heard before."
    if verdict.get("baseline"):
        first += f" The best simple baseline names {verdict['baseline_correct']}."
    return [first, second]


def called(metric: str) -> str:
    """What the report calls a figure; one of the user's own is called as it is written."""
    from tonotope.reporting.i18n import Words

    known = Words("en").sentences.get(f"metric.{metric}")
    return known if isinstance(known, str) else metric.replace("-", " ")


def _difference(better: dict[str, Any], told: dict[str, Any], *, clear: bool) -> str:
    """How much better it is than the best baseline: above it, or of an error less."""
    ahead = better["value"] >= 0
    side = "above" if ahead else "below"
    if told.get("lower_is_better"):
        side = "less than" if ahead else "more than"
    chance = "" if clear else ", which may be chance"
    far = better if ahead else _turned(better)
    return f"{_figure(far, told)} {side} {better['baseline']}{chance}"


def _turned(better: dict[str, Any]) -> dict[str, Any]:
    """The same difference, told from the other side."""
    low, high = better["low"], better["high"]
    turned = (None, None) if low is None or high is None else (-high, -low)
    return {"value": -better["value"], "low": turned[0], "high": turned[1]}


def _figure(estimate: dict[str, Any], told: dict[str, Any]) -> str:
    """A figure with its interval: `0.944 (0.910 to 0.968)`; what is undefined is a dash.

    An error is told with its unit and as many digits as mean something.
    """
    digits = ".4g" if told.get("lower_is_better") else ".3f"
    unit = f" {told['unit']}" if told.get("unit") else ""
    if estimate["value"] is None:
        return "–"
    value = f"{estimate['value']:{digits}}{unit}"
    if estimate.get("low") is None or estimate.get("high") is None:
        return value
    return f"{value} ({estimate['low']:{digits}} to {estimate['high']:{digits}})"
