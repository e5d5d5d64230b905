"""The report of a finished run: every number as `report.json`, and one page that shows it.

`write_report` writes both. The page is made of sections, one file each in `sections/`; `SECTIONS`
names them in their order, and a section of your own has the face that `Section` describes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tonotope.reporting.page import write_report
    from tonotope.reporting.section import Section
    from tonotope.reporting.sections import SECTIONS
    from tonotope.reporting.sections.results import RESULTS, Results

__all__ = ["RESULTS", "SECTIONS", "Results", "Section", "write_report"]

_HOME = {
    "RESULTS": "sections.results",
    "Results": "sections.results",
    "SECTIONS": "sections",
    "Section": "section",
    "write_report": "page",
}


def __getattr__(name: str) -> object:
    """A public name, imported when it is first asked for: the words alone need no NumPy."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
