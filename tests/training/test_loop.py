"""The loop: it learns, it goes on where it was cut off, and it stops with a reason."""

from __future__ import annotations

import itertools
import json
import math
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from tonotope._errors import TonotopeError, TrainingError
from tonotope._progress import Progress
from tonotope.model import Model
from tonotope.training import Dataset, Interrupted, TrainingPlan, checkpoint, fit, loop, steps
from tonotope.training.checkpoint import CHECKPOINT
from tonotope.training.history import HISTORY, read_history

MakeModel = Callable[..., Model]
MakeDataset = Callable[..., Dataset]
MakePlan = Callable[..., TrainingPlan]

EVERYTHING = {
    "mixup": 0.4, "time_shift": 0.5, "frequency_roll": 2, "level_db": 2.0, "time_masks": 2,
    "frequency_masks": 2, "label_smoothing": 0.1, "average": 0.9, "class_weights": True,
}  # fmt: skip


class Heard(Progress):
    """Keeps what it hears, and does something at a certain step."""

    def __init__(self, at: int = -1, act: Callable[[], None] = lambda: None) -> None:
        self.steps, self.at, self.act = 0, at, act
        self.said: list[str] = []
        self.facts: dict[str, float | str] = {}
        self.total = 0

    def begin(self, task: str, total: int) -> None:
        self.total = total

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        self.steps += steps
        self.facts = facts
        if facts and self.steps == self.at:
            self.act()

    def say(self, message: str) -> None:
        self.said.append(message)


class CutOffError(Exception):
    """Stands for the end of a process."""


def cut_off() -> None:
    raise CutOffError


def equal(one: Model, other: Model) -> bool:
    mine, theirs = one.state_dict(), other.state_dict()
    return mine.keys() == theirs.keys() and all(torch.equal(mine[k], theirs[k]) for k in mine)


def test_it_learns_and_keeps_a_history(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    model, heard = make_model(), Heard()
    plan = make_plan(epochs=12, learning_rate=0.03)
    history = fit(model, make_dataset(24, 9), plan, folder=tmp_path, progress=heard)
    assert not model.training
    last = history.lines[-1]
    assert last["validation_accuracy"] >= 0.8
    assert last["validation_loss"] < history.lines[0]["validation_loss"]
    assert [line["epoch"] for line in history.lines] == list(range(1, 13))
    assert read_history(tmp_path) == list(history.lines)
    assert set(last) == {
        "epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy",
        "learning_rate", "seconds", "data_seconds", "model_seconds", "clips_per_s",
    }  # fmt: skip
    assert {"precision", "memory_format", "threads", "device", "probe"} <= set(history.lines[0])
    assert heard.steps == heard.total
    assert {"loss", "accuracy", "clips_per_s"} <= set(heard.facts)
    assert "float32 channels_last" in history.lines[0]["probe"]
    assert any("training on the processor, with " in line for line in heard.said)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_memory_is_kept_before_anything_is_tried(
    precision: str, make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asked: list[str] = []
    monkeypatch.setattr(
        steps, "keep_freed_memory", lambda: asked.append("memory") or "memory is kept"
    )
    tried = steps.fastest_device
    monkeypatch.setattr(
        steps, "fastest_device", lambda *given: asked.append("probe") or tried(*given)
    )
    plan = make_plan(epochs=1, precision=precision)
    history = fit(make_model(), make_dataset(), plan, folder=tmp_path)
    assert asked == ["memory", "probe"]
    assert history.lines[0]["probe"].endswith("; memory is kept")


def test_one_batch_can_be_learnt_by_heart(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    """Clips of pure noise with labels at random: only memory helps."""
    dataset = make_dataset(6, 0, lengths=(12,))
    dataset.store.flat.normal_(generator=torch.Generator().manual_seed(0))
    model = make_model(["conv 16 3x3", "relu", "flatten", "dense 32", "relu"])
    plan = make_plan(epochs=60, batch_size=6, learning_rate=0.01, warmup=0, schedule="constant")
    history = fit(model, dataset, plan, folder=tmp_path)
    assert history.lines[-1]["train_loss"] < 0.01
    assert history.lines[-1]["train_accuracy"] == 1.0


@pytest.mark.parametrize("changes", [{}, EVERYTHING, {"optimizer": "sgd"}, {"schedule": "plateau"}])
def test_cut_off_at_any_step_it_goes_on_to_the_same_weights(
    changes: dict[str, object],
    make_model: MakeModel,
    make_dataset: MakeDataset,
    make_plan: MakePlan,
    tmp_path: Path,
) -> None:
    plan, dataset = make_plan(**changes), make_dataset()
    whole = make_model()
    history = fit(whole, dataset, plan, folder=tmp_path / "whole", seed=5)
    for step in (1, 4, 7, 13):
        folder = tmp_path / str(step)
        with pytest.raises(CutOffError):
            fit(make_model(), dataset, plan, folder=folder, seed=5,
                progress=Heard(step, cut_off), save_every_s=0.0)  # fmt: skip
        heard, model = Heard(), make_model(seed=99)  # its weights come from the checkpoint
        again = fit(model, make_dataset(), plan, folder=folder, seed=5, progress=heard)
        assert any("going on from epoch" in line for line in heard.said)
        assert equal(whole, model)
        assert again.best_epoch == history.best_epoch
        for mine, theirs in zip(again.lines, history.lines, strict=True):
            for key in ("train_loss", "train_accuracy", "validation_loss", "learning_rate"):
                assert mine[key] == theirs[key]
        assert heard.steps == heard.total


def test_cut_off_without_a_save_it_repeats_the_epoch(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    plan, dataset, whole = make_plan(), make_dataset(), make_model()
    fit(whole, dataset, plan, folder=tmp_path / "whole")
    with pytest.raises(CutOffError):
        fit(make_model(), dataset, plan, folder=tmp_path / "cut", progress=Heard(8, cut_off))
    model = make_model()
    fit(model, dataset, plan, folder=tmp_path / "cut")
    assert equal(whole, model)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_ctrl_c_finishes_the_step_saves_and_goes_on_to_the_same_weights(
    name: str,
    make_model: MakeModel,
    make_dataset: MakeDataset,
    make_plan: MakePlan,
    tmp_path: Path,
) -> None:
    plan, dataset, whole = make_plan(**EVERYTHING), make_dataset(), make_model()
    fit(whole, dataset, plan, folder=tmp_path / "whole")
    folder = tmp_path / "cut"
    heard = Heard(7, lambda: signal.raise_signal(getattr(signal, name)))
    with pytest.raises(Interrupted, match=r"stopped in epoch 2 .* the same command goes on"):
        fit(make_model(), dataset, plan, folder=folder, progress=heard)
    assert heard.steps == 7
    assert len(read_history(folder)) == 1
    model = make_model()
    fit(model, dataset, plan, folder=folder)
    assert equal(whole, model)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_twice_leaves_at_once(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    def twice() -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt) as caught:
        fit(make_model(), make_dataset(), make_plan(), folder=tmp_path, progress=Heard(3, twice))
    assert not isinstance(caught.value, Interrupted)


def test_a_finished_training_is_returned_at_once(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    plan, dataset, first = make_plan(), make_dataset(), make_model()
    history = fit(first, dataset, plan, folder=tmp_path)
    heard, second = Heard(1, cut_off), make_model(seed=3)
    again = fit(second, dataset, plan, folder=tmp_path, progress=heard)
    assert again == history
    assert equal(first, second)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"batch_size": 5}, "batch_size was 4, is 5"),
        ({"learning_rate": 0.1}, "learning_rate was 0.003, is 0.1"),
    ],
)
def test_another_plan_does_not_go_on(
    change: dict[str, object],
    told: str,
    make_model: MakeModel,
    make_dataset: MakeDataset,
    make_plan: MakePlan,
    tmp_path: Path,
) -> None:
    fit(make_model(), make_dataset(), make_plan(), folder=tmp_path)
    with pytest.raises(TrainingError, match=f"belongs to another training.*{told}"):
        fit(make_model(), make_dataset(), make_plan(**change), folder=tmp_path)


def test_other_recordings_or_another_seed_do_not_go_on(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    fit(make_model(), make_dataset(), make_plan(), folder=tmp_path)
    with pytest.raises(TrainingError, match="recordings was"):
        fit(make_model(), make_dataset(13, 5), make_plan(), folder=tmp_path)
    with pytest.raises(TrainingError, match="seed was 0, is 1"):
        fit(make_model(), make_dataset(), make_plan(), folder=tmp_path, seed=1)


def test_patience_may_change_and_other_conditions_are_said(
    make_model: MakeModel,
    make_dataset: MakeDataset,
    make_plan: MakePlan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(CutOffError):
        fit(make_model(), make_dataset(), make_plan(), folder=tmp_path, progress=Heard(5, cut_off))
    heard = Heard()
    monkeypatch.setattr(torch, "__version__", "2.99")
    fit(make_model(), make_dataset(), make_plan(patience=50), folder=tmp_path, progress=heard)
    assert any("is 2.99): the last digits may differ" in line for line in heard.said)


def test_a_loss_that_is_no_number_stops_the_training(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    """A rate far too high: named are step, epoch, rate and recordings; good weights remain."""
    plan = make_plan(
        learning_rate=1.0, optimizer="sgd", warmup=0, schedule="constant", epochs=50, momentum=0.99
    )
    model = make_model(["conv 8 3x3", "relu", "conv 8 3x3", "relu", "flatten", "dense 20", "relu"])
    with pytest.raises(
        TrainingError,
        match=r"step \d+ of epoch \d+: (the loss|its gradient) is (nan|inf).*learning rate 1\).*"
        r"noise-\d+\.wav.*last good weights.*checkpoint\.safetensors.*0\.3",
    ):
        fit(model, make_dataset(), plan, folder=tmp_path)
    tensors, _ = checkpoint.read_checkpoint(tmp_path)
    assert all(t.isfinite().all() for t in tensors.values() if t.is_floating_point())


def test_a_recording_whose_features_are_no_numbers_is_named(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    dataset = make_dataset(12, 0)
    model = make_model()
    moments = dataset.store.mean_and_std(dataset.train)
    dataset.store.flat[dataset.store.offsets[5] :][:12] = np.nan
    dataset.store.mean_and_std = lambda *_: moments  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TrainingError, match=r"features of noise-5\.wav are not finite"):
        fit(model, dataset, make_plan(), folder=tmp_path)


def test_lack_of_memory_names_the_batch_size(
    make_model: MakeModel,
    make_dataset: MakeDataset,
    make_plan: MakePlan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def greedy(*_: object) -> None:
        torch.empty(2**60)

    monkeypatch.setattr(loop, "train_step", greedy)
    with pytest.raises(TrainingError, match=r"batch_size of 4: try training\.batch_size = 2"):
        fit(make_model(), make_dataset(), make_plan(), folder=tmp_path)
    assert (tmp_path / CHECKPOINT).exists()


def test_other_errors_are_not_taken_for_a_lack_of_memory(
    make_model: MakeModel,
    make_dataset: MakeDataset,
    make_plan: MakePlan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("something else")

    monkeypatch.setattr(loop, "train_step", broken)
    with pytest.raises(RuntimeError, match="something else"):
        fit(make_model(), make_dataset(), make_plan(), folder=tmp_path)


def test_a_failing_write_ends_with_a_sentence_and_what_was_saved_is_intact(
    make_model: MakeModel,
    make_dataset: MakeDataset,
    make_plan: MakePlan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The n-th file cannot be put in place, for every n, until the training gets through."""
    plan, dataset, whole = make_plan(epochs=1), make_dataset(), make_model()
    fit(whole, dataset, plan, folder=tmp_path / "whole")
    put, number = Path.replace, 0

    for number in itertools.count(1):
        folder, left = tmp_path / str(number), iter(range(number - 1))

        def failing(self: Path, target: Path, left: Iterator[int] = left) -> Path:
            if next(left, None) is None:
                raise OSError(28, "No space left on device")
            return put(self, target)

        try:
            with monkeypatch.context() as patch:
                patch.setattr(Path, "replace", failing)
                fit(make_model(), dataset, plan, folder=folder, save_every_s=0.0)
            break
        except TonotopeError as error:
            assert "No space left on device" in str(error)  # noqa: PT017
        lines = folder / HISTORY
        assert all(map(json.loads, lines.read_text().splitlines() if lines.exists() else []))
        model = make_model()
        fit(model, dataset, plan, folder=folder)
        assert equal(whole, model)
    assert number > 10


def test_early_stopping_keeps_the_best_weights(
    make_model: MakeModel,
    make_dataset: MakeDataset,
    make_plan: MakePlan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    losses = iter([3.0, 2.0, 2.5, 2.4, 2.3, 1.0])
    seen: list[dict[str, torch.Tensor]] = []

    def judged(model: Model, *_: object) -> dict[str, float]:
        seen.append({name: value.clone() for name, value in model.state_dict().items()})
        return {"loss": next(losses), "accuracy": 0.5}

    monkeypatch.setattr(loop, "validate", judged)
    model = make_model()
    plan = make_plan(epochs=50, patience=3)
    history = fit(model, make_dataset(), plan, folder=tmp_path)
    assert (len(history.lines), history.best_epoch, history.stopped_early) == (5, 2, True)
    assert all(torch.equal(value, seen[1][name]) for name, value in model.state_dict().items())


def test_the_metric_may_choose_the_best(
    make_model: MakeModel,
    make_dataset: MakeDataset,
    make_plan: MakePlan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    results = iter([(0.5, 0.6), (0.9, 0.8), (0.4, 0.7)])

    def judged(*_: object) -> dict[str, float]:
        loss, accuracy = next(results)
        return {"loss": loss, "accuracy": accuracy}

    monkeypatch.setattr(loop, "validate", judged)
    plan = make_plan(best="metric")
    assert fit(make_model(), make_dataset(), plan, folder=tmp_path).best_epoch == 2


def test_without_validation_the_last_weights_are_kept(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    history = fit(make_model(), make_dataset(9, 0), make_plan(patience=1), folder=tmp_path)
    assert (len(history.lines), history.best_epoch, history.stopped_early) == (3, 3, False)
    assert "validation_loss" not in history.lines[0]


def test_averaged_weights_are_the_ones_evaluated_and_kept(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    plain, averaged = make_model(), make_model()
    fit(plain, make_dataset(), make_plan(), folder=tmp_path / "plain")
    fit(averaged, make_dataset(), make_plan(average=0.999), folder=tmp_path / "averaged")
    assert not equal(plain, averaged)
    start = make_model()
    away = [
        math.dist(m.head.outputs["label"].bias.tolist(), start.head.outputs["label"].bias.tolist())  # pyright: ignore
        for m in (plain, averaged)
    ]
    assert 0 < away[1] < away[0]


def test_one_clip_alone_trains_with_batch_norm_after_flatten(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    model = make_model(["flatten", "dense 4", "batchnorm", "relu"])
    fit(model, make_dataset(1, 0, lengths=(12,)), make_plan(), folder=tmp_path / "one")
    fit(model, make_dataset(5, 0, lengths=(12,)), make_plan(batch_size=4), folder=tmp_path / "5")


def test_class_weights_lift_a_rare_class(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    """Noise alone: what a balanced loss learns is to answer no class more than another."""
    dataset = make_dataset(40, 0, lengths=(12,))
    dataset.store.flat.normal_(generator=torch.Generator().manual_seed(0))
    dataset.targets["label"][:] = torch.tensor([1.0, 0.0, 0.0])
    dataset.targets["label"][:4] = torch.tensor([0.0, 1.0, 0.0])
    rare = []
    for balanced in (False, True):
        model = make_model(["globalpool all mean"])
        plan = make_plan(epochs=30, learning_rate=0.05, class_weights=balanced, batch_size=8)
        fit(model, dataset, plan, folder=tmp_path / str(balanced))
        features = dataset.load((np.arange(40), np.zeros(40, int)))[0]
        with torch.no_grad():
            scores = model.description.head.scores(model.from_features(features))["label"]
        rare.append(float(scores[:, 1].mean()))
    assert rare[0] < 0.2
    assert rare[1] > 0.3


def test_bfloat16_learns_as_well(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    plan = make_plan(epochs=12, learning_rate=0.03, precision="bfloat16")
    history = fit(make_model(), make_dataset(24, 9), plan, folder=tmp_path)
    assert history.lines[0]["precision"] == "bfloat16"
    assert history.lines[-1]["validation_accuracy"] >= 0.8


def test_the_constants_of_standardising_come_from_training_alone(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    dataset, model = make_dataset(), make_model()
    begin = dataset.store.offsets[dataset.validation[0]]
    dataset.store.flat[begin:] += 1000.0
    fit(model, dataset, make_plan(epochs=1), folder=tmp_path)
    mean, std = dataset.store.mean_and_std(dataset.train)
    assert torch.equal(model.standardise.mean, mean)
    assert torch.equal(model.standardise.std, std)
    assert float(mean.max()) < 0


def test_saves_are_few_when_epochs_are_short(
    make_model: MakeModel,
    make_dataset: MakeDataset,
    make_plan: MakePlan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count = 0
    write = checkpoint.write_checkpoint

    def counted(*arguments: object) -> None:
        nonlocal count
        count += 1
        write(*arguments)

    monkeypatch.setattr(checkpoint, "write_checkpoint", counted)
    monkeypatch.setattr(steps.TrainingState, "saving_is_cheap", lambda _: False)
    fit(make_model(), make_dataset(), make_plan(epochs=5), folder=tmp_path)
    assert count == 2  # before the first step, after the last


def test_one_value_per_channel_is_a_lesson(
    make_model: MakeModel, make_dataset: MakeDataset, make_plan: MakePlan, tmp_path: Path
) -> None:
    """One clip per step, and one place left of it: batch norm has nothing to take a mean of."""
    layers = ("conv 4 3x3 padding same", "maxpool 12x8", "batchnorm", "globalpool time mean")
    said = r"batch_size = 1: batch norm was given one value per channel.*batch_size of 2 or more"
    with pytest.raises(TrainingError, match=said):
        fit(make_model(layers), make_dataset(), make_plan(batch_size=1), folder=tmp_path)
    fit(
        make_model(layers), make_dataset(), make_plan(batch_size=2, epochs=1), folder=tmp_path / "2"
    )
