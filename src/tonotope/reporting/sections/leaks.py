"""Leaks from the test part into the training: two checks, and what holds by construction."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.sections.verdict import check_values


class Leaks:
    """The checks against leaks."""

    name = "leaks"
    template = Path(__file__).with_name("leaks.html.j2")

    def gather(self, run: Run, report: Report) -> None:
        """No numbers of its own: it reads the checks."""

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The state and the sentence of each point."""
        return {"leaks": leaks(report, words)}


def leaks(report: Report, words: Words) -> list[dict[str, Any]]:
    """Two checks of the run's files, then the points that hold by construction."""
    found = [
        {"state": one["state"], "text": _leak(one, words)}
        for one in report["checks"]
        if one["key"] in ("groups", "files")
    ]
    chosen = any(fold["best_epoch"] is not None for fold in report["learning"])
    built: dict[str, dict[str, str]] = {
        "leaks.cut": {"clip": words.time(report["shown"]["clip_s"])},
        "leaks.scale": {},
        "leaks.chosen" if chosen else "leaks.last": {},
    }
    if report["baselines"]:
        built["leaks.baselines"] = {}
    return found + [
        {"state": "good", "text": words.say(key, **values)} for key, values in built.items()
    ]


def _leak(one: Mapping[str, Any], words: Words) -> Markup:
    """A check as a sentence of its own."""
    values = check_values(one, words)
    if one["state"] == "good":
        return words.say(f"leaks.{one['key']}", **values)
    text = words.say(f"check.{one['key']}.{one['form']}", **values)
    return Markup(text[:1].upper()) + text[1:] + "."
