"""`events_page`: the page of events, written while they are found, or of labels that are there."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from tonotope import _files
from tonotope._errors import TonotopeError
from tonotope._progress import SILENT, Progress
from tonotope.annotations.event import Event
from tonotope.audio import reading
from tonotope.datasets.manifest import Skipped
from tonotope.prediction.event_files import COLUMNS
from tonotope.prediction.event_stream import PredictedEvents
from tonotope.prediction.merged import MergedPredictions
from tonotope.prediction.stream import RecordingEnd
from tonotope.reporting.events.render import render
from tonotope.reporting.events.tally import EventTally
from tonotope.reporting.i18n import Words


class EventsPage:
    """Hears events as they are found, and writes a page about them.

    Args:
        events: what finds them; nothing is asked for here, so take, write or collect them as usual,
            and then `write` the page. None where events come by `tally.hear` alone.

    Attributes:
        tally: what was heard so far.
    """

    def __init__(self, events: PredictedEvents | None = None) -> None:
        self.tally = EventTally(events.settings if events else {})
        if events is not None:
            for one in events.skipped:
                self.tally.hear(one)
            events.follow(self.tally.hear)

    def write(
        self, path: str | Path, *, lang: str | Path = "en", progress: Progress = SILENT
    ) -> Path:
        """Write the page: one file that loads nothing.

        Args:
            path: the file.
            lang: `en`, `es`, or the path of a words file of your own.
            progress: is called for each sound.

        Returns:
            Its path.

        Raises:
            TonotopeError: the language is not known, or the file cannot be written.
        """
        page = _files.expanded(path)
        _files.write_text(page, render(self.tally, Words(lang), page.name, progress))
        return page


def events_page(
    events: PredictedEvents | MergedPredictions | Iterable[Event],
    path: str | Path,
    *,
    lang: str | Path = "en",
    progress: Progress = SILENT,
) -> Path:
    """A page of events: when, how many of each class, and which to listen to first.

    Args:
        events: those of `predict(..., per="event")`, which are taken to their end; those of a job,
            from `read_predictions(folder)`, without their loudness; or labels, such as
            `read_events(...).events`, whose sounds lie where they say.
        path: the file of the page.
        lang: `en`, `es`, or the path of a words file of your own.
        progress: is called for each sound.

    Returns:
        Its path.

    Raises:
        TonotopeError: not one recording could be read, the language is not known, or the file
            cannot be written.
    """
    if isinstance(events, PredictedEvents):
        page = EventsPage(events)
        for _ in events:
            pass
        return page.write(path, lang=lang, progress=progress)
    page = EventsPage()
    if isinstance(events, MergedPredictions):
        page.tally = EventTally(events.settings)
        for one in _of_job(events):
            page.tally.hear(one)
        return page.write(path, lang=lang, progress=progress)
    ends: dict[str, float] = {}
    for event in sorted(events, key=lambda one: (one.file, one.start_s)):
        page.tally.hear(event)
        ends[event.file] = max(event.end_s, ends.get(event.file, 0.0))
    for file, end_s in ends.items():
        page.tally.hear(RecordingEnd(file, _length(file, end_s)))
    return page.write(path, lang=lang, progress=progress)


def _of_job(job: MergedPredictions) -> Iterator[Event | RecordingEnd | Skipped]:
    """What a job has found, one recording after the other."""
    ends = {one.file: one for one in job.ends}
    for file, rows in itertools.groupby(job, key=lambda row: row["file"]):
        found = (row for row in rows if row["label"] is not None)
        yield from (Event(**{name: row[name] for name in COLUMNS}) for row in found)
        if file in ends:
            yield ends.pop(file)
    yield from ends.values()  # those without an event
    yield from job.skipped


def _length(file: str, end_s: float) -> float:
    """How long a recording is; up to its last label where it cannot be opened."""
    try:
        return max(reading.inspect(file).duration_s, end_s)
    except (TonotopeError, OSError):
        return end_s
