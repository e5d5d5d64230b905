"""`TrainingPlan`, the table `[training]`: every hyperparameter with its default and range.

The defaults worked well on environmental sounds and on spoken digits of unknown speakers: AdamW
with decoupled weight decay (Loshchilov & Hutter, ICLR 2019), warm-up and a cosine (Loshchilov &
Hutter, ICLR 2017), mixup (Zhang et al., ICLR 2018), masks in time and frequency (Park et al.,
SpecAugment, Interspeech 2019), label smoothing.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from tonotope._shapes import Description

HIGHEST_LEARNING_RATE = 1.0


# What a probe has no use for: steps with their usual values, variation with those that mean none.
_NOTHING: dict[str, Any] = {
    "learning_rate": 3e-3,
    "momentum": 0.9,
    "nesterov": False,
    "schedule": "cosine",
    "warmup": 0.25,
    "step_epochs": 10,
    "step_factor": 0.1,
    "best": "loss",
    "minutes": 0.0,
    "patience": 0,
    "average": 0.0,
    "mixup": 0.0,
    "time_shift": 0.0,
    "time_stretch": 1.0,
    "frequency_warp": 1.0,
    "frequency_roll": 0,
    "level_db": 0.0,
    "equaliser_db": 0.0,
    "noise_db": 0.0,
    "time_masks": 0,
    "frequency_masks": 0,
}
# The penalty as on folds 1 to 3 of ESC-10: 0.02 to 0.1 give the same within a recording.
OF_A_PROBE = {**_NOTHING, "epochs": 100, "weight_decay": 0.05, "label_smoothing": 0.0}


class TrainingPlan(Description):
    """Optimiser, schedule, regularisation, precision.

    Attributes:
        optimizer: `adamw`, `adam`, `sgd` (with momentum), or `lbfgs`: where `start.frozen` leaves
            the head alone to train, it is fitted to what the network answers to each window, heard
            once and as it is (a linear probe). Then nothing varies clips, and `epochs` are
            iterations, at most.
        learning_rate: the highest of the schedule.
        weight_decay: of filters and matrices; batch norm and biases do not decay. With `lbfgs` the
            penalty of `training/linear_probe.py`.
        momentum: of `sgd`.
        nesterov: Nesterov momentum for `sgd`: the gradient is taken where the momentum leads
            (Sutskever, Martens, Dahl & Hinton, ICML 2013).
        schedule: after warm-up: `cosine` to zero, `constant`, `step` (times `step_factor` every
            `step_epochs`), `plateau` (times `step_factor` whenever the validation loss has not
            fallen for `step_epochs`).
        warmup: share of all steps in which the rate rises linearly from zero.
        step_epochs: see `schedule`.
        step_factor: see `schedule`.
        epochs: how often each training recording is used; long ones give several clips each time.
        minutes: takes the place of `epochs`: as many as fit into this time on this machine, folds
            together; 0: `epochs`. A run measures once, and keeps the number of epochs.
        batch_size: clips per step.
        patience: stop after this many epochs without a better validation; 0 never stops early.
        best: whether the lowest validation loss or the head's metric chooses the weights kept.
        average: decay of a moving average of the weights, which is then evaluated; 0: none.
        label_smoothing: share of each target that is spread evenly over all classes.
        class_weights: whether rare classes weigh as much as frequent ones.
        mixup: alpha of the Beta distribution that mixes pairs of clips; 0: none.
        time_shift: largest circular shift to either side, as a share of the clip (0.5 reaches
            everywhere), of recordings of one clip; longer ones are cut at random places.
        time_stretch: largest factor by which a recording of one clip is made faster or slower, at
            the same pitch; 1: none. Waveforms are not stretched.
        frequency_warp: largest factor by which the frequencies of a clip are raised or lowered,
            as by another size of throat or body; 1: none.
        frequency_roll: largest circular shift along frequency, in bands.
        level_db: largest change of level, louder or softer.
        equaliser_db: largest change of a random curve over frequency.
        noise_db: loudest steady noise that is added, relative to the loudest point of each clip
            (-20 is usual); 0: none. For log-mel and magnitude spectrograms.
        time_masks: how many stretches of time are hidden in each clip.
        time_mask_width: the widest of them, as a share of the clip.
        frequency_masks: how many stretches of bands are hidden.
        frequency_mask_width: the widest of them, as a share of the bands.
        precision: of the arithmetic; `auto` tries a few steps and takes the fastest.
        memory_format: order of the axes in memory; `auto` as above.
        final: `all`: once the trained networks are judged, a last one learns from every recording,
            test part included. It has no score of its own, and is the one that predicts. `none`:
            the judged networks predict.

    >>> TrainingPlan().learning_rate
    0.003
    """

    optimizer: Literal["adamw", "adam", "sgd", "lbfgs"] = "adamw"
    learning_rate: float = Field(default=3e-3, gt=0)
    weight_decay: float = Field(default=0.02, ge=0, lt=1)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    nesterov: bool = False
    schedule: Literal["cosine", "constant", "step", "plateau"] = "cosine"
    warmup: float = Field(default=0.25, ge=0, lt=1)
    step_epochs: int = Field(default=10, ge=1, le=100_000)
    step_factor: float = Field(default=0.1, gt=0, lt=1)
    epochs: int = Field(default=50, ge=1, le=100_000)
    minutes: float = Field(default=0.0, ge=0, le=100_000)
    batch_size: int = Field(default=32, ge=1, le=65_536)
    patience: int = Field(default=0, ge=0, le=100_000)
    best: Literal["loss", "metric"] = "loss"
    average: float = Field(default=0.0, ge=0, lt=1)
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    class_weights: bool = False
    mixup: float = Field(default=0.4, ge=0, le=100)
    time_shift: float = Field(default=0.5, ge=0, le=0.5)
    time_stretch: float = Field(default=1.0, ge=1, le=4)
    frequency_warp: float = Field(default=1.0, ge=1, le=2)
    frequency_roll: int = Field(default=2, ge=0, le=1_000_000)
    level_db: float = Field(default=2.0, ge=0, le=100)
    equaliser_db: float = Field(default=0.0, ge=0, le=60)
    noise_db: float = Field(default=0.0, ge=-100, le=0)
    time_masks: int = Field(default=2, ge=0, le=100)
    time_mask_width: float = Field(default=0.11, ge=0, le=1)
    frequency_masks: int = Field(default=2, ge=0, le=100)
    frequency_mask_width: float = Field(default=0.125, ge=0, le=1)
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    memory_format: Literal["auto", "channels_last", "contiguous"] = "auto"
    final: Literal["none", "all"] = "none"

    @model_validator(mode="before")
    @classmethod
    def _nothing_varies(cls, given: Any) -> Any:
        """With `lbfgs` what is not set has the values of a probe."""
        if not isinstance(given, dict) or given.get("optimizer") != "lbfgs":
            return given
        return {**OF_A_PROBE, **given}

    @model_validator(mode="after")
    def _check_probe(self) -> TrainingPlan:
        if self.optimizer != "lbfgs":
            return self
        wrong = [
            f"{key} = {getattr(self, key)!r}"
            for key, nothing in _NOTHING.items()
            if getattr(self, key) != nothing
        ]
        if wrong:
            raise ValueError(
                'optimizer = "lbfgs" hears each window once, as it is, and finds its own steps:'
                f' leave out {", ".join(wrong)}, or take optimizer = "adamw"'
            )
        return self

    @field_validator("learning_rate")
    @classmethod
    def _check_learning_rate(cls, rate: float) -> float:
        if rate > HIGHEST_LEARNING_RATE:
            raise ValueError(
                f"learning_rate = {rate:g} is out of range: more than 0, at most"
                f" {HIGHEST_LEARNING_RATE:g}; usual are 0.0003 to 0.01 (`adamw`, `adam`) and 0.01"
                " to 0.1 (`sgd`)"
            )
        return rate

    @model_validator(mode="after")
    def _check_nesterov(self) -> TrainingPlan:
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov needs momentum, which is 0: 0.9 is usual")
        return self
