"""What a training plan refuses."""

from __future__ import annotations

import pytest

from tonotope.training import TrainingPlan
from tonotope.training.early_stopping import best_epoch


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


def test_a_probe_has_no_use_for_variation_and_says_so() -> None:
    plan = TrainingPlan(optimizer="lbfgs")
    assert (plan.mixup, plan.time_masks, plan.level_db, plan.weight_decay) == (0, 0, 0, 0.05)
    with pytest.raises(ValueError, match=r"hears each window once.*leave out mixup = 0\.2,"):
        TrainingPlan(optimizer="lbfgs", mixup=0.2)
    with pytest.raises(ValueError, match=r"leave out learning_rate = 0\.01, schedule = 'step',"):
        TrainingPlan(optimizer="lbfgs", learning_rate=0.01, schedule="step")
    usual = TrainingPlan()
    steps = ("learning_rate", "momentum", "nesterov", "schedule", "warmup", "step_epochs",
             "step_factor", "best")  # fmt: skip
    assert all(getattr(plan, key) == getattr(usual, key) for key in steps)
    with pytest.raises(ValueError, match=r"minutes = 5\.0"):
        TrainingPlan(optimizer="lbfgs", minutes=5)
    assert TrainingPlan(optimizer="lbfgs", epochs=7, weight_decay=0.3).epochs == 7


def test_a_probe_is_kept_after_its_last_iteration() -> None:
    lines = [{"epoch": 1, "validation_loss": 0.2}, {"epoch": 2, "validation_loss": 0.3}]
    assert best_epoch(TrainingPlan(), lines) == 1
    assert best_epoch(TrainingPlan(optimizer="lbfgs"), lines) == 2
