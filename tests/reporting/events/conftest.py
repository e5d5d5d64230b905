"""Pages of events, written from streams that no network made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.reporting.events.every_page import PAGES

from tonotope.reporting.events.page import events_page


@pytest.fixture(scope="session")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """The page of a kind in a language; each is written once."""
    made: dict[tuple[str, str], Path] = {}

    def page(kind: str, lang: str = "en") -> Path:
        if (kind, lang) not in made:
            home = tmp_path_factory.mktemp(kind)
            made[kind, lang] = events_page(PAGES[kind](home), home / "page.html", lang=lang)
        return made[kind, lang]

    return page
