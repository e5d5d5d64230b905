"""Results of a tagger: the scores of each tag, and the tags that were missed or given wrongly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tonotope._wording import reading_order
from tonotope.reporting.i18n import Words
from tonotope.reporting.score_format import interval_text
from tonotope.reporting.section import Report
from tonotope.reporting.sections import checks
from tonotope.reporting.sections.quantities import Columns
from tonotope.reporting.sections.results import Numbers

if TYPE_CHECKING:
    from tonotope.answers.tags import Tagged
    from tonotope.experiment.run_folder import Run


class Tags(Columns):
    """Any of several tags."""

    kind = "tags"
    heads = ("tag", "f1", "interval", "precision", "recall", "average-precision", "n")

    def checks(self, run: Run, task: Report, *, leading: bool) -> list[Numbers]:
        """Whether the threshold of each tag was chosen, and on other recordings."""
        return [checks.thresholds(run)]

    def as_read(self, columns: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """The tags in the order in which readers look for their names."""
        return sorted(columns, key=lambda one: reading_order(one["name"]))

    def row(self, one: Mapping[str, Any], words: Words) -> list[Markup | str]:
        """The scores of one tag, and the number of recordings that have it."""
        ends = ("f1_low", "f1_high")
        low, high = (words.number(one[end], 2) for end in ends)
        around = interval_text(one, (low, high), words, ends)
        scores = [words.number(one[key], 2) for key in ("precision", "recall", "average-precision")]
        borne = words.say("columns.borne", n=one["positives"], of=one["n"])
        return [one["name"], words.number(one["f1"], 2), around, *scores, borne]

    def clip(self, table: Tagged, row: int) -> Numbers:
        """One recording, with the score of each tag."""
        scores = [round(float(one), 6) for one in table.scores[row]]
        return super().clip(table, row) | {"scores": scores}

    def card_text(self, clip: Mapping[str, Any], words: Words) -> Markup:
        """The tags that were missed, and those that were given wrongly."""
        columns = list(zip(clip["columns"], clip["truth"], clip["said"], strict=True))
        found = {
            "mistakes.missed": [name for name, truth, given in columns if truth and not given],
            "mistakes.extra": [name for name, truth, given in columns if truth == 0 and given],
        }
        return Markup("; ").join(
            words.say(key, n=len(names), names=", ".join(sorted(names, key=reading_order)))
            for key, names in found.items()
            if names
        )
