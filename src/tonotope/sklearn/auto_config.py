"""Every choice that the caller left open, as `tonotope new` would make it.

What is chosen depends on how much sound there is:

    16 frames or more        log-mel spectrogram and `vgg`, varied as sounds vary
    less                     the waveform and `vgg`
    rows of under 256 values no sound to speak of: a small network on the values, which keeps
                             their places, and nothing is varied

Anything that was named takes the place of what would have been chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tonotope._errors import ExperimentError
from tonotope._shapes import Description
from tonotope.experiment.config import overrides
from tonotope.experiment.defaults import LONGEST_CLIP_S, DataSummary, choose_defaults
from tonotope.experiment.experiment_file import described
from tonotope.experiment.spec import Experiment
from tonotope.network import KINDS, Architecture, Custom
from tonotope.representation import OpaqueRepresentation, Representation, Waveform, for_file
from tonotope.sklearn.inputs import Recordings

AUTO = "auto"
# Rows of fewer values than this are 12 ms of sound at 22,050 Hz: they are taken as plain values.
FEW_VALUES = 256
# The default network halves time four times.
FEWEST_FRAMES = 16
# A training on plain values: so many steps, in no more epochs than this.
STEPS, BATCH, MOST_EPOCHS = 150, 32, 100
_PARTS = ("data", "representation", "network", "training")
# What is chosen by trying which is faster would make two equal trainings differ.
_EXACTLY = {"precision": "float32", "memory_format": "channels_last"}
# Values that are no sound are neither turned round in time nor mixed nor made louder.
_UNVARIED = {
    "mixup": 0.0, "time_shift": 0.0, "frequency_roll": 0, "level_db": 0.0, "time_masks": 0,
    "frequency_masks": 0, "label_smoothing": 0.0,
}  # fmt: skip


def auto_experiment(
    asked: Mapping[str, Any],
    given: Recordings,
    head: Mapping[str, Any],
    labels: Mapping[str, int],
    seed: int,
) -> Experiment:
    """The experiment for these recordings: what was asked for, and what suits them.

    Args:
        asked: the parameters of an estimator.
        given: the recordings.
        head: what is asked of the network.
        labels: how many recordings each class has; all in one class where there are none.
        seed: decides all chance.

    Raises:
        ExperimentError: a parameter does not fit, or the rate of rows is not known.
    """
    shown, network = _table("representation", asked), _table("network", asked)
    rate_hz = _rate_hz(asked, shown)
    if given.samples and _plain_values(given.samples, shown):
        table = _for_values(given, rate_hz, asked["clip_s"])
    else:
        table = _for_sound(given, rate_hz, asked["clip_s"], labels, auto=not shown)
    training = {key: asked[key] for key in ("epochs", "batch_size", "learning_rate")}
    training = {key: to_python_number(one) for key, one in training.items() if one is not None}
    training |= dict(asked["training"] or {})
    above = {"representation": shown, "network": network, "training": training}
    whole = overrides.merged(Experiment, table, {k: v for k, v in above.items() if v})
    experiment = described({**whole, "head": dict(head), "seed": seed})
    code: dict[str, Any] = {}
    if isinstance(experiment.network, Custom):
        code["network"] = experiment.network.with_code(asked["network"])
    if isinstance(experiment.representation, OpaqueRepresentation):
        code["representation"] = experiment.representation.with_code(asked["representation"])
    return experiment.model_copy(update=code) if code else experiment


def _is_module(value: Any) -> bool:
    from torch import nn

    kind = value if isinstance(value, type) else type(value)
    return issubclass(kind, nn.Module) or (issubclass(kind, Architecture) and kind not in KINDS)


def to_python_number(value: Any) -> Any:
    """A number of NumPy's as Python's own, as grids of parameters hold them."""
    return value.item() if isinstance(value, np.generic) else value


def _table(name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter as a table of the experiment file; empty where it is left open.

    Raises:
        ExperimentError: it is nothing that could be one.
    """
    value = asked[name]
    if name == "network" and _is_module(value):
        value = Custom(value)
    if isinstance(value, Representation):
        return dict(for_file(value))
    if isinstance(value, str):
        return {} if value == AUTO else {"kind": value}
    if isinstance(value, Description):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return dict(value)
    if name == "network" and isinstance(value, list | tuple):
        return {"kind": "layers", "layers": list(value)}
    lines = ", a list of layers" if name == "network" else ""
    message = (
        f'`{name}` = {value!r:.60} does not fit: give "{AUTO}", the name of a kind, a table as in'
        f" an experiment file{lines}, or the description itself (as tonotope has them)"
    )
    raise ExperimentError(message)


def _rate_hz(asked: Mapping[str, Any], shown: Mapping[str, Any]) -> int | None:
    """The rate that was asked for, be it with the representation; None where it is left open."""
    alone, within = to_python_number(asked["rate_hz"]), shown.get("rate_hz")
    if alone is not None and within not in (None, alone):
        message = (
            f"`rate_hz` = {alone} and the representation's own rate, {within} Hz, are not the same:"
            " leave `rate_hz` out, or give the representation that rate"
        )
        raise ExperimentError(message)
    rate = within if alone is None else alone
    if rate is not None:  # refused here, before anything is reckoned with it
        described({"representation": {"kind": "waveform", "rate_hz": rate}})
    return rate


def _plain_values(samples: int, shown: Mapping[str, Any]) -> bool:
    return samples < FEW_VALUES and shown.get("kind", "waveform") == "waveform"


def _for_values(given: Recordings, rate_hz: int | None, clip_s: float | None) -> dict[str, Any]:
    """For rows of a few values: a small network that keeps their places."""
    rate = rate_hz or Waveform().rate_hz
    samples = given.samples if clip_s is None else max(1, round(to_python_number(clip_s) * rate))
    epochs = min(MOST_EPOCHS, max(1, round(STEPS * BATCH / given.count)))
    return {
        "data": {"clip_s": samples / rate},
        "representation": {"kind": "waveform", "rate_hz": rate},
        "network": {"kind": "layers", "layers": _small(samples)},
        "training": {"epochs": epochs, "batch_size": BATCH, **_UNVARIED, **_EXACTLY},
    }


def _for_sound(
    given: Recordings,
    rate_hz: int | None,
    clip_s: float | None,
    labels: Mapping[str, int],
    *,
    auto: bool,
) -> dict[str, Any]:
    """For sounds: what `tonotope new` chooses for recordings of this rate and these lengths."""
    durations_s = given.durations_s
    if given.samples:
        if rate_hz is None:
            message = (
                f"X has {given.samples:,} samples in each row, and nothing says how many of them"
                " make a second: set `rate_hz`, for example rate_hz=22050"
            )
            raise ExperimentError(message)
        lasts_s = given.samples / rate_hz
        durations_s = (lasts_s,) * given.count
        if clip_s is None and lasts_s <= LONGEST_CLIP_S:
            clip_s = lasts_s
    summary = DataSummary(
        rates=given.rates, durations_s=durations_s, classes=labels, groups=given.count,
        groups_per_class=labels,
    )  # fmt: skip
    made = choose_defaults(summary, to_python_number(clip_s), rate_hz)
    table: dict[str, Any] = {part: {} for part in _PARTS}
    for (part, key), choice in made.items():
        if part in _PARTS and key != "class_weights":  # scikit-learn weighs nothing unasked
            table[part][key] = choice.value
    table["training"] |= _EXACTLY
    if auto and table["data"]["clip_s"] < FEWEST_FRAMES * table["representation"]["hop_s"]:
        table = overrides.merged(Experiment, table, {"representation": {"kind": "waveform"}})
    return table


def _small(samples: int) -> list[str]:
    """The layers for a row of so many values: pooled until 16 places are left, then dense.

    >>> _small(10)
    ['conv 16 3 padding same', 'relu', 'flatten', 'dense 64', 'relu']
    """
    lines = ["conv 16 3 padding same", "relu"]
    while samples > 16:
        lines += ["maxpool 4 ceil", "conv 32 3 padding same", "relu"]
        samples = -(-samples // 4)
    return [*lines, "flatten", "dense 64", "relu"]
