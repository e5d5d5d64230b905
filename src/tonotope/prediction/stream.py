"""`predict` for files of any length, in constant memory: windows in batches, votes, rows.

Windows of all files pass through the network in full batches, whether a file gives one window or
a hundred thousand; of a file only the sums of its windows' scores are kept. Loud windows count more
than silent ones (`audio/loudness.py`), as where a run is judged. Events are found while windows are
scored (`events.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from tonotope._errors import AudioError, DataError, ExperimentError
from tonotope._progress import SILENT, Progress
from tonotope._wording import length_text
from tonotope.annotations.event import Event
from tonotope.answers import table_of
from tonotope.audio.channels import Channels
from tonotope.audio.loudness import LoudnessMeter
from tonotope.datasets.manifest import Skipped
from tonotope.prediction.ensemble import NOT_FINITE, Ensemble
from tonotope.prediction.events import EventFinder, EventRule
from tonotope.prediction.rows import PredictedRow, row_of
from tonotope.prediction.vote import Vote, settled
from tonotope.prediction.windows import frames_of, sound_of, windows_of

if TYPE_CHECKING:
    from tonotope.model.model import Model

BATCH = 32
_FAR_SHORTER = 0.5  # than what the network hears at once


def predict(
    models: Model | Sequence[Model] | Ensemble,
    paths: Iterable[Path | str],
    *,
    hop_s: float | None = None,
    per: Literal["recording", "window"] = "recording",
    how: Vote = "mean",
    channels: Channels = "mean",
    repair: str = "refuse",
    batch_size: int = BATCH,
    ends: bool = False,
    progress: Progress = SILENT,
) -> Iterator[PredictedRow | RecordingEnd | Skipped]:
    """Label recordings of any length, one row each or one row per window.

    A file that cannot be read gives a `Skipped` in its place and the rest goes on. Where that
    turns out only in its middle, the rows of the windows before come first.

    Args:
        models: one, or several to be averaged (the folds of a run).
        paths: sound files.
        hop_s: from one window to the next, rounded to whole frames; None is half a clip.
        per: a row for each `recording`, or for each `window` of it.
        how: a recording is the `mean` of its windows' probabilities, or their `majority`.
        channels: how several channels become one, as in training.
        repair: NaN and infinite samples `refuse` a file or become `zero`.
        batch_size: windows scored at once; fewer where they are very large.
        ends: also a `RecordingEnd` after the rows of each file that was heard to its end.
        progress: hears of each file, and of long ones as they go on.

    Yields:
        Rows in the order of `paths`.

    Raises:
        ExperimentError: `hop_s` does not fit the clip, or a majority is asked of what has none.
    """
    ensemble = models if isinstance(models, Ensemble) else Ensemble(models, "auto")
    answers = ensemble.layout.answers
    if how == "majority" and not (len(answers) == 1 and table_of(answers[0]).one_label):
        message = "windows can vote by majority where they name one class each; take the mean"
        raise ExperimentError(message)
    hop = ensemble.hop_steps(hop_s)
    queue = _Queue(ensemble, ensemble.windows_at_once(batch_size), per, how, progress)
    queue.ends = ends
    return _predict(queue, paths, hop, channels, repair, progress)


def events(
    ensemble: Ensemble,
    paths: Iterable[Path | str],
    rule: EventRule,
    hop: int,
    *,
    channels: Channels = "mean",
    repair: str = "refuse",
    batch_size: int = BATCH,
    progress: Progress = SILENT,
) -> Iterator[Event | RecordingEnd | Skipped]:
    """Find the events in recordings of any length.

    Args:
        ensemble: the models.
        paths: sound files.
        rule: how scores become events.
        hop: from one window to the next, in frames, as the rule has it in samples.
        channels: how several channels become one, as in training.
        repair: NaN and infinite samples `refuse` a file or become `zero`.
        batch_size: windows scored at once; fewer where they are very large.
        progress: hears of each file, and of long ones as they go on.

    Yields:
        The events of each file in the order of their begins, then a `RecordingEnd`; or a `Skipped`
        where it cannot be read, after the events before that place.
    """
    size = ensemble.windows_at_once(batch_size)
    queue = _Queue(ensemble, size, "event", "mean", progress, rule)
    return _predict(queue, paths, hop, channels, repair, progress)


class RecordingEnd(NamedTuple):
    """A recording was heard to its end.

    Attributes:
        file: the recording, as it was named.
        end_s: how long it is, in seconds.
        silent_s: how much of it is digital silence, to within a hop.
    """

    file: str
    end_s: float
    silent_s: float = 0.0


def _predict(
    queue: _Queue,
    paths: Iterable[Path | str],
    hop: int,
    channels: Channels,
    repair: str,
    progress: Progress,
) -> Iterator[Any]:
    ensemble = queue.ensemble
    paths = list(paths)
    progress.begin("predict", len(paths))
    before_s = 0.0  # of the files that were heard
    for path in paths:
        entry = queue.enter(str(path))
        steps = ensemble.steps
        doubts: list[str] = []
        sound = sound_of(
            path,
            ensemble.rate_hz,
            channels=channels,
            repair=repair,
            doubts=doubts,
            band_hz=ensemble.representation.band_hz,
        )
        frames = frames_of(
            entry.counted(sound),
            ensemble.features,
            ensemble.representation,
            ensemble.clip_samples,
            ensemble.fill,
        )
        try:
            for found in windows_of(frames, steps, hop):
                for start, window in zip(*found, strict=True):
                    queue.add(entry, start, window, entry.meter.held(start, steps))
                yield from queue.ready()
                heard_s = before_s + entry.samples / ensemble.rate_hz
                progress.advance(0, heard_s=round(heard_s, 1))
        except DataError as error:
            reason = error.reason if isinstance(error, AudioError) else str(error)
            entry.skipped = Skipped(str(path), None, reason)
        if not entry.skipped and entry.samples < _FAR_SHORTER * ensemble.clip_samples:
            doubts.append(
                f"it lasts {length_text(entry.samples / ensemble.rate_hz)}, and the network hears "
                f"{length_text(ensemble.clip_samples / ensemble.rate_hz)} at once: the rest is "
                "filled up"
            )
        doubts += entry.silence(ensemble.rate_hz)
        for doubt in doubts:
            progress.say(f"{path}: {doubt}")
        entry.ended = True
        before_s += entry.samples / ensemble.rate_hz
        yield from queue.ready()
        progress.advance()
    queue.flush()
    yield from queue.ready()
    progress.end()


@dataclass(eq=False)
class _Entry:
    """One file on its way through: what it has given so far."""

    file: str
    scores: np.ndarray  # the sum of all windows, as loud as they are
    plain: np.ndarray  # the same where all count alike
    ballots: np.ndarray
    meter: LoudnessMeter
    weight: float = 0.0
    samples: int = 0
    windows: int = 0
    waiting: int = 0
    ended: bool = False
    skipped: Skipped | None = None
    rows: deque[tuple[int, np.ndarray]] = field(default_factory=deque)
    finder: EventFinder | None = None

    def counted(self, blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        for block in blocks:
            self.samples += len(block)
            self.meter.hear(block)
            if self.finder is not None:
                self.finder.hear(block)
            yield block

    def silence(self, rate_hz: int) -> list[str]:
        """A sentence where digital silence holds no event."""
        silent = 0 if self.finder is None else self.finder.evidence.silent_samples
        return (
            [f"{length_text(silent / rate_hz)} of it are digital silence, where no event is named"]
            if silent
            else []
        )


class _Queue:
    """Windows that wait for a full batch, and the files they come from, in order."""

    def __init__(
        self,
        ensemble: Ensemble,
        size: int,
        per: str,
        how: Vote,
        progress: Progress,
        rule: EventRule | None = None,
    ) -> None:
        self.ensemble, self.size, self.per, self.how = ensemble, size, per, how
        self.progress, self.rule = progress, rule
        self.ends = rule is not None
        self.entries: deque[_Entry] = deque()
        self.batch: Tensor | None = None
        self.owners: list[tuple[_Entry, int, float]] = []

    def enter(self, file: str) -> _Entry:
        """A file begins."""
        sums = np.zeros((3, len(self.ensemble.classes)))
        hop_samples = self.ensemble.representation.hop_samples
        entry = _Entry(file, *sums, meter=LoudnessMeter(hop_samples, self.ensemble.rate_hz))
        entry.finder = None if self.rule is None else EventFinder(file, self.rule)
        self.entries.append(entry)
        return entry

    def add(self, entry: _Entry, start: int, window: Tensor, weight: float) -> None:
        """A window is copied into the batch; a full batch is scored."""
        if self.batch is None:
            self.batch = torch.empty(self.size, *window.shape)
            if window.dim() == 3:
                self.batch = self.batch.contiguous(memory_format=torch.channels_last)
        self.batch[len(self.owners)] = window
        self.owners.append((entry, start, weight))
        entry.waiting += 1
        if len(self.owners) == self.size:
            said = self.ensemble.decide(self.batch)
            if said:
                self.progress.say(said)
            self.flush()

    def flush(self) -> None:
        """Score what waits, and give each file its share."""
        if self.batch is None or not self.owners:
            return
        scores = self.ensemble.scores(self.batch[: len(self.owners)], self.progress)
        for (entry, start, weight), one in zip(self.owners, scores, strict=True):
            entry.waiting -= 1
            entry.windows += 1
            if not np.isfinite(one).all():
                entry.skipped = Skipped(entry.file, None, NOT_FINITE)
            elif self.per in ("window", "event"):
                entry.rows.append((start, one))
            else:
                entry.scores += weight * one
                entry.weight += weight
                entry.plain += one
                entry.ballots[one.argmax()] += 1
        self.owners.clear()

    def ready(self) -> Iterator[PredictedRow | Event | RecordingEnd | Skipped]:
        """Rows or events that are known, in the order of the files."""
        while self.entries:
            entry = self.entries[0]
            yield from self._rows(entry) if entry.finder is None else self._events(entry)
            if not entry.ended or entry.waiting:
                return
            self.entries.popleft()
            if entry.finder is not None:
                yield from entry.finder.close()
            if entry.skipped:
                yield entry.skipped
                continue
            if self.per == "recording":
                yield self._row(entry, 0.0, self._duration_s(entry), self._voted(entry))
            if self.ends:
                silent = entry.finder.evidence.silent_samples if entry.finder else 0
                silent_s = silent / self.ensemble.rate_hz
                yield RecordingEnd(entry.file, self._duration_s(entry), silent_s)

    def _rows(self, entry: _Entry) -> Iterator[PredictedRow]:
        """The rows of windows; one that may reach beyond the end waits until the end is known."""
        ensemble = self.ensemble
        while entry.rows:
            start, scores = entry.rows[0]
            begin = start * ensemble.representation.hop_samples
            end = begin + ensemble.clip_samples
            if end > entry.samples and not entry.ended:
                return
            entry.rows.popleft()
            end_s = min(end, entry.samples) / ensemble.rate_hz
            yield self._row(entry, begin / ensemble.rate_hz, end_s, scores)

    def _events(self, entry: _Entry) -> Iterator[Event]:
        """The events that the windows scored so far make sure of."""
        while entry.finder is not None and entry.rows:
            start, scores = entry.rows.popleft()
            begin = start * self.ensemble.representation.hop_samples
            yield from entry.finder.take(begin, scores)

    def _row(self, entry: _Entry, start_s: float, end_s: float, scores: np.ndarray) -> PredictedRow:
        return row_of(self.ensemble, entry.file, start_s, end_s, scores)

    def _duration_s(self, entry: _Entry) -> float:
        return entry.samples / self.ensemble.rate_hz

    def _voted(self, entry: _Entry) -> np.ndarray:
        plain = entry.plain / entry.windows
        if self.how == "mean":
            return entry.scores / entry.weight if entry.weight > 0 else plain
        return settled(entry.ballots / entry.windows, plain, entry.windows)
