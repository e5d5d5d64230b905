"""Whether what a checkpoint holds fits the training that goes on from it; a sentence where not.

A checksum shows that a file is what was written, not that the program that wrote it was this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NoReturn

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from torch import Tensor

from tonotope._errors import TrainingError
from tonotope.training.checkpoint import CHECKPOINT, without_prefix

ADVICE = "remove it to train from the beginning"
# What each optimiser keeps of a weight; all but the number of steps have the shape of the weight.
_STEP = "step"
_KEPT = {
    "adamw": {_STEP, "exp_avg", "exp_avg_sq"},
    "adam": {_STEP, "exp_avg", "exp_avg_sq"},
    "sgd": {"momentum_buffer"},
}


class _Facts(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Sums(_Facts):
    model_config = ConfigDict(strict=True, extra="forbid")

    clips: int = Field(ge=0)
    loss: float
    metrics: dict[str, float]
    data_seconds: float
    model_seconds: float


class _Device(_Facts):
    device: str
    threads: int
    torch: str
    precision: Literal["float32", "bfloat16"]
    memory_format: Literal["channels_last", "contiguous"]
    probe: str


class _Identity(_Facts):
    plan: dict[str, Any]


class _Line(_Facts):
    epoch: int
    train_loss: float


class _State(_Facts):
    identity: _Identity
    epoch: int = Field(ge=0)
    step: int = Field(ge=0)
    lines: list[_Line]
    best_value: float | None
    best_epoch: int = Field(ge=0)
    finished: bool
    stopped_early: bool
    sums: _Sums
    device: _Device
    tensors: list[str] | None = None  # not written by earlier versions


def check_facts(folder: Path, facts: object) -> None:
    """Refuse facts that are missing or of another type, before any of them is used.

    Raises:
        TrainingError: names the first.
    """
    try:
        _State.model_validate(facts)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "state"
        _refuse(folder, f"its `{where}` does not fit ({first['msg']})")


def check_numbers(folder: Path, facts: Mapping[str, Any], epochs: int, steps: int) -> None:
    """Refuse numbers that no training of so many epochs, of so many steps each, could have saved.

    Raises:
        TrainingError: says which they are.
    """
    epoch, step, best = facts["epoch"], facts["step"], facts["best_epoch"]
    lines, clips = len(facts["lines"]), facts["sums"]["clips"]
    if best <= epoch == lines <= epochs and step <= steps and (step > 0) == (clips > 0):
        return
    _refuse(
        folder,
        f"its numbers do not fit one another: {epoch:,} of {epochs:,} epochs and {step:,} of"
        f" {steps:,} steps done, with {clips:,} clips, a history of {lines:,} epochs, the best"
        f" of them the {best:,}th",
    )


def check_weights(
    folder: Path, part: str, found: Mapping[str, Tensor], expected: Mapping[str, Tensor]
) -> None:
    """Refuse weights of other names, shapes or types than those of the model.

    Tensors have any shape; each must have that of its `expected`.

    Raises:
        TrainingError: names the first.
    """
    for name, tensor in expected.items():
        if name not in found:
            _refuse(folder, f"the tensor `{part}/{name}` is missing")
        _check_like(folder, f"{part}/{name}", found[name], tensor)
    if more := sorted(found.keys() - expected.keys()):
        _refuse(folder, f"it holds `{part}/{more[0][:100]}`, which the model does not have")


def check_optimizer(
    folder: Path, found: Mapping[str, Tensor], optimizer: torch.optim.Optimizer, kind: str
) -> None:
    """Refuse the state of an optimiser that lacks a part, or is of other weights.

    Tensors have any shape; each must have that of its weight.

    Raises:
        TrainingError: names the first.
    """
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    names: dict[str, set[str]] = {}
    for key, tensor in found.items():
        number, _, name = key.partition("/")
        if not number.isdecimal() or int(number) >= len(weights) or name not in _KEPT[kind]:
            _refuse(folder, f"it holds `optimizer/{key[:100]}`, which `{kind}` does not keep here")
        names.setdefault(number, set()).add(name)
        weight = weights[int(number)]
        like = torch.zeros(()) if name == _STEP else weight
        _check_like(folder, f"optimizer/{key}", tensor, like)
    for number, kept in names.items():
        if missing := sorted(_KEPT[kind] - kept):
            _refuse(folder, f"the tensor `optimizer/{number}/{missing[0]}` is missing")


def check_complete(folder: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Refuse a checkpoint that lacks a part of what was saved.

    Tensors have any shape; only their names count.

    Raises:
        TrainingError: names the first tensor.
    """
    saved = facts.get("tensors")  # not written by earlier versions
    if isinstance(saved, list):
        for name in saved:
            if name not in tensors:
                _refuse(folder, f"the tensor `{name}` is missing")
    done = facts["finished"] or facts["best_epoch"] > 0
    if done and not without_prefix("best", tensors):
        _refuse(folder, "the best weights (`best/...`) are missing")


def _check_like(folder: Path, name: str, found: Tensor, expected: Tensor) -> None:
    if found.shape != expected.shape:
        sizes = [" × ".join(map(str, one.shape)) or "one number" for one in (found, expected)]
        _refuse(folder, f"the tensor `{name}` has shape {sizes[0]}, expected {sizes[1]}")
    if found.dtype != expected.dtype:
        types = [str(one.dtype).removeprefix("torch.") for one in (found, expected)]
        _refuse(folder, f"the tensor `{name}` is {types[0]}, expected {types[1]}")


def _refuse(folder: Path, reason: str) -> NoReturn:
    raise TrainingError(f"{folder / CHECKPOINT}: {reason}; {ADVICE}")
