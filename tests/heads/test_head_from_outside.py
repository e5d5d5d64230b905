"""A head from outside the package: one class of an ordered scale, by a cumulative link.

One dense output s and a threshold between each two neighbouring classes (McCullagh, "Regression
models for ordinal data", JRSS B 42, 1980)::

    p(class > k) = sigmoid(s - t_k),   t_0 < t_1 < ... < t_(K-2)
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from pydantic import Field
from tests.experiment.conftest import QUICK, write_tones
from torch import Tensor, nn

import tonotope as tt
from tonotope._shapes import Shape
from tonotope.heads.layer_row import LayerRow


class Ordinal(tt.Classify):
    """Which step of an ordered scale a clip belongs to, from the lowest to the highest."""

    kind: Literal["ordinal"] = "ordinal"  # pyright: ignore[reportIncompatibleVariableOverride]
    classes: tuple[str, ...] = Field(min_length=3)

    def layer_rows(self, shapes: Sequence[Shape]) -> tuple[LayerRow, ...]:
        (row,) = super().layer_rows(shapes)
        steps = len(self.classes) - 1
        text = f"dense 1, {steps} thresholds"
        return (LayerRow(text, row.shape, row.features + steps, row.features),)

    def build(self, shape: Shape) -> nn.Module:
        return CumulativeLink(math.prod(shape.sizes), len(self.classes))


class CumulativeLink(nn.Module):
    """Logarithms of the probabilities of the steps, (batch, class)."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.flatten, self.dense = nn.Flatten(), nn.Linear(features, 1, bias=False)
        self.first = nn.Parameter(torch.tensor(-1.0))
        self.gaps = nn.Parameter(torch.zeros(classes - 2))

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        score = self.dense(self.flatten(features)).float()
        steps = torch.cat([self.first[None], nn.functional.softplus(self.gaps)]).cumsum(0)
        above = (score - steps).sigmoid()
        above = torch.cat([torch.ones_like(score), above, torch.zeros_like(score)], 1)
        return {"label": (above[:, :-1] - above[:, 1:]).clamp(min=1e-7).log()}


STEPS = ("low", "mid", "high")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    write_tones(folder / "tones")
    return folder


@pytest.fixture(scope="module")
def own(home: Path) -> tt.Run:
    data = tt.Data(source=str(home / "tones"), clip_s=0.25)
    experiment = tt.Experiment(data=data, head=Ordinal(classes=STEPS), name="own")
    return tt.run(experiment, sets=QUICK, out=home / "runs", report=False)


def test_it_is_trained_and_judged_as_its_kind_of_answer_is(own: tt.Run) -> None:
    assert isinstance(own.predictions, tt.Predictions)
    assert own.predictions.classes == STEPS
    evaluation = json.loads((own.folder / "evaluation.json").read_text(encoding="utf-8"))
    assert evaluation["metric"] == "accuracy"
    assert [one["name"] for one in evaluation["baselines"]] == ["majority"]
    sums = own.predictions.scores.sum(axis=1)
    assert sums == pytest.approx(1.0, abs=1e-4)


def test_what_the_head_costs_is_told(own: tt.Run) -> None:
    with torch.no_grad():
        head = own.model().head
    counted = sum(one.numel() for one in head.parameters())
    row = Ordinal(classes=STEPS).layer_rows([own.model().description.shapes()[-1]])[0]
    assert row.parameters == counted


def test_it_is_loaded_with_its_class_and_reported_without(own: tt.Run, home: Path) -> None:
    with pytest.raises(tt.TonotopeError, match="no code is run from a file"):
        tt.load(own.folder).model()
    again = tt.load(own.folder, head=Ordinal(classes=STEPS))
    wave = torch.randn(2, again.model().description.clip_samples)
    assert torch.equal(again.model()(wave)["label"], own.model()(wave)["label"])
    assert "accuracy" in tt.report(own.folder).read_text(encoding="utf-8")
    files = sorted((home / "tones").rglob("*.wav"))[:2]
    tt.predict(again, files).write(home / "rows.csv")
    with (home / "rows.csv").open(encoding="utf-8", newline="") as file:
        assert {row["label"] for row in csv.DictReader(file)} <= set(STEPS)


class Undecided(tt.Task):
    """A head that forgot two of its methods."""

    kind: Literal["undecided"] = "undecided"

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def build(self, shape: Shape) -> nn.Module:
        return nn.Identity()

    def encode_targets(self, rows: Any) -> dict[str, Any]:
        return {}

    def loss(self, outputs: Any, targets: Any, options: Any = None) -> Tensor:
        return torch.zeros(())


def test_a_head_without_a_method_is_refused_before_anything_is_trained() -> None:
    with pytest.raises(ValueError, match="`Undecided` has no method `scores` and no `decide`"):
        tt.Experiment(data=tt.Data(source="tones"), head=Undecided())
