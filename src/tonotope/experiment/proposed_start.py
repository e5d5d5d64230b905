"""The rule that chooses an ear to begin with: where one hears as these recordings ask for.

An ear brings much where recordings are few. Long sounds are told by what they are made of, which an
ear knows: it stays as it is, and the last layer alone is fitted. Short ones are told by how they
begin and end as well: the ear is where learning begins, and all of it goes on. Words are told by
how they move, and the ear for words only is a better beginning than chance: everything goes on
learning.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import median
from typing import Any

from tonotope.experiment.choice import Choice
from tonotope.experiment.data_summary import DataSummary
from tonotope.experiment.general_templates import TEMPLATES
from tonotope.experiment.proposed_settings import SHORT_CLIP_S
from tonotope.experiment.start import EAR, WORD_EAR

Path = tuple[str, ...]
# The most recordings of a class, in the middle of all classes, that are few.
FEW_OF_A_CLASS = 60
FEW_SHORT_OF_A_CLASS = 150
SHORTEST_S = 0.4  # what is shorter has too few of the ear's frames
_FREE = {"low_hz", "high_hz"}  # left out of an experiment where they have their usual values
_FRAMES = ("window_s", "hop_s")
_FINEST, _COARSEST = 0.6, 1.15  # frames that may become those of an ear, beside its own
# Keys of a training that a probe has a use for; who asks for another trains in steps.
OF_PROBES = frozenset(
    ("optimizer", "epochs", "batch_size", "weight_decay", "label_smoothing", "class_weights",
     "precision", "memory_format", "final")
)  # fmt: skip
_STEPS = {
    ("training", "epochs"): Choice(30, "one layer alone is trained, which does not take long"),
    **{
        ("training", key): Choice(nothing, "one layer alone is trained: it needs no variation")
        for key, nothing in (
            ("mixup", 0.0),
            ("time_masks", 0),
            ("frequency_masks", 0),
            ("frequency_roll", 0),
        )
    },
}
_KEPT = (("training", "batch_size"), ("training", "label_smoothing"))


def choose_start(
    summary: DataSummary, made: Mapping[Path, Choice], *, probe: bool = True
) -> dict[Path, Choice]:
    """All choices, with an ear to begin with and what goes with it, where one fits.

    Args:
        summary: of the recordings.
        made: what was chosen so far.
        probe: whether the last layer may be fitted at once; otherwise it is trained in steps.
    """
    if _hears(made, "word-ear"):
        why = "filters that tell words apart, whoever says them"
        return _placed(made, {("start", "run"): Choice(WORD_EAR, why)}, "word-ear")
    usual = median(summary.classes.values()) if summary.classes else math.inf
    if usual <= FEW_OF_A_CLASS and _hears(made, "ear"):
        why = "what the ear knows is better than what so few recordings can teach"
        start = {
            ("start", "run"): Choice(EAR, "taught on synthesised sound, by nobody's recording"),
            ("start", "frozen"): Choice(True, why),
        }
        return _placed(of_one_layer(made, probe=probe), start, "ear")
    clip_s = made["data", "clip_s"].value
    short = SHORTEST_S <= clip_s < SHORT_CLIP_S
    if short and usual <= FEW_SHORT_OF_A_CLASS and _hears(made, "ear", frames=False):
        start = {("start", "run"): Choice(EAR, "a better beginning than chance for so few")}
        return _placed({**made, **_last_blocks()}, start, "ear")
    return dict(made)


def of_one_layer(made: Mapping[Path, Choice], *, probe: bool) -> dict[Path, Choice]:
    """The choices for an ear that stays as it is: what its head hears, and how that is trained.

    Args:
        made: what was chosen so far.
        probe: whether the head may be fitted at once; otherwise it is trained in steps.
    """
    heard = _last_blocks()
    others = {
        path: one
        for path, one in made.items()
        if path[0] != "training" or path[1] in ("class_weights", "final")
    }
    if probe:
        why = "one layer alone is trained: it is fitted at once, to each recording as it is"
        return {**others, **heard, ("training", "optimizer"): Choice("lbfgs", why)}
    kept = {path: made[path] for path in _KEPT if path in made}
    return {**others, **heard, **kept, **_STEPS}


def _last_blocks() -> dict[Path, Choice]:
    """What the head hears of the ear."""
    own = TEMPLATES["ear"][1]
    return {
        ("network", "summary_blocks"): Choice(
            own["network.summary_blocks"], "the head hears the last blocks of the ear"
        ),
        ("network", "statistics"): Choice(
            own["network.statistics"], "and how much each of its filters varies"
        ),
    }


def _placed(
    made: Mapping[Path, Choice], start: Mapping[Path, Choice], ear: str
) -> dict[Path, Choice]:
    """The choices in the order of the file, the start before training, and frames as an ear's."""
    for key in _FRAMES:
        own = TEMPLATES[ear][1][f"representation.{key}"]
        if made["representation", key].value != own:
            made = {**made, ("representation", key): Choice(own, "as the ear has heard")}
    before = {path: one for path, one in made.items() if path[0] not in ("training", "evaluation")}
    return {**before, **start, **made}


def _hears(made: Mapping[Path, Choice], ear: str, *, frames: bool = True) -> bool:
    """Whether the representation that was chosen is that of an ear, or nearly.

    Args:
        made: what was chosen.
        ear: which one.
        frames: whether frames must be alike too.
    """
    chosen = {key: one.value for (table, key), one in made.items() if table == "representation"}
    for name, value in TEMPLATES[ear][1].items():
        table, _, key = name.partition(".")
        if table != "representation" or (key in _FREE and key not in chosen):
            continue
        if key in _FRAMES and not frames:
            continue
        own: Any = chosen.get(key)
        near = key == "hop_s" and own is not None and _FINEST <= own / value <= _COARSEST
        if own != value and not near:
            return False
    return True
