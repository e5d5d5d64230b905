"""How large sound and slopes are in every layer of a network that has learnt nothing yet.

A batch of real recordings goes once through a fresh network, forwards and backwards. The variance
of what each convolution and dense layer puts out tells whether sound fades or explodes on its way
in (Glorot & Bengio 2010, figure 6); the variance of the slope of the loss in the same place tells
whether blame fades or explodes on its way out. Both are drawn over depth, on a scale of ratios.

    python experiments/variance_by_depth.py experiments/initialisers.toml
    python experiments/variance_by_depth.py experiments/initialisers.toml --picture OUT.svg

The experiment and each of its variants is a line; those whose first weights are the same as those
of an earlier one are left out. A line of the table: layer, variance of its output, variance of the
slope.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from tonotope.experiment.experiment_file import load
from tonotope.experiment.prepared_data import PreparedData, prepare_data
from tonotope.experiment.request import Request
from tonotope.experiment.spec import Experiment
from tonotope.experiment.variants import expand
from tonotope.model import Model

CLIPS = 128


class Depth(NamedTuple):
    """The variances of one layer, before the first step.

    Attributes:
        name: of the layer, as in the model.
        sound: of all values that it puts out, for all clips.
        slope: of the slope of the loss in each of these values.
    """

    name: str
    sound: float
    slope: float


def variances(model: Model, features: Tensor, targets: Mapping[str, Tensor]) -> list[Depth]:
    """One pass forwards and backwards through a model in the mode of training.

    Args:
        model: fresh.
        features: standardised, `(batch, channel, time, ...)`.
        targets: as the head wants them.

    Returns:
        the layers with weights, in the order of the network, the head last.
    """
    said: dict[str, Tensor] = {}
    hooks = []

    def keep(name: str) -> None:
        def kept(_module: nn.Module, _given: object, out: Tensor) -> None:
            out.retain_grad()
            said[name] = out

        hooks.append(model.get_submodule(name).register_forward_hook(kept))

    for name, part in model.named_modules():
        if isinstance(part, nn.Conv1d | nn.Conv2d | nn.Linear):
            keep(name)
    model.train()
    model.description.head.loss(model.answer(features), targets).backward()
    for hook in hooks:
        hook.remove()
    return [Depth(name, _variance(out), _variance(out.grad)) for name, out in said.items()]


def _variance(values: Tensor | None) -> float:
    return 0.0 if values is None else float(values.detach().double().var())


def heard(experiment: Experiment, base: Path) -> PreparedData:
    """A batch of the experiment's recordings, taken evenly from all, with their features."""
    opened = Request(experiment, base).opened()
    every = opened.manifest.recordings
    places = np.linspace(0, len(every) - 1, min(CLIPS, len(every))).round().astype(int)
    few = replace(opened.manifest, recordings=tuple(every[place] for place in places))
    return prepare_data(replace(opened, manifest=few))


def measured(experiment: Experiment, sounds: PreparedData) -> list[Depth]:
    """The variances of an experiment's network, fresh, for these recordings."""
    head = experiment.head.named(sounds.rows).learned(sounds.rows)
    model = Model.build(
        experiment.representation,
        experiment.network,
        head,
        clip_samples=experiment.clip_samples,
        seed=experiment.seed,
    )
    steps = experiment.representation.frames(experiment.clip_samples)
    records = np.arange(len(sounds.recordings))
    own_level = experiment.representation.level == "clip"
    change = model.standardise.levelled if own_level else None
    model.standardise.set(*sounds.features.moments(records, steps, change))
    clips = sounds.features.crop(records, np.zeros_like(records), steps)
    targets = {name: torch.from_numpy(rows) for name, rows in head.target(sounds.rows).items()}
    return variances(model, model.standardise(clips), targets)


def by_variant(experiment: Experiment, base: Path) -> dict[str, list[Depth]]:
    """The variances of an experiment and its variants, by what sets each apart."""
    found: dict[str, list[Depth]] = {}
    seen: set[str] = set()
    sounds = None
    for one in expand(experiment):
        key = f"{one.network!r} {one.representation!r}"
        if key in seen:
            continue
        seen.add(key)
        sounds = sounds or heard(one, base)
        name = one.name.removeprefix(f"{experiment.name}, ")
        found[one.network.init if name == experiment.name else name] = measured(one, sounds)
    return found


def picture(found: Mapping[str, Sequence[Depth]]) -> str:
    """Both variances over depth, as SVG."""
    from docs.experiments.draw import Curve, depths

    curves = [
        Curve(name, [one.sound for one in own], [one.slope for one in own])
        for name, own in found.items()
    ]
    return depths(curves)


def main() -> None:
    """Read the command line, measure, tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("experiment", type=Path)
    parser.add_argument("--picture", type=Path)
    asked = parser.parse_args()
    found = by_variant(load(asked.experiment), asked.experiment.parent)
    for name, own in found.items():
        print(name)
        for one in own:
            print(f"  {one.name:24} {one.sound:10.3g} {one.slope:10.3g}")
    if asked.picture:
        asked.picture.write_text(picture(found), encoding="utf-8")


if __name__ == "__main__":
    main()
