"""A kind of answer from outside the package, with a head for it: train, judge, report, load.

A head embeds each recording as a vector; what counts is whether the nearest other recording is of
the same class.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
import torch
from tests.experiment.conftest import QUICK, write_tones
from torch import Tensor, nn

import tonotope as tt
from tonotope._shapes import Axis, Shape
from tonotope.answers import table_of

SETS = (
    *(one for one in QUICK if not one.startswith(("network", "representation", "evaluation.base"))),
    "data.clip_s=0.25",
    'training.precision="float32"',
)


def statistics(given: Any) -> np.ndarray:
    """The baseline: the statistics of the sound itself, each in standard deviations."""
    return given.test_features / np.maximum(given.features.std(axis=0), 1e-9)


@dataclass(frozen=True, eq=False)
class Embeddings(tt.AnswerTable):
    """The vector of each recording, and its class."""

    ids: tuple[str, ...]
    truth: tuple[str, ...]
    vectors: np.ndarray
    groups: tuple[str, ...]
    folds: tuple[str, ...]
    columns: tuple[str, ...]

    kind: ClassVar[str] = "embedding"
    phrase: ClassVar[str] = "a vector"
    metrics: ClassVar = (tt.Metric("embedding:retrieval-at-1", "share"),)
    baselines: ClassVar = (tt.Baseline("embedding:mfcc-distance", statistics, uses="mfcc"),)

    @property
    def found(self) -> np.ndarray:
        """(recording,) whether the nearest other recording of the same fold has its class."""
        truth, folds = np.array(self.truth), np.array(self.folds)
        away = np.linalg.norm(self.vectors[:, None] - self.vectors[None], axis=2)
        away[(folds[:, None] != folds[None]) | np.eye(len(self), dtype=bool)] = np.inf
        return truth[away.argmin(axis=1)] == truth

    @property
    def losses(self) -> np.ndarray:
        return 1.0 - self.found

    @property
    def truths(self) -> tuple[str, ...]:
        return self.truth

    def values(self, metric: tt.Metric) -> np.ndarray:
        return self.found.astype(float)

    @classmethod
    def of_scores(
        cls,
        answer: tt.Answer,
        scores: np.ndarray,
        decided: np.ndarray,
        truth: Any,
        who: Mapping[str, tuple[str, ...]],
    ) -> Embeddings:
        return cls(truth=tuple(truth), vectors=np.asarray(scores), columns=answer.columns, **who)

    @classmethod
    def outcome(
        cls,
        answer: tt.Answer,
        scores: np.ndarray,
        decided: np.ndarray | None,
        own: Sequence[tt.Answer],
    ) -> list[float]:
        return [round(float(one), 6) for one in scores]

    @classmethod
    def alike(cls, parts: Sequence[Any]) -> list[Any]:
        return list(parts)  # the vectors of a baseline may be longer

    def with_predictions(self, predicted: np.ndarray) -> Embeddings:
        columns = tuple(f"m{at}" for at in range(predicted.shape[1]))
        return replace(self, vectors=predicted, columns=columns)

    def header(self) -> list[str]:
        return ["id", "truth", "group", "fold", *self.columns]

    def cells(self, row: int) -> tuple[Sequence[str], Sequence[str]]:
        words = (self.ids[row], self.truth[row], self.groups[row], self.folds[row])
        return words, [repr(float(one)) for one in self.vectors[row]]

    @classmethod
    def of_header(cls, header: list[str]) -> dict[str, Any]:
        if header[:4] != ["id", "truth", "group", "fold"]:
            raise ValueError("the header of another table")
        return {"columns": tuple(header[4:])}

    @classmethod
    def of_cells(cls, cells: list[str], constants: Mapping[str, Any]) -> tuple[Any, ...]:
        return (*cells[:4], [float(one) for one in cells[4:]])

    @classmethod
    def of_rows(cls, rows: list[tuple[Any, ...]], constants: Mapping[str, Any]) -> Embeddings:
        ids, truth, groups, folds, vectors = zip(*rows, strict=True)
        return cls(ids, truth, np.array(vectors), groups, folds, **constants)


class Embed(tt.Task):
    """A vector for each recording; those of one class shall lie together."""

    kind: Literal["embed"] = "embed"
    size: int = 3
    classes: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[tt.Answer, ...]:
        return (tt.Answer("vector", Embeddings, tuple(f"v{at}" for at in range(self.size))),)

    @property
    def columns(self) -> tuple[str, ...]:
        return ("label",)

    def fit_targets(self, rows: Sequence[Mapping[str, str]]) -> Embed:
        return self.model_copy(update={"classes": tuple(sorted({row["label"] for row in rows}))})

    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        found = np.full((len(rows), len(self.classes)), np.nan, np.float32)
        for at, row in enumerate(rows):
            if "label" in row:
                found[at] = [name == row["label"] for name in self.classes]
        return {"vector": found}

    def answer_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        return {"vector": [row.get("label") for row in rows]}

    def out_shape(self, shape: Shape) -> Shape:
        return Shape([Axis("vector", self.size)])

    def build(self, shape: Shape) -> nn.Module:
        return Normalised(math.prod(shape.sizes), self.size)

    def loss(
        self,
        outputs: Mapping[str, Tensor],
        targets: Mapping[str, Tensor],
        options: tt.LossOptions | None = None,
    ) -> Tensor:
        known = targets["vector"].isfinite().all(1)
        vectors, classes = outputs["vector"].float()[known], targets["vector"][known]
        away = (vectors @ vectors.T - (2 * classes @ classes.T - 1)).square()
        return away.sum() / max(1, away.numel())

    def scores(self, outputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {"vector": outputs["vector"].float()}

    def decide(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return dict(scores)


class Normalised(nn.Module):
    def __init__(self, features: int, size: int) -> None:
        super().__init__()
        self.dense = nn.Linear(features, size)

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        return {"vector": nn.functional.normalize(self.dense(features.flatten(1)), dim=1)}


NETWORK = tt.Layers(layers=["conv 4 3x3", "relu", "globalpool all mean"])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    write_tones(folder / "tones")
    return folder


@pytest.fixture(scope="module")
def own(home: Path) -> tt.Run:
    experiment = tt.Experiment(
        data=tt.Data(source=str(home / "tones")),
        representation=tt.LogMel(rate_hz=8000, bands=16, hop_s=0.02),
        network=NETWORK,
        head=Embed(),
        name="own",
    )
    return tt.run(experiment, sets=SETS, out=home / "runs", report=False)


def test_it_is_judged_by_its_own_metric_beside_its_own_baseline(own: tt.Run) -> None:
    evaluation = json.loads((own.folder / "evaluation.json").read_text(encoding="utf-8"))
    assert evaluation["metric"] == "embedding:retrieval-at-1"
    assert evaluation["kind"] == "embedding"
    assert [one["name"] for one in evaluation["baselines"]] == ["embedding:mfcc-distance"]
    table = Embeddings.read_csv(own.folder / "predictions.csv")
    assert len(table) == 24
    assert evaluation["value"] == pytest.approx(float(table.found.mean()))
    assert table.columns == ("v0", "v1", "v2")


def test_without_its_class_the_run_is_reported_and_its_table_is_not_read(own: tt.Run) -> None:
    bare = tt.load(own.folder)
    with pytest.raises(tt.TonotopeError, match=r"pass its head again, as in\s+tonotope.load"):
        _ = bare.predictions


def test_the_report_shows_its_score(own: tt.Run) -> None:
    page = tt.report(own.folder).read_text(encoding="utf-8")
    assert "embedding:retrieval-at-1" in page
    assert "embedding:mfcc-distance" in page


def test_with_its_head_everything_is_read_again(own: tt.Run) -> None:
    again = tt.load(own.folder, head=Embed())
    assert isinstance(again.predictions, Embeddings)
    np.testing.assert_allclose(again.predictions.vectors, own.predictions.vectors)
    model = again.model(again.folds[0])
    wave = torch.randn(2, model.description.clip_samples)
    assert torch.equal(model(wave)["vector"], again.model(again.folds[0])(wave)["vector"])


def test_files_are_predicted_and_written(own: tt.Run, home: Path, tmp_path: Path) -> None:
    again = tt.load(own.folder, head=Embed())
    files = sorted((home / "tones").rglob("*.wav"))[:2]
    for form in ("csv", "jsonl"):
        tt.predict(again, files).write(tmp_path / form, form)
    with (tmp_path / "csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (tmp_path / "jsonl").read_text().splitlines()]
    assert [row["file"] for row in rows] == [str(one) for one in files]
    for row, line in zip(rows, lines, strict=True):
        assert [float(row[name]) for name in ("v0", "v1", "v2")] == [
            line[name] for name in ("v0", "v1", "v2")
        ]


def test_a_metric_of_another_kind_is_refused(home: Path) -> None:
    with pytest.raises(
        tt.TonotopeError, match="answers with a vector; embedding:retrieval-at-1 would fit"
    ):
        tt.run(
            tt.Experiment(data=tt.Data(source=str(home / "tones")), head=Embed()),
            sets=("evaluation.metric='accuracy'",),
            out=home / "refused",
        )


def test_a_kind_that_is_called_like_one_of_tonotope_is_refused() -> None:
    class Mine(tt.Quantities):
        metrics: ClassVar = (tt.Metric("mine:x", "share"), *tt.Quantities.metrics)

    answer = tt.Answer("value", Mine, ("x",))
    with pytest.raises(tt.ExperimentError, match=r"`numbers` .*give the class a `kind` of its own"):
        table_of(answer)
