"""Tables of quantities and of tags: kept to the digit, joined, told apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tonotope._errors import DataError
from tonotope.answers.quantities import Quantities
from tonotope.answers.tags import Tagged


@pytest.fixture
def heard() -> Quantities:
    return Quantities(
        ids=("a,1.wav", "=b.wav", "two\nlines"),
        truth=np.array([[440.1, np.nan], [220.0, 1.0], [1 / 3, -2.5]]),
        predicted=np.array([[441.7, 0.1], [2e-7, 3.0], [1.0, -2.0]]),
        groups=("s1", "s2", "s2"),
        folds=("", "", ""),
        columns=("pitch [of A]", "size"),
        units=("Hz", ""),
    )


@pytest.fixture
def tagged() -> Tagged:
    scores = np.array([[0.9, 0.2], [0.4, 0.6]])
    told = {"ids": ("a", "b"), "groups": ("x", "y"), "folds": ("1", "2")}
    truth = np.array([[1.0, 0.0], [np.nan, 1.0]])
    return Tagged(
        columns=("rain", "wind"), truth=truth, predicted=scores > 0.5, scores=scores, **told
    )


def test_a_file_brings_back_every_digit(heard: Quantities, tmp_path: Path) -> None:
    heard.write_csv(tmp_path / "p.csv")
    again = Quantities.read_csv(tmp_path / "p.csv")
    for name in ("ids", "groups", "folds", "columns", "units"):
        assert getattr(again, name) == getattr(heard, name), name
    np.testing.assert_array_equal(again.truth, heard.truth)
    np.testing.assert_array_equal(again.predicted, heard.predicted)
    header = (tmp_path / "p.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.endswith("prediction:pitch [of A] [Hz],truth:size,prediction:size")


def test_tags_too(tagged: Tagged, tmp_path: Path) -> None:
    tagged.write_csv(tmp_path / "p.csv")
    again = Tagged.read_csv(tmp_path / "p.csv")
    np.testing.assert_array_equal(again.scores, tagged.scores)
    np.testing.assert_array_equal(again.truth, tagged.truth)
    assert again.words == ("rain", "wind")
    assert again.folds == ("1", "2")


def test_an_empty_table(tmp_path: Path) -> None:
    none = Quantities((), np.zeros((0, 1)), np.zeros((0, 1)), (), (), ("x",), ("s",))
    none.write_csv(tmp_path / "p.csv")
    assert len(Quantities.read_csv(tmp_path / "p.csv")) == 0


def test_folds_are_joined_and_rows_taken(tagged: Tagged) -> None:
    one, two = tagged.take([0]), tagged.take([1])
    both = Tagged.joined([two, one])
    assert both.ids == ("b", "a")
    np.testing.assert_array_equal(both.scores, tagged.scores[::-1])


def test_other_columns_are_not_joined(heard: Quantities) -> None:
    other = Quantities(("z",), np.ones((1, 1)), np.ones((1, 1)), ("g",), ("",), ("pitch",), ("Hz",))
    with pytest.raises(DataError, match="not about the same things"):
        Quantities.joined([heard, other])


def test_how_wrong(heard: Quantities, tagged: Tagged) -> None:
    assert heard.losses[1] > heard.losses[0] > 0
    np.testing.assert_array_equal(tagged.losses, [0, 0])
    worse = Tagged(
        tagged.ids, tagged.truth, 1 - tagged.predicted, tagged.groups, tagged.folds, tagged.columns,
        scores=tagged.scores,
    )  # fmt: skip
    np.testing.assert_array_equal(worse.losses, [2, 1])  # what nobody knows is not wrong


@pytest.mark.parametrize("line", ["x,g,,1", "x,g,,1,two", "x,g,,1,inf", "x,g,,1,"])
def test_a_damaged_row_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(f"id,group,fold,truth:a,prediction:a\ny,g,,1,1\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"row 3 of the predictions"):
        Quantities.read_csv(path)


def test_another_table_is_refused(tagged: Tagged, tmp_path: Path) -> None:
    tagged.write_csv(tmp_path / "p.csv")
    with pytest.raises(DataError, match="its columns must be"):
        Quantities.read_csv(tmp_path / "p.csv")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"predicted": [[np.nan]]}, "finite"),
        ({"groups": ()}, "0 groups"),
        ({"columns": ("a", "a")}, "all different"),
    ],
)
def test_parts_that_do_not_fit(change: dict, said: str) -> None:
    told = {"ids": ("x",), "truth": [[1.0]], "predicted": [[1.0]], "groups": ("g",), "folds": ("",),
            "columns": ("a",)}  # fmt: skip
    with pytest.raises(ValueError, match=said):
        Quantities(**(told | change))
