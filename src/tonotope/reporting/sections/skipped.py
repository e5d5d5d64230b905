"""Inputs that were left out, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tonotope._escape import escaped
from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.section import Report

SKIPPED_SHOWN = 50


class Skipped:
    """Inputs left out, and doubts about those that were used."""

    name = "skipped"
    template = Path(__file__).with_name("skipped.html.j2")

    def gather(self, run: Run, report: Report) -> list[dict[str, Any]]:
        """Every input left out: file, row, reason."""
        del report
        return [
            {
                "file": escaped(str(one.get("file", ""))),
                "row": one.get("row"),
                "reason": escaped(str(one.get("reason", ""))),
            }
            for one in run.skipped
        ]

    def render(
        self, report: Report, words: Words, pictures: Mapping[int, Picture]
    ) -> Mapping[str, Any]:
        """The inputs that were left out, up to a number."""
        del pictures
        rows = report["skipped"]
        numbered = any(one["row"] is not None for one in rows)
        heads = ["skipped.file", *(["skipped.row"] if numbered else []), "skipped.reason"]
        rest = len(rows) - SKIPPED_SHOWN
        return {
            "about": words.say("skipped.some", n=len(rows)) if rows else words.say("skipped.none"),
            "more": words.say("skipped.more", n=rest) if rest > 0 else "",
            "files": {
                "heads": [words.say(head) for head in heads],
                "rows": [
                    [one["file"], *([words.text(one["row"])] if numbered else []), one["reason"]]
                    for one in rows[:SKIPPED_SHOWN]
                ],
            },
        }
