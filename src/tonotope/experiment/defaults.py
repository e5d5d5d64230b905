"""What suits these recordings: every rule by which a first experiment is chosen, with its reason.

Each rule is a plain function of a summary of the recordings. What it gives is a `Choice`: the value
and why, in words that stand beside it in the experiment file. Rules are for a start; the file is
there to be changed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tonotope.datasets.manifest import Manifest

Path = tuple[str, ...]

HIGHEST_RATE_HZ = 22050  # little of what tells everyday sounds apart lies above 11 kHz
SPEECH_RATE_HZ = 8000
LONGEST_CLIP_S = 10.0
FAR_LONGER = 1.6
WINDOW_OF_LONG_S = 5.0
SHORT_CLIP_S = 1.5
FRAMES_PER_CLIP = 216
FRAMES_PER_SHORT_CLIP = 80
SHORTEST_HOP_S, SHORT_HOP_S, LONG_HOP_S = 0.006, 0.008, 0.023
# How many values of features one training is given: about three minutes of one core.
VALUES = 300e6
FEWEST_EPOCHS, MOST_EPOCHS = 12, 150
BATCH, SMALL_BATCH = 32, 16
FEW_CLIPS = 1000
MOST_STEPS = 3100
FEW_RECORDINGS = 2000
FEW_GROUPS = 10


class Choice(NamedTuple):
    """A value, and why it was taken."""

    value: Any
    why: str


@dataclass(frozen=True)
class DataSummary:
    """What the rules need to know of the recordings.

    Attributes:
        rates: how many recordings there are at each sample rate.
        durations_s: the length of each, sorted.
        classes: how many recordings each class has.
        groups: how many groups there are, and
        groups_per_class: how many of them hold each class.
        folds: how many published folds there are; 0 for none.
        parts: whether the recordings say which part they belong to.
    """

    rates: Mapping[int, int]
    durations_s: tuple[float, ...]
    classes: Mapping[str, int]
    groups: int
    groups_per_class: Mapping[str, int]
    folds: int = 0
    parts: bool = False

    @classmethod
    def of(cls, manifest: Manifest, label: str | None) -> DataSummary:
        """The summary of a manifest whose classes stand under `label`.

        Without a label, where quantities or tags are asked for, all recordings are of one class.
        """
        kind = {one.id: "" if label is None else one.targets.get(label)
                for one in manifest.recordings}  # fmt: skip
        labelled = [one for one in manifest.recordings if kind[one.id] is not None]
        held: dict[str, set[str]] = {}
        for one in labelled:
            held.setdefault(kind[one.id] or "", set()).add(one.group)
        return cls(
            rates=Counter(one.rate_hz for one in labelled),
            durations_s=tuple(sorted(one.duration_s for one in labelled)),
            classes=Counter(kind[one.id] or "" for one in labelled),
            groups=len({one.group for one in labelled}),
            groups_per_class={name: len(groups) for name, groups in held.items()},
            folds=len({one.fold for one in labelled if one.fold is not None}),
            parts=any(one.part is not None for one in labelled),
        )

    @property
    def recordings(self) -> int:
        """How many recordings there are."""
        return len(self.durations_s)

    def duration_s(self, share: float) -> float:
        """The length that `share` of the recordings do not exceed."""
        at = min(len(self.durations_s) - 1, math.ceil(share * len(self.durations_s)) - 1)
        return self.durations_s[max(at, 0)]


def choose_defaults(
    summary: DataSummary, given_clip_s: float | None = None, given_rate_hz: int | None = None
) -> dict[Path, Choice]:
    """All choices for these recordings, by the key they set, in the order of the file."""
    rate = choose_rate_hz(summary) if given_rate_hz is None else Choice(given_rate_hz, "as asked")
    clip = choose_clip_s(summary) if given_clip_s is None else Choice(given_clip_s, "as asked")
    folds = choose_split(summary)
    short = clip.value < SHORT_CLIP_S
    made: dict[Path, Choice] = {("data", "clip_s"): clip}
    if short:
        made["data", "fill"] = Choice("around", "silence before and after the shorter ones")
    made |= {("split", key): choice for key, choice in folds.items()}
    shown = choose_representation(rate, clip)
    made |= {("representation", key): choice for key, choice in shown.items()}
    made |= {("network", key): choice for key, choice in choose_network().items()}
    clips = training_clips(summary, clip.value, folds)
    values = clip.value / shown["hop_s"].value * shown["bands"].value
    made |= {("training", key): one for key, one in choose_training(summary, clips, values).items()}
    if short:
        made |= {("training", key): choice for key, choice in augmentation_of_short_clips().items()}
    made |= {("evaluation", "metric"): choose_metric(summary)}
    return made


def choose_rate_hz(summary: DataSummary) -> Choice:
    """The rate of most recordings, and never more than is heard in everyday sounds."""
    common = max(summary.rates, key=lambda rate: (summary.rates[rate], rate))
    if common > HIGHEST_RATE_HZ:
        why = f"most recordings have {common} Hz; up to 11 kHz is enough for everyday sounds"
        return Choice(HIGHEST_RATE_HZ, why)
    alone = len(summary.rates) == 1
    return Choice(common, f"the rate of {'all' if alone else 'most'} recordings")


def choose_clip_s(summary: DataSummary) -> Choice:
    """One length for all: theirs where they agree, else one that holds nearly all of nearly all.

    What does not fit is heard in windows, and half a word is not the word: so a clip is as long as
    the longest recordings, but for a few that are far longer than the rest.
    """
    short, middle, usual, longest = (summary.duration_s(share) for share in (0.05, 0.5, 0.95, 0.99))
    if usual - short <= 0.05 * middle and usual <= LONGEST_CLIP_S:
        return Choice(_rounded(usual), "nearly all recordings are as long")
    if usual <= LONGEST_CLIP_S:
        among, held = (
            ("99 of 100", longest) if longest <= FAR_LONGER * usual else ("19 of 20", usual)
        )
        why = f"{among} recordings are no longer (half are under {middle:.2g} s)"
        return Choice(_rounded(min(held, LONGEST_CLIP_S)), why)
    why = f"recordings of {_rounded(middle):g} s and more are heard in windows, which then vote"
    return Choice(WINDOW_OF_LONG_S, why)


def choose_split(summary: DataSummary) -> dict[str, Choice]:
    """Folds where there are few recordings or few groups; parts of a whole otherwise."""
    if summary.parts:
        return {"column": Choice("part", "the table says which recordings teach and which judge")}
    if summary.folds:
        return {"folds": Choice(summary.folds, "the folds of the table; each judges once")}
    scarce = min(summary.groups_per_class.values(), default=0)
    if 2 <= summary.groups <= FEW_GROUPS and scarce == summary.groups:
        return {"folds": Choice(summary.groups, "each group judges once, the others teach")}
    if summary.recordings <= FEW_RECORDINGS and scarce >= 2:
        count = min(5, scarce)
        why = f"with {summary.recordings} recordings each should judge once; groups stay together"
        return {"folds": Choice(count, why)}
    return {
        "train": Choice(0.8, "teaches"),
        "validation": Choice(0.1, "watched while it learns"),
        "test": Choice(0.1, "judges: never heard before; groups stay together"),
    }


def choose_representation(rate: Choice, clip: Choice) -> dict[str, Choice]:
    """A log-mel spectrogram whose frames are short against a clip, and not shorter than useful."""
    short, low = clip.value < SHORT_CLIP_S, rate.value <= SPEECH_RATE_HZ
    frames = FRAMES_PER_SHORT_CLIP if short else FRAMES_PER_CLIP
    widest = SHORT_HOP_S if short else LONG_HOP_S
    hop = round(min(widest, max(SHORTEST_HOP_S, clip.value / frames)), 3)
    return {
        "kind": Choice("log-mel", "loudness in bands as the ear has them"),
        "rate_hz": rate,
        "window_s": (
            Choice(0.025, "length of a frame: short sounds change fast")
            if short
            else Choice(0.032 if low else 0.046, "length of a frame: fine pitch, coarse time")
        ),
        "hop_s": Choice(hop, f"a clip becomes {clip.value / hop:.0f} frames"),
        "bands": Choice(32 if low else 64, "from 0 Hz to half the rate"),
        "level": Choice("clip", "how near the microphone was says nothing of the sound"),
    }


def choose_network() -> dict[str, Choice]:
    """Four blocks of two convolutions: enough for a word or a call to be seen as a whole."""
    return {
        "kind": Choice("vgg", "blocks of 3x3 convolutions"),
        "widths": Choice([16, 32, 64, 128], "filters of each block"),
    }


def augmentation_of_short_clips() -> dict[str, Choice]:
    """What words, calls and notes are varied by: all that differs between voices and places.

    A short sound fills its clip and is told by its shape; long ones are told by their texture,
    which the same changes would blur.
    """
    return {
        "time_stretch": Choice(1.4, "others say it faster or slower"),
        "equaliser_db": Choice(8.0, "other microphones, rooms and throats colour it"),
        "noise_db": Choice(-30.0, "something else hums behind it elsewhere"),
        "time_mask_width": Choice(0.2, "parts of it must be enough"),
        "frequency_mask_width": Choice(0.2, "and so must some of the bands"),
    }


def training_clips(summary: DataSummary, clip: float, folds: Mapping[str, Choice]) -> int:
    """How many clips are heard in one epoch."""
    per_recording = sum(max(1, round(length / clip)) for length in summary.durations_s)
    share = 1 - 1 / folds["folds"].value if "folds" in folds else 0.8
    return max(1, round(share * per_recording))


def choose_training(summary: DataSummary, clips: int, values: float) -> dict[str, Choice]:
    """As many epochs as take a few minutes of two cores for these clips.

    Args:
        summary: the recordings.
        clips: how many clips an epoch has.
        values: how many values the features of a clip have.
    """
    batch = BATCH if clips > FEW_CLIPS else SMALL_BATCH
    wanted = min(VALUES / (clips * values), MOST_STEPS * batch / clips)
    epochs = round(min(MOST_EPOCHS, max(FEWEST_EPOCHS, wanted)))
    made = {
        "epochs": Choice(epochs, f"about {math.ceil(clips / batch) * epochs} steps"),
        "batch_size": Choice(batch, "clips per step"),
    }
    if _uneven(summary):
        made["class_weights"] = Choice(True, f"{_extremes(summary)}: rare ones weigh as much")
    return made


def choose_metric(summary: DataSummary) -> Choice:
    """Accuracy where classes are about as frequent, balanced accuracy otherwise."""
    if _uneven(summary):
        return Choice("balanced-accuracy", f"{_extremes(summary)}: each class counts the same")
    return Choice("accuracy", "classes are about as frequent")


def _uneven(summary: DataSummary) -> bool:
    counts = summary.classes.values()
    return bool(counts) and max(counts) > 3 * min(counts)


def _extremes(summary: DataSummary) -> str:
    counts = sorted(summary.classes.values())
    return f"classes have {counts[0]} to {counts[-1]} recordings"


def _rounded(duration_s: float) -> float:
    """Two digits, never shorter than asked for (but for a millisecond of a resampler)."""
    if duration_s <= 0:
        return 0.01
    digits = 1 - math.floor(math.log10(duration_s))
    step = 10.0**-digits
    return round(math.ceil((duration_s - 0.001) / step) * step, max(digits, 0))
