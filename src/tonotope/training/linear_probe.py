"""A linear probe: the head fitted to the outputs of a network that stays as it is.

The network answers each window once. What is left is a dense layer, whose cost has one lowest point
for classes and tags: L-BFGS finds it from any beginning, in seconds, with no rate to choose.

    cost      Σ share · loss(window) / recordings  +  weight_decay / 2 · values / recordings · Σ w²

on outputs with mean 0 and deviation 1 over the training windows; that scale is then put into the
weights. The penalty is a prior: answers vary by about 1 / √weight_decay before anything is heard,
however many values the network gives.

Sources: probes: Alain & Bengio, "Understanding intermediate layers using linear classifier probes",
ICLR 2017 workshop; L-BFGS: Liu & Nocedal, Mathematical Programming 45, 1989.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from tonotope._errors import TrainingError
from tonotope._progress import Progress
from tonotope._wording import counted
from tonotope.heads import LossOptions, Task
from tonotope.model import Model
from tonotope.runtime.device import Device, default_device
from tonotope.runtime.interrupt import Interrupted, StopRequest
from tonotope.training.dataset import Dataset
from tonotope.training.frozen_outputs import BEGINS_AGAIN, Outputs, heard, training_windows
from tonotope.training.history import EpochSums, History, HistoryLine, write_history
from tonotope.training.plan import TrainingPlan

_ENOUGH = 1e-5  # a smaller share of the cost per iteration is not worth another one


def fit_probe(
    model: Model, dataset: Dataset, plan: TrainingPlan, *, folder: Path, progress: Progress
) -> History:
    """Fit the head of `model`; afterwards it is in `eval` mode.

    Args:
        model: whose network is frozen; its mean and standard deviation of the features are set.
        dataset: features and targets of the training and validation recordings.
        plan: `epochs` is the most iterations; penalty, label smoothing, class weights.
        folder: receives `history.jsonl`, a line for each iteration.
        progress: receives every window and every iteration.

    Raises:
        TrainingError: a layer is not frozen, the head has no dense layer, or an answer or the loss
            is not finite.
        Interrupted: by Ctrl-C or a signal; nothing of it is saved, and it begins anew.
    """
    layers = _check(model)
    device = default_device(plan.precision, plan.memory_format)
    is_relative = model.description.representation.is_relative
    levelled = model.standardise.levelled if is_relative else None
    model.standardise.set(*dataset.mean_and_std(levelled))
    with StopRequest() as stop, device.computing():
        device.move(model)
        data = dataset.to(device.name)
        learnt, asked = training_windows(model, dataset, progress), dataset.validation_clips()
        began = time.perf_counter()
        progress.begin("hear", len(learnt[0]) + len(asked[0]))
        train, validation = (
            heard(model, data, places, device, plan.batch_size, progress, stop)
            for places in (learnt, asked)
        )
        progress.end()
        heard_s = time.perf_counter() - began
        mean, scale = train.spread()
        for part in (train, validation):
            part.values.sub_(mean).mul_(scale)
        fit = _Fit(model, layers, data, plan, device, progress, stop)
        lines = fit.to_the_lowest(train, validation, len(dataset.train))
        lines[0] = _with_hearing(lines[0], heard_s)
        with torch.no_grad():
            for layer in layers:
                layer.weight.mul_(scale)
                layer.bias.sub_(layer.weight @ mean)
        model.to("cpu").eval()
    folder.mkdir(parents=True, exist_ok=True)
    write_history(folder, lines)
    return History(tuple(lines), len(lines), stopped_early=False)


def _check(model: Model) -> list[nn.Linear]:
    """The dense layers of the head, where they alone are to be trained."""
    names = [name for name, _ in model.network.named_children()]
    free = [name for name in names if name not in model.frozen]
    if free:
        raise TrainingError(
            f'optimizer = "lbfgs" fits the head to a network that stays as it is, and'
            f" {counted(len(free), 'layer')} of it would be trained ({free[0]}, ...): set"
            ' start.frozen = true, or take optimizer = "adamw"'
        )
    layers = [layer for layer in model.head.modules() if isinstance(layer, nn.Linear)]
    held = sum(weight.numel() for layer in layers for weight in layer.parameters())
    if not layers or held != sum(weight.numel() for weight in model.head.parameters()):
        kind = getattr(model.description.head, "kind", type(model.description.head).__name__)
        raise TrainingError(
            f'optimizer = "lbfgs" fits dense layers on the outputs of the network, and the head'
            f' `{kind}` is something else: take optimizer = "adamw"'
        )
    return layers


def _with_hearing(line: HistoryLine, seconds: float) -> HistoryLine:
    """The first line with the time in which the network heard all windows."""
    whole = {key: round(line[key] + seconds, 4) for key in ("seconds", "data_seconds")}
    return {**line, **whole}


@dataclass(frozen=True)
class _Fit:
    model: Model
    layers: list[nn.Linear]
    dataset: Dataset
    plan: TrainingPlan
    device: Device
    progress: Progress
    stop: StopRequest

    @property
    def task(self) -> Task:
        return self.model.description.head

    def to_the_lowest(
        self, train: Outputs, validation: Outputs, recordings: int
    ) -> list[HistoryLine]:
        """Fit the layers to standardised outputs; the history, a line for each iteration."""
        weights = [layer.weight for layer in self.layers]
        with torch.no_grad():
            for layer in self.layers:
                layer.weight.zero_()
                layer.bias.zero_()
        targets = self.dataset.targets_of(train.recording)
        options = LossOptions(
            torch.from_numpy(train.share).to(train.values),
            self._class_weights(),
            self.plan.label_smoothing,
        )
        penalty = self.plan.weight_decay * weights[0].shape[1] / recordings / 2
        optimizer = torch.optim.LBFGS(
            [*self.model.head.parameters()], max_iter=1, max_eval=25, history_size=10,
            tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe",
        )  # fmt: skip

        def cost() -> Tensor:
            optimizer.zero_grad()
            loss = self.task.loss(self.model.head(train.values), targets, options)
            whole = loss + penalty * sum(weight.square().sum() for weight in weights)
            whole.backward()
            return whole

        lines: list[HistoryLine] = []
        self.progress.begin("train", self.plan.epochs)
        last = math.inf
        for epoch in range(1, self.plan.epochs + 1):
            if self.stop.requested:
                raise Interrupted(BEGINS_AGAIN)
            began = time.perf_counter()
            whole = float(optimizer.step(cost).detach())
            if not math.isfinite(whole):
                raise TrainingError(
                    f"the loss is {whole} in iteration {epoch}: look at the targets, or give a"
                    " larger training.weight_decay"
                )
            sums, (loss, metrics) = EpochSums(), self._reached(train, targets, options)
            sums.add(len(train.share), loss, metrics, 0.0, time.perf_counter() - began)
            began = time.perf_counter()
            found = self._validated(validation)
            step = float(next(iter(optimizer.state.values())).get("t", 1.0))
            line = sums.line(epoch, step, found, time.perf_counter() - began)
            lines.append(line if lines else line | self.device.to_json())
            self.progress.advance(1, epoch=epoch, **sums.shown())
            if last - whole < _ENOUGH * abs(whole):
                break
            last = whole
        self.progress.end()
        return lines

    def _class_weights(self) -> Mapping[str, Tensor] | None:
        if not self.plan.class_weights:
            return None
        return self.task.class_weights(self.dataset.targets_of(self.dataset.train)) or None

    def _reached(
        self, part: Outputs, targets: Mapping[str, Tensor], options: LossOptions
    ) -> tuple[float, dict[str, float]]:
        """Loss and metrics of the training windows."""
        with torch.no_grad():
            outputs = self.model.head(part.values)
            loss = float(self.task.loss(outputs, targets, options))
            return loss, dict(self.task.metrics(self.task.scores(outputs), targets))

    def _validated(self, part: Outputs) -> dict[str, float]:
        """Loss and metrics of the validation recordings, each by the vote of its windows."""
        if not len(part.share):
            return {}
        records, at = np.unique(part.recording, return_inverse=True)
        with torch.no_grad():
            outputs = self.model.head(part.values)
            share = torch.from_numpy(part.share).to(part.values)
            targets = self.dataset.targets_of(part.recording)
            loss = float(self.task.loss(outputs, targets, LossOptions(share)))
            where = torch.from_numpy(at).to(share.device)
            votes: dict[str, Tensor] = {}
            for name, scores in self.task.scores(outputs).items():
                kept = scores.new_zeros(len(records), *scores.shape[1:])
                kept.index_add_(0, where, scores * share.view(-1, *[1] * (scores.dim() - 1)))
                votes[name] = kept
            return {"loss": loss, **self.task.metrics(votes, self.dataset.targets_of(records))}
