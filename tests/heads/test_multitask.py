"""Several questions on one trunk: weights per cost, missing targets per task."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from tonotope._errors import DataError
from tonotope._shapes import Axis, Shape
from tonotope.heads import Classify, LossOptions, Multitask, Part, Regress, Tag

ROWS = [
    {"family": "blown", "pitch_hz": "440", "tags": "soft"},
    {"family": "struck", "pitch_hz": "880"},
    {"pitch_hz": "660", "tags": "soft;long"},
]
SHAPE = Shape([Axis("channel", 3)])


@pytest.fixture
def task() -> Multitask:
    parts = (
        Part(name="kind", column="family", head=Classify(), weight=0.2),
        Part(name="pitch", head=Regress(targets=("pitch_hz",)), weight=5.0),
        Part(name="tags", head=Tag()),
    )
    return Multitask(tasks=parts).fit_vocabulary(ROWS).fit_targets(ROWS)


def test_each_head_learns_from_its_own_column(task: Multitask) -> None:
    assert task.columns == ("family", "pitch_hz", "tags")
    assert [one.columns for one in task.answers] == [
        ("blown", "struck"), ("pitch_hz",), ("long", "soft"),
    ]  # fmt: skip
    wanted = task.encode_targets(ROWS)
    assert set(wanted) == {"kind", "pitch", "tags"}
    assert np.isnan(wanted["kind"][2]).all()
    assert np.isnan(wanted["tags"][1]).all()
    assert np.isfinite(wanted["pitch"]).all()


def test_the_cost_is_the_weighted_sum_and_a_missing_target_costs_nothing(task: Multitask) -> None:
    torch.manual_seed(0)
    with torch.no_grad():
        outputs = task.build(SHAPE)(torch.randn(3, 3))
    assert list(outputs) == ["kind", "pitch", "tags"]
    wanted = {name: torch.from_numpy(rows) for name, rows in task.encode_targets(ROWS).items()}
    alone = [
        part.head.loss({part.output: outputs[part.name]}, {part.output: wanted[part.name]})
        for part in task.tasks
    ]
    total = 0.2 * alone[0] + 5.0 * alone[1] + alone[2]
    torch.testing.assert_close(task.loss(outputs, wanted), total)
    for name in wanted:
        nothing = {**wanted, name: torch.full_like(wanted[name], torch.nan)}
        assert float(task.loss(outputs, nothing)) < float(total)
        assert np.isfinite(float(task.loss(outputs, nothing)))


def test_scores_decisions_and_figures_bear_the_names_of_the_tasks(task: Multitask) -> None:
    outputs = {"kind": torch.zeros(3, 2), "pitch": torch.zeros(3, 1), "tags": torch.zeros(3, 2)}
    scores = task.scores(outputs)
    assert scores["kind"].tolist() == [[0.5, 0.5]] * 3
    assert scores["pitch"].tolist() == [[660.0]] * 3
    assert set(task.decide(scores)) == {"kind", "pitch", "tags"}
    wanted = {name: torch.from_numpy(rows) for name, rows in task.encode_targets(ROWS).items()}
    figures = task.metrics(scores, wanted)
    assert list(figures) == ["mean", "kind_accuracy", "pitch_r2", "tags_f1"]
    assert figures["mean"] == pytest.approx(sum(list(figures.values())[1:]) / 3)
    nothing = {name: torch.full_like(rows, torch.nan) for name, rows in wanted.items()}
    assert task.metrics(scores, nothing) == {}


def test_class_weights_reach_their_task(task: Multitask) -> None:
    wanted = {name: torch.from_numpy(rows) for name, rows in task.encode_targets(ROWS).items()}
    weights = task.class_weights(wanted)
    assert set(weights) == {"kind", "tags"}
    outputs = {name: torch.ones_like(rows) for name, rows in wanted.items()}
    assert float(task.loss(outputs, wanted, LossOptions(class_weight=weights))) > 0


def test_what_does_not_suit_one_task_suits_none(task: Multitask) -> None:
    assert task.training_defaults["mixup"] == 0.0


def test_all_missing_columns_are_named_at_once(task: Multitask) -> None:
    rows = [{"tags": "soft", "file": "a"}]
    said = r"`family` \(task `kind`\), `pitch_hz` \(task `pitch`\); known: file, tags"
    with pytest.raises(DataError, match=said):
        task.check(rows, ["a"])


def test_what_a_task_refuses_is_told_with_its_name(task: Multitask) -> None:
    rows = [{**ROWS[0], "pitch_hz": "high"}]
    with pytest.raises(DataError, match=r"task `pitch`: 1 of 1 cells"):
        task.check(rows, ["a"])


@pytest.mark.parametrize(
    ("names", "said"), [(("a",), "at least 2"), (("a", "a"), "two tasks are called `a`")]
)
def test_descriptions_that_make_no_sense(names: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Multitask(tasks=tuple(Part(name=name, head=Classify()) for name in names))
