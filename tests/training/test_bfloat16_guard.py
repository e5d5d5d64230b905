"""bfloat16 is compared with float32 before it is used, and given up where it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tonotope._progress import Progress
from tonotope.model import Model
from tonotope.runtime.bfloat16_guard import GRADIENT_TOLERANCE, Guard
from tonotope.runtime.device import Device
from tonotope.training import Dataset, TrainingPlan, checkpoint, fit, precision_choice
from tonotope.training.validation import validate

MakeModel = Callable[..., Model]
MakeDataset = Callable[..., Dataset]
MakePlan = Callable[..., TrainingPlan]
Spoil = Callable[..., None]

EVERYTHING = {
    "mixup": 0.4, "time_shift": 0.5, "frequency_roll": 2, "level_db": 2.0, "time_masks": 2,
    "frequency_masks": 2, "label_smoothing": 0.1, "average": 0.9, "class_weights": True,
}  # fmt: skip
WRONG = "bfloat16 is wrong here for batches of "


class Listener(Progress):
    """Keeps what is said; raises after some steps, as the end of a process would."""

    def __init__(self, last: int = -1) -> None:
        self.said: list[str] = []
        self.steps, self.last = 0, last

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        self.steps += steps
        if facts and self.steps == self.last:
            raise CutOffError

    def say(self, message: str) -> None:
        self.said.append(message)

    @property
    def wrong(self) -> list[str]:
        return [one for one in self.said if one.startswith(WRONG)]


class CutOffError(Exception):
    """Stands for the end of a process."""


def in_bfloat16() -> Guard:
    return Guard(Device("cpu", 1, precision="bfloat16"))


def equal(one: Model, other: Model) -> bool:
    mine, theirs = one.state_dict(), other.state_dict()
    return mine.keys() == theirs.keys() and all(torch.equal(mine[k], theirs[k]) for k in mine)


def label(module: nn.Module, batch: Tensor) -> Mapping[str, Tensor]:
    return {"label": module(batch)}


def squared(outputs: Mapping[str, Tensor]) -> Tensor:
    return outputs["label"].float().square().mean()


@pytest.mark.parametrize("backward", [False, True])
def test_a_training_asked_for_in_bfloat16_falls_back(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path,
    wrong_bfloat16: Spoil, *, backward: bool,
) -> None:  # fmt: skip
    exact, model, heard = make_model(), make_model(), Listener()
    fit(exact, make_dataset(), make_plan(**EVERYTHING), folder=tmp_path / "exact")
    wrong_bfloat16(lambda shape: shape[0] >= 4, backward=backward)
    plan = make_plan(**EVERYTHING, precision="bfloat16")
    history = fit(model, make_dataset(), plan, folder=tmp_path / "near", progress=heard)
    assert equal(exact, model)
    (said,) = heard.wrong
    assert said.startswith(f"{WRONG}4 × 1 × 12 × 8: its {'gradients' if backward else 'outputs'}")
    assert said.endswith("all that follows is computed in float32")
    assert history.lines[0]["precision"] == "float32"
    assert said in history.lines[0]["probe"]


def test_what_was_chosen_by_trying_falls_back(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path,
    wrong_bfloat16: Spoil, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """On the few clips of the probe bfloat16 is right, and on the batches of the training wrong."""
    for name, value in {
        "SHORTEST_TRAINING_S": 0,
        "BUDGET_S": 0,
        "FEW_CLIPS": 2,
        "SPEEDUP_NEEDED": 0,
    }.items():
        monkeypatch.setattr(precision_choice, name, value)
    monkeypatch.setattr(precision_choice, "has_native_bfloat16", lambda: True)
    exact, model, heard = make_model(), make_model(), Listener()
    fit(exact, make_dataset(), make_plan(), folder=tmp_path / "exact")
    wrong_bfloat16(lambda shape: shape[0] >= 4)
    plan = make_plan(precision="auto")
    history = fit(model, make_dataset(), plan, folder=tmp_path / "near", progress=heard)
    assert history.lines[0]["probe"].startswith("bfloat16 channels_last: ms per step")
    assert equal(exact, model)
    assert len(heard.wrong) == 1


def test_validation_falls_back_where_only_its_batches_are_wrong(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path,
    wrong_bfloat16: Spoil,
) -> None:  # fmt: skip
    wrong_bfloat16(lambda shape: shape[0] > 5)
    model, material, heard, guard = make_model(), make_dataset(), Listener(), in_bfloat16()
    exact = validate(model, material, Guard(Device("cpu", 1)), 4)
    assert validate(model, material, guard, 4, heard) == exact
    assert guard.device.precision == "float32"

    trained = Listener()
    plan = make_plan(precision="bfloat16")
    history = fit(model, material, plan, folder=tmp_path, progress=trained)
    assert len(heard.wrong) == len(trained.wrong) == 1
    assert f"{WRONG}8 × 1 × 12 × 8: its outputs" in trained.wrong[0]
    assert history.lines[0]["precision"] == "float32"  # from the end of this epoch on
    assert history.lines[0]["probe"].startswith("bfloat16 channels_last, as the plan says")


def test_a_training_that_goes_on_elsewhere_is_checked_there(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path,
    wrong_bfloat16: Spoil,
) -> None:  # fmt: skip
    """The checkpoint says bfloat16, and the processor that goes on computes it wrongly."""
    plan = make_plan(**EVERYTHING, precision="bfloat16")
    for name in ("exact", "near"):
        with pytest.raises(CutOffError):
            fit(make_model(), make_dataset(), plan, folder=tmp_path / name,
                progress=Listener(8), save_every_s=0.0)  # fmt: skip
    tensors, facts = checkpoint.read_checkpoint(tmp_path / "exact") or ({}, {})
    assert facts["device"]["precision"] == "bfloat16"
    facts["device"]["precision"] = "float32"
    checkpoint.write_checkpoint(tmp_path / "exact", tensors, facts)
    exact, model, heard = make_model(), make_model(), Listener(last=12)
    fit(exact, make_dataset(), plan, folder=tmp_path / "exact")

    wrong_bfloat16(lambda shape: True)
    with pytest.raises(CutOffError):
        fit(model, make_dataset(), plan, folder=tmp_path / "near", progress=heard, save_every_s=0)
    assert len(heard.wrong) == 1
    wrong_bfloat16(lambda shape: False)
    again = Listener()
    history = fit(model, make_dataset(), plan, folder=tmp_path / "near", progress=again)
    assert equal(exact, model)
    assert again.wrong == []  # for good: it is in the checkpoint
    told = [line["precision"] for line in history.lines if "precision" in line]
    assert told == ["bfloat16", "float32"]


@pytest.mark.parametrize("changes", [{}, EVERYTHING])
def test_a_training_that_is_right_is_as_without_a_guard(
    changes: dict[str, object], make_model: MakeModel, make_dataset: MakeDataset,
    make_plan: MakePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    plan = make_plan(**changes, precision="bfloat16")
    guarded, alone = make_model(), make_model()
    history = fit(guarded, make_dataset(13, 7), plan, folder=tmp_path / "guarded")
    monkeypatch.setattr(Guard, "check", lambda *given, **named: None)
    fit(alone, make_dataset(13, 7), plan, folder=tmp_path / "alone")
    assert equal(guarded, alone)
    assert history.lines[0]["precision"] == "bfloat16"


def test_a_check_changes_nothing_and_comes_once_for_a_shape() -> None:
    parts = (nn.Conv1d(2, 3, 3), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Flatten(), nn.Linear(18, 2))
    module, calls = nn.Sequential(*parts).train(), []
    state = {name: value.clone() for name, value in module.state_dict().items()}
    chance, guard = torch.get_rng_state(), in_bfloat16()

    def answer(module: nn.Module, batch: Tensor) -> Mapping[str, Tensor]:
        calls.append((tuple(batch.shape), torch.is_autocast_enabled("cpu")))
        torch.rand(3)
        return label(module, batch)

    batch = torch.linspace(-1, 1, 64).view(4, 2, 8)
    for clips in (4, 4, 3):
        guard.check(module, answer, batch[:clips], squared)
    shapes = [(clips, 2, 8) for clips in (4, 3)]
    assert calls == [(shape, half) for shape in shapes for half in (False, True)]
    guard.check(module, answer, batch)  # in validation other kernels may be taken
    assert len(calls) == 6
    guard.check(nn.Sequential(*parts), answer, batch)
    assert len(calls) == 8
    assert guard.device == in_bfloat16().device
    assert torch.equal(torch.get_rng_state(), chance)
    assert all(part.training for part in module.modules())
    assert all(weight.grad is None for weight in module.parameters())
    for name, value in module.state_dict().items():
        assert torch.equal(value, state[name]), name


def test_float32_is_never_checked() -> None:
    Guard(Device("cpu", 1)).check(
        nn.Linear(2, 2), lambda *given: pytest.fail("not asked"), torch.ones(1, 2)
    )


def test_a_last_layer_of_zeros_hides_nothing(wrong_bfloat16: Spoil) -> None:
    module = nn.Sequential(nn.Conv1d(1, 2, 3), nn.Flatten(), nn.Linear(12, 2))
    nn.init.zeros_(module[2].weight)
    nn.init.zeros_(module[2].bias)
    guard, heard = in_bfloat16(), Listener()
    wrong_bfloat16(lambda shape: shape[0] > 2)
    batch = torch.linspace(-1, 1, 32).view(4, 1, 8)
    guard.check(module, label, batch[:2], squared, heard)
    assert not heard.said
    guard.check(module, label, batch, squared, heard)
    assert heard.wrong
    assert not module[2].weight.any()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_finite_is_wrong(value: float) -> None:
    def answer(module: nn.Module, batch: Tensor) -> Mapping[str, Tensor]:
        told = module(batch)
        return {"label": told * value if torch.is_autocast_enabled("cpu") else told}

    guard, heard = in_bfloat16(), Listener()
    guard.check(nn.Linear(2, 2), answer, torch.ones(1, 2), progress=heard)
    assert guard.device.precision == "float32"
    assert len(heard.wrong) == 1


def test_bfloat16_is_not_blamed_for_features_that_are_no_numbers() -> None:
    guard, heard = in_bfloat16(), Listener()
    batch = torch.full((1, 2), float("nan"))
    guard.check(nn.Linear(2, 2), label, batch, squared, heard)
    assert (guard.device.precision, heard.said) == ("bfloat16", [])


def test_outputs_near_zero_by_chance_are_no_fault() -> None:
    """A single clip whose answer is a thousandth of the usual is rounded as the others are."""

    def answer(module: nn.Module, batch: Tensor) -> Mapping[str, Tensor]:
        told = module(batch)
        return {"label": told + 0.001 if torch.is_autocast_enabled("cpu") else told}

    module, guard = nn.Identity(), in_bfloat16()
    guard.check(module, answer, torch.ones(8, 1))
    guard.check(module, answer, torch.full((1, 1), 0.001))
    assert guard.device.precision == "bfloat16"


def test_where_float32_finds_no_memory_that_is_said() -> None:
    def answer(module: nn.Module, batch: Tensor) -> Mapping[str, Tensor]:
        if not torch.is_autocast_enabled("cpu"):
            raise torch.OutOfMemoryError
        return label(module, batch)

    guard, heard, module = in_bfloat16(), Listener(), nn.Linear(2, 2)
    for _ in range(2):
        guard.check(module, answer, torch.ones(3, 2), progress=heard)
    assert guard.device.precision == "bfloat16"
    assert heard.said == [
        "bfloat16 could not be compared with float32 for batches of 3 × 2: memory ran out"
    ]


def test_a_wrong_gradient_of_one_small_layer_is_seen(wrong_bfloat16: Spoil) -> None:
    module = nn.Sequential(nn.Conv1d(1, 2, 3), nn.Flatten(), nn.Linear(12, 2))
    with torch.no_grad():
        module[2].weight *= 0.01
    batch = torch.linspace(-1, 1, 32).view(4, 1, 8)
    squared(label(module, batch)).backward()
    small, large = (module[at].weight.grad.norm() for at in (0, 2))
    assert small < 0.05 * large
    wrong_bfloat16(lambda shape: True, backward=True)
    guard = in_bfloat16()
    guard.check(module, label, batch, squared)
    assert guard.device.precision == "float32"
    assert GRADIENT_TOLERANCE < 1  # else a gradient of zeros would pass
