"""The rules that look at what was heard: rate, bands, frames, clips that fit the sound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from tonotope._wording import counted
from tonotope.datasets.heard import EVERYDAY_HZ, Heard
from tonotope.representation import LogMel

# A sound whose spectrum ends a tenth above half the rate loses nothing that matters.
_ROOM = 1.1
_LOWER_HZ = (100, 200, 500, 1000, 2000, 4000, 8000, 11025, 16000)
_HIGHER_HZ = (32000, 44100, 48000, 64000, 96000, 128000, 192000, 250000, 256000, 300000, 384000)
_MOST_HEARD = 0.8  # this share of the recordings decides where the spectrum ends
_SOME = 0.25  # this share is enough to listen above 11 kHz
_ONE_PITCH = 1.02  # a lamp or a screen whistles at the same pitch in all recordings
_AROUND = 1.3  # bands reach so many times beyond where most of the sound lies
_FEWEST_LOW_HZ = 2000.0  # mel bands are narrow below: nothing is won by leaving it out
_SAMPLES_A_BAND = 4
_FRAMES = 6  # that a clip has at least, where frames are made longer
_SUDDEN = 0.75
_FAR_SHORTER = 2.5
_SHORTEST_CLIP_S = 0.3
_NEARLY_ALL = 0.95
_AROUND_A_WORD = 1.15  # so that the quiet begin and end of a word are heard too
_MUCH_SHORTER = 0.75
_LABELS_A_TAKE_S = 1.5  # a window as short as that can label one sound of a take


class HeardChoice(NamedTuple):
    """A value and its reason."""

    value: float
    why: str


def lower_rate_hz(heard: Sequence[Heard], common_hz: int, limit_hz: int) -> HeardChoice | None:
    """The rate that holds all there is, where recordings end far below half of `limit_hz`.

    Args:
        heard: what was heard.
        common_hz: the rate of most recordings.
        limit_hz: the rate that would be taken without having listened.
    """
    if not heard:
        return None
    top_hz = _quantile([one.top_hz for one in heard], _MOST_HEARD)
    fits = [rate for rate in _LOWER_HZ if rate <= 0.8 * limit_hz and top_hz <= _ROOM * rate / 2]
    if not fits:
        return None
    rate = fits[0]
    empty = sum(one.top_hz <= _ROOM * rate / 2 for one in heard)
    return HeardChoice(
        rate,
        f"{share_of(empty, heard)} end at about {top_hz:,.0f} Hz, though stored at "
        f"{common_hz:,} Hz",
    )


def higher_rate_hz(heard: Sequence[Heard], common_hz: int, limit_hz: int) -> HeardChoice | None:
    """The rate that reaches what lies above 11 kHz, where a quarter of the recordings lie there."""
    if common_hz <= limit_hz:
        return None
    high = [one for one in heard if one.high]
    if not high or len(high) < _SOME * len(heard):
        return _reaching_calls(heard, common_hz)
    low_hz, high_hz = _span(_telling(high))
    share = share_of(len(high), heard)
    if low_hz < EVERYDAY_HZ and not any(one.outstanding_hz for one in high):
        why = f"{share} hold a steady noise up to {high_hz:,.0f} Hz, of which nothing stands out"
    elif low_hz < EVERYDAY_HZ:
        why = (
            f"{share} have most of their sound above 11 kHz, and nearly all of it between "
            f"{low_hz:,.0f} and {high_hz:,.0f} Hz"
        )
    else:
        why = (
            f"{share} have most of their sound above 11 kHz, from {low_hz:,.0f} to "
            f"{high_hz:,.0f} Hz"
        )
    return HeardChoice(_rate_for(high_hz, common_hz), why + _noise_alone(high))


def _reaching_calls(heard: Sequence[Heard], common_hz: int) -> HeardChoice | None:
    """The rate that reaches what stands out of louder but steady sound: crickets in the wind."""
    spans = outstanding_above(heard, EVERYDAY_HZ)
    if not spans:
        return None
    low_hz, high_hz = min(low for low, _ in spans), max(high for _, high in spans)
    if all(high <= _ONE_PITCH * low for low, high in (*spans, (low_hz, high_hz))):
        return None
    return HeardChoice(
        _rate_for(high_hz, common_hz),
        f"what stands out most in {share_of(len(spans), heard)} lies above 11 kHz, from "
        f"{low_hz:,.0f} to {high_hz:,.0f} Hz",
    )


def outstanding_above(heard: Sequence[Heard], limit_hz: float) -> list[tuple[float, float]]:
    """Where that lies which stands out, where it lies above; none where few recordings have any."""
    spans = [one.outstanding_hz for one in heard if one.outstanding_hz]
    above = [span for span in spans if span[0] > limit_hz]
    return above if len(above) >= _SOME * len(heard) else []


def _rate_for(high_hz: float, common_hz: int) -> int:
    needed = 2 * _AROUND * high_hz
    return min(next((one for one in _HIGHER_HZ if one >= needed), common_hz), common_hz)


def _telling(high: Sequence[Heard]) -> Sequence[Heard]:
    """Of recordings of high sound, those with calls; all where none was heard to call."""
    return [one for one in high if one.outstanding_hz and one.low_hz > EVERYDAY_HZ] or high


def _noise_alone(high: Sequence[Heard]) -> str:
    alone = sum(one.outstanding_hz is None and one.low_hz <= EVERYDAY_HZ for one in high)
    return f" ({alone} hold steady noise alone where they were heard)" if alone else ""


def band_range_hz(heard: Sequence[Heard], rate_hz: int) -> tuple[float, float | None] | None:
    """From where to where bands reach where all sound is high; None for the upper is half the rate.

    None where low sound is there too.
    """
    low_hz, high_hz = _span(_telling(heard) if all(one.high for one in heard) else heard)
    low_hz, high_hz = _two_digits(low_hz / _AROUND), _two_digits(high_hz * _AROUND)
    if low_hz < _FEWEST_LOW_HZ:
        return None
    return low_hz, high_hz if high_hz < rate_hz / 2 else None


def window_and_bands(
    rate_hz: int, clip_s: float, window_s: float, bands: int, low_hz: float, high_hz: float | None
) -> tuple[float, int]:
    """Frames and bands like these, of which none stays empty: longer frames, then fewer bands.

    >>> window_and_bands(8000, 0.7, 0.025, 32, 0.0, None), window_and_bands(
    ...     100, 8.0, 0.032, 32, 0.0, None)
    ((0.025, 32), (1.28, 32))
    """
    if not _bands(rate_hz, window_s, bands, low_hz, high_hz).empty_bands():
        return window_s, bands
    longest = max(_SAMPLES_A_BAND, round(clip_s * rate_hz) // _FRAMES)
    samples = min(max(round(window_s * rate_hz), _SAMPLES_A_BAND * bands), longest)
    window_s = round(samples / rate_hz, 6)
    most = min(bands, max(1, samples // _SAMPLES_A_BAND))
    return window_s, _bands(rate_hz, window_s, most, low_hz, high_hz).max_bands()


def _bands(
    rate_hz: int, window_s: float, bands: int, low_hz: float, high_hz: float | None
) -> LogMel:
    window_s = max(
        window_s, 3 / rate_hz
    )  # two samples have no frequency between 0 and half the rate
    return LogMel(
        rate_hz=rate_hz,
        window_s=window_s,
        hop_s=window_s,
        bands=bands,
        low_hz=low_hz,
        high_hz=high_hz,
    )


def one_shot_clip_s(heard: Sequence[Heard], usual_s: float) -> HeardChoice | None:
    """How long sudden sounds last that ring out or are followed by silence; else None.

    What is silent before they begin does not count: clips are cut where something sounds.

    A window as long as the longest of them could not label one sound of a take among others.

    Args:
        heard: what was heard; each a whole recording.
        usual_s: the clip that the lengths of the files ask for.
    """
    if usual_s <= _LABELS_A_TAKE_S:
        return None
    whole = [one for one in heard if one.lasts_s is not None]
    sudden = [one for one in whole if one.at_once or one.sudden]
    if not sudden or len(sudden) < _SUDDEN * len(heard):
        return None
    lasts_s = _quantile([one.lasts_s or usual_s for one in heard], _MOST_HEARD)
    if _FAR_SHORTER * lasts_s > usual_s:
        return None
    if not all(one.at_once for one in sudden):
        why = f"sudden sounds, some after silence: 4 of 5 have nearly passed after {lasts_s:.2g} s"
        return HeardChoice(max(lasts_s, _SHORTEST_CLIP_S), why)
    return HeardChoice(
        max(lasts_s, _SHORTEST_CLIP_S),
        f"sounds that begin at once: 4 of 5 have nearly passed after {lasts_s:.2g} s",
    )


def sounding_clip_s(heard: Sequence[Heard], usual_s: float) -> HeardChoice | None:
    """For how long most recordings sound, where that is much less than they last; else None.

    Words are heard whole, since half a word is not the word: so a short clip fits nearly all.

    Args:
        heard: what was heard.
        usual_s: the clip that the lengths of the files ask for.
    """
    sounds = [math.inf if one.sounding_s is None else one.sounding_s for one in heard]
    if not sounds:
        return None
    if usual_s <= _LABELS_A_TAKE_S:
        sounds_s = _quantile(sounds, _NEARLY_ALL)
        clip_s = _AROUND_A_WORD * sounds_s
        why = f"19 of 20 recordings sound for {sounds_s:.2g} s or less; clips are cut there"
    else:
        clip_s = sounds_s = _quantile(sounds, _MOST_HEARD)
        why = f"4 of 5 recordings sound for {sounds_s:.2g} s or less; clips are cut there"
    clip_s = max(clip_s, _SHORTEST_CLIP_S)
    return HeardChoice(clip_s, why) if clip_s <= _MUCH_SHORTER * usual_s else None


def _passed_s(one: Heard) -> float | None:
    """How long after the beginning of the file its sound has nearly passed."""
    return None if one.lasts_s is None else one.begins_s + one.lasts_s


def _span(heard: Sequence[Heard]) -> tuple[float, float]:
    """Where most of the sound of nearly all of them lies."""
    return (
        _quantile([one.low_hz for one in heard], 0.05),
        _quantile([one.high_hz for one in heard], 0.95),
    )


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def share_of(some: int, heard: Sequence[Heard]) -> str:
    """How many of the files that were heard, as the subject of a sentence."""
    if some < len(heard):
        return f"{some} of {counted(len(heard), 'file')} heard"
    return f"all {counted(some, 'file')} heard"


def heard_in_words(heard: Sequence[Heard]) -> str:
    """What was measured before anything was chosen, in one sentence; empty where nobody listened.

    >>> one = Heard(8000, 3800.0, False, 90.0, 3500.0, False, 0.4, True, -25.0, heard_s=0.6)
    >>> print(heard_in_words([one, one]))
    heard in 2 files: the spectrum ends at about 3,800 Hz, most of the sound lies between 90 and
    3,500 Hz, half of the files are louder than -25 dB, and in half of them the sound is over by
    0.40 s
    """
    if not heard:
        return ""
    top_hz = _quantile([one.top_hz for one in heard], _MOST_HEARD)
    low_hz, high_hz = _span(_telling(heard) if all(one.high for one in heard) else heard)
    loud = _quantile([one.rms_db for one in heard], 0.5)
    lasting = [passed for one in heard if (passed := _passed_s(one)) is not None]
    over = (
        f", and in half of them the sound is over by {_quantile(lasting, 0.5):.2f} s"
        if lasting
        else ""
    )
    return (
        f"heard in {counted(len(heard), 'file')}: the spectrum ends at about {top_hz:,.0f} Hz, "
        f"most of the sound lies between {low_hz:,.0f} and {high_hz:,.0f} Hz, half of the files "
        f"are louder than {loud:.0f} dB{over}"
    )


def _two_digits(hz: float) -> float:
    return float(f"{hz:.2g}")
