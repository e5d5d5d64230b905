"""How to run the experiment again: the command and every setting."""

from __future__ import annotations

from pathlib import Path

from tonotope._escape import escaped
from tonotope.experiment.run_files import EXPERIMENT
from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Pictures, Report, Values


class Reproduce:
    """The command that repeats this run, and its settings."""

    name = "settings"
    template = Path(__file__).with_name("reproduce.html.j2")

    def gather(self, run: Run, report: Report) -> str:
        """The experiment file of the run, with every default."""
        text = (run.folder / EXPERIMENT).read_text(encoding="utf-8")
        # The file as it is, without signs that would move its text on the page.
        return "\n".join(escaped(line).replace("\\\\", "\\") for line in text.splitlines())

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The settings, with their comments in the language of the page."""
        lines = [
            f"# {words.told(line.removeprefix('# '))}" if line.startswith("# ") else line
            for line in str(report["settings"]).splitlines()
        ]
        return {"settings": "\n".join(lines)}
