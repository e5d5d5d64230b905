"""`none of these`: how many recordings are named, how many rightly, and with which intervals."""

from __future__ import annotations

import numpy as np
import pytest

from tonotope.answers.classes import Predictions
from tonotope.evaluation.evaluate import evaluate
from tonotope.evaluation.plan import EvaluationPlan
from tonotope.evaluation.rejection import measure_rejection

PLAN = EvaluationPlan(resamples=300)


def table(rows: list[tuple[str, str, float]], fold: str = "", first: int = 0) -> Predictions:
    """Recordings of two classes: the true one, the one that is named, and its score."""
    names = ("owl", "rail")
    best = np.array([names.index(named) for _, named, _ in rows])
    scores = np.array([score for *_, score in rows])
    return Predictions(
        ids=tuple(f"{first + at}.wav" for at in range(len(rows))),
        truth=np.array([names.index(truth) for truth, *_ in rows]),
        scores=np.where(best[:, None] == [0, 1], scores[:, None], 1 - scores[:, None]),
        groups=tuple(f"g{(first + at) // 2}" for at in range(len(rows))),
        folds=(fold,) * len(rows),
        classes=names,
    )


ROWS = [("owl", "owl", 0.9), ("owl", "owl", 0.6), ("rail", "owl", 0.55), ("rail", "rail", 0.8),
        ("owl", "rail", 0.75), ("rail", "rail", 0.65)] * 4  # fmt: skip


def test_each_class_has_a_score_of_its_own() -> None:
    found = measure_rejection([table(ROWS)], [{"owl": 0.6, "rail": 0.7}], PLAN, 0)
    assert found is not None
    assert (found["n"], found["named"], found["right"]) == (24, 16, 12)
    assert found["coverage"]["value"] == pytest.approx(16 / 24)
    assert found["accuracy_of_named"]["value"] == pytest.approx(12 / 16)
    assert found["accuracy"]["value"] == pytest.approx(16 / 24)
    assert found["coverage"]["low"] < 16 / 24 < found["coverage"]["high"]


def test_each_fold_is_asked_by_its_own_model() -> None:
    folds = [table(ROWS, "1"), table(ROWS, "2", first=len(ROWS))]
    found = measure_rejection(
        folds, [{"owl": 0.0, "rail": 0.0}, {"owl": 0.95, "rail": 0.95}], PLAN, 0
    )
    assert found is not None
    assert (found["n"], found["named"], found["right"]) == (48, 24, 16)


def test_intervals_are_those_of_the_same_recordings_alone() -> None:
    """What is named is judged as if nothing else had been there."""
    own = table(ROWS)
    found = measure_rejection([own], [{"owl": 0.6, "rail": 0.7}], PLAN, 0)
    alone = own.take([at for at, (_, named, score) in enumerate(ROWS)
                      if score >= {"owl": 0.6, "rail": 0.7}[named]])  # fmt: skip
    assert found is not None
    assert found["accuracy_of_named"] == evaluate(alone, {}, PLAN, seed=0).score._asdict()
    assert found["accuracy"] == evaluate(own, {}, PLAN, seed=0).score._asdict()


def test_where_nothing_is_named_there_is_no_accuracy_of_it() -> None:
    found = measure_rejection([table(ROWS)], [{"owl": 1.0, "rail": 1.0}], PLAN, 0)
    assert found is not None
    assert (found["named"], found["coverage"]["value"]) == (0, 0.0)
    assert set(found["accuracy_of_named"].values()) == {None}


@pytest.mark.parametrize("limits", [[], [{}], [{"owl": 0.5, "rail": 0.5}] * 2])
def test_without_a_score_for_each_model_nothing_is_said(limits: list[dict[str, float]]) -> None:
    assert measure_rejection([table(ROWS)], limits, PLAN, 0) is None
