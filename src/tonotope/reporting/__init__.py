"""The report of a finished run: every number in `report.json`, and one page that shows them.

`write_report` writes both. The page has sections, one file each in `sections/`; `SECTIONS` lists
them in their order. A section of your own follows the protocol `Section`.
`events_page` writes a page of the same look about events in recordings.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tonotope.reporting.events.page import EventsPage, events_page
    from tonotope.reporting.page import write_report
    from tonotope.reporting.section import Section
    from tonotope.reporting.sections import SECTIONS
    from tonotope.reporting.sections.results import RESULTS, Results

__all__ = [
    "RESULTS",
    "SECTIONS",
    "EventsPage",
    "Results",
    "Section",
    "events_page",
    "write_report",
]

_HOME = {
    "EventsPage": "events.page",
    "RESULTS": "sections.results",
    "Results": "sections.results",
    "SECTIONS": "sections",
    "Section": "section",
    "events_page": "events.page",
    "write_report": "page",
}


def __getattr__(name: str) -> object:
    """A public name, imported on its first use: the words alone need no NumPy."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
