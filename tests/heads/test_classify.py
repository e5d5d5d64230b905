"""The classifier's head against PyTorch's own cross-entropy, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from tonotope._errors import DataError, ExperimentError
from tonotope._shapes import Axis, Shape
from tonotope.heads import Classify, LossOptions

ABC = Classify(classes=("a", "b", "c"))


def rows(*labels: str | None) -> list[dict[str, str]]:
    return [{} if label is None else {"label": label} for label in labels]


def targets(*labels: str | None) -> dict[str, torch.Tensor]:
    return {
        name: torch.from_numpy(value) for name, value in ABC.encode_targets(rows(*labels)).items()
    }


def logits(clips: int, seed: int = 0) -> dict[str, torch.Tensor]:
    return {"label": torch.randn(clips, 3, generator=torch.Generator().manual_seed(seed))}


def test_classes_are_the_sorted_labels_of_training() -> None:
    assert Classify().fit_targets(rows("oboe", "flute", "oboe", None)).classes == ("flute", "oboe")


def test_named_classes_keep_their_order() -> None:
    assert Classify(classes=("b", "a")).fit_targets(rows("a", "b")).classes == ("b", "a")


def test_one_class_is_nothing_to_tell_apart() -> None:
    with pytest.raises(DataError, match=r"only `oboe` among 2 training recordings.*two classes"):
        Classify().fit_targets(rows("oboe", "oboe"))
    with pytest.raises(DataError, match="no value of `label` at all"):
        Classify().fit_targets(rows(None))
    with pytest.raises(ValueError, match="one class alone"):
        Classify(classes=("a",))
    with pytest.raises(ValueError, match="`a` is named twice"):
        Classify(classes=("a", "b", "a"))


def test_an_unknown_label_is_refused_with_the_nearest_known() -> None:
    task = Classify(classes=("dog", "rooster"))
    with pytest.raises(DataError, match=r"`roosted` is none of the 2 classes.*mean `rooster`"):
        task.encode_targets(rows("dog", "roosted"))


def test_a_head_without_classes_says_where_they_come_from() -> None:
    with pytest.raises(ExperimentError, match="no classes yet"):
        Classify().encode_targets(rows("a"))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_loss_is_pytorchs_cross_entropy(smoothing: float) -> None:
    wanted = torch.tensor([2, 0, 1, 1])
    expected = F.cross_entropy(logits(4)["label"], wanted, label_smoothing=smoothing)
    found = ABC.loss(logits(4), targets("c", "a", "b", "b"), LossOptions(label_smoothing=smoothing))
    torch.testing.assert_close(found, expected)


def test_weighted_loss_is_pytorchs_weighted_cross_entropy() -> None:
    weights = torch.tensor([1.0, 2.0, 0.5])
    expected = F.cross_entropy(logits(4)["label"], torch.tensor([2, 0, 1, 1]), weights)
    found = ABC.loss(
        logits(4), targets("c", "a", "b", "b"), LossOptions(class_weight={"label": weights})
    )
    torch.testing.assert_close(found, expected)


def test_a_missing_target_costs_nothing_and_gives_no_gradient() -> None:
    outputs = logits(3)
    outputs["label"].requires_grad_()
    loss = ABC.loss(outputs, targets("c", None, "b"), LossOptions(label_smoothing=0.1))
    part = {"label": outputs["label"][[0, 2]]}
    torch.testing.assert_close(
        loss, ABC.loss(part, targets("c", "b"), LossOptions(label_smoothing=0.1))
    )
    loss.backward()
    gradient = outputs["label"].grad
    assert gradient is not None
    assert torch.equal(gradient[1], torch.zeros(3))
    assert gradient[0].abs().sum() > 0


def test_no_target_at_all_costs_zero_not_nan() -> None:
    assert float(ABC.loss(logits(2), targets(None, None))) == 0.0


def test_the_loss_of_mixed_targets_is_the_mixed_loss() -> None:
    one, other = targets("a", "b"), targets("c", "a")
    mixed = {"label": 0.3 * one["label"] + 0.7 * other["label"]}
    expected = 0.3 * ABC.loss(logits(2), one) + 0.7 * ABC.loss(logits(2), other)
    torch.testing.assert_close(ABC.loss(logits(2), mixed), expected)


def test_share_weighs_clips() -> None:
    share = torch.tensor([1.0, 3.0])
    single = [
        float(ABC.loss({"label": logits(2)["label"][[i]]}, targets("ab"[i]))) for i in range(2)
    ]
    found = float(ABC.loss(logits(2), targets("a", "b"), LossOptions(sample_weight=share)))
    assert found == pytest.approx((single[0] + 3 * single[1]) / 4)


def test_class_weights_are_inverse_frequencies() -> None:
    weights = ABC.class_weights(targets("a", "a", "a", "b", None))["label"]
    # sklearn's "balanced", n / (classes * count), with 3 classes; c was never heard.
    torch.testing.assert_close(weights, torch.tensor([4 / 9, 4 / 3, 0.0]))


def test_scores_are_probabilities_and_decide_takes_the_largest() -> None:
    scores = ABC.scores({"label": torch.tensor([[0.0, math.log(3.0), 0.0]], dtype=torch.bfloat16)})
    torch.testing.assert_close(scores["label"], torch.tensor([[0.2, 0.6, 0.2]]), atol=2e-3, rtol=0)
    assert scores["label"].dtype == torch.float32
    assert ABC.decide(scores)["label"].tolist() == [1]


def test_accuracy_counts_only_rows_with_a_target() -> None:
    scores = {"label": torch.eye(3)}
    assert ABC.metrics(scores, targets("a", "a", None)) == {"accuracy": 0.5}
    assert ABC.metrics(scores, targets(None, None, None)) == {}


def test_the_module_returns_out_shape_and_flattens_channel_time_frequency() -> None:
    shape = Shape([Axis("channel", 2), Axis("time", 1), Axis("frequency", 4)])
    head = ABC.build(shape)
    features = torch.randn(5, 2, 1, 4).contiguous(memory_format=torch.channels_last)
    found = head(features)["label"]
    assert tuple(found.shape[1:]) == ABC.out_shape(shape).sizes
    plain = head(features.contiguous())["label"]
    assert torch.equal(found, plain)


def test_targets_are_float32_rows() -> None:
    found = ABC.encode_targets(rows("b", None))["label"]
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[0], [0, 1, 0])
    assert np.isnan(found[1]).all()
