"""The rules that choose rate, clip, split, representation, network, training, metric.

Each rule is a plain function of a summary of the recordings. It returns a `Choice`: a value, and
the reason that stands beside it in the experiment file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tonotope._errors import DataError
from tonotope.experiment import heard_settings
from tonotope.experiment.choice import Choice
from tonotope.experiment.data_summary import DataSummary
from tonotope.experiment.proposed_training import choose_training
from tonotope.representation import LogMel, sample_rate

if TYPE_CHECKING:
    from tonotope.datasets.heard import Heard

Path = tuple[str, ...]

HIGHEST_RATE_HZ = 22050  # everyday sounds differ little above 11 kHz
SPEECH_RATE_HZ = 8000
LONGEST_CLIP_S = 10.0
FAR_LONGER = 1.6
WINDOW_OF_LONG_S = 5.0
SHORT_CLIP_S = 1.5
SHORTEST_CLIP_S = 0.1
FEW_SAMPLES = 32
FRAMES_PER_CLIP = 108
FRAMES_PER_SHORT_CLIP = 80
LONG_WINDOW_S = 0.046
SHORTEST_HOP_S, SHORT_HOP_S, LONG_HOP_S = 0.006, 0.008, 0.023
MUCH_PADDING = 0.33
FEW_RECORDINGS = 2000
FEW_GROUPS = 10


def choose_defaults(
    summary: DataSummary, given_clip_s: float | None = None, given_rate_hz: int | None = None
) -> dict[Path, Choice]:
    """All choices for these recordings, by the key they set, in the order of the file."""
    rate = choose_rate_hz(summary) if given_rate_hz is None else Choice(given_rate_hz, "as given")
    _refuse_too_slow(rate.value)
    clip = (
        choose_clip_s(summary, rate.value)
        if given_clip_s is None
        else Choice(given_clip_s, "as given")
    )
    short = clip.value < SHORT_CLIP_S
    data = {"clip_s": _with_padding(clip, summary)}
    if short:
        data["fill"] = Choice("around", "silence before and after the shorter ones")
    split = choose_split(summary)
    representation = choose_representation(rate, clip, summary.heard)
    values = clip.value / representation["hop_s"].value * representation["bands"].value
    training = choose_training(summary, clip.value, values, split, short=short)
    tables = {
        "data": data,
        "split": split,
        "representation": representation,
        "network": choose_network(),
        "training": training,
        "evaluation": {"metric": choose_metric(summary)},
    }
    return {(name, key): one for name, table in tables.items() for key, one in table.items()}


def _refuse_too_slow(rate_hz: int) -> None:
    lowest_hz = sample_rate.LOWEST_HZ
    if rate_hz < lowest_hz:
        raise DataError(
            f"most recordings have {rate_hz:,} Hz, and sound is heard at {lowest_hz:,} Hz or more:"
            " if their headers are wrong, write the true rate into them; if the signal is that"
            f" slow, set representation.rate_hz = {lowest_hz} to have it interpolated"
        )


def choose_rate_hz(summary: DataSummary) -> Choice:
    """The rate that holds what is heard: that of most recordings, less where they end below it.

    It is at most what everyday sounds need, but where most of the sound lies above that.
    """
    common = max(summary.rates, key=lambda rate: (summary.rates[rate], rate))
    limit = min(common, HIGHEST_RATE_HZ)
    heard = heard_settings.higher_rate_hz(summary.heard, common, limit)
    heard = heard or heard_settings.lower_rate_hz(summary.heard, common, limit)
    if heard:
        return Choice(int(heard.value), heard.why)
    alone = len(summary.rates) == 1
    if common > HIGHEST_RATE_HZ:
        return Choice(
            HIGHEST_RATE_HZ,
            f"{'all' if alone else 'most'} recordings have {common:,} Hz; up to 11 kHz is enough"
            " for everyday sounds",
        )
    return Choice(common, f"the rate of {'all' if alone else 'most'} recordings")


def choose_clip_s(summary: DataSummary, rate_hz: int) -> Choice:
    """The common length of the recordings, or one that nearly all of them fit into.

    At `rate_hz`, the rate that was chosen, a clip of this length has at least a few frames.

    A longer recording is cut into windows, and half a word is not the word. So a clip is as long as
    the longest recordings, except a few that are far longer than the rest, and except sounds that
    are over long before their file is.
    """
    usual = _clip_by_length(summary)
    heard = () if summary.events else summary.heard
    passed = heard_settings.one_shot_clip_s(heard, usual.value)
    passed = passed or heard_settings.sounding_clip_s(heard, usual.value)
    chosen = Choice(_rounded(passed.value), passed.why) if passed else usual
    shortest_s = float(f"{SHORTEST_CLIP_S * _faster(rate_hz):.2g}")
    if chosen.value >= shortest_s:
        return chosen
    why = (
        f"half of the recordings are under {summary.duration_s(0.5):.2g} s; a network needs some "
        "frames, so silence fills them up"
    )
    return Choice(shortest_s, why)


def _faster(rate_hz: int) -> float:
    """How much shorter frames are where sound lies higher than the ear hears; else 1."""
    return min(1.0, HIGHEST_RATE_HZ / rate_hz)


def _clip_by_length(summary: DataSummary) -> Choice:
    short, middle, usual, longest = (summary.duration_s(share) for share in (0.05, 0.5, 0.95, 0.99))
    if usual - short <= 0.05 * middle and usual <= LONGEST_CLIP_S:
        return Choice(_rounded(usual), "nearly all recordings are as long")
    if usual <= LONGEST_CLIP_S:
        share, length_s = (
            ("99 of 100", longest) if longest <= FAR_LONGER * usual else ("19 of 20", usual)
        )
        why = f"{share} recordings are no longer (half are under {middle:.2g} s)"
        return Choice(_rounded(min(length_s, LONGEST_CLIP_S)), why)
    why = f"recordings longer than {WINDOW_OF_LONG_S:g} s are cut into windows, which then vote"
    return Choice(WINDOW_OF_LONG_S, why)


def padded_share(durations_s: Sequence[float], clip_s: float) -> float:
    """The share of what a network hears that only fills up recordings shorter than a clip.

    >>> padded_share([0.5, 1.0, 2.0], 1.0)
    0.125
    """
    clips = sum(max(1, round(length_s / clip_s)) for length_s in durations_s)
    return sum(max(0.0, clip_s - length_s) for length_s in durations_s) / (clips * clip_s)


def _with_padding(clip: Choice, summary: DataSummary) -> Choice:
    """The choice of a clip, which says so where much of what is heard is no recording."""
    share = padded_share(summary.durations_s, clip.value)
    if share <= MUCH_PADDING:
        return clip
    filled = f"so {share:.0%} of what is heard fills up shorter ones, and longer ones are whole"
    return clip._replace(why=f"{clip.why}; {filled}")


def choose_split(summary: DataSummary) -> dict[str, Choice]:
    """Folds where there are few recordings or few groups; parts of a whole otherwise."""
    if summary.parts:
        return {"column": Choice("part", "the table says which recordings train and which test")}
    if summary.folds == 1:
        return {}  # it is refused with the name of its column, where recordings are split
    if summary.folds:
        return {"folds": Choice(summary.folds, "the folds of the table; each tests once")}
    # A class of one group is learnt in every fold, so it decides nothing about the others.
    scarce = min((count for count in summary.groups_per_class.values() if count > 1), default=0)
    free = summary.groups - summary.alone
    but = "; a group that alone has some class only trains" if summary.alone else ""
    if summary.groups <= FEW_GROUPS and scarce >= free >= 2:
        return {"folds": Choice(free, f"each group tests once, the others train{but}")}
    count = min(5, scarce, free)
    if summary.recordings <= FEW_RECORDINGS and count >= 2:
        why = f"with {summary.recordings} recordings each should test once; groups stay together"
        return {"folds": Choice(count, f"{why}{but}")}
    return {
        "train": Choice(0.8, "the network learns from these"),
        "validation": Choice(0.1, "choose the best epoch"),
        "test": Choice(0.1, "give the score: new to the network; groups stay together"),
    }


def choose_representation(
    rate: Choice, clip: Choice, heard: Sequence[Heard] = ()
) -> dict[str, Choice]:
    """A log-mel spectrogram of few frames: they decide the time, the clip the accuracy."""
    low = rate.value <= SPEECH_RATE_HZ
    window, widest, frames = _frames(rate.value, clip.value)
    high = rate.value > HIGHEST_RATE_HZ
    span = heard_settings.band_range_hz(heard, rate.value) if high and heard else None
    low_hz, high_hz = span or (0.0, None)
    length_s, bands = heard_settings.window_and_bands(
        rate.value, clip.value, window.value, 32 if low else 64, low_hz, high_hz
    )
    if length_s != window.value:
        window = Choice(length_s, "length of a frame: shorter ones would leave bands empty")
        widest = length_s / 2
    shortest = SHORTEST_HOP_S * _faster(rate.value)
    hop = min(widest, max(min(shortest, widest), clip.value / frames))
    hop = _hop_s(hop, rate.value)
    sound = LogMel(rate_hz=rate.value, window_s=window.value, hop_s=hop, bands=bands)
    frames = sound.frames(round(clip.value * rate.value))
    upper = "half the rate" if high_hz is None else f"{high_hz:,.0f} Hz"
    chosen = {
        "kind": Choice("log-mel", "loudness in bands as the ear has them"),
        "rate_hz": rate,
        "window_s": window,
        "hop_s": Choice(hop, f"a clip becomes {frames} frames"),
        "bands": Choice(bands, f"from {low_hz:,.0f} Hz to {upper}"),
    }
    if span:
        chosen["low_hz"] = Choice(low_hz, "most of the sound lies above")
        if high_hz is not None:
            chosen["high_hz"] = Choice(high_hz, "and below")
    return {**chosen, "level": Choice("clip", "the distance of the microphone should not matter")}


def _hop_s(hop_s: float, rate_hz: int) -> float:
    """Rounded to milliseconds; in whole samples where those are few.

    >>> _hop_s(0.0231, 22050), _hop_s(0.0372, 100), _hop_s(0.00401, 128_000)
    (0.023, 0.04, 0.00401)
    """
    if hop_s * rate_hz < FEW_SAMPLES:
        return round(max(1, round(hop_s * rate_hz)) / rate_hz, 6)
    return round(hop_s, 3 if hop_s >= SHORTEST_HOP_S else 5)


def _frames(rate_hz: int, clip_s: float) -> tuple[Choice, float, int]:
    """The length of a frame, the widest hop in seconds, and how many frames a clip should have."""
    if rate_hz > HIGHEST_RATE_HZ:
        window_s = float(f"{LONG_WINDOW_S * HIGHEST_RATE_HZ / rate_hz:.2g}")
        why = "length of a frame: the higher a sound, the faster it changes"
        return Choice(window_s, why), window_s / 2, FRAMES_PER_CLIP
    if clip_s < SHORT_CLIP_S:
        why = "length of a frame: short sounds change fast"
        return Choice(0.025, why), SHORT_HOP_S, FRAMES_PER_SHORT_CLIP
    window_s = 0.032 if rate_hz <= SPEECH_RATE_HZ else LONG_WINDOW_S
    why = "length of a frame: fine pitch, coarse time"
    return Choice(window_s, why), LONG_HOP_S, FRAMES_PER_CLIP


def choose_network() -> dict[str, Choice]:
    """Four blocks of two convolutions: their receptive field holds a word or a call."""
    return {
        "kind": Choice("vgg", "blocks of 3x3 convolutions"),
        "widths": Choice([16, 32, 64, 128], "filters of each block"),
    }


def choose_metric(summary: DataSummary) -> Choice:
    """Accuracy where classes are about as frequent, balanced accuracy otherwise."""
    if summary.is_uneven:
        return Choice("balanced-accuracy", f"{summary.extremes}: each class counts the same")
    return Choice("accuracy", "classes are about as frequent")


def _rounded(duration_s: float) -> float:
    """Rounded up to two digits, but for the millisecond that a resampler may add."""
    if duration_s <= 0:
        return 0.01
    more_s = min(0.001, 0.01 * duration_s)
    digits = 1 - math.floor(math.log10(duration_s))
    step = 10.0**-digits
    return round(math.ceil((duration_s - more_s) / step) * step, max(digits, 0))
