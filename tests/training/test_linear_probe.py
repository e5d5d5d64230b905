"""The head fitted to what a frozen network answers: against scikit-learn, and what it refuses."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from tests.training.conftest import BANDS, STEPS
from torch import nn

from tonotope._errors import TrainingError
from tonotope._progress import Progress
from tonotope.heads import Classify, Multitask, Part, Regress, Tag, Task
from tonotope.model import Model
from tonotope.runtime.bfloat16_guard import Guard
from tonotope.runtime.device import Device
from tonotope.runtime.interrupt import Interrupted, StopRequest
from tonotope.training import Dataset, FeatureStore, TrainingPlan, fit, frozen_outputs
from tonotope.training.history import read_history
from tonotope.training.validation import validate

PROBE = TrainingPlan(optimizer="lbfgs", precision="float32")


@pytest.fixture
def frozen(make_model: Callable[..., Model]) -> Callable[..., Model]:
    """A model with new weights whose network stays as it is."""

    def make(head: Task | None = None) -> Model:
        model = make_model(head=head)
        model.freeze(name for name, _ in model.network.named_children())
        return model

    return make


def outputs(model: Model, dataset: Dataset, records: np.ndarray) -> np.ndarray:
    """What the network answers to the one window of each recording."""
    clips = dataset.store.crop(records, np.zeros(len(records), int), STEPS)
    with torch.no_grad():
        return model.eval().network(model.standardise(clips)).flatten(1).numpy()


def test_it_is_logistic_regression(
    frozen: Callable[..., Model], make_dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    """scikit-learn on the same outputs, standardised: C = recordings / (penalty · values)."""
    model, dataset = frozen(), make_dataset(30, 0, lengths=(STEPS,))
    plan = PROBE.model_copy(update={"weight_decay": 0.3, "epochs": 500})
    fit(model, dataset, plan, folder=tmp_path)
    heard = outputs(model, dataset, dataset.train)
    spread = heard.std(0)
    scale = np.divide(1, spread, out=np.zeros_like(spread), where=spread > 1e-6)
    scaled = (heard - heard.mean(0)) * scale
    own = LogisticRegression(C=1 / (0.3 * scaled.shape[1]), tol=1e-8, max_iter=5000)
    own.fit(scaled, np.arange(30) % 3)
    expected = own.predict_proba(scaled)
    clips = dataset.store.crop(dataset.train, np.zeros(30, int), STEPS)
    with torch.no_grad():
        found = model.from_features(clips)["label"].softmax(1).numpy()
    np.testing.assert_allclose(found, expected, atol=5e-3)
    assert found.max() > 0.5  # and it is no answer by chance


def test_a_long_recording_counts_as_one(
    frozen: Callable[..., Model],
    make_dataset: Callable[..., Dataset],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same sound, once as long as a clip and once five times as long, gives the same head."""
    dataset = make_dataset(9, 0, lengths=(STEPS,))
    blocks = [dataset.store.flat[STEPS * at : STEPS * (at + 1)] for at in range(9)]
    repeated = [block.repeat(5 if at == 4 else 1, 1, 1) for at, block in enumerate(blocks)]
    sizes = [len(one) for one in repeated]
    store = FeatureStore(torch.cat(repeated), np.cumsum([0, *sizes]), "longer")
    longer = Dataset(store, dataset.targets, dataset.train, dataset.validation, STEPS)
    scale = dataset.mean_and_std(None)
    monkeypatch.setattr(Dataset, "mean_and_std", lambda *_: scale)
    first, second = frozen(), frozen()
    for model, data in ((first, dataset), (second, longer)):
        fit(model, data, PROBE, folder=tmp_path / str(len(data.store.flat)))
    for name, one in first.head.state_dict().items():
        torch.testing.assert_close(second.head.state_dict()[name], one, atol=0.02, rtol=0)


@pytest.mark.parametrize(
    "head",
    [
        Classify(classes=("a", "b", "c")),
        Tag(labels=("a", "b", "c"), separator=";"),
        Regress(targets=("x",), means=(1.0,), spreads=(1.0,)),
        Multitask(
            tasks=(
                Part(name="which", head=Classify(classes=("a", "b", "c"))),
                Part(name="much", head=Regress(targets=("x",), means=(1.0,), spreads=(1.0,))),
            )
        ),
    ],
    ids=["classes", "tags", "quantities", "several tasks"],
)
def test_the_network_stays_and_the_head_learns(
    frozen: Callable[..., Model],
    make_dataset: Callable[..., Dataset],
    tmp_path: Path,
    head: Task,
) -> None:
    dataset = make_dataset(24, 9)
    names = ("label", "tags", "which")
    rows = [dict.fromkeys(names, "abc"[at % 3]) | {"x": str(at % 3)} for at in range(33)]
    targets = {name: torch.from_numpy(one) for name, one in head.encode_targets(rows).items()}
    dataset = Dataset(dataset.store, targets, dataset.train, dataset.validation, STEPS)
    model = frozen(head)
    before = copy.deepcopy(model.network.state_dict())
    history = fit(model, dataset, PROBE, folder=tmp_path)
    assert all(torch.equal(one, model.network.state_dict()[k]) for k, one in before.items())
    lines = read_history(tmp_path)
    assert list(history.lines) == lines
    assert history.best_epoch == len(lines) == lines[-1]["epoch"]
    assert lines[-1]["train_loss"] < lines[0]["train_loss"]
    assert lines[-1]["validation_loss"] < 0.9 * _by_chance(model, dataset)
    assert not model.training


def _by_chance(model: Model, dataset: Dataset) -> float:
    """The validation loss of a head that gives the same answer to all."""
    model = copy.deepcopy(model)
    with torch.no_grad():
        for weight in model.head.parameters():
            weight.zero_()
    return validate(model, dataset, Guard(Device("cpu", 1)), 8)["loss"]


def test_the_same_head_whatever_the_first_weights_of_it(
    frozen: Callable[..., Model], make_dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    dataset, heads = make_dataset(12, 0), []
    for scale in (0.0, 3.0):
        model = frozen()
        with torch.no_grad():
            for weight in model.head.parameters():
                weight.mul_(scale)
        fit(model, dataset, PROBE, folder=tmp_path / str(scale))
        heads.append(model.head.state_dict())
    assert all(torch.equal(one, heads[1][name]) for name, one in heads[0].items())


def test_rare_classes_weigh_as_much_where_that_is_asked_for(
    frozen: Callable[..., Model], make_dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    data = make_dataset(30, 0, lengths=(STEPS,))
    rare = [*np.flatnonzero(np.arange(30) % 3 != 2), 2]
    data = Dataset(data.store, data.targets, np.array(rare), data.validation, STEPS)
    given = []
    for weighs in (False, True):
        model = frozen()
        plan = PROBE.model_copy(update={"weight_decay": 0.9, "class_weights": weighs})
        fit(model, data, plan, folder=tmp_path / str(weighs))
        clips = data.store.crop(np.array([2]), np.zeros(1, int), STEPS)
        with torch.no_grad():
            given.append(float(model.from_features(clips)["label"].softmax(1)[0, 2]))
    assert given[1] > 1.2 * given[0]


def test_what_would_not_fit_into_memory_is_told(
    frozen: Callable[..., Model],
    make_dataset: Callable[..., Dataset],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    progress = Progress()
    monkeypatch.setattr(progress, "say", said.append)
    monkeypatch.setattr(frozen_outputs, "MOST_VALUES", 20 * 8)  # outputs of 8 values
    fit(
        frozen(),
        make_dataset(12, 0, lengths=(STEPS, 60)),
        PROBE,
        folder=tmp_path,
        progress=progress,
    )
    (told,) = [one for one in said if "windows" in one]
    assert told.startswith("of 36 windows of the training recordings ")
    assert 12 <= int(told.split()[7]) < 36


def test_a_layer_that_would_be_trained_is_named(
    make_model: Callable[..., Model], make_dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    model = make_model()
    model.freeze(["1-conv"])
    with pytest.raises(TrainingError, match=r"5 layers of it would be trained \(2-batchnorm"):
        fit(model, make_dataset(), PROBE, folder=tmp_path)


def test_a_head_that_is_no_dense_layer_is_refused(
    frozen: Callable[..., Model], make_dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    model = frozen()
    model.head = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(8))
    with pytest.raises(TrainingError, match=r"fits dense layers .* the head `classify`"):
        fit(model, make_dataset(), PROBE, folder=tmp_path)


def test_an_answer_that_is_not_finite_names_its_recording(
    frozen: Callable[..., Model], make_dataset: Callable[..., Dataset], tmp_path: Path
) -> None:
    dataset = make_dataset(6, 3, lengths=(STEPS,))
    dataset.store.flat[7 * STEPS : 8 * STEPS, BANDS // 2] = torch.inf
    with pytest.raises(TrainingError, match=r"noise-7\.wav is not finite"):
        fit(frozen(), dataset, PROBE, folder=tmp_path)


def test_a_stop_is_obeyed_and_says_what_begins_anew(
    frozen: Callable[..., Model],
    make_dataset: Callable[..., Dataset],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asked(self: StopRequest) -> StopRequest:
        self.requested = True
        return self

    monkeypatch.setattr(StopRequest, "__enter__", asked)
    with pytest.raises(Interrupted, match="begins this fit anew"):
        fit(frozen(), make_dataset(), PROBE, folder=tmp_path)
