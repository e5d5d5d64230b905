"""The report of a finished run: every number as `report.json`, and one page that shows it."""

from tonotope.reporting.page import write_report

__all__ = ["write_report"]
