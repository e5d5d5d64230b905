"""Finished run folders, made of the files that a run writes, without a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tonotope.answers.classes import Predictions
from tonotope.audio.clip import Clip
from tonotope.datasets.manifest import Manifest, Recording, Skipped
from tonotope.datasets.split import Split
from tonotope.evaluation.evaluate import EvaluationPlan, evaluate
from tonotope.experiment.config.toml_writer import dump
from tonotope.experiment.json_files import write_json
from tonotope.experiment.run_files import write_skipped
from tonotope.experiment.split_file import write_splits
from tonotope.heads import Classify
from tonotope.network.layer_list import Layers
from tonotope.representation import LogMel

RATE_HZ = 8000
LAYERS = ("conv 4 3x3", "batchnorm", "relu", "maxpool 2x2", "globalpool time max")


@dataclass
class Plan:
    """What the run folder to be made is like."""

    classes: Sequence[str] = ("bell", "drum", "flute")
    each: int = 6
    right: float = 0.7
    baseline: float = 0.4
    folds: int = 0
    per_group: int = 2
    validation: bool = True
    seconds: float = 0.5
    clip_s: float = 0.5
    audio: bool = True
    epochs: int = 5
    metric: str = "accuracy"
    baselines: bool = True
    name: str = "fake-0a1b2c3d-s0"
    question: str = "Can three instruments be told apart?"
    hypothesis: str = ""
    files: Callable[[int, str], str] = lambda index, label: f"{label}/{index:03}.wav"
    groups: Callable[[int], str] | None = None
    skipped: Sequence[Skipped] = ()
    representation: Any = None
    layers: Sequence[str] = LAYERS
    seed: int = 0
    environment: dict[str, Any] = field(default_factory=dict)


def make(root: Path, plan: Plan) -> Path:
    """Write the run folder; the sounds lie beside it."""
    folder = root / plan.name
    folder.mkdir(parents=True)
    random = np.random.default_rng(plan.seed)
    recordings = _recordings(root / "sounds", plan, random)
    splits = _splits(recordings, plan)
    Manifest(tuple(recordings), (), (), (), root).write_csv(folder / "manifest.csv")
    write_splits(folder / "split.csv", splits)
    predictions = _predictions(recordings, splits, plan, plan.right, random)
    predictions.write_csv(folder / "predictions.csv")
    beside = {}
    if plan.baselines:
        simple = _predictions(recordings, splits, plan, plan.baseline, random)
        majority = _predictions(recordings, splits, plan, 0.0, random)
        beside = {"majority": majority, "mfcc-logistic-regression": simple}
    plan_ = EvaluationPlan(metric=plan.metric, resamples=200)
    evaluate(predictions, beside, plan_).write(folder / "evaluation.json")
    write_skipped(folder / "skipped.jsonl", plan.skipped)
    _experiment(folder, plan)
    _machines(folder, splits, plan, random)
    environment = {
        "versions": {"tonotope": "0.1.0", "torch": "2.13.0"},
        "device": "cpu",
        "threads": 2,
        "precision": "float32",
        "command": "tonotope run experiment.toml",
        "seeds": {"experiment": 0},
        "finished": "2026-11-20T12:00:00+00:00",
    }
    write_json(folder / "environment.json", environment | plan.environment)
    return folder


def _recordings(root: Path, plan: Plan, random: np.random.Generator) -> list[Recording]:
    found = []
    for place, label in enumerate(plan.classes):
        for index in range(plan.each):
            name = plan.files(index, label)
            path = root / f"{place}-{index}.wav"
            if plan.audio:
                time = np.arange(round(plan.seconds * RATE_HZ)) / RATE_HZ
                tone = np.sin(2 * np.pi * 300 * (1 + place % 11) * time) * np.exp(-3 * time)
                noise = 0.01 * random.standard_normal(len(time))
                Clip(0.5 * tone + noise, RATE_HZ).write(path)
            # A source puts a recording of which no group is known in one called as its file.
            group = name if plan.per_group == 1 else f"g{place}-{index // plan.per_group}"
            group = plan.groups(index) if plan.groups else group
            sha = hashlib.sha256(f"{place}-{index}".encode()).hexdigest()
            fold = str(1 + (index // plan.per_group) % plan.folds) if plan.folds else None
            targets = {"label": label}
            found.append(
                Recording(
                    name, path, 0.0, plan.seconds, targets, group, fold, None, sha, RATE_HZ, 1
                )
            )
    return found


def _splits(recordings: Sequence[Recording], plan: Plan) -> list[Split]:
    if plan.folds:
        return [
            Split(
                tuple(one.id for one in recordings if one.fold != fold),
                (),
                tuple(one.id for one in recordings if one.fold == fold),
                "by fold",
                fold,
            )
            for fold in (str(1 + index) for index in range(plan.folds))
        ]
    # Each class gives its first third to the test, the next group to validation.
    parts: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
    for place in range(len(plan.classes)):
        own = recordings[place * plan.each : (place + 1) * plan.each]
        tested = max(plan.each // 3, 1) // plan.per_group * plan.per_group or plan.per_group
        watched = tested + plan.per_group if plan.validation else tested
        parts["test"] += [one.id for one in own[:tested]]
        parts["validation"] += [one.id for one in own[tested:watched]]
        parts["train"] += [one.id for one in own[watched:]]
    return [Split(*(tuple(parts[part]) for part in parts), "by group")]


def _predictions(
    recordings: Sequence[Recording],
    splits: Sequence[Split],
    plan: Plan,
    right: float,
    random: np.random.Generator,
) -> Predictions:
    tested = {name: split.fold for split in splits for name in split.test}
    own = [one for one in recordings if one.id in tested]
    place = {label: index for index, label in enumerate(plan.classes)}
    truth = np.array([place[one.targets["label"]] for one in own])
    kinds = len(plan.classes)
    hit = random.random(len(own)) < right
    near = (truth + random.choice([1, 1, 1, 2], len(own))) % kinds
    heard = np.where(hit, truth, near) if right else np.zeros(len(own), int)
    scores = random.random((len(own), kinds)) * 0.05
    scores[np.arange(len(own)), heard] += random.uniform(0.5, 1.0, len(own))
    scores[np.arange(len(own)), truth] += 0.2
    scores /= scores.sum(axis=1, keepdims=True)
    return Predictions(
        tuple(one.id for one in own),
        truth,
        scores,
        tuple(one.group for one in own),
        tuple(tested[one.id] or "" for one in own),
        tuple(plan.classes),
    )


def _representation(plan: Plan) -> Any:
    shape = {"rate_hz": RATE_HZ, "window_s": 0.032, "hop_s": 0.016}
    return plan.representation or LogMel(**shape, bands=32)


def _experiment(folder: Path, plan: Plan) -> None:
    representation = _representation(plan).model_dump(mode="json", exclude_none=True)
    table = {
        "name": plan.name.rsplit("-", 2)[0],
        "question": plan.question,
        "hypothesis": plan.hypothesis,
        "seed": 0,
        "data": {"source": "sounds.csv", "clip_s": plan.clip_s},
        "representation": representation,
        "network": {"kind": "layers", "layers": list(plan.layers)},
        "training": {"epochs": max(plan.epochs, 1)},
        "evaluation": {"metric": plan.metric},
    }
    (folder / "experiment.toml").write_text(dump(table), encoding="utf-8")


def _machines(
    folder: Path, splits: Sequence[Split], plan: Plan, random: np.random.Generator
) -> None:
    from tonotope.model import Model

    representation = _representation(plan)
    network, head = Layers(layers=list(plan.layers)), Classify(classes=tuple(plan.classes))
    samples = round(plan.clip_s * representation.rate_hz)
    for place, split in enumerate(splits):
        model = Model.build(representation, network, head, clip_samples=samples, seed=place)
        own = folder / f"fold-{split.fold}" if split.fold else folder
        for target in {own, *([folder] if place == 0 else [])}:
            model.save(target)
        lines = [_epoch(epoch, plan, random, place) for epoch in range(1, plan.epochs + 1)]
        own.joinpath("history.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))


def _epoch(epoch: int, plan: Plan, random: np.random.Generator, place: int) -> dict[str, Any]:
    loss = np.log(len(plan.classes)) * (0.25 + 0.75 * np.exp(-4 * epoch / plan.epochs))
    wobble = 1 + 0.05 * random.standard_normal()
    line = {
        "epoch": epoch,
        "train_loss": loss * wobble * (1 + 0.04 * place),
        "train_accuracy": min(1 - loss / np.log(len(plan.classes)) / 1.3, 1.0),
        "learning_rate": 1e-3,
        "seconds": 2.5,
        "data_seconds": 0.1,
        "model_seconds": 2.3,
        "clips_per_s": 380.0 + epoch,
    }
    if plan.validation and not plan.folds:
        line["validation_loss"] = loss * 1.15 + 0.1 * (epoch / plan.epochs) ** 3
        line["validation_accuracy"] = line["train_accuracy"] * 0.95
    return line


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a finished run folder: `make_run(each=12, folds=4)`."""

    def build(**changes: Any) -> Path:
        return make(tmp_path / changes.pop("under", "runs"), Plan(**changes))

    return build


HOSTILE = (
    "<script>document.documentElement.dataset.pwned=1</script>"
    "\"'><img src=x onerror=document.documentElement.dataset.pwned=1></title></script><!--"
    "{{7*7}} ${7*7} 🦉 \u202eעברית\u2066\n=1+1\x00" + "long" * 30
)


@pytest.fixture
def hostile_run(make_run: Callable[..., Path]) -> Path:
    """A run in which every name and text that comes from outside is an attempt."""
    return make_run(
        classes=(HOSTILE, 'quote"quote', "<b>bold</b>"),
        each=12,
        right=0.6,
        files=lambda index, label: f"{label}/{index}{HOSTILE}",
        groups=lambda index: f"{HOSTILE}{index // 2}",
        question=HOSTILE.replace("\x00", ""),
        hypothesis=HOSTILE.replace("\x00", ""),
        skipped=[Skipped(HOSTILE, 3, HOSTILE)],
        environment={
            "command": HOSTILE,
            "notes": [HOSTILE],
            "warnings": [HOSTILE],
            HOSTILE: HOSTILE,
        },
    )
