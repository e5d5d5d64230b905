from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.reporting.test_short_names import BIRDS

from tonotope.experiment.run_folder import load
from tonotope.reporting import write_report
from tonotope.reporting.i18n import Words
from tonotope.reporting.page import script_data
from tonotope.reporting.report_json import gather
from tonotope.reporting.sections import classes, tasks
from tonotope.reporting.sections.confusion_matrix import matrix, pairs

WORDS = Words("en")


@pytest.fixture
def report(make_run: Callable[..., Path]) -> dict[str, Any]:
    return gather(load(make_run(each=30, right=0.7, folds=3, audio=False)))


def test_this_network_stands_first_then_its_folds_then_baselines(report: dict[str, Any]) -> None:
    rows = tasks.scores(report, WORDS)
    assert [row["kind"] for row in rows] == ["us", "folds", "", ""]
    assert rows[0]["value"] == WORDS.score(report["score"]["value"])
    values = [row["value"] for row in rows[2:]]
    assert values == sorted(values, reverse=True)
    assert rows[1]["strip"].count('class="dot"') == 3


def test_the_matrix_holds_every_count_once(report: dict[str, Any]) -> None:
    cells = [cell for row in matrix(report, WORDS) for cell in row if cell]
    assert sum(int(cell["count"]) for cell in cells) == report["score"]["n"]
    assert {cell["key"] for cell in cells} == set(report["cells"])
    for cell in cells:
        truth, predicted = cell["key"].split("-")
        assert cell["kind"].startswith("hit" if truth == predicted else "miss")
        assert int(cell["count"]) == report["cells"][cell["key"]]["n"]
    first = matrix(report, WORDS)[0][0]
    assert first is not None
    assert first["title"] == "bell, correct"


def test_classes_are_in_readers_order_and_keep_their_cells(report: dict[str, Any]) -> None:
    for one, name in zip(report["classes"], ("Zorzal", "Árbol", "ñandú"), strict=True):
        one["name"] = name
    report["confusion"] = [[9, 1, 2], [3, 8, 4], [5, 6, 7]]
    counts = [[cell and cell["count"] for cell in row] for row in matrix(report, WORDS)]
    assert counts == [["8", "4", "3"], ["6", "7", "5"], ["1", "2", "9"]]
    assert [cell["key"] for cell in matrix(report, WORDS)[0] if cell] == ["1-1", "1-2", "1-0"]
    report["sounds"] = {"asked": False}
    shown = classes.Classes().render(report, WORDS, {})
    assert [one["full"] for one in shown["names"]] == ["Árbol", "ñandú", "Zorzal"]


@pytest.mark.parametrize(("count", "step"), [(3, 1), (4, 2), (9, 2), (10, 3), (20, 4), (40, 4)])
def test_the_colour_of_a_miss_follows_its_share(
    report: dict[str, Any], count: int, step: int
) -> None:
    report["confusion"][0] = [40 - count, count, 0]
    cell = matrix(report, WORDS)[0][1]
    assert cell is not None
    assert cell["kind"] == f"miss-{step}"


@pytest.mark.parametrize(("count", "step"), [(1, 1), (7, 1), (8, 2), (16, 3), (24, 4), (32, 4)])
def test_the_colour_of_a_hit_follows_its_share(
    report: dict[str, Any], count: int, step: int
) -> None:
    report["confusion"][0] = [count, 32 - count, 0]
    cell = matrix(report, WORDS)[0][0]
    assert cell is not None
    assert cell["kind"] == f"hit-{step}"


def test_the_commonest_confusions_come_first(report: dict[str, Any]) -> None:
    report["confusion"] = [[9, 0, 3], [5, 2, 0], [0, 1, 8]]
    found = pairs(report, WORDS)
    assert [(one["key"], one["count"]) for one in found] == [
        ("1-0", "5"),
        ("0-2", "3"),
        ("2-1", "1"),
    ]
    assert found[0]["text"] == "<em>drum</em> taken for <em>bell</em>"


def test_hard_classes_first_and_undefined_ones_last(report: dict[str, Any]) -> None:
    report["classes"][0] |= {"recall": None, "recall_low": None, "recall_high": None}
    report["classes"][1]["recall"], report["classes"][2]["recall"] = 0.9, 0.2
    rows = classes.class_rows(report, WORDS)
    assert [row["name"] for row in rows] == ["flute", "drum", "bell"]
    assert (rows[-1]["recall"], rows[-1]["interval"]) == ("–", "–")
    assert classes.undefined(report, WORDS)


def test_two_groups_that_tell_nothing_have_their_number_and_no_bar(report: dict[str, Any]) -> None:
    told = {"groups": 2, "recall": 1.0, "recall_low": 0.158, "recall_high": 1.0}
    report["classes"][0] |= told
    report["classes"][1] |= told | {"recall": 0.5, "recall_low": 0.013, "recall_high": 0.987}
    report["classes"][2] |= told | {"groups": 1, "recall_low": None, "recall_high": None}
    rows = {row["name"]: row for row in classes.class_rows(report, WORDS)}
    names = [one["name"] for one in report["classes"]]
    assert [rows[name]["interval"] for name in names] == ["0.16 to 1.00", "2 groups", "1 group"]
    assert ['class="span"' in rows[name]["strip"] for name in names] == [True, False, False]
    assert all('class="point"' in rows[name]["strip"] for name in names)
    assert "their number is given" in classes.undefined(report, WORDS)


def test_the_script_is_given_what_the_table_says(report: dict[str, Any]) -> None:
    data = script_data(report, {2: "data:audio/wav;base64,AA"}, WORDS)
    assert [clip["sound"] for clip in data["clips"][:4]] == [None, None, 0, None]
    assert data["sounds"] == ["data:audio/wav;base64,AA"]
    for key, cell in report["cells"].items():
        assert data["cells"][key]["clips"] == cell["clips"]
        assert data["cells"][key]["title"].endswith(f": {cell['n']}")
        assert bool(data["cells"][key]["more"]) == (cell["n"] > len(cell["clips"]))


@pytest.mark.parametrize(
    ("asked", "embedded", "begin"),
    [
        (True, 90, "All 90"),
        (True, 7, "7 of 90"),
        (True, 0, "None can"),
        (False, 0, "This page was"),
    ],
)
def test_how_much_can_be_heard_is_said(
    report: dict[str, Any], asked: bool, embedded: int, begin: str
) -> None:
    # Another task's clips, from 1000 on, can be heard too and are not counted.
    numbers = [*range(embedded), *range(1000, 1009)]
    report["cells"] = {"0-0": {"n": 90, "clips": [*range(90)]}}
    report["sounds"] = {"asked": asked, "embedded": len(numbers), "numbers": numbers}
    assert classes.sounds_note(report, WORDS).startswith(begin)


def test_names_are_whole_where_they_wrap_and_different_where_they_are_cut(
    make_run: Callable[..., Path],
) -> None:
    names = (*BIRDS, *(f"especie {n}" for n in range(12)))
    folder = make_run(classes=names, each=3, per_group=1, right=0.7, audio=False)
    report = gather(load(folder))
    beside = classes._short_names([one["name"] for one in report["classes"]])
    assert [one["short"] for one in beside] == [one["full"] for one in beside]
    assert len({one["upright"] for one in beside}) == len(names)
    assert {row["name"] for row in classes.class_rows(report, WORDS)} == set(names)
    page = write_report(folder).read_text("utf-8")
    table = page[page.index('<table class="numbers classes">') :]
    body = re.sub("<[^>]*>", "", table[: table.index("</table>")])
    assert all(name in body for name in names)
