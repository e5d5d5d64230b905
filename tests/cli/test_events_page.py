"""Where the page of events lies."""

from __future__ import annotations

import os
from pathlib import Path

from tests.reporting.events.every_page import night

from tonotope.cli import events_page


def test_it_lies_beside_the_events_as_the_settings_do(tmp_path: Path) -> None:
    assert events_page.beside(tmp_path / "night.csv") == tmp_path / "night.page.html"
    assert events_page.beside(tmp_path) == tmp_path / "events.page.html"


def test_it_is_written_where_events_go_to_a_file(tmp_path: Path) -> None:
    out, events = tmp_path / "night.csv", night(tmp_path)
    page = events_page.begin(events, out, wanted=True)
    events.write(out)
    events_page.end(page, out)
    told = (tmp_path / "night.page.html").read_text(encoding="utf-8")
    assert f"{len(out.read_text().splitlines()) - 1} events of 7 classes" in told


def test_rows_devices_and_standard_output_have_none(tmp_path: Path) -> None:
    events = night(tmp_path)
    assert events_page.begin(events, None, wanted=True) is None
    assert events_page.begin(events, Path(os.devnull), wanted=True) is None
    assert events_page.begin(events, tmp_path / "a.csv", wanted=False) is None
    assert events_page.begin([], tmp_path / "a.csv", wanted=True) is None
