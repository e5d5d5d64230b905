"""How an ear is made: a network is taught on synthesised sound alone.

    tonotope pretrain FOLDER

It first learns which two of many sounds are takes of one source (`training/contrast.py`). Then,
with all of that kept, a head is fitted that names what kind of source each is; it may hear more
blocks than the first question did. The names prove what the network hears; what is taken from it is
the network alone (`start = "tonotope:ear"`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from tonotope import __version__
from tonotope._errors import ExperimentError, did_you_mean
from tonotope._progress import SILENT, Progress
from tonotope.datasets.patches.sounds import SynthesisedSounds
from tonotope.experiment.ear import EARS, TEACHING, Ear
from tonotope.experiment.json_files import write_json
from tonotope.heads import Classify, Task
from tonotope.model import Model
from tonotope.network.architectures.vgg import VGG
from tonotope.training.contrast import Contrast
from tonotope.training.dataset import Dataset
from tonotope.training.feature_store import FeatureStore
from tonotope.training.loop import fit
from tonotope.training.plan import TrainingPlan

MOST_SOURCES, MOST_TAKES, MOST_EPOCHS, MOST_SEED = 100_000, 1000, 10_000, 2**31 - 1
BATCH = 96
_HALF_BIT = 1 << 11  # half of the last of 11 bits after the first


def pretrain(
    folder: Path,
    *,
    ear: str = "ear",
    sources: int | None = None,
    takes: int | None = None,
    epochs: int | None = None,
    seed: int = 0,
    progress: Progress = SILENT,
) -> Model:
    """Make an ear from a seed; a training that was stopped goes on with the same call.

    The features of all sounds are kept in the cache: 27 kB for each patch, 11 kB for each word.

    Args:
        folder: receives the model, and the checkpoints of both trainings.
        ear: which kind: `ear`, taught by patches, or `word-ear`, taught by words of no language.
        sources: how many patches or words teach; None: as many as taught the ear that comes along,
            and so with takes and epochs.
        takes: sounds of each.
        epochs: how often every sound is heard.
        seed: decides sources, weights and order.
        progress: receives every sound and every step.

    Raises:
        ExperimentError: no such kind; fewer than two sources, two takes or one epoch, or far too
            many.
        TrainingError: memory ran out, or `folder` holds another training.
        TonotopeError: the disk is full or the folder cannot be written.
        Interrupted: by Ctrl-C or a signal; the state is saved.
    """
    if ear not in EARS:
        known = " or ".join(f"`{name}`" for name in EARS)
        raise ExperimentError(
            f"no ear is called `{ear}`{did_you_mean(ear, list(EARS)) or ':'} {known}"
        )
    kind = EARS[ear]
    sources = kind.sources if sources is None else sources
    takes = kind.takes if takes is None else takes
    epochs = kind.epochs if epochs is None else epochs
    _check(sources, takes, epochs, seed)
    sounds = kind.sounds(sources, takes, seed=seed)
    store = FeatureStore.compute(
        sounds, kind.representation, kind.clip_samples, progress=progress, memory_bytes=0
    )
    plan = TrainingPlan(
        epochs=epochs, batch_size=BATCH, mixup=0, label_smoothing=0, equaliser_db=6,
        time_stretch=1.2, precision="bfloat16", memory_format="channels_last",
    )  # fmt: skip
    heard = _built(kind, kind.taught, Contrast(), seed)
    _fit(heard, store, sounds, plan, folder / "contrast", progress)
    _round(heard)
    model = with_names(kind, heard, sources, seed, folder / "names", progress)
    _round(model)
    model.save(folder)
    told: dict[str, Any] = {
        "ear": ear, "taught_on": "synthesised sound alone", "sources": sources, "takes": takes,
        "epochs": epochs, "seed": seed, "tonotope": __version__,
    }  # fmt: skip
    write_json(folder / TEACHING, told)
    return model


def with_names(
    kind: Ear, heard: Model, sources: int, seed: int, folder: Path, progress: Progress = SILENT
) -> Model:
    """The ear: what was learnt, with a head that names the kind of a source, from one take of each.

    Args:
        kind: of ear.
        heard: the network that was taught, with the layers of `kind.taught`.
        sources: how many, the same that taught it.
        seed: of the sources.
        folder: receives the history.
        progress: receives every sound.
    """
    sounds = kind.sounds(sources, 1, seed=seed)
    store = FeatureStore.compute(
        sounds, kind.representation, kind.clip_samples, progress=progress, memory_bytes=0
    )
    model = _built(kind, kind.network, Classify(classes=kind.sounds.labels), seed)
    # The same layers in the same order; the last block may stand in a branch.
    weights = heard.network.state_dict().values()
    model.network.load_state_dict(dict(zip(model.network.state_dict(), weights, strict=True)))
    model.freeze(name for name, _ in model.network.named_children())
    _fit(
        model, store, sounds, TrainingPlan.model_validate({"optimizer": "lbfgs"}), folder, progress
    )
    return model


def _round(model: Model) -> None:
    """Round weights to 11 bits: more says nothing, and what is zero is packed small in a wheel."""
    for tensor in model.state_dict().values():
        if tensor.dtype == torch.float32:
            bits = tensor.view(torch.int32)
            bits += _HALF_BIT
            bits &= ~(2 * _HALF_BIT - 1)


def _check(sources: int, takes: int, epochs: int, seed: int) -> None:
    least, most = (2, 2, 1, 0), (MOST_SOURCES, MOST_TAKES, MOST_EPOCHS, MOST_SEED)
    asked = (sources, takes, epochs, seed)
    if not all(low <= one <= high for low, one, high in zip(least, asked, most, strict=True)):
        raise ExperimentError(
            f"{sources!s:.40} sources, {takes!s:.40} takes, {epochs!s:.40} epochs, "
            f"seed {seed!s:.40}: what fits is 2 to {MOST_SOURCES:,} sources, 2 to {MOST_TAKES:,} "
            f"takes of each, 1 to {MOST_EPOCHS:,} epochs and a seed from 0 to {MOST_SEED:,}"
        )


def _built(kind: Ear, network: VGG, task: Task, seed: int) -> Model:
    return Model.build(
        kind.representation, network, task, clip_samples=kind.clip_samples, seed=seed
    )


def _fit(
    model: Model, store: FeatureStore, sounds: SynthesisedSounds, plan: TrainingPlan, folder: Path,
    progress: Progress,
) -> None:  # fmt: skip
    encoded = model.description.head.encode_targets(sounds.rows)
    targets = {name: torch.from_numpy(one) for name, one in encoded.items()}
    every = np.arange(len(sounds.rows))
    dataset = Dataset(store, targets, every, every[:0], int(store.lengths[0]))
    fit(model, dataset, plan, folder=folder, seed=sounds.seed, progress=progress)
