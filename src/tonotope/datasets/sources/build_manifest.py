"""From files to recordings: length, rate, sha256; event times checked, unusable ones skipped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tonotope._errors import AudioError, DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import spoken
from tonotope.audio.file_header import AudioFacts
from tonotope.audio.kept_files import KeptFiles, current_kept_files
from tonotope.audio.open_sound import with_sound
from tonotope.audio.sound_file import SoundFile
from tonotope.datasets.heard_sample import HeardSample, chosen, current_sample
from tonotope.datasets.manifest import Recording, Skipped
from tonotope.datasets.sources.other_units import TimedRow, refuse_other_units
from tonotope.runtime.thread_pool import thread_pool

_TOGETHER = 64  # files a thread takes at once: small ones are done faster than handed over
_THREADS = 4
_SLACK_S = 0.01  # an event may end this much after its file: tables round


class SourceEntry(NamedTuple):
    """What a source says of one recording, before its file is looked at.

    Attributes:
        name: the path below the root, as it is on the disk.
        path: the file.
        targets: the text of each target.
        group: recordings of one group stay in one part of a split.
        row: its row in the table.
        fold: the published fold.
        part: train, validation or test, where the source says so.
        start_s: where an event starts; None for a whole file.
        end_s: where an event ends; None is the end of the file.
    """

    name: str
    path: Path
    targets: Mapping[str, str]
    group: str
    row: int | None = None
    fold: str | None = None
    part: str | None = None
    start_s: float | None = None
    end_s: float | None = None


# Makes entries fit the lengths of their files in seconds; files that cannot be read have none.
FitTimes = Callable[[Mapping[Path, float]], Sequence[SourceEntry]]
# Refuses entries that do not fit the lengths of their files in seconds.
RefuseTimes = Callable[[Sequence[SourceEntry], Mapping[Path, float]], None]

# More entries, of files that are looked at anyway, given those that can be used and the lengths.
AddEntries = Callable[[Sequence[SourceEntry], Mapping[Path, float]], Sequence[SourceEntry]]


def build_recordings(
    entries: Sequence[SourceEntry],
    *,
    strict: bool = False,
    max_duration_s: float | None = None,
    refuse_times: RefuseTimes | None = None,
    fit_times: FitTimes | None = None,
    add_entries: AddEntries | None = None,
    table: Path | None = None,
    progress: Progress = SILENT,
) -> tuple[list[Recording], list[Skipped]]:
    """The recordings of `entries`, and those left out, each with its reason.

    Args:
        entries: what a source says of each recording.
        strict: make the first that cannot be used fatal.
        max_duration_s: longer files are left out.
        refuse_times: is given the entries and the length of each file, and may refuse them.
        fit_times: is given the length of each file, and returns the entries to use in their place.
        add_entries: is given the entries that can be used and the length of each file, and returns
            more, whose recordings stand behind the others.
        table: the table that says the times of events, named where they are refused.
        progress: reports each file.

    Raises:
        AudioError: `strict`, and a recording cannot be used.
        DataError: the times of events are in milliseconds, numbers of samples, hours or days.
    """
    looks = probe_files(
        (entry.path for entry in entries), max_duration_s=max_duration_s, progress=progress
    )
    read = {path: look for path, look in looks.items() if isinstance(look, ProbedFile)}
    lasts_s = {path: look.facts.duration_s for path, look in read.items()}
    if refuse_times is not None:
        refuse_times(entries, lasts_s)
    if fit_times is not None:
        entries = fit_times(lasts_s)
    refuse_other_units(_timed(entries, looks), f"{table}: " if table else "")
    recordings: list[Recording] = []
    skipped: list[Skipped] = []
    used: list[SourceEntry] = []
    for entry in entries:
        look = looks[entry.path]
        reason = look.reason if isinstance(look, AudioError) else _impossible(entry, look)
        if reason is None and isinstance(look, ProbedFile):
            recordings.append(_recording(entry, look))
            used.append(entry)
            continue
        left_out = Skipped(entry.name, entry.row, reason or "")
        if strict:
            raise DataError(str(left_out))
        progress.say(str(left_out))
        skipped.append(left_out)
    if add_entries is not None:
        more = add_entries(used, lasts_s)
        recordings += [
            _recording(entry, look)
            for entry in more
            if isinstance(look := looks[entry.path], ProbedFile)
        ]
    return recordings, skipped


def _timed(
    entries: Sequence[SourceEntry], looks: Mapping[Path, ProbedFile | AudioError]
) -> list[TimedRow]:
    """The events whose files could be read."""
    return [
        TimedRow(
            *(entry.row, entry.name, entry.start_s, entry.end_s),
            *(look.facts.duration_s, look.facts.rate_hz),
        )
        for entry in entries
        if (entry.start_s is not None or entry.end_s is not None)
        and isinstance(look := looks[entry.path], ProbedFile)
    ]


def _recording(entry: SourceEntry, look: ProbedFile) -> Recording:
    start_s = entry.start_s or 0.0
    end_s = min(entry.end_s or look.facts.duration_s, look.facts.duration_s)
    event = entry.start_s is not None or entry.end_s is not None
    return Recording(
        id=entry.name + (f"@{_exact(start_s)}-{_exact(end_s)}" if event else ""),
        path=entry.path,
        start_s=start_s,
        duration_s=end_s - start_s if start_s else end_s,
        targets=entry.targets,
        group=entry.group,
        fold=entry.fold,
        part=entry.part,
        sha256=look.sha256,
        rate_hz=look.facts.rate_hz,
        channels=look.facts.channels,
    )


def _impossible(entry: SourceEntry, look: ProbedFile) -> str | None:
    """What is impossible about an event's times."""
    start_s, lasts_s = entry.start_s or 0.0, look.facts.duration_s
    end_s = lasts_s if entry.end_s is None else entry.end_s
    if start_s < 0:
        return f"starts at {start_s:g} s, before the sound does"
    if start_s >= lasts_s:
        return f"starts at {start_s:g} s, but the sound lasts {lasts_s:.2f} s"
    if end_s <= start_s:
        return f"ends at {end_s:g} s, not after its start at {start_s:g} s"
    if end_s > lasts_s + _SLACK_S:
        return f"ends at {end_s:g} s, but the sound lasts {lasts_s:.2f} s"
    return None


def _exact(seconds: float) -> str:
    """Seconds to the microsecond, without noughts at the end."""
    return f"{seconds:.6f}".rstrip("0").rstrip(".")


class ProbedFile(NamedTuple):
    """What a file holds and the sha256 of its bytes."""

    facts: AudioFacts
    sha256: str


def probe_files(
    paths: Iterable[Path], *, max_duration_s: float | None = None, progress: Progress = SILENT
) -> dict[Path, ProbedFile | AudioError]:
    """Look at every file: what it holds, or why it cannot be used.

    Each is opened once. Inside `kept_files()` its bytes are kept for the decoding.
    """
    paths = list(dict.fromkeys(paths))
    lots = [paths[first : first + _TOGETHER] for first in range(0, len(paths), _TOGETHER)]
    sample = current_sample()
    look = partial(
        _look,
        max_duration_s=max_duration_s,
        kept=current_kept_files(),
        sample=sample,
        heard=chosen(paths) if sample else frozenset(),
    )
    found: dict[Path, ProbedFile | AudioError] = {}
    progress.begin("look at the files", len(paths))
    with thread_pool(_THREADS, "measure") as pool:
        looked = pool.map(lambda lot: _lot(lot, look), lots)
        for lot, looks in zip(lots, looked, strict=True):
            found.update(zip(lot, looks, strict=True))
            progress.advance(len(lot))
    progress.end()
    return found


def _lot(
    paths: Sequence[Path], look: Callable[[SoundFile], ProbedFile]
) -> list[ProbedFile | AudioError]:
    found: list[ProbedFile | AudioError] = []
    for path in paths:
        try:
            found.append(with_sound(path, look))
        except AudioError as error:
            found.append(error)
    return found


def _look(
    file: SoundFile,
    *,
    max_duration_s: float | None,
    kept: KeptFiles,
    sample: HeardSample | None,
    heard: Collection[Path],
) -> ProbedFile:
    facts = file.measured_facts()
    if max_duration_s is not None and facts.duration_s > max_duration_s:
        raise AudioError(
            str(file.path),
            f"lasts {spoken(facts.duration_s)}, more than data.max_duration_s = "
            f"{max_duration_s:g}; cut it, or raise that number",
        )
    if sample and file.path in heard:
        sample.listen(file, len(heard))
    if file.size > kept.left:
        return ProbedFile(facts, file.sha256())
    content = file.content()
    sha256 = hashlib.sha256(content).hexdigest()
    kept.keep(file.path, sha256, content)
    return ProbedFile(facts, sha256)
