"""Ensemble: the scores of several models (folds) averaged; bfloat16 where it is faster.

The models of a cross-validation are averaged. What serves speed happens here: batch norms are
folded into convolutions, tensors lie as `channels_last`, and on long recordings bfloat16 is tried
on the first full batch and kept where it is clearly faster and says the same. Any shape that is met
in bfloat16 for the first time is held against float32.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch
from torch import Tensor

from tonotope._errors import ExperimentError
from tonotope._progress import SILENT, Progress
from tonotope.answers import Answer, table_of
from tonotope.audio.padding import Fill
from tonotope.model.fold_batch_norm import fold_batch_norm
from tonotope.model.model import Model
from tonotope.prediction.score_layout import Layout, decide
from tonotope.prediction.windows_at_once import windows_at_once
from tonotope.runtime.bfloat16_guard import Guard
from tonotope.runtime.device import Device, default_device, has_native_bfloat16

if TYPE_CHECKING:
    from tonotope.model.description import ModelDescription

Precision = Literal["auto", "float32", "bfloat16"]

NOT_FINITE = "the network answers with no finite number, since its training has diverged"

CLEARLY = 1.15
"""The plainer arithmetic is kept unless another is faster by this factor: clocks are noisy."""

CLOSE = 0.02
"""How far a probability in bfloat16 may lie from the one in single precision."""

BLOCK = {"cpu": 8, "cuda": 32}
"""Windows that pass through the network together, always so many: the last ones are filled up.

For another number the libraries take other kernels, which add in another order (measured: up to
3e-6 for 1, 3 or 31 windows instead of 8, 16 or 32). In full blocks neither the place of a window
nor its company nor the number of threads changes a bit of its scores.
"""


class Ensemble:
    """Models that hear the same clips, and answer with the mean of their probabilities.

    Attributes:
        layout: what the columns of the scores stand for.
        classes: the columns of all models together, in the order of the first.
        rate_hz: samples per second of the sound they hear.
        clip_samples: how much of it at once.
        fill: what a shorter recording is filled up with.
        representation: what is computed of it, once for all models.
        steps: how many frames a clip has.
        guard: how the arithmetic is done, and whether it is right.

    Args:
        models: one or several.
        precision: how the arithmetic is done.
        block: windows that pass through the network together; None is what is fast for many. 1 is
            fast for one window that cannot wait for others; its scores may differ in the sixth
            digit.

    Raises:
        ExperimentError: the models do not hear the same.
    """

    def __init__(
        self,
        models: Model | Sequence[Model],
        precision: Precision = "float32",
        block: int | None = None,
    ) -> None:
        several = tuple(models) if isinstance(models, Sequence) else (models,)
        if not several:
            raise ExperimentError("there is no model to predict with")
        told = [model.description for model in several]
        for number, one in enumerate(told[1:], start=2):
            _same_ears(told[0], one, number)
        self.rate_hz: int = told[0].rate_hz
        self.clip_samples: int = told[0].clip_samples
        self.fill: Fill = told[0].fill
        self.representation = told[0].representation
        self.steps: int = self.representation.frames(self.clip_samples)
        layouts = [Layout.of(one.head) for one in told]
        self.layout = _together(layouts)
        self.classes: tuple[str, ...] = self.layout.columns
        self._places = [_places(self.layout, one) for one in layouts]
        self._told = told
        self._tasks = [one.head for one in told]
        self._models = [fold_batch_norm(model) for model in several]
        self._features = self._models[0].features
        self.guard = Guard(default_device(precision))
        # How near two quantities lie cannot be told without their units; they stay exact.
        shares = not any(table_of(one).exact for one in self.layout.answers)
        self._block = self.windows_at_once(block or BLOCK.get(self.device.name, 32))
        self._undecided = precision == "auto" and shares
        for model in self._models:
            self.device.move(model.standardise)
            self.device.move(model.network)
            self.device.move(model.head)

    @property
    def device(self) -> Device:
        """How the arithmetic is done now."""
        return self.guard.device

    def windows_at_once(self, most: int) -> int:
        """How many windows are scored at once: `most`, or fewer where a window is very large."""
        return windows_at_once(self._told, most)

    def hop_steps(self, hop_s: float | None = None) -> int:
        """From one window to the next, in whole frames; half a clip where nothing is asked for.

        Raises:
            ExperimentError: it is not above 0, or longer than the clip, so that sound is missed.
        """
        clip_s = self.clip_samples / self.rate_hz
        hop_s = clip_s / 2 if hop_s is None else hop_s
        if not 0 < hop_s <= clip_s:
            raise ExperimentError(
                f"a hop of {hop_s:g} s: it must be above 0 and at most the clip of {clip_s:g} s, "
                "so that no sound is left out"
            )
        steps = round(hop_s * self.rate_hz / self.representation.hop_samples)
        return min(max(1, steps), self.steps)

    @torch.inference_mode()
    def features(self, wave: Tensor) -> Tensor:
        """Waves (batch, time) as frames (batch, channel, time, ...), the same for all models."""
        return self._features(wave)

    @torch.inference_mode()
    def scores(self, frames: Tensor, progress: Progress = SILENT) -> np.ndarray:
        """The mean of the models' scores: probabilities, or quantities in their units.

        Those of a window are the same to the last bit, however many are asked for together.

        Args:
            frames: (window, channel, time, ...) as `features` gives them, `steps` of them.
            progress: hears of it when bfloat16 is given up.

        Returns:
            (window, column) in double precision; the probabilities of classes sum to 1.
        """
        found = np.zeros((len(frames), len(self.classes)))
        for begin in range(0, len(frames), self._block):
            block = frames[begin : begin + self._block]
            count = len(block)
            if count < self._block:
                more = block[-1:].expand(self._block - count, *block.shape[1:])
                block = torch.cat([block, more])
            block = self.device.to_layout(block.to(self.device.name))
            for model, places in zip(self._models, self._places, strict=True):
                own = self._answered(model, block, progress)[:count]
                found[begin : begin + count, places] += own
        return found / len(self._models)

    def _answered(self, model: Model, block: Tensor, progress: Progress) -> np.ndarray:
        """The scores (window, column) of one model for a full block."""
        with self.device.computing():
            self.guard.check(model, Model.from_features, block, progress=progress)
            with self.device.autocast():
                outputs = model.from_features(block)
        given = model.description.head.scores(outputs)
        own = torch.cat([given[one.name] for one in self.layout.answers], dim=1)
        return own.double().cpu().numpy()

    def outcomes(self, scores: np.ndarray) -> dict[str, Any]:
        """What the scores of one recording or window, (column,), come to for each answer.

        The name of a class, a list of numbers, or a list of the tags that are given. Where there
        are several models, a tag is given where its score reaches the mean of their thresholds.
        """
        by_answer = self.layout.split(scores[None])
        alone = decide(self._tasks[0], by_answer) if len(self._tasks) == 1 else {}
        found: dict[str, Any] = {}
        for answer in self.layout.answers:
            name = answer.name
            own = [one for task in self._tasks for one in task.answers if one.name == name]
            decided = alone[name][0] if alone else None
            found[name] = table_of(answer).outcome(answer, by_answer[name][0], decided, own)
        return found

    def thresholds(self, answer: Answer) -> tuple[np.ndarray, np.ndarray]:
        """The score from which each column of an answer counts as heard, and whether it is known.

        `(column,)` each: of tags their thresholds, of classes what validation recordings reach,
        and the mean over the models that know the column.
        """
        total, count = np.zeros(len(answer.columns)), np.zeros(len(answer.columns))
        for task in self._tasks:
            for own in task.answers:
                found = task.rejection.get(own.name, own.thresholds)
                if own.name == answer.name and found:
                    places = [answer.columns.index(name) for name in own.columns]
                    total[places] += found
                    count[places] += 1
        return total / np.maximum(count, 1), count > 0

    def decide(self, frames: Tensor) -> str:
        """Try bfloat16 on a full batch, where that was asked for and is not yet decided.

        `frames` are (window, channel, time, ...), as for `scores`.

        Returns:
            One line on what was found; empty where nothing was tried.
        """
        if not self._undecided:
            return ""
        self._undecided = False
        if self.device.name == "cpu" and not has_native_bfloat16():
            return ""
        plain = self.device
        exact, plainly_s = self._timed(frames)
        self.guard.device = dataclasses.replace(plain, precision="bfloat16")
        near, quickly_s = self._timed(frames)
        if self.device.precision == "float32":  # the guard found it wrong, so both were the same
            return self.device.probe
        away, factor = float(np.abs(near - exact).max()), plainly_s / quickly_s
        said = f"bfloat16 is {factor:.1f} times as fast, scores differ by at most {away:.4f}"
        if factor > CLEARLY and away <= CLOSE:
            return f"{said}: taken"
        self.guard.device = plain
        return f"{said}: float32 is kept"

    def _timed(self, frames: Tensor) -> tuple[np.ndarray, float]:
        """The scores, and the shorter time of two after one that warms up."""
        found, times = self.scores(frames), []
        for _ in range(2):
            begin = time.perf_counter()
            self.scores(frames)
            times.append(time.perf_counter() - begin)
        return found, min(times)


def _same_ears(first: ModelDescription, other: ModelDescription, number: int) -> None:
    pairs = {
        "rate_hz": (first.rate_hz, other.rate_hz),
        "clip_samples": (first.clip_samples, other.clip_samples),
        "fill": (first.fill, other.fill),
        "representation": (first.representation, other.representation),
    }
    for name, (ours, theirs) in pairs.items():
        if ours != theirs:
            raise ExperimentError(
                f"models can be averaged only where they hear the same: {name} is {ours} in the "
                f"first and {theirs} in number {number}; take models of one experiment"
            )


def _together(layouts: Sequence[Layout]) -> Layout:
    """The answers of all models, each with the columns that any of them knows."""
    columns: dict[str, dict[str, None]] = {}
    for layout in layouts:
        for one in layout.answers:
            columns.setdefault(one.name, {}).update(dict.fromkeys(one.columns))
    first = {one.name: one for one in layouts[0].answers}
    return Layout(tuple(one._replace(columns=tuple(columns[one.name])) for one in first.values()))


def _places(whole: Layout, own: Layout) -> list[int]:
    """The columns of one model's scores among those of all."""
    found = []
    for one in own.answers:
        place = whole.places[one.name]
        names = whole.columns[place]
        found += [place.start + names.index(name) for name in one.columns]
    return found
