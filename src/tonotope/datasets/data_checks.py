"""The data doctor: finds recordings that are unreadable, silent, clipped, duplicate or similar."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from tonotope._progress import SILENT, Progress
from tonotope.audio.channels import Channels, downmix_note
from tonotope.audio.lossy_peaks import is_lossy
from tonotope.datasets import check_advice, check_report, duplicates
from tonotope.datasets.audio_stats import AudioStats, measure_audio
from tonotope.datasets.check_report import CheckReport
from tonotope.datasets.file_reader import read_files, read_parts
from tonotope.datasets.fingerprint import Fingerprint
from tonotope.datasets.heard import narrow_ones
from tonotope.datasets.labels import tag_warnings
from tonotope.datasets.manifest import Manifest, Recording, Skipped
from tonotope.datasets.near_duplicates import compared_s, near_duplicates
from tonotope.datasets.quantities import Quantity
from tonotope.datasets.sparse_calls import sparse_calls_note
from tonotope.datasets.wave_pairs import WavePairs
from tonotope.datasets.waveform_store import NO_SOUND

CLIPPED = 0.05
AT_FULL_SCALE = 1.05  # floats may go beyond 1: what does was not clipped there
_BEYOND = 8.0  # 18 dB above full scale: no level, but another unit
QUIET_DB = -60.0
_OFFSET = 0.02
_SHORTEST_OFFSET_S = 0.1  # two periods of the lowest tone that is heard
_MOST_COMPARED = 20_000
_MOST_PAIRS = 1000  # where all recordings are alike, a thousand pairs say so too


def check_recordings(
    manifest: Manifest,
    *,
    label: str | None = "label",
    repair: str = "refuse",
    channels: Channels = "mean",
    strict: bool = False,
    rate_hz: int | None = None,
    band_hz: tuple[float, float] | None = None,
    tags: Mapping[str, Sequence[str]] | None = None,
    quantities: Mapping[str, Mapping[str, float]] | None = None,
    clip_s: float | None = None,
    progress: Progress = SILENT,
) -> CheckReport:
    """Decode every recording once and report what deserves a look.

    Args:
        manifest: the recordings.
        label: the target that is counted; where no recording has it and there is one other, that.
            None where targets are no classes: nothing is counted.
        repair: NaN and infinite samples `refuse` a recording or become `zero`.
        channels: how several channels become the one that the network hears.
        strict: a recording with something doubtful is left out.
        rate_hz: leave out recordings that have no sample at this rate.
        band_hz: from where to where a network listens; None: nothing is compared with it.
        tags: the labels of each recording that may have several, by its id.
        quantities: by their names the numbers that are learned, by the ids of recordings.
        clip_s: of the windows that long recordings are cut into, in seconds, where it is known.
        progress: reports each recording.
    """
    targets = {name for one in manifest.recordings for name in one.targets}
    if label is not None and label not in targets and len(targets) == 1:
        (label,) = targets

    def measure(parts: Sequence[Recording], content: bytes | None) -> list[AudioStats | Skipped]:
        read = partial(measure_audio, repair=repair, channels=channels)
        looks = read_parts(parts, read, content)
        return [
            _usable(one, look, strict, rate_hz) if isinstance(look, AudioStats) else look
            for one, look in zip(parts, looks, strict=True)
        ]

    looks = read_files(
        manifest.recordings,
        measure,
        task="listen to the recordings",
        threads=min(4, os.cpu_count() or 1),
        progress=progress,
    )
    pairs = [*zip(manifest.recordings, looks, strict=True)]
    measured = {one.id: look for one, look in pairs if isinstance(look, AudioStats)}
    unread = [look for look in looks if isinstance(look, Skipped)]
    usable = [one for one in manifest.recordings if one.id in measured]
    heard = Manifest(tuple(usable), (), (), (), manifest.root)
    sounds = {name: one.sound for name, one in measured.items()}
    same = duplicates.find_duplicates(heard, sounds)

    found_of = {
        name: Quantity.of(name, [of.get(one.id, math.nan) for one in usable])
        for name, of in (quantities or {}).items()
    }
    measured_quantities = tuple(one for one in found_of.values() if one)
    waves = WavePairs([one for one, _ in _printed(usable, measured)], repair, channels)
    similar = _similar(usable, measured, [frozenset(group.ids) for group in same], waves)

    def named(test: Callable[[AudioStats], bool]) -> tuple[str, ...]:
        return tuple(one.id for one in usable if test(measured[one.id]))

    found = CheckReport(
        recordings=len(usable),
        label=label or "",
        classes=check_report.class_counts(usable, label or ""),
        tags=check_report.tag_counts(usable, tags or {}),
        quantities=measured_quantities,
        groups=len({one.group for one in usable}),
        durations=check_report.durations(usable),
        rates=check_report.most_common([one.rate_hz for one in usable]),
        channels=check_report.most_common([one.channels for one in usable]),
        formats=check_report.most_common([measured[one.id].format for one in usable]),
        silent=named(lambda one: one.silent),
        brief=named(lambda one: 0 < one.samples < check_report.FEWEST_SAMPLES),
        constant=named(_is_constant),
        offset=tuple(one.id for one in usable if _has_offset(measured[one.id], one.duration_s)),
        clipped=named(
            lambda one: one.clipped > CLIPPED and one.peak <= AT_FULL_SCALE and not one.constant
        ),
        beyond=tuple(
            (one.id, look.peak)
            for one in usable
            if (look := measured[one.id]).peak > _BEYOND and not is_lossy(look.format)
        ),
        quiet=named(lambda one: one.rms_db < QUIET_DB and not (one.silent or one.constant)),
        band_hz=band_hz,
        narrow=_narrow(usable, measured, band_hz),
        unheard=_unheard(usable, measured, band_hz),
        doubtful=tuple((one.id, said) for one in usable for said in measured[one.id].doubts),
        duplicates=tuple((group.ids, group.how) for group in same),
        similar=similar,
        sounds={name: one.sound for name, one in measured.items()},
        skipped=(*manifest.skipped, *unread),
        notes=(
            *manifest.notes,
            *downmix_note((one.channels for one in usable), channels),
            *(one.sentence() for one in measured_quantities),
        ),
        warnings=(
            *manifest.warnings,
            *tag_warnings(tag for one in usable for tag in (tags or {}).get(one.id, ())),
            *(doubt for one in measured_quantities for doubt in one.doubts()),
            *duplicates.duplicate_warnings(same),
            *_search_ended(usable, measured, similar),
            *waves.notes(),
            *sparse_calls_note([one for look in measured.values() if (one := look.heard)], clip_s),
        ),
        not_compared=_not_compared(usable, measured),
    )
    return replace(found, advice=check_advice.advice(found, manifest))


def _search_ended(
    usable: Sequence[Recording],
    measured: Mapping[str, AudioStats],
    similar: Sequence[tuple[str, str]],
) -> tuple[str, ...]:
    """Where recordings that sound nearly the same were not, or not all, looked for."""
    if len(usable) > _MOST_COMPARED:
        return (
            f"{len(usable):,} recordings were not compared with each other, so copies that are cut"
            f" or coded anew are not found; up to {_MOST_COMPARED:,} are compared: check a part of"
            " them at a time",
        )
    said: list[str] = []
    first_s = compared_s([found for _, found in _printed(usable, measured)])
    if first_s is not None:
        said.append(
            f"of {len(usable):,} recordings only the first {first_s:.1f} s each were compared with"
            " each other, so copies that were cut by more at the start are not found; check a part"
            " of them at a time"
        )
    if len(similar) == _MOST_PAIRS:
        said.append(f"the search for copies ended at {_MOST_PAIRS:,} pairs; there may be more")
    return tuple(said)


def _not_compared(
    usable: Sequence[Recording], measured: Mapping[str, AudioStats]
) -> tuple[str, ...]:
    """Recordings with sound that has no fingerprint: of too low a rate, or too short."""
    if len(usable) > _MOST_COMPARED:
        return tuple(one.id for one in usable)
    looks = [(one.id, measured[one.id]) for one in usable]
    return tuple(
        name
        for name, look in looks
        if look.fingerprint is None and not (look.silent or look.constant)
    )


def _printed(
    recordings: Sequence[Recording], measured: Mapping[str, AudioStats]
) -> list[tuple[Recording, Fingerprint]]:
    """The recordings that have a fingerprint, with it."""
    return [(one, p) for one in recordings if (p := measured[one.id].fingerprint) is not None]


def _is_constant(one: AudioStats) -> bool:
    """Whether its samples are all the same, where they are enough to say so."""
    return one.constant and one.samples >= check_report.FEWEST_SAMPLES


def _has_offset(one: AudioStats, duration_s: float) -> bool:
    """Whether its mean is far from 0, and it lasts long enough that no half wave is its mean."""
    far = abs(one.offset) > _OFFSET * max(1.0, one.peak)
    return far and not one.constant and duration_s >= _SHORTEST_OFFSET_S


def _narrow(
    usable: Sequence[Recording],
    measured: Mapping[str, AudioStats],
    band_hz: tuple[float, float] | None,
) -> tuple[tuple[str, float], ...]:
    """Recordings that a filter cut off well below where a network listens, and where."""
    if not band_hz:
        return ()
    found = [(one.id, heard) for one in usable if (heard := measured[one.id].heard)]
    narrow = narrow_ones([heard for _, heard in found], band_hz[1])
    return tuple(
        (name, heard.top_hz) for (name, heard), cut in zip(found, narrow, strict=True) if cut
    )


def _unheard(
    usable: Sequence[Recording],
    measured: Mapping[str, AudioStats],
    band_hz: tuple[float, float] | None,
) -> tuple[tuple[str, float, float], ...]:
    """Recordings most of whose sound lies outside a network's band: from where to where."""
    found = [(one, measured[one.id].heard) for one in usable]
    return tuple(
        (one.id, heard.low_hz, heard.high_hz)
        for one, heard in found
        if heard and band_hz and (heard.low_hz > band_hz[1] or heard.high_hz < band_hz[0])
    )


def _usable(
    one: Recording, look: AudioStats, strict: bool, rate_hz: int | None
) -> AudioStats | Skipped:
    """The recording, or why `run` leaves it out once it is decoded."""
    if strict and look.doubts:
        return Skipped(one.id, None, look.doubts[0])
    samples = max(1, round(one.duration_s * one.rate_hz))
    if rate_hz is not None and 2 * samples * rate_hz < one.rate_hz:  # resampling rounds
        return Skipped(one.id, None, NO_SOUND)
    return look


def _similar(
    recordings: Sequence[Recording],
    measured: Mapping[str, AudioStats],
    known: Sequence[frozenset[str]],
    waves: WavePairs,
) -> tuple[tuple[str, str], ...]:
    """Pairs from different groups whose fingerprints agree, without those known to be the same."""
    printed = _printed(recordings, measured)
    if len(printed) < 2 or len(recordings) > _MOST_COMPARED:
        return ()
    pairs: list[tuple[int, int]] = []
    for row, column in near_duplicates([found for _, found in printed], waves):
        one, other = printed[row][0], printed[column][0]
        same = any({one.id, other.id} <= group for group in known)
        if one.group != other.group and not same:
            pairs.append((row, column))
        if len(pairs) == _MOST_PAIRS:
            break
    return tuple((printed[row][0].id, printed[column][0].id) for row, column in sorted(pairs))
