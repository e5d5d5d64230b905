"""Results of a regression: the errors of each quantity, and plots of prediction against target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from tonotope._escape import escaped
from tonotope.reporting.i18n import Words
from tonotope.reporting.score_format import interval_text, scale_to, score_text
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.sections.results import Numbers, Results, group_and_fold, of_one_group
from tonotope.reporting.svg import across, scatter, upwards

if TYPE_CHECKING:
    from tonotope.answers.quantities import Quantities as QuantityTable
    from tonotope.experiment.run_folder import Run

MISTAKES_SHOWN = 6
MOST_POINTS = 1500
PLOT_PX = 320


class Columns(Results):
    """Results with one column for each quantity, tag or score of a sound.

    Attributes:
        heads: the heads of its table, as keys of words.
        prefix: a part of the keys of the words of its plots.
    """

    template = Path(__file__).with_name("quantities.html.j2")
    heads: tuple[str, ...] = ()
    prefix: str = ""

    def gather(self, run: Run, evaluation: Mapping[str, Any], table: Any) -> Numbers:
        """The scores of each column, the points of its plots, and the worst recordings."""
        numbers = super().gather(run, evaluation, table)
        clips = self.worst(table)
        return numbers | {
            "columns": [
                {**of_one_group(one, evaluation), "name": escaped(str(one["name"]))}
                for one in evaluation["per_column"]
            ],
            "metrics": evaluation.get("metrics") or {},
            "points": self.points(table),
            "clips": clips,
            "mistakes": [*range(len(clips))],
        }

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The plots, and one row for each column."""
        confidence = words.percent(report["score"]["confidence"])
        columns = {
            "title": words.say(f"columns.title.{self.kind}"),
            "about": words.say(f"columns.about.{self.kind}", confidence=confidence),
            "heads": [words.say(f"columns.{head}") for head in self.heads],
            "rows": [self.row(one, words) for one in self.as_read(report["columns"])],
        }
        return {"columns": columns, "plots": self.plots(report, words)}

    def as_read(self, columns: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """The columns in the order of their rows: as the experiment names them."""
        return columns

    def mistakes_title(self, task: Report) -> str:
        """Each kind has a title of its own."""
        return f"mistakes.title.{self.kind}" if task["mistakes"] else "mistakes.none"

    def card(
        self, task: Report, clip: Mapping[str, Any], words: Words
    ) -> tuple[Markup, list[Markup]]:
        """The prediction and the truth of each column."""
        return self.card_text(clip, words), group_and_fold(clip, words)

    def points(self, table: Any) -> list[Numbers]:
        """The points of the plots; most kinds have none."""
        return []

    def row(self, one: Mapping[str, Any], words: Words) -> list[Markup | str]:
        """The cells of the row for one column."""
        raise NotImplementedError

    def card_text(self, clip: Mapping[str, Any], words: Words) -> Markup:
        """The prediction and the truth of one recording."""
        raise NotImplementedError

    def worst(self, table: Any) -> list[Numbers]:
        """The recordings with the largest errors, the worst first."""
        errors = table.losses
        order = sorted(range(len(table)), key=lambda row: (-errors[row], table.ids[row]))
        return [self.clip(table, row) for row in order[:MISTAKES_SHOWN] if errors[row] > 0]

    def clip(self, table: Any, row: int) -> Numbers:
        """One recording: the truth of each column (None: unknown) and its prediction."""
        return {
            "file": escaped(table.ids[row]),
            "row": row,
            "columns": [escaped(name) for name in table.columns],
            "truth": [float(one) if np.isfinite(one) else None for one in table.truth[row]],
            "said": [float(one) for one in table.predicted[row]],
            "group": escaped(table.groups[row]),
            "fold": escaped(table.folds[row]),
        }

    def plots(self, report: Report, words: Words) -> list[dict[str, Any]]:
        """A plot for each quantity: prediction against truth, both in its unit."""
        return [_plot(one, self.prefix, words) for one in report["points"]]


class Quantities(Columns):
    """Numbers with units."""

    kind = "numbers"
    heads = ("quantity", "mae", "interval", "rmse", "median-error", "r2", "n")

    def verdict(self, task: Report, best: Mapping[str, Any], words: Words) -> tuple[Markup, Markup]:
        """Of several quantities it says that R² is their mean, and of how many recordings each."""
        first, second = super().verdict(task, best, words)
        counts = [one["n"] for one in task["columns"]]
        if task["score"]["metric"] == "r2" and len(counts) > 1:
            least, most = (words.number(end(counts)) for end in (min, max))
            n = least if least == most else words.interval(least, most)
            value = score_text(task["score"], "value", words)
            first = words.say("verdict.several.r2", value=value, columns=len(counts), recordings=n)
        return first, second

    def row(self, one: Mapping[str, Any], words: Words) -> list[Markup | str]:
        """The errors of one quantity, in its unit."""
        error = {**one, "lower_is_better": True}

        def text(key: str) -> str:
            return score_text(error, key, words)

        ends = ("mae_low", "mae_high")
        around = interval_text(error, (text(ends[0]), text(ends[1])), words, ends)
        errors = [text("rmse"), text("median-error"), words.score(one["r2"])]
        return [one["name"], text("mae"), around, *errors, words.number(one["n"])]

    def points(self, table: QuantityTable) -> list[Numbers]:
        """Prediction and truth of each quantity."""
        return [points_of(table, at) for at in range(len(table.columns))]

    def clip(self, table: QuantityTable, row: int) -> Numbers:
        """One recording, with the unit of each quantity."""
        return super().clip(table, row) | {"units": [escaped(unit) for unit in table.units]}

    def card_text(self, clip: Mapping[str, Any], words: Words) -> Markup:
        """The prediction and the truth of each known quantity, with units."""
        return Markup("; ").join(
            words.say(
                "mistakes.measured",
                name=name if len(clip["columns"]) > 1 else "",
                predicted=_with_unit(predicted, unit, words),
                truth=_with_unit(truth, unit, words),
            )
            for name, unit, truth, predicted in zip(
                clip["columns"], clip["units"], clip["truth"], clip["said"], strict=True
            )
            if truth is not None
        )


def points_of(table: QuantityTable, at: int) -> Numbers:
    """The points of the plot of one quantity.

    If there are too many recordings, every n-th in the order of the truth is taken, so that none
    is chosen by its error.
    """
    rows = np.flatnonzero(table.known[:, at])
    rows = rows[np.argsort(table.truth[rows, at], kind="stable")]
    rows = rows[:: max(1, -(-len(rows) // MOST_POINTS))]
    return {
        "name": escaped(table.columns[at]),
        "unit": escaped(table.units[at]),
        "n": int(table.known[:, at].sum()),
        "pairs": [[float(table.truth[row, at]), float(table.predicted[row, at])] for row in rows],
        "files": [escaped(table.ids[row]) for row in rows],
    }


def _plot(one: Mapping[str, Any], prefix: str, words: Words) -> dict[str, Any]:
    values = [value for pair in one["pairs"] for value in pair] or [0.0, 1.0]
    scale = scale_to(min(values), max(values))
    texts = [words.short(tick) for tick in scale.ticks]
    axis = list(zip(scale.grid, texts, strict=True))
    dots = [
        (
            scale.share(truth) or 0.0,
            scale.share(predicted) or 0.0,
            words.say(
                f"plot.{prefix}point",
                file=file,
                truth=_with_unit(truth, one["unit"], words),
                predicted=_with_unit(predicted, one["unit"], words),
            ),
        )
        for (truth, predicted), file in zip(one["pairs"], one["files"], strict=True)
    ]
    unit = one["unit"] or words.say("plot.no.unit")
    name = words.known("metric", one["name"]) if prefix else one["name"]
    return {
        "title": words.say(f"plot.{prefix}title", name=name, unit=unit),
        "about": words.say(f"plot.{prefix}about"),
        "alt": words.say(f"plot.{prefix}alt", name=name, n=one["n"]).unescape(),
        "left": upwards(axis, PLOT_PX),
        "plot": scatter(dots, scale.grid, PLOT_PX),
        "below": across(axis),
        "across": words.say(f"plot.{prefix}truth", unit=unit),
        "upwards": words.say(f"plot.{prefix}predicted", unit=unit),
    }


def _with_unit(value: float | None, unit: str, words: Words) -> str:
    return words.unit(value, unit) if unit else words.short(value)
