"""Tags: several labels in a cell or columns of 0 and 1, thresholds chosen on validation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch.nn import functional as F

from tonotope._errors import DataError, ExperimentError
from tonotope.heads import LossOptions, Tag

CELLS = [{"tags": "rain;wind"}, {"tags": "rain"}, {"tags": ";"}, {}]
COLUMNS = [{"rain": "1", "wind": "0"}, {"rain": "no"}, {"rain": "0", "wind": "true"}]


@pytest.fixture
def task() -> Tag:
    return Tag(labels=("rain", "wind"), separator=";")


def test_a_cell_of_labels_and_one_without() -> None:
    task = Tag().fit_targets(CELLS)
    assert (task.labels, task.separator) == (("rain", "wind"), ";")
    wanted = task.encode_targets(CELLS)["tags"]
    np.testing.assert_array_equal(wanted[:3], [[1, 1], [1, 0], [0, 0]])
    assert np.isnan(wanted[3]).all()


def test_columns_of_yes_and_no_with_a_hole() -> None:
    task = Tag(targets=("rain", "wind")).fit_targets(COLUMNS)
    wanted = task.encode_targets(COLUMNS)["tags"]
    np.testing.assert_array_equal(wanted, [[1, 0], [0, np.nan], [0, 1]])
    assert task.columns == ("rain", "wind")


def test_the_cost_is_binary_cross_entropy_of_what_is_known(task: Tag) -> None:
    logits = torch.tensor([[0.5, -1.0], [2.0, 3.0]])
    wanted = torch.tensor([[1.0, 0.0], [0.0, torch.nan]])
    cost = task.loss({"tags": logits}, {"tags": wanted})
    known = F.binary_cross_entropy_with_logits(logits.flatten()[:3], wanted.flatten()[:3])
    torch.testing.assert_close(cost, known)
    smooth = task.loss({"tags": logits}, {"tags": wanted}, LossOptions(label_smoothing=1.0))
    half = F.binary_cross_entropy_with_logits(logits.flatten()[:3], torch.full((3,), 0.5))
    torch.testing.assert_close(smooth, half)


def test_rare_tags_weigh_as_many_times_more(task: Tag) -> None:
    wanted = torch.tensor([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0], [0.0, torch.nan]])
    torch.testing.assert_close(
        task.class_weights({"tags": wanted})["tags"], torch.tensor([3.0, 0.5])
    )


def test_thresholds_are_those_of_the_highest_f1(task: Tag) -> None:
    scores = torch.tensor([[0.9, 0.2], [0.3, 0.6], [0.2, 0.1], [0.1, 0.7]])
    wanted = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0], [0.0, torch.nan]])
    tuned = task.calibrate({"tags": scores}, {"tags": wanted})
    assert tuned.thresholds[0] == pytest.approx(0.25)
    assert tuned.thresholds[1] == 0.5  # nobody bears it: nothing to choose by
    given = tuned.decide({"tags": scores})["tags"]
    assert given[:, 0].tolist() == [True, True, False, False]
    assert tuned.answers[0].thresholds == tuned.thresholds


def test_equal_scores_are_not_parted(task: Tag) -> None:
    scores = torch.tensor([[0.6, 0.6]] * 3)
    wanted = torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    assert task.calibrate({"tags": scores}, {"tags": wanted}).thresholds == pytest.approx(
        (0.3, 0.3)
    )


def test_f1_over_all_tags(task: Tag) -> None:
    scores = {"tags": torch.tensor([[0.9, 0.9], [0.1, 0.9]])}
    wanted = {"tags": torch.tensor([[1.0, 0.0], [1.0, torch.nan]])}
    assert task.metrics(scores, wanted) == {"f1": pytest.approx(2 * 1 / (2 + 2))}


class TestRefusals:
    def test_a_column_that_is_not_there(self) -> None:
        with pytest.raises(DataError, match=r"no recording has labels under `tag`.*did you mean"):
            Tag(column="tag").check(CELLS, list("abcd"))

    def test_numbers_name_the_head_that_fits(self) -> None:
        rows = [{"tags": "0.5"}, {"tags": "12"}]
        with pytest.raises(DataError, match=r"holds numbers \(`0.5`.*regress"):
            Tag().check(rows, ["a", "b"])

    def test_neither_yes_nor_no(self) -> None:
        rows = [{"rain": "1"}, {"rain": "heavy"}]
        with pytest.raises(DataError, match=r"1 of 2 cells under `rain`.*b \(`heavy`\)"):
            Tag(targets=("rain",)).check(rows, ["a", "b"])

    def test_no_label_at_all(self) -> None:
        with pytest.raises(DataError, match="no label at all"):
            Tag().fit_targets([{"tags": ";"}])

    def test_before_the_labels_are_known(self) -> None:
        with pytest.raises(ExperimentError, match="no labels yet"):
            Tag().encode_targets(CELLS)

    def test_as_many_thresholds_as_labels(self) -> None:
        with pytest.raises(ValidationError, match="1 thresholds for 2 labels"):
            Tag(labels=("a", "b"), thresholds=(0.5,))


@pytest.mark.parametrize(
    ("cells", "labels", "wanted"),
    [
        (["['dog']", "['dog', 'cat']", "[]"], ("cat", "dog"), [[0, 1], [1, 1], [0, 0]]),
        (['["a, b"]', '["a, b", "c"]'], ("a, b", "c"), [[1, 0], [1, 1]]),
        (["['dog' 'cat']", "['cat']"], ("cat", "dog"), [[1, 1], [1, 0]]),
        (["{'dog', 'cat'}", "('cat',)"], ("cat", "dog"), [[1, 1], [1, 0]]),
        (["[dog, cat]", "[cat]"], ("cat", "dog"), [[1, 1], [1, 0]]),
    ],
)
def test_lists_as_python_writes_them(cells: list[str], labels: tuple, wanted: list) -> None:
    rows = [{"tags": cell} for cell in cells]
    task = Tag().fit_targets(rows)
    assert task.labels == labels
    np.testing.assert_array_equal(task.encode_targets(rows)["tags"], wanted)


def test_another_mark_between_labels_is_named() -> None:
    rows = [{"tags": cell} for cell in ("dog", "cat", "cat+dog")]
    with pytest.raises(DataError, match=r"`cat\+dog` under `tags`.*`head.separator = \"\+\"`"):
        Tag().check(rows, ["a", "b", "c"])
    Tag(separator="+").check(rows, ["a", "b", "c"])
    Tag(separator="|").check(rows, ["a", "b", "c"])
    Tag().check([{"tags": "rock/pop"}, {"tags": "rock"}], ["a", "b"])
    rows[2] = {"tags": "cat and dog"}
    with pytest.raises(DataError, match=r"`cat and dog` .*`head.separator = \" and \"`"):
        Tag().check(rows, ["a", "b", "c"])
    task = Tag(separator=" and ").fit_targets(rows)
    task.check(rows, ["a", "b", "c"])
    assert task.labels == ("cat", "dog")
