from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from tonotope._errors import DataError
from tonotope.answers.classes import Predictions

AWKWARD = (
    "=cmd|' /C calc'!A0",
    "-start.wav",
    "@sum",
    "'=already",
    "'tis",
    'quo"te, comma; semi',
    "two\nlines\r\ttab",
    "naïve Ωmega 🎻.wav",
    "back\\slash",
    "bytes\udcff.wav",
    " spaced ",
)


@pytest.fixture
def table() -> Predictions:
    rng = np.random.default_rng(0)
    n = len(AWKWARD)
    return Predictions(
        AWKWARD,
        rng.integers(0, 3, n),
        rng.dirichlet(np.ones(3), n),
        tuple(reversed(AWKWARD)),
        ("1", "=2", *[""] * (n - 2)),
        ("=SUM(A1)", "id", "perro ñ, \n"),
    )


def same(one: Predictions, other: Predictions) -> bool:
    return (
        (one.ids, one.groups, one.folds, one.classes)
        == (other.ids, other.groups, other.folds, other.classes)
        and np.array_equal(one.truth, other.truth)
        and np.array_equal(one.scores, other.scores)
    )


def test_csv_brings_back_every_name_and_every_bit(table: Predictions, tmp_path: Path) -> None:
    table.write_csv(tmp_path / "predictions.csv")
    assert same(Predictions.read_csv(tmp_path / "predictions.csv"), table)


def test_csv_is_the_promised_table_and_runs_nothing(table: Predictions, tmp_path: Path) -> None:
    table.write_csv(tmp_path / "p.csv")
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[:5] == ["id", "truth", "prediction", "group", "fold"]
    assert len(header) == 8
    assert len(rows) == len(AWKWARD) == len((tmp_path / "p.csv").read_bytes().splitlines()) - 1
    for cell in (cell for row in [header, *rows] for cell in row):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell


def test_json_lines_hold_the_same(table: Predictions, tmp_path: Path) -> None:
    table.write_jsonl(tmp_path / "p.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == list(AWKWARD)
    assert [row["prediction"] for row in rows] == list(table.labels)
    scores = np.array([[row["scores"][name] for name in table.classes] for row in rows], np.float32)
    np.testing.assert_array_equal(scores, table.scores)


def test_an_empty_test_part_round_trips(table: Predictions, tmp_path: Path) -> None:
    table.take([]).write_csv(tmp_path / "p.csv")
    assert same(Predictions.read_csv(tmp_path / "p.csv"), table.take([]))


def test_nothing_changes_after_birth(table: Predictions) -> None:
    for array in (table.truth, table.scores, table.predicted, table.correct):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    given = np.zeros((1, 2))
    one = Predictions(("a",), [0], given, ("g",), ("",), ("x", "y"))
    given[0, 1] = 1
    assert one.labels == ("x",)


@pytest.mark.parametrize(
    ("line", "lesson"),
    [
        ("a,dog,dog,g,,0.9", "row 2 .*6 cells where 7 belong"),
        ("a,dog,dog,g,,0.1,nan", "row 2 .* not a finite number"),
        ("a,dog,dog,g,,0.1,x", "row 2 .*could not convert"),
        ("a,wolf,dog,g,,0.1,0.9", "row 2 .*no class is called 'wolf'"),
        ("a,dog,dog,g,,0.9,0.1", "row 2 .* says `dog`, which has not the highest score"),
        ("a,cat,dog,g,,0.1,0.9\na,cat,dog,g,,0.1,0.9", "row 3 .* all different"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, line: str, lesson: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(f"id,truth,prediction,group,fold,cat,dog\n{line}\n")
    with pytest.raises(DataError, match=lesson):
        Predictions.read_csv(path)


def test_another_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("file,label\na.wav,dog\n")
    with pytest.raises(DataError, match="its columns must be id, truth, prediction, group, fold"):
        Predictions.read_csv(tmp_path / "p.csv")
    with pytest.raises(DataError, match=r"absent\.csv: .*No such file"):
        Predictions.read_csv(tmp_path / "absent.csv")


def test_a_class_the_model_never_met_is_added_with_score_0() -> None:
    one = Predictions.of_labels(
        ["a", "b"],
        ["wolf", "cat"],
        np.array([[0.4, 0.6], [0.9, 0.1]]),
        "gh",
        [None, "2"],
        ["cat", "dog"],
    )
    assert one.classes == ("cat", "dog", "wolf")
    assert one.folds == ("", "2")
    assert one.correct.tolist() == [False, True]
    np.testing.assert_allclose(one.scores[:, 2], 0)


def test_folds_join_by_the_names_of_their_classes() -> None:
    one = Predictions(("a",), [1], [[0.2, 0.8]], ("g",), ("1",), ("cat", "dog"))
    two = Predictions(("b",), [0], [[0.7, 0.3]], ("h",), ("2",), ("dog", "owl"))
    both = Predictions.joined([one, two])
    assert both.classes == ("cat", "dog", "owl")
    assert both.labels == ("dog", "dog")
    assert both.correct.all()
    assert both.folds == ("1", "2")
    np.testing.assert_allclose(both.scores, [[0.2, 0.8, 0], [0, 0.7, 0.3]])
    assert [part.classes for part in Predictions.alike([one, two])] == [both.classes] * 2


def test_one_order_of_classes_is_kept() -> None:
    one = Predictions(("a",), [1], [[0.2, 0.8]], ("g",), ("",), ("zebra", "ant"))
    assert Predictions.joined([one]).classes == ("zebra", "ant")


@pytest.mark.parametrize(
    ("changed", "lesson"),
    [
        ({"groups": ("g",)}, "2 ids, but"),
        ({"ids": ("a", "a")}, "all different"),
        ({"classes": ("x", "x")}, "all different"),
        ({"truth": [0, 2]}, "indices of the 2 classes"),
        ({"truth": [-1, 0]}, "indices of the 2 classes"),
        ({"scores": [[1, 0], [np.nan, 0]]}, "finite"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changed: dict[str, object], lesson: str) -> None:
    fitting = {
        "ids": ("a", "b"),
        "truth": [0, 1],
        "scores": [[1, 0], [0, 1]],
        "groups": ("g", "h"),
        "folds": ("", ""),
        "classes": ("x", "y"),
    }
    with pytest.raises(ValueError, match=lesson):
        Predictions(**{**fitting, **changed})
    with pytest.raises(ValueError, match="no predictions to join"):
        Predictions.joined([])
