"""The report of a finished run: every number as `report.json`, and one page that tells it."""

from tonotope.report.page import write_report

__all__ = ["write_report"]
