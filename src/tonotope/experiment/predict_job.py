"""`tt.predict_job`: hours and days of sound into a folder, a part file for each recording.

The same call goes on where the last one stopped, however that ended.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from tonotope import _files
from tonotope._errors import DataError, ExperimentError
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted, first_three
from tonotope.datasets.manifest import Skipped
from tonotope.experiment.predict_inputs import name_of, sound_files
from tonotope.experiment.predict_progress import JobProgress
from tonotope.experiment.predict_question import Hearing, Question
from tonotope.experiment.predict_work import Workers, hear
from tonotope.experiment.run_folder import Run
from tonotope.model import Model
from tonotope.prediction import job_settings
from tonotope.prediction.event_rule import Threshold
from tonotope.prediction.job_lock import shard_locked
from tonotope.prediction.journal import Entry, Journal, Journals
from tonotope.prediction.part_names import common_folder, ending_of, keys_of, part_names
from tonotope.prediction.parts import Part, sweep
from tonotope.prediction.shard import Shard
from tonotope.runtime.device import thread_count

MOST_JOBS = 1024
_COUNT = re.compile(r"^(.*): ([\d,]+) events?$")


@dataclass
class JobResult:
    """What a job, or a shard of it, has come to.

    Attributes:
        folder: where it lies.
        recordings: how many it has.
        heard: how many of them were heard now.
        heard_s: how much sound that was, in seconds.
        skipped: what is left out, each with its reason; also what was left out before.
        notes: what the format has no place for.
        settings: all that decided the rows.
    """

    folder: Path
    recordings: int = 0
    heard: int = 0
    heard_s: float = 0.0
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    settings: Mapping[str, object] = field(default_factory=dict)


def predict_job(
    run: Run | Model | str | Path,
    audio: str | Path | Iterable[str | Path],
    folder: str | Path,
    *,
    per: Literal["recording", "window", "event"] = "recording",
    hop_s: float | None = None,
    threshold: Threshold | None = None,
    min_length_s: float | None = None,
    merge_s: float | None = None,
    to: str = "csv",
    precision: Literal["float32", "bfloat16"] = "float32",
    shard: str = "1/1",
    jobs: int = 1,
    progress: Progress = SILENT,
) -> JobResult:
    """Label recordings into a folder, a part file for each, and go on where that stopped.

    The rows are the same, to the last bit, for any number of shards, jobs and threads.

    Args:
        run: a run, its folder, a folder with a model alone; or a model, with `jobs=1`.
        audio: a sound file, a folder of them, or several.
        folder: for the parts, `job.json` and `journal.jsonl`; `read_predictions` reads it.
        per: as in `predict`, and so are `hop_s`, `threshold`, `min_length_s` and `merge_s`.
        hop_s: from one window to the next, in seconds.
        threshold: of events.
        min_length_s: of events.
        merge_s: of events.
        to: the format of the parts: `csv` or `jsonl`; of events any of `tonotope.annotations`.
        precision: `bfloat16` is faster on some processors, and other in the third digit.
        shard: `3/40` hears the third of forty shares; the others may be heard at the same time.
        jobs: how many processes hear side by side; the cores are shared among them.
        progress: follows the work.

    Raises:
        ExperimentError: the folder holds a job with other settings, or what is asked does not fit.
        DataError: not one recording could be labelled.
        TonotopeError: the disk is full, or the folder may not be written to.
        Interrupted: by Ctrl-C or a signal; what is finished stays.
    """
    share, folder = Shard.parse(shard), _files.expanded(folder)
    _check_jobs(run, jobs)
    question = Question(per, to, hop_s, threshold, min_length_s, merge_s, precision)
    hearing = Hearing(run, question, progress)
    given = [Path(one) for one in ([audio] if isinstance(audio, str | Path) else audio)]
    paths, refused = sound_files(given)
    root = common_folder(paths, [one for one in given if one.is_dir()])
    files = keys_of(paths, root)
    if folder.exists() and not folder.is_dir():
        raise ExperimentError(f"{folder}: is a file, and a job writes into a folder; name another")
    settings = {**hearing.settings, "recordings": root}
    with shard_locked(folder, share):
        if job_settings.settings_of(folder) is None:
            _refuse_strangers(folder, part_names(files, to))
        job_settings.begin(folder, settings)
        work = _ShardWork(folder, share, files, to, progress)
        work.result.settings = settings
        aside = folder / f".unfinished{share.label}"
        aside.mkdir(exist_ok=True)
        sweep(aside)
        known = Journals.read(folder)
        with Journal(folder, share) as journal:
            to_hear = work.to_hear(known, journal)
            if jobs > 1 and len(to_hear) > 1:
                workers = Workers(aside, name_of(run), question, jobs, thread_count())
                sizes = {file: entry.size or 0 for file, entry in work.waiting.items()}
                workers.hear(to_hear, sizes, work.receive, work.progress.of)
            else:
                hear(hearing, to_hear, aside, work.receive, work.progress.of(""))
            work.end()
        shutil.rmtree(aside, ignore_errors=True)
    work.result.skipped += refused
    if not files and not refused:
        raise DataError("not one recording could be labelled: no file was given")
    return work.result


class _ShardWork:
    """What a shard has to hear, and what has become of it."""

    def __init__(
        self,
        folder: Path,
        shard: Shard,
        files: Mapping[str, str],
        to: str,
        progress: Progress,
    ) -> None:
        self._folder, self._to, self._parts = folder, to, part_names(files, to)
        self._told, self._notes = progress, Counter[str]()
        self._files = files
        self._keys = shard.share(files)
        self.result = JobResult(folder, len(self._keys))
        self.waiting: dict[str, Entry] = {}

    def to_hear(self, known: Journals, journal: Journal) -> dict[str, str]:
        """For each recording that is not finished its part."""
        self._journal = journal
        if known.torn:
            self._told.say(
                f"{self._folder}: {counted(known.torn, 'line')} of the journal cut short, as by a"
                " process that was killed; those recordings are heard again"
            )
        taken = {entry.part: entry.key for entry in known.entries.values() if entry.part}
        changed, places, before = [], {}, 0
        for key in self._keys:
            file, entry = self._files[key], known.entries.get(key)
            size, mtime_ns = _state(file)
            if entry and size is not None and (entry.size, entry.mtime_ns) == (size, mtime_ns):
                if not entry.part or (self._folder / entry.part).is_file():
                    before += 1
                    if entry.reason:
                        self.result.skipped.append(Skipped(entry.file, None, entry.reason))
                    continue
            elif entry and entry.size is not None:
                changed.append(file)
            self.waiting[file] = Entry(key, file, size, mtime_ns)
            name = entry.part if entry and entry.part else self._parts[key]
            if taken.get(name, key) != key:  # of a recording that is no longer named
                name = key + ending_of(self._to)
            places[file] = os.fspath(self._folder / name)
        journal.begin(len(self._keys))
        if changed:
            self._told.say(f"changed since, and heard as it is now: {first_three(changed)}")
        if before:
            self._told.say(f"{before:,} of {counted(len(self._keys), 'recording')} done before")
        self.progress = JobProgress(self._told, len(places))
        return places

    def receive(self, part: Part) -> None:
        """A part is there, or a recording is left out."""
        entry = self.waiting.pop(part.file)
        place = "" if part.path is None else Path(part.path).relative_to(self._folder).as_posix()
        entry = entry._replace(
            part=place,
            rows=part.rows,
            heard_s=round(part.heard_s, 3),
            silent_s=round(part.silent_s, 3),
            reason=part.reason,
        )
        self._journal.write(entry)
        if part.reason:
            self.result.skipped.append(Skipped(part.file, None, part.reason))
        self.result.heard += 1
        self.result.heard_s += part.heard_s
        for note in part.notes:
            found = _COUNT.match(note)
            self._notes[found[1] if found else note] += (
                int(found[2].replace(",", "")) if found else 0
            )
        self.progress.finished(part.heard_s)

    def end(self) -> None:
        """All recordings of the shard are finished or left out."""
        self._journal.end(len(self._keys))
        self.result.notes = [
            f"{note}: {counted(count, 'event')}" if count else note
            for note, count in self._notes.items()
        ]
        self.progress.end()


class _State(NamedTuple):
    size: int | None
    mtime_ns: int | None


def _state(file: str) -> _State:
    """The size of a recording and when it was changed; nothing where it cannot be opened."""
    try:
        status = os.stat(file)  # noqa: PTH116
        if not os.access(file, os.R_OK):
            return _State(None, None)
    except (OSError, ValueError):
        return _State(None, None)
    return _State(status.st_size, status.st_mtime_ns)


def _check_jobs(run: Run | Model | str | Path, jobs: int) -> None:
    """Refuse a number of processes that is none, or a model that no other process can load.

    Raises:
        ExperimentError: says what would fit.
    """
    if isinstance(jobs, bool) or not isinstance(jobs, int) or not 1 <= jobs <= MOST_JOBS:
        raise ExperimentError(f"jobs = {jobs}: a whole number from 1 to {MOST_JOBS:,} would fit")
    if jobs > 1 and isinstance(run, Model):
        raise ExperimentError(
            "a model in memory is heard by this process alone: save it (model.save(DIR)) and name"
            " its folder, or leave jobs out"
        )


def _refuse_strangers(folder: Path, parts: Mapping[str, str]) -> None:
    """Refuse to begin a job where its parts would replace files that are there already.

    Raises:
        ExperimentError: names some.
    """
    if not folder.is_dir() or not any(not one.name.startswith(".") for one in folder.iterdir()):
        return
    there = [name for name in parts.values() if (folder / name).exists()]
    if there:
        raise ExperimentError(
            f"{folder}: {first_three(there)} would be replaced, and no job has written that here;"
            " name a new folder with --out"
        )
