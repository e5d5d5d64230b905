"""How to run it again: the command, and every setting."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tonotope._escape import escaped
from tonotope.experiment.run_folder import EXPERIMENT, Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.section import Report


class Reproduce:
    """The command that gives this run again, and its settings."""

    name = "settings"
    template = Path(__file__).with_name("reproduce.html.j2")

    def gather(self, run: Run, report: Report) -> str:
        """The experiment file of the run, every default spelled out."""
        del report
        text = (run.folder / EXPERIMENT).read_text(encoding="utf-8")
        # As it stands, but for signs that would not stay where they are.
        return "\n".join(escaped(line).replace("\\\\", "\\") for line in text.splitlines())

    def render(
        self, report: Report, words: Words, pictures: Mapping[int, Picture]
    ) -> Mapping[str, Any]:
        """Nothing more: its template reads the report."""
        del report, words, pictures
        return {}
