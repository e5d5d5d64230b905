"""What could have leaked from the test part: checks that were made, and what holds by design."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.section import Report


class Leaks:
    """Why the test part gave nothing away."""

    name = "leaks"
    template = Path(__file__).with_name("leaks.html.j2")

    def gather(self, run: Run, report: Report) -> None:
        """Nothing: it reads the checks."""
        del run, report

    def render(
        self, report: Report, words: Words, pictures: Mapping[int, Picture]
    ) -> Mapping[str, Any]:
        """Two checks that were made, and what holds by construction."""
        del pictures
        return {"leaks": leaks(report, words)}


def leaks(report: Report, words: Words) -> list[dict[str, Any]]:
    """What could have leaked: two checks that were made, and what holds by construction."""
    found = [
        {"state": one["state"], "text": _leak(one, words)}
        for one in report["checks"]
        if one["key"] in ("groups", "files")
    ]
    watched = any(fold["best_epoch"] is not None for fold in report["learning"])
    built = {
        "leaks.cut": {"clip": words.time(report["shown"]["clip_s"])},
        "leaks.scale": {},
        "leaks.chosen" if watched else "leaks.last": {},
    }
    if report["baselines"]:
        built["leaks.baselines"] = {}
    return found + [
        {"state": "good", "text": words.say(key, **values)} for key, values in built.items()
    ]


def _leak(one: Mapping[str, Any], words: Words) -> Markup:
    """A fact of the row of checks as a sentence of its own."""
    if one["state"] == "good":
        return words.say(f"leaks.{one['key']}", **_values(one))
    text = words.say(f"check.{one['key']}.{one['form']}", **_values(one))
    return Markup(text[:1].upper()) + text[1:] + "."


def _values(one: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key not in ("key", "state", "form")}
