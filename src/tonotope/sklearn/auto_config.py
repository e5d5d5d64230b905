"""Parameters left at "auto" or None: chosen by the rules of `tonotope new`.

They depend on the length of the clips:

    16 frames or more    log-mel spectrogram and `vgg`, with augmentation
    fewer                the waveform and `vgg`
    rows of < 256 values too short for sound: a small network that keeps the places of the
                         values, without augmentation

A parameter that is given replaces its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tonotope._errors import ExperimentError
from tonotope._shapes import Description
from tonotope.experiment.config import overrides
from tonotope.experiment.data_summary import DataSummary
from tonotope.experiment.experiment_file import described
from tonotope.experiment.proposed_settings import LONGEST_CLIP_S, choose_defaults
from tonotope.experiment.spec import Experiment
from tonotope.network import KINDS, Architecture, Custom
from tonotope.representation import OpaqueRepresentation, Representation, Waveform, for_file
from tonotope.sklearn.inputs import Recordings

AUTO = "auto"
# Shorter rows are taken as plain values: 256 are only 12 ms of sound at 22,050 Hz.
FEW_VALUES = 256
# The default network halves time four times.
FEWEST_FRAMES = 16
# Training on plain values: number of steps, batch size, and the limit of epochs.
STEPS, BATCH, MOST_EPOCHS = 150, 32, 100
_PARTS = ("data", "representation", "network", "training")
# Fixed, since a choice by speed could make two equal trainings differ.
_REPRODUCIBLE = {"precision": "float32", "memory_format": "channels_last"}
# Plain values are not augmented: shifting or mixing them would change what they mean.
_NO_AUGMENTATION = {
    "mixup": 0.0, "time_shift": 0.0, "frequency_roll": 0, "level_db": 0.0, "time_masks": 0,
    "frequency_masks": 0, "label_smoothing": 0.0,
}  # fmt: skip


def auto_experiment(
    parameters: Mapping[str, Any],
    recordings: Recordings,
    head: Mapping[str, Any],
    labels: Mapping[str, int],
    seed: int,
) -> Experiment:
    """The experiment for these recordings: the given parameters, and defaults for the others.

    Args:
        parameters: the parameters of an estimator.
        recordings: the recordings in X.
        head: the head, as in an experiment file.
        labels: the number of recordings of each class; a single class if there are none.
        seed: the seed of all random numbers.

    Raises:
        ExperimentError: a parameter does not fit, or the rate of rows is not known.
    """
    representation, network = _table("representation", parameters), _table("network", parameters)
    rate_hz, clip_s = _rate_hz(parameters, representation), parameters["clip_s"]
    waveform = representation.get("kind", "waveform") == "waveform"
    if 0 < recordings.samples < FEW_VALUES and waveform:
        table = _for_values(recordings, rate_hz, clip_s)
    else:
        table = _for_sound(recordings, rate_hz, clip_s, labels, auto=not representation)
    training = {key: parameters[key] for key in ("epochs", "batch_size", "learning_rate")}
    training = {key: to_python_number(one) for key, one in training.items() if one is not None}
    training |= dict(parameters["training"] or {})
    given = {"representation": representation, "network": network, "training": training}
    whole = overrides.merged(Experiment, table, {k: v for k, v in given.items() if v})
    experiment = described({**whole, "head": dict(head), "seed": seed})
    code = {
        part: getattr(experiment, part).with_code(parameters[part])
        for part, kind in (("network", Custom), ("representation", OpaqueRepresentation))
        if isinstance(getattr(experiment, part), kind)
    }
    return experiment.model_copy(update=code) if code else experiment


def _is_module(value: Any) -> bool:
    from torch import nn

    kind = value if isinstance(value, type) else type(value)
    return issubclass(kind, nn.Module) or (issubclass(kind, Architecture) and kind not in KINDS)


def to_python_number(value: Any) -> Any:
    """A number as Python's own type; grids of parameters have those of NumPy."""
    return value.item() if isinstance(value, np.generic) else value


def _table(name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter as a table of the experiment file; empty for "auto"."""
    value = parameters[name]
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
    raise ExperimentError(
        f'`{name}` = {value!r:.60} does not fit: give "{AUTO}", the name of a kind, a table as in'
        f" an experiment file{lines}, or the description itself (as tonotope has them)"
    )


def _rate_hz(parameters: Mapping[str, Any], representation: Mapping[str, Any]) -> int | None:
    """The given rate, alone or within the representation; None if neither has one."""
    alone, within = to_python_number(parameters["rate_hz"]), representation.get("rate_hz")
    if alone is not None and within not in (None, alone):
        raise ExperimentError(
            f"`rate_hz` = {alone} and the representation's own rate, {within} Hz, are not the same:"
            " leave `rate_hz` out, or give the representation that rate"
        )
    rate = within if alone is None else alone
    if rate is not None:  # refuses a rate that does not fit before it is used
        described({"representation": {"kind": "waveform", "rate_hz": rate}})
    return rate


def _for_values(rows: Recordings, rate_hz: int | None, clip_s: float | None) -> dict[str, Any]:
    """For rows of a few values: a small network that keeps their places."""
    rate = rate_hz or Waveform().rate_hz
    samples = rows.samples if clip_s is None else max(1, round(to_python_number(clip_s) * rate))
    epochs = min(MOST_EPOCHS, max(1, round(STEPS * BATCH / rows.count)))
    return {
        "data": {"clip_s": samples / rate},
        "representation": {"kind": "waveform", "rate_hz": rate},
        "network": {"kind": "layers", "layers": _small(samples)},
        "training": {"epochs": epochs, "batch_size": BATCH, **_NO_AUGMENTATION, **_REPRODUCIBLE},
    }


def _for_sound(
    recordings: Recordings,
    rate_hz: int | None,
    clip_s: float | None,
    labels: Mapping[str, int],
    *,
    auto: bool,
) -> dict[str, Any]:
    """For sounds: the defaults of `tonotope new` for recordings of these rates and lengths."""
    durations_s = recordings.durations_s
    if recordings.samples:
        if rate_hz is None:
            raise ExperimentError(
                f"X has {recordings.samples:,} samples in each row, and nothing says how many of"
                " them make a second: set `rate_hz`, for example rate_hz=22050"
            )
        row_s = recordings.samples / rate_hz
        durations_s = (row_s,) * recordings.count
        if clip_s is None and row_s <= LONGEST_CLIP_S:
            clip_s = row_s
    summary = DataSummary(
        rates=recordings.rates, durations_s=durations_s, classes=labels, groups=recordings.count,
        groups_per_class=labels,
    )  # fmt: skip
    table: dict[str, Any] = {part: {} for part in _PARTS}
    defaults = choose_defaults(summary, to_python_number(clip_s), rate_hz)
    for (part, key), choice in defaults.items():
        if part in _PARTS and key != "class_weights":  # as in scikit-learn, no weights by default
            table[part][key] = choice.value
    table["training"] |= _REPRODUCIBLE
    if auto and table["data"]["clip_s"] < FEWEST_FRAMES * table["representation"]["hop_s"]:
        table = overrides.merged(Experiment, table, {"representation": {"kind": "waveform"}})
    return table


def _small(samples: int) -> list[str]:
    """The layers for rows of `samples` values: pooled until 16 places are left, then dense.

    >>> _small(10)
    ['conv 16 3 padding same', 'relu', 'flatten', 'dense 64', 'relu']
    """
    lines = ["conv 16 3 padding same", "relu"]
    while samples > 16:
        lines += ["maxpool 4 ceil", "conv 32 3 padding same", "relu"]
        samples = -(-samples // 4)
    return [*lines, "flatten", "dense 64", "relu"]
