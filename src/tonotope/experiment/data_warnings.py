"""Warnings before training: recordings shorter than a clip, rates that differ, highs left out.

Nothing here is an error: short recordings are filled up, high rates are brought down, frames may
be as far apart as somebody wants them. But who does not know of it takes what is missing for a
weakness of the network.
"""

from __future__ import annotations

from collections.abc import Sequence

from tonotope._wording import counted, first_five
from tonotope.audio.channels import downmix_note
from tonotope.audio.padding import Fill
from tonotope.datasets.heard import Heard, narrow_ones
from tonotope.datasets.manifest import Recording
from tonotope.datasets.sparse_calls import sparse_calls_note
from tonotope.experiment import target_columns
from tonotope.experiment.data_summary import DataSummary
from tonotope.experiment.heard_doubts import heard_doubts
from tonotope.experiment.proposed_settings import HIGHEST_RATE_HZ, choose_clip_s, choose_rate_hz
from tonotope.experiment.request import ResolvedExperiment
from tonotope.experiment.target_values import target_doubts
from tonotope.heads import Task
from tonotope.representation.coverage import measure_coverage
from tonotope.representation.sample_rate import kilohertz_hint

_DIFFERENCE = 2  # one recording that ends lower teaches nothing about a class

_FILLED_WITH: dict[Fill, str] = {
    "silence": "silence",
    "around": "silence on both sides",
    "repeat": "themselves again",
}


def data_warnings(request: ResolvedExperiment) -> list[str]:
    """Sentences on doubtful targets, what the frames leave out, short recordings, and rates."""
    experiment, recordings = request.experiment, request.manifest.recordings
    data, samples = experiment.data, experiment.clip_samples
    found = measure_coverage(experiment.representation, samples)
    rate_hz = experiment.representation.rate_hz
    clip_s = data.clip_s or samples / rate_hz
    # What the rules choose themselves, they say where they choose it.
    summary = DataSummary.of(request.manifest, target_columns.label(experiment))
    own_rate = rate_hz == choose_rate_hz(summary).value
    own_clip = clip_s == choose_clip_s(summary, rate_hz).value
    most = len(recordings) // 2
    short = _short(recordings, clip_s)
    short = [] if own_clip and len(short) > most else short
    cut_off = _cut_off(recordings, found.high_hz)
    everyday = own_rate and rate_hz >= HIGHEST_RATE_HZ  # the rule: higher sound is not needed
    cut_off = [] if everyday or (own_rate and len(cut_off) > most) else cut_off
    hint = kilohertz_hint(rate_hz)
    return [
        *target_doubts(experiment, recordings),
        *(said for said in found.warnings if not (own_rate and hint and hint in said)),
        *downmix_note((one.channels for one in recordings), data.channels),
        *_of_short(short, recordings, clip_s, data.fill),
        *_without_highs(recordings, found.high_hz, experiment.head),
        *_narrow(request.manifest.heard, found.high_hz, experiment.head),
        *_of_cut_off(cut_off, recordings, found.high_hz),
        *heard_doubts(request.manifest.heard, experiment.representation),
        *sparse_calls_note(request.manifest.heard, clip_s, recordings),
    ]


def _short(recordings: Sequence[Recording], clip_s: float) -> list[Recording]:
    return [one for one in recordings if one.duration_s < clip_s - 0.5 / one.rate_hz]


def _of_short(
    short: Sequence[Recording], recordings: Sequence[Recording], clip_s: float, fill: Fill
) -> list[str]:
    if not short:
        return []
    done = _FILLED_WITH[fill]
    return [
        f"{_some(short, recordings)} shorter than the {clip_s:g} s that the network hears at "
        f'once, and filled up with {done} (data.fill = "{fill}"){_named(short, recordings)}'
    ]


def _without_highs(recordings: Sequence[Recording], high_hz: float, head: Task) -> list[str]:
    """What some recordings lack, a network can learn; what all lack is only empty."""
    dull = [one for one in recordings if one.rate_hz / 2 < high_hz]
    if not dull:
        return []
    if len(dull) == len(recordings):
        rate_hz = max(one.rate_hz for one in dull)
        return [
            f"{_some(dull, recordings)} without sound above {rate_hz / 2:,.0f} Hz, where the "
            f"network listens up to {high_hz:,.0f} Hz: representation.rate_hz = {rate_hz} would "
            "leave nothing empty"
        ]
    top_hz = min(one.rate_hz for one in dull) / 2
    if head.noise is not None:  # it is not asked who or what sounds
        return [
            f"{_some(dull, recordings)} without sound above {top_hz:,.0f} Hz, where the network "
            f"listens up to {high_hz:,.0f} Hz: nothing is there to clean{_named(dull, recordings)}"
        ]
    if target_columns.by_label(head):
        return [
            f"{_some(dull, recordings)} without sound above {top_hz:,.0f} Hz, where the network "
            f"listens up to {high_hz:,.0f} Hz, and it can learn that instead of the sound if it "
            f"differs between classes{_named(dull, recordings)}"
        ]
    return [
        f"{_some(dull, recordings)} without sound above {top_hz:,.0f} Hz, where the network "
        f"listens up to {high_hz:,.0f} Hz, and it can learn that instead of the sound if it "
        f"goes with what is asked for{_named(dull, recordings)}"
    ]


def _narrow(heard: Sequence[Heard], high_hz: float, head: Task) -> list[str]:
    """Some of the recordings end, whatever their header says, well below where others go on."""
    narrow = narrow_ones(heard, high_hz)
    ends = [one.top_hz for one, cut in zip(heard, narrow, strict=True) if cut]
    if len(ends) < _DIFFERENCE or len(ends) == len(heard):
        return []
    if head.noise is not None:
        return [
            f"{len(ends)} of {counted(len(heard), 'file')} that were listened to hold nothing "
            f"above {max(ends):,.0f} Hz, whatever the header says, where the network listens up to "
            f"{high_hz:,.0f} Hz; `tonotope check` names them"
        ]
    if target_columns.by_label(head):
        return [
            f"{len(ends)} of {counted(len(heard), 'file')} that were listened to hold nothing "
            f"above {max(ends):,.0f} Hz, whatever the header says, where the network listens up to "
            f"{high_hz:,.0f} Hz, and it can learn that instead of the sound if it differs between "
            "classes; `tonotope check` names them"
        ]
    return [
        f"{len(ends)} of {counted(len(heard), 'file')} that were listened to hold nothing above "
        f"{max(ends):,.0f} Hz, whatever the header says, where the network listens up to "
        f"{high_hz:,.0f} Hz, and it can learn that instead of the sound if it goes with what is "
        "asked for; `tonotope check` names them"
    ]


def _cut_off(recordings: Sequence[Recording], high_hz: float) -> list[Recording]:
    return [one for one in recordings if one.rate_hz / 2 > high_hz]


def _of_cut_off(
    rich: Sequence[Recording], recordings: Sequence[Recording], high_hz: float
) -> list[str]:
    if not rich:
        return []
    top_hz = max(one.rate_hz for one in rich) / 2
    return [
        f"{_some(rich, recordings)} heard up to {high_hz:,.0f} Hz only, though there is room for "
        f"sound up to {top_hz:,.0f} Hz (representation.rate_hz){_named(rich, recordings)}"
    ]


def _some(few: Sequence[Recording], all_of_them: Sequence[Recording]) -> str:
    of = counted(len(all_of_them), "recording")
    if len(few) == len(all_of_them):
        return f"all {of} are"
    return f"{len(few):,} of {of} {'is' if len(few) == 1 else 'are'}"


def _named(few: Sequence[Recording], all_of_them: Sequence[Recording]) -> str:
    if len(few) == len(all_of_them):
        return ""
    return f": {first_five([one.id for one in few])}"
