"""The contract of heads carries what is still to come: each of these trains through `fit`.

Regression with missing targets, several tasks at once, denoising (the features are the target),
and prototypes (episodes, and a state that is not trained). None of them is built in; each is a
`Task` as a user would write it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tonotope._errors import TonotopeError
from tonotope._shapes import Shape
from tonotope.heads import Classify, LossOptions, Task
from tonotope.model import Model
from tonotope.training import Dataset, TrainingPlan, fit

MakeModel = Callable[..., Model]
MakeDataset = Callable[..., Dataset]
MakePlan = Callable[..., TrainingPlan]


class Outputs(nn.Module):
    """One dense layer for each output."""

    def __init__(self, shape: Shape, sizes: Mapping[str, int]) -> None:
        super().__init__()
        features = int(np.prod(shape.sizes))
        self.layers = nn.ModuleDict({name: nn.Linear(features, n) for name, n in sizes.items()})

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        return {name: layer(features.flatten(1)) for name, layer in self.layers.items()}


class Regress(Task):
    """A number for each clip."""

    def build(self, shape: Shape) -> nn.Module:
        return Outputs(shape, {"value": 1})

    def loss(
        self,
        outputs: Mapping[str, Tensor],
        targets: Mapping[str, Tensor],
        options: LossOptions = LossOptions(),
    ) -> Tensor:
        wanted = targets["value"]
        given = wanted.isnan().logical_not()
        gaps = torch.where(given, outputs["value"].float() - wanted.nan_to_num(), 0.0)
        return gaps.square().sum() / given.sum().clamp(min=1)

    def scores(self, outputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {"value": outputs["value"].float()}


class Both(Regress):
    """A class and a number, either of which may be missing."""

    label: Classify = Classify(classes=("a", "b", "c"))

    def build(self, shape: Shape) -> nn.Module:
        return Outputs(shape, {"label": 3, "value": 1})

    def loss(
        self,
        outputs: Mapping[str, Tensor],
        targets: Mapping[str, Tensor],
        options: LossOptions = LossOptions(),
    ) -> Tensor:
        smoothed = LossOptions(label_smoothing=options.label_smoothing)
        costs = self.label.loss(outputs, targets, smoothed)
        return costs + super().loss(outputs, targets)

    def scores(self, outputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return self.label.scores(outputs) | super().scores(outputs)

    def metrics(
        self, scores: Mapping[str, Tensor], targets: Mapping[str, Tensor]
    ) -> dict[str, float]:
        return self.label.metrics(scores, targets)


class Denoise(Task):
    """The features themselves, from features that noise was added to."""

    def build(self, shape: Shape) -> nn.Module:
        class Clean(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.layer = nn.Conv2d(shape.size("channel"), 1, 1)

            def forward(self, features: Tensor) -> dict[str, Tensor]:
                return {"clean": self.layer(features)}

        return Clean()

    def prepare_batch(
        self, features: Tensor, targets: Mapping[str, Tensor]
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        return features + torch.randn_like(features), {"clean": features}

    def loss(
        self,
        outputs: Mapping[str, Tensor],
        targets: Mapping[str, Tensor],
        options: LossOptions = LossOptions(),
    ) -> Tensor:
        if "clean" not in targets:  # nothing is added to what is validated on
            return outputs["clean"].float().mean() * 0
        return (outputs["clean"].float() - targets["clean"]).square().mean()

    def scores(self, outputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {}


class Prototypes(Task):
    """The nearest of a few centres, which follow the clips of each episode."""

    def build(self, shape: Shape) -> nn.Module:
        class Centres(nn.Module):
            centres: Tensor

            def __init__(self) -> None:
                super().__init__()
                self.layer = nn.Linear(int(np.prod(shape.sizes)), 4)
                self.register_buffer("centres", torch.zeros(3, 4))

            def forward(self, features: Tensor) -> dict[str, Tensor]:
                places = self.layer(features.flatten(1))
                if self.training:  # an episode holds its classes in order
                    self.centres.copy_(places.detach().view(3, -1, 4).mean(1))
                return {"label": -torch.cdist(places, self.centres)}

        return Centres()

    def episodes(
        self, targets: Mapping[str, Tensor], batch_size: int, seed: int
    ) -> list[Tensor] | None:
        rng = np.random.default_rng(seed)
        labels = targets["label"].argmax(1).numpy()
        batch = [rng.permutation(np.flatnonzero(labels == label))[:2] for label in range(3)]
        return [torch.from_numpy(np.concatenate(batch)) for _ in range(4)]

    def loss(
        self,
        outputs: Mapping[str, Tensor],
        targets: Mapping[str, Tensor],
        options: LossOptions = LossOptions(),
    ) -> Tensor:
        return Classify(classes=("a", "b", "c")).loss(outputs, targets)

    def scores(self, outputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {}


def trained(
    head: Task,
    targets: Callable[[Tensor], dict[str, Tensor]],
    layers: Sequence[str],
    make: tuple[MakeModel, MakeDataset, MakePlan],
    folder: Path,
) -> tuple[Model, list[dict[str, float]]]:
    """Train twice, once cut into the same two halves by a finished run; give model and history."""
    make_model, make_dataset, make_plan = make
    dataset = make_dataset(12, 6)
    dataset = Dataset(
        dataset.store,
        targets(dataset.targets["label"]),
        dataset.train,
        dataset.validation,
        dataset.clip_steps,
    )
    model = make_model(layers, head=head)
    plan = make_plan(epochs=15, learning_rate=0.03, mixup=0.2, level_db=1.0)
    return model, list(fit(model, dataset, plan, folder=folder).lines)


@pytest.fixture
def make(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan
) -> tuple[MakeModel, MakeDataset, MakePlan]:
    return make_model, make_dataset, make_plan


POOLED = ["conv 4 3x3 padding same", "relu", "globalpool time mean"]


def numbers(label: Tensor) -> Tensor:
    """The number of the class, missing for every fourth recording."""
    values = label.argmax(1, keepdim=True).float()
    values[::4] = torch.nan
    return values


def test_regression_with_missing_targets(
    make: tuple[MakeModel, MakeDataset, MakePlan], tmp_path: Path
) -> None:
    _, lines = trained(Regress(), lambda label: {"value": numbers(label)}, POOLED, make, tmp_path)
    assert lines[-1]["validation_loss"] < 0.5 * lines[0]["validation_loss"]
    assert "train_accuracy" not in lines[0]


def test_two_tasks_with_a_missing_target_each(
    make: tuple[MakeModel, MakeDataset, MakePlan], tmp_path: Path
) -> None:
    def targets(label: Tensor) -> dict[str, Tensor]:
        classes = label.clone()
        classes[1::4] = torch.nan
        return {"label": classes, "value": numbers(label)}

    model, lines = trained(Both(), targets, POOLED, make, tmp_path)
    assert lines[-1]["validation_accuracy"] >= 0.8
    assert set(model(torch.zeros(2, model.description.clip_samples))) == {"label", "value"}


def test_denoising(make: tuple[MakeModel, MakeDataset, MakePlan], tmp_path: Path) -> None:
    layers = ["conv 4 3x3 padding same", "relu"]
    _, lines = trained(Denoise(), lambda _: {}, layers, make, tmp_path)
    assert lines[-1]["train_loss"] < 0.7 * lines[0]["train_loss"]


def test_prototypes_in_episodes(
    make: tuple[MakeModel, MakeDataset, MakePlan], tmp_path: Path
) -> None:
    model, lines = trained(Prototypes(), lambda label: {"label": label}, POOLED, make, tmp_path)
    assert lines[-1]["train_loss"] < lines[0]["train_loss"]
    assert float(model.head.get_buffer("centres").abs().sum()) > 0


def test_a_head_outside_the_vocabulary_is_not_saved(make_model: MakeModel, tmp_path: Path) -> None:
    with pytest.raises(TonotopeError, match=r"Regress\?\) is not of the vocabulary"):
        make_model(POOLED, head=Regress()).save(tmp_path)
    assert not list(tmp_path.iterdir())
