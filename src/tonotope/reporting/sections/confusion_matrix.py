"""The confusion matrix: cells, colours, most frequent confusions, the clips of each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tonotope._wording import reading_order
from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Report

PAIRS_SHOWN = 8


def matrix(report: Report, words: Words) -> list[list[dict[str, Any] | None]]:
    """The cells of the confusion matrix, in `as_read` order, with colour steps; None for 0."""
    names = [one["name"] for one in report["classes"]]
    places = as_read(report)
    rows = report["confusion"]
    return [
        [
            {
                "key": f"{truth}-{predicted}",
                "kind": _colour(truth == predicted, count / sum(rows[truth])),
                "title": _title(names, truth, predicted, words),
                "count": words.number(count),
            }
            if (count := rows[truth][predicted])
            else None
            for predicted in places
        ]
        for truth in places
    ]


def as_read(report: Report) -> list[int]:
    """The numbers of the classes in the order in which readers look for their names."""
    names = [one["name"] for one in report["classes"]]
    return sorted(range(len(names)), key=lambda at: reading_order(names[at]))


def pairs(report: Report, words: Words) -> list[dict[str, Any]]:
    """The most frequent confusions."""
    names = [one["name"] for one in report["classes"]]
    found = [
        (count, truth, predicted)
        for truth, counts in enumerate(report["confusion"])
        for predicted, count in enumerate(counts)
        if count and truth != predicted
    ]
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    return [
        {
            "key": f"{truth}-{predicted}",
            "count": words.number(count),
            "text": words.say("confusion.pair", truth=names[truth], predicted=names[predicted]),
        }
        for count, truth, predicted in found[:PAIRS_SHOWN]
    ]


def script_cells(task: Report, words: Words) -> dict[str, Any]:
    """The list that is shown when a cell is pressed: title, clips, and how many more there are."""
    names = [one["name"] for one in task["classes"]]
    return {key: _script_cell(key, cell, names, words) for key, cell in task["cells"].items()}


def _script_cell(
    key: str, cell: Mapping[str, Any], names: Sequence[str], words: Words
) -> dict[str, Any]:
    truth, predicted = map(int, key.split("-"))
    title = _title(names, truth, predicted, words)
    rest = cell["n"] - len(cell["clips"])
    return {
        "title": words.say("confusion.listing", pair=title, n=cell["n"]).unescape(),
        "clips": cell["clips"],
        "more": words.say("confusion.more", n=rest).unescape() if rest else "",
    }


def _colour(hit: bool, share: float) -> str:
    if hit:
        return f"hit-{1 + sum(share >= edge for edge in (0.25, 0.5, 0.75))}"
    return f"miss-{1 + sum(share >= edge for edge in (0.1, 0.25, 0.5))}"


def _title(names: Sequence[str], truth: int, predicted: int, words: Words) -> str:
    """The title of a cell, without markup."""
    if truth == predicted:
        return words.say("confusion.hit", truth=names[truth]).unescape()
    return words.say("confusion.cell", truth=names[truth], predicted=names[predicted]).unescape()
