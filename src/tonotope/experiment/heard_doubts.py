"""Where what was heard and where a network listens disagree: sound beyond its bands, or between."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tonotope.datasets.heard import Heard
from tonotope.experiment.choice import Choice
from tonotope.experiment.heard_settings import share_of
from tonotope.representation import Representation
from tonotope.representation.log_mel import MelBands

_SOME = 0.25  # this share of the recordings is worth a sentence
_MOST = 0.5
_COARSE = 0.5  # a band as wide as that times the frequency: two notes an octave apart are one
_ONE_PITCH = 1.02
_RATES_HZ = (20, 50, 100, 200, 500, 1000, 2000)


def heard_doubts(heard: Sequence[Heard], representation: Representation) -> list[str]:
    """Sentences on sound that lies outside the bands, or that the bands cannot tell apart."""
    return [*beyond_bands(heard, representation), *coarse_bands(heard, representation)]


def cancelled_channels(heard: Sequence[Heard]) -> list[str]:
    """The channels cancel in their mean, which is what is heard unless one is asked for."""
    takes = [one.cancelled for one in heard if one.cancelled is not None]
    if not takes:
        return []
    take = max(takes, key=takes.count)
    return [
        f"the channels of {share_of(len(takes), heard)} cancel: next to nothing of them is in "
        f"their mean, which would be heard; data.channels = {take} takes one"
    ]


def channel_to_take(heard: Sequence[Heard]) -> Choice | None:
    """The first channel, where the channels of most files cancel in their mean."""
    takes = [one.cancelled for one in heard if one.cancelled is not None]
    if 2 * len(takes) <= len(heard) or any(takes):  # a second channel is not in every file
        return None
    return Choice(0, f"the channels of {share_of(len(takes), heard)} cancel in their mean")


def beyond_bands(heard: Sequence[Heard], representation: Representation) -> list[str]:
    """What stands out most of the background lies where the network does not listen."""
    low_hz, high_hz = representation.band_hz
    spans = [one.outstanding_hz for one in heard if one.outstanding_hz]
    outside = [(low, high) for low, high in spans if low > high_hz or high < low_hz]
    if not outside or len(outside) < _SOME * len(heard):
        return []
    begins, ends = min(low for low, _ in outside), max(high for _, high in outside)
    most_hz = max(one.rate_hz for one in heard)
    cure = (
        f"representation.rate_hz = {min(2.2 * ends, most_hz):.0f} would reach it"
        if ends > high_hz
        else f"representation.low_hz = {0.9 * begins:.2g} would reach it"
    )
    whistle = (
        " (at one pitch everywhere it may be the whistle of a lamp or a screen)"
        if ends <= _ONE_PITCH * begins
        else ""
    )
    return [
        f"what stands out most in {share_of(len(outside), heard)} lies between {begins:,.0f} and "
        f"{ends:,.0f} Hz{whistle}, where the network does not listen (it does from {low_hz:,.0f} "
        f"to {high_hz:,.0f} Hz): {cure}"
    ]


def coarse_bands(heard: Sequence[Heard], representation: Representation) -> list[str]:
    """Most of the sound lies so low that all of it falls into one or two bands."""
    blurred = [
        one
        for one in heard
        if (width_hz := _band_width_hz(representation, one.high_hz)) is not None
        and width_hz > _COARSE * one.high_hz
    ]
    # Where others lie higher, these differ from them at least.
    if len(blurred) <= _MOST * len(heard):
        return []
    low_hz, high_hz = min(one.low_hz for one in blurred), max(one.high_hz for one in blurred)
    width_hz = _band_width_hz(representation, high_hz) or 0.0
    rate_hz = next((rate for rate in _RATES_HZ if rate >= 2.2 * high_hz), _RATES_HZ[-1])
    return [
        f"{share_of(len(blurred), heard)} have most of their sound between {low_hz:,.0f} and "
        f"{high_hz:,.0f} Hz, where a band is {width_hz:,.0f} Hz wide, so their pitches are not told"
        f" apart; if that is the sound you mean, `tonotope new` with --set "
        f"representation.rate_hz={rate_hz} chooses bands and frames for it; if it is wind or hum, "
        f"representation.low_hz = {_two_digits(1.5 * high_hz):g} leaves it out"
    ]


def _band_width_hz(representation: Representation, hz: float) -> float | None:
    """How far apart two bands are at a frequency; None where there are no bands."""
    finest = representation.frequency_resolution_hz
    if finest is None or not isinstance(representation, MelBands):
        return finest
    edges = representation.band_edges_hz()
    at = min(max(int(np.searchsorted(edges, hz, side="right")), 1), len(edges) - 1)
    return max(finest, float(edges[at] - edges[at - 1]))


def _two_digits(hz: float) -> float:
    return float(f"{hz:.2g}")
