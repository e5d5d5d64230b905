r"""What a section of the report is: numbers for `report.json`, and a part of the page.

class Loudness:
name = "loudness"
template = "<section><h2>Loudness</h2><p>{{ text }}</p></section>\n"

def gather(self, run, report):
return {"mean_db": -23.0}

def render(self, report, words, pictures):
return {"text": words.unit(report["loudness"]["mean_db"], "dB")}

tt.write_report(run, sections=[*tt.reporting.SECTIONS, Loudness()])
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from tonotope.experiment.run_folder import Run
    from tonotope.reporting.i18n import Words
    from tonotope.reporting.input_pictures import Picture

# The numbers of a report, as in report.json.
Report = Mapping[str, Any]


@runtime_checkable
class Section(Protocol):
    """One section of the report.

    A section that needs sentences in several languages may have `words` too: for each language
    (`en`, `es`) a table of sentences by key, as in `reporting/words/en.json`. In a language that
    it does not know, its first one is used.

    Attributes:
        name: the name of its numbers in report.json, unlike that of any other section.
        template: a Jinja template: its text, or the path of its file. What is put into it is
            escaped. It can use `report`, `words`, `say` (a sentence by its key) and the macros of
            `parts.html.j2`. The page runs no script but its own and takes nothing from outside,
            so a template may hold none of either.
    """

    @property
    def name(self) -> str:
        """The name of its numbers in report.json."""
        ...

    @property
    def template(self) -> str | Path:
        """Its template: the text, or the path of the file."""
        ...

    def gather(self, run: Run, report: Report) -> object:
        """The numbers of this section, as JSON can hold them; None for none of its own.

        Args:
            run: the finished run.
            report: what earlier sections gathered.
        """
        ...

    def render(
        self, report: Report, words: Words, pictures: Mapping[int, Picture]
    ) -> Mapping[str, Any]:
        """What the template names, in the words of one language.

        Args:
            report: all numbers, as in report.json.
            words: sentences and numbers in the language of the page.
            pictures: what could be drawn, by the number of the clip in `report["clips"]`.
        """
        ...
