"""The ear that comes along: a network taught on synthesised sound alone, and how it is made.

    tonotope pretrain FOLDER

It first learns which two of many sounds are takes of one patch (`training/contrast.py`), then, with
all of that kept, to name the eleven families that patches are of. The names prove what the network
hears; what is taken from it is the network alone (`start = "tonotope:ear"`). No recording of
anything is in it, so it is free of any licence, and no test recording can have been in its
training.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tonotope import __version__
from tonotope._errors import ExperimentError
from tonotope._progress import SILENT, Progress
from tonotope.datasets.patches.patches import FAMILIES, SOUND_S, name_of
from tonotope.datasets.patches.sounds import PatchSounds
from tonotope.experiment.json_files import write_json
from tonotope.heads import Classify, Task
from tonotope.model import Model
from tonotope.network.architectures.vgg import VGG
from tonotope.representation import LogMel
from tonotope.training.contrast import Contrast
from tonotope.training.dataset import Dataset
from tonotope.training.feature_store import FeatureStore
from tonotope.training.loop import fit
from tonotope.training.plan import TrainingPlan

PLACE = Path(__file__).parent / "ear"
TEACHING = "ear.json"  # beside the model: what taught it

PATCHES, TAKES, EPOCHS = 2200, 10, 10  # those of the ear that comes along
REPRESENTATION = LogMel(rate_hz=22_050, window_s=0.046, hop_s=0.023, bands=64, level="clip")
NETWORK = VGG(widths=(16, 32, 64, 128))
MOST_PATCHES, MOST_TAKES, MOST_EPOCHS, MOST_SEED = 100_000, 1000, 10_000, 2**31 - 1
BATCH = 96
_CLIP_SAMPLES = round(SOUND_S * REPRESENTATION.rate_hz)
_NAMING = {"epochs": 2, "time_stretch": 1.0, "equaliser_db": 0.0}  # of the training of names


def ear(folder: Path = PLACE) -> Model:
    """An ear that `pretrain` made: the one that comes along, or that of a folder.

    >>> ear().description.head.classes[:3]
    ('alarms', 'bursts', 'calls')

    Raises:
        ModelFileError: the folder is damaged, foreign, or written by a later version.
    """
    return Model.load(folder)


def is_ear(folder: Path) -> bool:
    """Whether `pretrain` made what lies there: then no recording has taught it."""
    return (folder / TEACHING).is_file()


def pretrain(
    folder: Path,
    *,
    patches: int = PATCHES,
    takes: int = TAKES,
    epochs: int = EPOCHS,
    seed: int = 0,
    progress: Progress = SILENT,
) -> Model:
    """Make an ear from a seed; a training that was stopped goes on with the same call.

    The features of all sounds are kept in the cache: 27 kB for each, 0.6 GB by default.

    Args:
        folder: receives the model, and the checkpoints of both trainings.
        patches: how many kinds of source teach.
        takes: sounds of each.
        epochs: how often every sound is heard.
        seed: decides patches, weights and order.
        progress: receives every sound and every step.

    Raises:
        ExperimentError: fewer than two patches, two takes or one epoch, or far too many.
        TrainingError: memory ran out, or `folder` holds another training.
        TonotopeError: the disk is full or the folder cannot be written.
        Interrupted: by Ctrl-C or a signal; the state is saved.
    """
    _check(patches, takes, epochs, seed)
    sounds = PatchSounds(patches, takes, seed=seed)
    store = FeatureStore.compute(
        sounds, REPRESENTATION, _CLIP_SAMPLES, progress=progress, memory_bytes=0
    )
    plan = TrainingPlan(
        epochs=epochs, batch_size=BATCH, mixup=0, label_smoothing=0, equaliser_db=6,
        time_stretch=1.2, precision="bfloat16", memory_format="channels_last",
    )  # fmt: skip
    heard = _built(Contrast(), seed)
    _fit(heard, store, sounds, plan, folder / "contrast", progress)
    model = _built(Classify(classes=tuple(sorted(map(name_of, FAMILIES)))), seed)
    model.network.load_state_dict(heard.network.state_dict())
    model.freeze(name for name, _ in model.network.named_children())
    _fit(model, store, sounds, plan.model_copy(update=_NAMING), folder / "families", progress)
    model.save(folder)
    write_json(
        folder / TEACHING,
        {
            "taught_on": "synthesised sound alone", "patches": patches, "takes": takes,
            "epochs": epochs, "seed": seed, "tonotope": __version__,
        },
    )  # fmt: skip
    return model


def _check(patches: int, takes: int, epochs: int, seed: int) -> None:
    least, most = (2, 2, 1, 0), (MOST_PATCHES, MOST_TAKES, MOST_EPOCHS, MOST_SEED)
    asked = (patches, takes, epochs, seed)
    if not all(low <= one <= high for low, one, high in zip(least, asked, most, strict=True)):
        raise ExperimentError(
            f"{patches!s:.40} patches, {takes!s:.40} takes, {epochs!s:.40} epochs, "
            f"seed {seed!s:.40}: what fits is 2 to {MOST_PATCHES:,} patches, 2 to {MOST_TAKES:,} "
            f"takes of each, 1 to {MOST_EPOCHS:,} epochs and a seed from 0 to {MOST_SEED:,}"
        )


def _built(task: Task, seed: int) -> Model:
    return Model.build(REPRESENTATION, NETWORK, task, clip_samples=_CLIP_SAMPLES, seed=seed)


def _fit(
    model: Model, store: FeatureStore, sounds: PatchSounds, plan: TrainingPlan, folder: Path,
    progress: Progress,
) -> None:  # fmt: skip
    encoded = model.description.head.encode_targets(sounds.rows)
    targets = {name: torch.from_numpy(one) for name, one in encoded.items()}
    every = np.arange(len(sounds.rows))
    dataset = Dataset(store, targets, every, every[:0], int(store.lengths[0]))
    fit(model, dataset, plan, folder=folder, seed=sounds.seed, progress=progress)
