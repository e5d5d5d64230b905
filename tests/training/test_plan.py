"""What a training plan refuses."""

from __future__ import annotations

import pytest

from tonotope.training import TrainingPlan


def test_a_learning_rate_of_ten_is_refused_with_usual_ones() -> None:
    with pytest.raises(ValueError, match=r"learning_rate = 10 .*0\.0003 to 0\.01"):
        TrainingPlan(learning_rate=10)


def test_nesterov_without_momentum_is_refused() -> None:
    with pytest.raises(ValueError, match=r"momentum, which is 0: 0\.9 is usual"):
        TrainingPlan(nesterov=True, momentum=0)


@pytest.mark.parametrize(
    ("key", "value"),
    [("epochs", 0), ("batch_size", 0), ("mixup", -1), ("warmup", 1.0), ("average", 1.0),
     ("precision", "float16"), ("epcohs", 3), ("learning_rate", float("nan"))],
)  # fmt: skip
def test_impossible_values_and_unknown_keys_are_refused(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=key):
        TrainingPlan.model_validate({key: value})
