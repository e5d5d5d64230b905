"""`Section`: what every section of the report must offer.

One of your own::

    class Loudness:
        name = "loudness"
        template = "<section><h2>Loudness</h2><p>{{ text }}</p></section>"

        def gather(self, run, report):
            return {"mean_db": -23.0}

        def render(self, report, words, pictures):
            return {"text": words.unit(report["loudness"]["mean_db"], "dB")}

    tt.report(run, sections=[*tt.reporting.SECTIONS, Loudness()])
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
# The pictures that could be drawn, by the number of the clip in `report["clips"]`.
Pictures = Mapping[int, "Picture"]
# The values that a template names.
Values = Mapping[str, Any]


@runtime_checkable
class Section(Protocol):
    """One section of the report.

    A section may also have `words`: for each language (`en`, `es`) its sentences by key, as in
    `reporting/words/en.json`. For a language that is not there, its first one is used.
    """

    @property
    def name(self) -> str:
        """The name of its numbers in report.json; no other section may have it."""
        ...

    @property
    def template(self) -> str | Path:
        """A Jinja template: its text, or the path of its file.

        It may use `report`, `words`, `say` (a sentence by its key) and the macros of
        `parts.html.j2`. Values are escaped. It may hold no script and no address outside the page.
        """
        ...

    def gather(self, run: Run, report: Report) -> object:
        """The numbers of this section, as JSON can hold them; None if it has none.

        Args:
            run: the finished run.
            report: the numbers of the tasks and of earlier sections.
        """
        ...

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The values for the template.

        Args:
            report: all numbers, as in report.json.
            words: sentences and numbers in the language of the page.
            pictures: the pictures that could be drawn, by the number of their clip.
        """
        ...
