"""The data doctor: finds recordings that are unreadable, silent, clipped, duplicate or similar."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from tonotope._progress import SILENT, Progress
from tonotope.audio.channels import Channels, downmix_note
from tonotope.datasets import check_report, duplicates
from tonotope.datasets.audio_stats import AudioStats, measure_audio
from tonotope.datasets.check_report import CheckReport
from tonotope.datasets.file_reader import read_files, read_parts
from tonotope.datasets.heard import is_narrow
from tonotope.datasets.manifest import Manifest, Recording, Skipped
from tonotope.datasets.near_duplicates import near_duplicates
from tonotope.datasets.waveform_store import NO_SOUND

_CLIPPED = 0.05
_AT_FULL_SCALE = 1.05  # floats may go beyond 1: what does was not clipped there
_BEYOND = 8.0  # 18 dB above full scale: no level, but another unit
_QUIET_DB = -60.0
_OFFSET = 0.02
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

    similar = _similar(usable, measured, [frozenset(group.ids) for group in same])

    def named(test: Callable[[AudioStats], bool]) -> tuple[str, ...]:
        return tuple(one.id for one in usable if test(measured[one.id]))

    found = CheckReport(
        recordings=len(usable),
        label=label or "",
        classes=check_report.class_counts(usable, label or ""),
        groups=len({one.group for one in usable}),
        durations=check_report.durations(usable),
        rates=check_report.most_common([one.rate_hz for one in usable]),
        channels=check_report.most_common([one.channels for one in usable]),
        formats=check_report.most_common([measured[one.id].format for one in usable]),
        silent=named(lambda one: one.silent),
        constant=named(lambda one: one.constant),
        offset=named(
            lambda one: abs(one.offset) > _OFFSET * max(1.0, one.peak) and not one.constant
        ),
        clipped=named(
            lambda one: one.clipped > _CLIPPED and one.peak <= _AT_FULL_SCALE and not one.constant
        ),
        beyond=tuple(
            (one.id, measured[one.id].peak) for one in usable if measured[one.id].peak > _BEYOND
        ),
        quiet=named(lambda one: one.rms_db < _QUIET_DB and not (one.silent or one.constant)),
        band_hz=band_hz,
        narrow=_narrow(usable, measured, band_hz),
        unheard=_unheard(usable, measured, band_hz),
        doubtful=tuple((one.id, said) for one in usable for said in measured[one.id].doubts),
        duplicates=tuple((group.ids, group.how) for group in same),
        similar=similar,
        sounds={name: one.sound for name, one in measured.items()},
        skipped=(*manifest.skipped, *unread),
        notes=(*manifest.notes, *downmix_note((one.channels for one in usable), channels)),
        warnings=(
            *manifest.warnings,
            *duplicates.duplicate_warnings(same),
            *_search_ended(usable, similar),
        ),
    )
    return replace(found, advice=check_report.advice(found, manifest))


def _search_ended(
    usable: Sequence[Recording], similar: Sequence[tuple[str, str]]
) -> tuple[str, ...]:
    """Where recordings that sound nearly the same were not, or not all, looked for."""
    if len(usable) > _MOST_COMPARED:
        return (
            f"{len(usable):,} recordings were not compared with each other, so copies that are cut"
            f" or coded anew are not found; up to {_MOST_COMPARED:,} are compared: check a part of"
            " them at a time",
        )
    if len(similar) == _MOST_PAIRS:
        return (f"the search for copies ended at {_MOST_PAIRS:,} pairs; there may be more",)
    return ()


def _narrow(
    usable: Sequence[Recording],
    measured: Mapping[str, AudioStats],
    band_hz: tuple[float, float] | None,
) -> tuple[tuple[str, float], ...]:
    """Recordings that a filter cut off well below where a network listens, and where."""
    found = [(one, measured[one.id].heard) for one in usable]
    return tuple(
        (one.id, heard.top_hz)
        for one, heard in found
        if heard and band_hz and is_narrow(heard, band_hz[1])
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
) -> tuple[tuple[str, str], ...]:
    """Pairs from different groups whose fingerprints agree, without those known to be the same."""
    printed = [(one, p) for one in recordings if (p := measured[one.id].fingerprint) is not None]
    if len(printed) < 2 or len(recordings) > _MOST_COMPARED:
        return ()
    pairs: list[tuple[str, str]] = []
    for row, column in near_duplicates([found for _, found in printed]):
        one, other = printed[row][0], printed[column][0]
        same = any({one.id, other.id} <= group for group in known)
        if one.group != other.group and not same:
            pairs.append((one.id, other.id))
        if len(pairs) == _MOST_PAIRS:
            break
    return tuple(pairs)
