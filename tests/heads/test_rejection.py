from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from tonotope.heads import Classify, Multitask, Part, Tag
from tonotope.heads.rejection import reached_scores
from tonotope.model.description import fingerprint


def scored(*rows: tuple[int, float, int]) -> tuple[np.ndarray, np.ndarray]:
    """Recordings by the class that is named, its score, and the true class."""
    scores = np.zeros((len(rows), 3))
    for at, (named, score, _) in enumerate(rows):
        scores[at] = (1 - score) / 2
        scores[at, named] = score
    return scores, np.array([true for *_, true in rows])


def test_95_of_100_rightly_named_recordings_reach_the_score_of_a_class() -> None:
    rng = np.random.default_rng(0)
    rows = [(named, score, named) for named in (0, 1) for score in rng.uniform(0.4, 1, 100)]
    rows += [(0, 0.35, 1), (0, 0.34, 2), (1, 0.99, -1)]  # wrong, or not known
    found = reached_scores(*scored(*rows))
    for named in (0, 1):
        own = np.array([score for at, score, true in rows if at == true == named])
        assert (own >= found[named]).sum() == 95
        assert (own >= found[named] + 2e-4).sum() < 95


def test_a_class_with_few_has_the_score_of_all_together() -> None:
    rows = [(0, 0.9, 0)] * 9 + [(1, 0.5 + at / 100, 1) for at in range(20)]
    found = reached_scores(*scored(*rows))
    assert found == (0.51, 0.51, 0.51)  # 28 of 29 reach it
    assert reached_scores(*scored(*rows, (0, 0.9, 0)))[0] == 0.9
    assert reached_scores(*scored((0, 0.9, 1))) == ()


def test_a_classifier_keeps_it_beside_the_temperature_and_says_nothing_without() -> None:
    scores, truth = scored((0, 0.9, 0), (1, 0.7, 1))
    targets = {"label": torch.nn.functional.one_hot(torch.tensor(truth), 3).float()}
    head = Classify(classes=("a", "b", "c"))
    assert "reject_below" not in head.model_dump()
    found = head.fit_rejection({"label": torch.tensor(scores)}, targets)
    assert found.rejection == {"label": (0.7, 0.7, 0.7)}
    assert Classify.model_validate(json.loads(found.model_dump_json())) == found
    assert found.answers == head.answers  # what is named stays as it is
    given = Classify(classes=("a", "b", "c"), reject_below=(0.1, 0.2, 0.3))
    assert given.fit_rejection({"label": torch.tensor(scores)}, targets) is given
    with pytest.raises(ValueError, match="2 scores in reject_below for 3 classes"):
        Classify(classes=("a", "b", "c"), reject_below=(0.1, 0.2))
    trained = [found, given, Classify(classes=("a", "c"), reject_below=(0.9, 0.9))]
    assert head.take_calibration(trained).reject_below == pytest.approx((0.4, 0.45, 0.5))


def test_each_task_has_its_own_and_the_thresholds_of_tags_stay() -> None:
    head = Multitask(
        tasks=(Part(name="tone", head=Classify(classes=("a", "b"))),
               Part(name="marks", head=Tag(labels=("x",))))
    )  # fmt: skip
    scores = {"tone": torch.tensor([[0.8, 0.2]]), "marks": torch.tensor([[0.9]])}
    found = head.fit_rejection(scores, {"tone": torch.tensor([[1.0, 0.0]]),
                                        "marks": torch.tensor([[1.0]])})  # fmt: skip
    assert found.rejection == {"tone": (0.8, 0.8)}
    assert found.tasks[1].head == head.tasks[1].head


def test_it_is_no_part_of_what_binds_a_description_to_its_weights() -> None:
    plain = {"head": {"kind": "classify", "classes": ["a", "b"]}}
    fitted = {"head": plain["head"] | {"temperature": 2.0, "reject_below": [0.1, 0.2]}}
    assert fingerprint(plain) == fingerprint(fitted)
    other = {"head": {"kind": "tag", "labels": ["a"], "thresholds": [0.2]}}
    assert fingerprint(other) != fingerprint({"head": {"kind": "tag", "labels": ["a"]}})
