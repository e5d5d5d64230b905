"""The page that `tonotope predict --events` ends with, beside the events that it wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tonotope import _files
from tonotope.cli import language, terminal
from tonotope.cli.progress import watching

if TYPE_CHECKING:
    from tonotope.prediction.event_stream import PredictedEvents
    from tonotope.reporting.events.page import EventsPage


def begin(events: object, output: Path | None, *, wanted: bool) -> EventsPage | None:
    """Follow the events, where a page of them will lie beside the file that they go to.

    Args:
        events: what was asked for; rows have no page.
        output: the file or the folder of the events; None is standard output.
        wanted: whether a page was not refused.
    """
    from tonotope.prediction.event_stream import PredictedEvents

    if not wanted or output is None or not isinstance(events, PredictedEvents):
        return None
    if _files.is_special(_files.expanded(output)):
        return None
    return _page_of(events)


def end(page: EventsPage | None, output: Path | None) -> None:
    """Write the page that was begun, and say where it lies."""
    if page is None or output is None:
        return
    progress = watching()
    written = page.write(beside(output), lang=language.of_page(), progress=progress)
    progress.end()
    terminal.say(f"the page of these events: {written}")


def of_job(folder: Path, *, wanted: bool) -> None:
    """Write the page of a job of events that is finished, and say where it lies."""
    from tonotope.prediction.merged import read_predictions
    from tonotope.reporting.events.page import events_page

    found = read_predictions(folder)
    if not wanted or found.unfinished:
        return
    progress = watching()
    written = events_page(found, beside(folder), lang=language.of_page(), progress=progress)
    progress.end()
    terminal.say(f"the page of these events: {written}")


def beside(output: Path) -> Path:
    """Where the page lies, as the settings do: `night.page.html` beside `night.csv`.

    Not `night.html`, which may be there and be somebody's own.
    """
    path = _files.expanded(output)
    return path / "events.page.html" if path.is_dir() else path.with_name(f"{path.stem}.page.html")


def _page_of(events: PredictedEvents) -> EventsPage:
    from tonotope.reporting.events.page import EventsPage

    return EventsPage(events)
