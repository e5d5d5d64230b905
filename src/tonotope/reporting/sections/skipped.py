"""Inputs that were left out, with the reasons, and warnings about those that were used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tonotope._escape import escaped
from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Pictures, Report, Values

SKIPPED_SHOWN = 50


class Skipped:
    """Inputs left out, and warnings about those that were used."""

    name = "skipped"
    template = Path(__file__).with_name("skipped.html.j2")

    def gather(self, run: Run, report: Report) -> list[dict[str, Any]]:
        """Every input that was left out: file, row, reason."""
        return [
            {
                "file": escaped(str(one.get("file", ""))),
                "row": one.get("row"),
                "reason": escaped(str(one.get("reason", ""))),
            }
            for one in run.skipped
        ]

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The first inputs that were left out, and how many more there are."""
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
