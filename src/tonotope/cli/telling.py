"""What commands say in the same words: of recordings, of what was left out, of a run."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from tonotope.cli import screen

if TYPE_CHECKING:
    from tonotope.sound.manifest import Manifest, Skipped


def tell_notes(manifest: Manifest) -> None:
    """What was understood of the recordings, and what deserves a look."""
    for note in manifest.notes:
        screen.say(screen.soft(screen.one_line(note), sys.stderr))
    for warning in manifest.warnings:
        screen.say(f"{screen.bad('look:', sys.stderr)} {screen.one_line(warning)}")


def tell_skipped(skipped: Sequence[Skipped], said: Collection[str] = ()) -> None:
    """Every input left out that was not named before, and how many there are."""
    for one in skipped:
        if str(one) not in said:
            screen.say(f"{screen.bad('left out:', sys.stderr)} {screen.one_line(one)}")
    if skipped:
        some = "1 input was" if len(skipped) == 1 else f"{len(skipped)} inputs were"
        screen.say(f"{some} left out; each is named above with its reason")


def sentences(evaluation: dict[str, Any]) -> list[str]:
    """What came of it: whole numbers first, the interval and the difference after."""
    verdict, better = evaluation["verdict"], evaluation.get("difference")
    first = f"It names {verdict['correct']} of {verdict['n']} recordings it never heard before."
    if verdict.get("baseline"):
        first += f" The best simple baseline names {verdict['baseline_correct']}."
    metric = evaluation["metric"].replace("-", " ")
    second = f"{metric} {_figure(evaluation)}"
    if better and better["value"] is not None:
        second += f", {_difference(better, clear=bool(verdict.get('excludes_zero')))}"
    return [first, f"{second} [{100 * evaluation['confidence']:.0f} % intervals]"]


def _difference(better: dict[str, Any], *, clear: bool) -> str:
    side = "above" if better["value"] >= 0 else "below"
    chance = "" if clear else ", which may be chance"
    far = better if better["value"] >= 0 else _turned(better)
    return f"{_figure(far)} {side} {better['baseline']}{chance}"


def _turned(better: dict[str, Any]) -> dict[str, Any]:
    """The same difference, told from the other side."""
    low, high = better["low"], better["high"]
    turned = (None, None) if low is None or high is None else (-high, -low)
    return {"value": -better["value"], "low": turned[0], "high": turned[1]}


def _figure(estimate: dict[str, Any]) -> str:
    """A figure with its interval: `0.944 (0.910 to 0.968)`; what is undefined is a dash."""
    if estimate["value"] is None:
        return "–"
    if estimate.get("low") is None or estimate.get("high") is None:
        return f"{estimate['value']:.3f}"
    return f"{estimate['value']:.3f} ({estimate['low']:.3f} to {estimate['high']:.3f})"
