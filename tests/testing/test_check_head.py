"""Every head passes the checks; a head that is broken in one way fails that one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from tests.answers.test_kind_from_outside import Embed
from tests.heads.test_head_from_outside import Ordinal
from torch import Tensor, nn

import tonotope as tt
from tonotope.heads import KINDS
from tonotope.testing import HEAD_CHECKS, CheckError, check_head

ROWS: list[dict[str, str]] = [
    {"label": "cat", "hertz": "440", "tags": "rain;wind", "family": "blown"},
    {"label": "dog", "hertz": "220", "tags": "rain", "family": "struck"},
    {"label": "cat", "hertz": "330", "tags": ";", "family": "blown"},
    {"label": "owl", "tags": "wind"},
    {"label": "dog", "hertz": "261.6", "tags": "rain", "family": "struck"},
    {"label": "owl", "hertz": "110", "family": "struck"},
]
HEADS: list[tt.Task] = [
    tt.Classify(),
    tt.Regress(targets=("hertz",)),
    tt.Regress(targets=("hertz",), bins=16),
    tt.Tag(column="tags"),
    tt.Multitask(
        tasks=(
            tt.Part(name="family", head=tt.Classify()),
            tt.Part(name="pitch", head=tt.Regress(targets=("hertz",)), weight=2.0),
            tt.Part(name="weather", head=tt.Tag(column="tags")),
        )
    ),
    tt.Denoise(),
    tt.Denoise(output="direct", skips=False),
    Ordinal(classes=("cat", "dog", "owl")),
    Embed(),
]


@pytest.mark.parametrize(
    "head", HEADS, ids=[f"{at}-{type(one).__name__}" for at, one in enumerate(HEADS)]
)
def test_every_head(head: tt.Task) -> None:
    check_head(head, [] if head.denoises else ROWS)


def test_none_is_left_out() -> None:
    assert {one for one in KINDS if one.__name__ != "OpaqueHead"} <= {type(one) for one in HEADS}


def test_a_waveform_is_denoised_too() -> None:
    check_head(tt.Denoise(), representation=tt.Waveform(rate_hz=8000))


class ZeroForMissing(tt.Classify):
    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        return {name: np.nan_to_num(one) for name, one in super().encode_targets(rows).items()}


class Doubles(tt.Classify):
    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        return {name: one.astype(float) for name, one in super().encode_targets(rows).items()}


class OtherName(tt.Classify):
    def build(self, shape: Any) -> nn.Module:
        class Renamed(nn.Module):
            def __init__(self, inner: nn.Module) -> None:
                super().__init__()
                self.inner = inner

            def forward(self, features: Tensor) -> dict[str, Tensor]:
                return {"class": self.inner(features)["label"]}

        return Renamed(super().build(shape))


class LossOfEachClip(tt.Classify):
    def loss(self, outputs: Any, targets: Any, options: Any = None) -> Tensor:
        return -(outputs["label"].log_softmax(1) * targets["label"]).sum(1)


class CountsMissing(tt.Regress):
    def loss(self, outputs: Any, targets: Any, options: Any = None) -> Tensor:
        return (outputs["value"] - targets["value"].nan_to_num()).square().mean()


class OneColumnMore(tt.Classify):
    def scores(self, outputs: Any) -> dict[str, Tensor]:
        return {"label": nn.functional.pad(super().scores(outputs)["label"], (0, 1))}


class FollowsNan(tt.Classify):
    def metrics(self, scores: Any, targets: Any) -> dict[str, float]:
        return {"accuracy": math.nan}


class Forgets(tt.Classify):
    def model_dump(self, **keywords: Any) -> dict[str, Any]:
        return {key: one for key, one in super().model_dump(**keywords).items() if key == "kind"}


class KeepsItToItself(tt.Classify):
    def build(self, shape: Any) -> nn.Module:
        module = super().build(shape)
        shift = torch.rand(1)
        module.register_forward_hook(lambda _m, _i, out: {"label": out["label"] + shift})
        return module


class Backwards(tt.Predictions):
    kind: ClassVar[str] = "backwards"

    @classmethod
    def of_rows(cls, rows: list[Any], constants: Any) -> Any:
        return super().of_rows(rows[::-1], constants)


class NoFigure(tt.Predictions):
    kind: ClassVar[str] = "no-figure"
    metrics: ClassVar = (tt.Metric("no-figure:nothing", "share"),)

    @classmethod
    def resample(cls, systems: Any, unit: Any, units: Any, draws: Any) -> Any:
        raise NotImplementedError("no figure yet")


class CellTooMany(tt.Predictions):
    kind: ClassVar[str] = "cells"

    @classmethod
    def row_cells(cls, outcome: Any, scores: Any, score: float) -> list[Any]:
        return [*super().row_cells(outcome, scores, score), ""]


def answering(table: type[tt.AnswerTable]) -> tt.Task:
    class Answers(tt.Classify):
        @property
        def answers(self) -> tuple[tt.Answer, ...]:
            return (tt.Answer("label", table, self.classes),)

    return Answers()


@pytest.mark.parametrize(
    ("head", "check", "said"),
    [
        (ZeroForMissing(), "targets", r"`label` of a row without a target is .*, not NaN"),
        (Doubles(), "targets", "targets of `label` are float64 of shape"),
        (OtherName(), "outputs", r"outputs are called \['class'\], and targets \['label'\]"),
        (LossOfEachClip(), "loss", r"the loss has the shape \(6,\); expected one number"),
        (CountsMissing(targets=("hertz",)), "missing targets", "a missing target of `value` has"),
        (OneColumnMore(), "scores", r"the shape \(6, 4\); expected \(6, 3\), for the columns cat"),
        (FollowsNan(), "metrics", "the metric `accuracy` is nan"),
        (Forgets(), "settings", "read again it is"),
        (KeepsItToItself(), "save and load", "`label` after saving and loading differ"),
        (answering(Backwards), "table", "`label`: ids .* are read as"),
        (answering(NoFigure), "evaluation", "raises NotImplementedError: no figure yet"),
        (answering(CellTooMany), "rows", "6 cells under 5 headings of `label`"),
    ],
)
def test_a_head_that_is_wrong_in_one_way(head: tt.Task, check: str, said: str) -> None:
    with pytest.raises(CheckError, match=said) as failed:
        check_head(head, ROWS)
    assert failed.value.check == check


def test_every_check_has_been_seen_to_fail() -> None:
    (mark,) = test_a_head_that_is_wrong_in_one_way.pytestmark
    assert {check for _, check, _ in mark.args[1]} == set(HEAD_CHECKS)


def test_too_few_rows() -> None:
    with pytest.raises(ValueError, match="2 rows of targets: give four or more"):
        check_head(tt.Classify(), ROWS[:2])
