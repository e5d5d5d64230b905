"""One or several models, one answer: the probabilities of each class for windows of frames.

The models of a cross-validation are averaged. What serves speed happens here: batch norms are
folded into convolutions, tensors lie as `channels_last`, and on long recordings bfloat16 is tried
on the first full batch and kept where it is clearly faster and says the same.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from torch import Tensor

from tonotope._errors import ExperimentError
from tonotope.prediction.fuse import fused
from tonotope.sound.fill import Fill
from tonotope.training.device import Device, native_bfloat16, threads

if TYPE_CHECKING:
    from tonotope.model.description import ModelDescription
    from tonotope.model.model import Model

Precision = Literal["auto", "float32", "bfloat16"]

CLEARLY = 1.15
"""The plainer arithmetic is kept unless another is faster by this factor: clocks are noisy."""

CLOSE = 0.02
"""How far a probability in bfloat16 may lie from the one in single precision."""


class Ensemble:
    """Models that hear the same clips, and answer with the mean of their probabilities.

    Attributes:
        classes: of all models together, in the order of the first.
        rate_hz: samples per second of the sound they hear.
        clip_samples: how much of it at once.
        fill: what a shorter recording is filled up with.
        representation: what is computed of it, once for all models.
        steps: how many frames a clip has.
        device: how the arithmetic is done.

    Raises:
        ExperimentError: the models do not hear the same.
    """

    def __init__(self, models: Model | Sequence[Model], precision: Precision = "float32") -> None:
        several = tuple(models) if isinstance(models, Sequence) else (models,)
        if not several:
            message = "there is no model to predict with"
            raise ExperimentError(message)
        told = [model.description for model in several]
        for number, one in enumerate(told[1:], start=2):
            _same_ears(told[0], one, number)
        self.rate_hz: int = told[0].rate_hz
        self.clip_samples: int = told[0].clip_samples
        self.fill: Fill = told[0].fill
        self.representation = told[0].representation
        self.steps: int = self.representation.frames(self.clip_samples)
        lists = [_classes(one) for one in told]
        self.classes: tuple[str, ...] = tuple(dict.fromkeys(name for one in lists for name in one))
        self._places = [[self.classes.index(name) for name in one] for one in lists]
        self._models = [fused(model) for model in several]
        self._features = self._models[0].features
        self.device = Device(
            "cuda" if torch.cuda.is_available() else "cpu",
            threads(),
            "bfloat16" if precision == "bfloat16" else "float32",
        )
        self._undecided = precision == "auto"
        for model in self._models:
            self.device.place(model.standardise)
            self.device.place(model.network)
            self.device.place(model.head)

    def hop_steps(self, hop_s: float | None = None) -> int:
        """From one window to the next, in whole frames; half a clip where nothing is asked for.

        Raises:
            ExperimentError: it is not above 0, or longer than the clip, so that sound is missed.
        """
        clip_s = self.clip_samples / self.rate_hz
        hop_s = clip_s / 2 if hop_s is None else hop_s
        if not 0 < hop_s <= clip_s:
            message = (
                f"a hop of {hop_s:g} s: it must be above 0 and at most the clip of {clip_s:g} s, "
                "so that no sound is left out"
            )
            raise ExperimentError(message)
        steps = round(hop_s * self.rate_hz / self.representation.hop_samples)
        return min(max(1, steps), self.steps)

    @torch.inference_mode()
    def features(self, wave: Tensor) -> Tensor:
        """Waves (batch, time) as frames (batch, channel, time, ...), the same for all models."""
        return self._features(wave)

    @torch.inference_mode()
    def scores(self, frames: Tensor) -> np.ndarray:
        """The mean of the models' probabilities.

        Args:
            frames: (window, channel, time, ...) as `features` gives them, `steps` of them.

        Returns:
            (window, class) in double precision; rows sum to 1.
        """
        frames = self.device.laid(frames.to(self.device.name))
        found = np.zeros((len(frames), len(self.classes)))
        for model, places in zip(self._models, self._places, strict=True):
            with self.device.at_work(), self.device.autocast():
                outputs = model.from_features(frames)
            probabilities = model.description.head.scores(outputs)["label"]
            found[:, places] += probabilities.double().cpu().numpy()
        return found / len(self._models)

    def decide(self, frames: Tensor) -> str:
        """Try bfloat16 on a full batch, where that was asked for and is not yet decided.

        Returns:
            One line on what was found; empty where nothing was tried.
        """
        if not self._undecided:
            return ""
        self._undecided = False
        if self.device.name == "cpu" and not native_bfloat16():
            return ""
        plain = self.device
        exact, plainly_s = self._timed(frames)
        self.device = dataclasses.replace(plain, precision="bfloat16")
        near, quickly_s = self._timed(frames)
        away, factor = float(np.abs(near - exact).max()), plainly_s / quickly_s
        said = f"bfloat16 is {factor:.1f} times as fast, scores differ by at most {away:.4f}"
        if factor > CLEARLY and away <= CLOSE:
            return f"{said}: taken"
        self.device = plain
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
            message = (
                f"models can be averaged only where they hear the same: {name} is {ours} in the "
                f"first and {theirs} in number {number}; take models of one experiment"
            )
            raise ExperimentError(message)


def _classes(description: ModelDescription) -> tuple[str, ...]:
    classes = getattr(description.head, "classes", ())
    if not classes:
        kind = getattr(description.head, "kind", "unknown")
        message = f"a head of kind `{kind}` names no classes to predict"
        raise ExperimentError(message)
    return classes
