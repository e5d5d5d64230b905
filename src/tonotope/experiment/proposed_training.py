"""The rules that choose the training: epochs, batches, and how strongly clips are varied.

A network that hears each recording a hundred times must hear it otherwise each time, or it learns
it by heart. One that hears each a few times has no time to learn what mixtures and gaps are about.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from tonotope.experiment.choice import Choice
from tonotope.experiment.data_summary import DataSummary
from tonotope.training.plan import TrainingPlan

# Values of features in a whole training: about three minutes of one core.
VALUES = 300e6
SINGLE_SPLIT = 3.0
FEWEST_EPOCHS, MOST_EPOCHS = 12, 150
FEWEST_EPOCHS_OF_MANY = 5
HEARD_RARELY, HEARD_OFTEN = 12, 40
NOISE_DB, FAINTER_DB = -30.0, 20.0
BATCH, SMALL_BATCH = 32, 16
FEW_CLIPS = 1000
MOST_STEPS = 3100


def choose_training(
    summary: DataSummary,
    clip_s: float,
    values: float,
    split: Mapping[str, Choice],
    *,
    short: bool,
) -> dict[str, Choice]:
    """As many epochs as take a few minutes of two cores, and the variation that suits as many.

    Args:
        summary: of the recordings.
        clip_s: how long a clip is.
        values: the number of feature values in a clip.
        split: several folds share the time.
        short: whether clips are words, calls or notes.
    """
    every = sum(max(1, round(length_s / clip_s)) for length_s in summary.durations_s)
    if "folds" in split:
        share, alone, fewest = 1 - 1 / split["folds"].value, 1.0, FEWEST_EPOCHS
    else:
        share, alone, fewest = 0.8, SINGLE_SPLIT, FEWEST_EPOCHS_OF_MANY
    clips = max(1, round(share * every))
    batch = BATCH if clips > FEW_CLIPS else SMALL_BATCH
    wanted = alone * min(VALUES / (clips * values), MOST_STEPS * batch / clips)
    epochs = round(min(MOST_EPOCHS, max(fewest, wanted)))
    choices = {
        "epochs": Choice(epochs, f"about {math.ceil(clips / batch) * epochs} steps"),
        "batch_size": Choice(batch, "clips per step"),
    }
    if summary.is_uneven:
        choices["class_weights"] = Choice(True, f"{summary.extremes}: rare ones weigh as much")
    heard = round(epochs * every / summary.recordings)
    return choices | choose_variation(heard, short=short)


def variation_strength(heard: int) -> float:
    """How strongly recordings are varied that are heard so often: 0 for a few times, 1 for many.

    >>> [round(variation_strength(heard), 2) for heard in (5, 12, 20, 30, 40)]
    [0.0, 0.0, 0.42, 0.76, 1.0]
    """
    share = math.log(heard / HEARD_RARELY) / math.log(HEARD_OFTEN / HEARD_RARELY)
    return min(1.0, max(0.0, share))


def choose_variation(heard: int, *, short: bool) -> dict[str, Choice]:
    """Augmentation and label smoothing, in proportion to how often each recording is heard.

    Short sounds are recognised by their shape, long ones by their texture, which a stretch, an
    equaliser, noise and wide gaps would blur.

    Args:
        heard: clips of each recording in the whole training.
        short: whether clips are words, calls or notes.
    """
    strength, usual = variation_strength(heard), TrainingPlan()
    full = {
        "time_stretch": (1.4, "the same sound comes faster or slower"),
        "equaliser_db": (8.0, "other microphones and places colour it"),
        "noise_db": (NOISE_DB, "other places have other noise"),
        "time_mask_width": (0.2, "a part of it must be enough"),
        "frequency_mask_width": (0.2, "and so must some of the bands"),
    }
    chosen = {key: Choice(*one) for key, one in full.items()} if short else {}
    if strength == 1:
        return chosen
    rarely = f"recordings that are heard {heard} times need less variation"
    for key, weakest in _WEAKEST.items():
        strongest = chosen[key].value if key in chosen else getattr(usual, key)
        value = weakest + strength * (strongest - weakest)
        chosen[key] = Choice(
            round(value) if key == "frequency_roll" else float(f"{value:.2g}"), rarely
        )
    if short:
        noise_db = NOISE_DB - FAINTER_DB * (1 - strength)
        chosen["noise_db"] = Choice(round(noise_db, 1) if strength else 0.0, rarely)
    return {key: one for key, one in chosen.items() if one.value != getattr(usual, key)}


_WEAKEST = {
    "mixup": 0.0,
    "label_smoothing": 0.02,
    "time_stretch": 1.0,
    "equaliser_db": 0.0,
    "time_mask_width": 0.0,
    "frequency_mask_width": 0.0,
    "frequency_roll": 0,
}
