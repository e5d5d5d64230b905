"""The page of events, opened in a browser: nothing cut, nothing over anything else, sounds play."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.reporting.events.every_page import PAGES
from tests.reporting.test_page_in_browser import (
    LANGUAGES,
    THEMES,
    browser,
    faults,
    opened,
    pytestmark,
    show,
)

__all__ = ["browser", "opened", "pytestmark"]  # what the tests below are given


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", PAGES)
def test_nothing_is_cut_or_lies_over_anything_else(
    page_of: Callable[[str, str], Path], opened: Callable[[Path], Any], kind: str, lang: str
) -> None:
    assert faults(opened(page_of(kind, lang))) == {}


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing(
    page_of: Callable[..., Path], opened: Callable[[Path], Any], kind: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    tab, found = opened(page_of(kind)), []
    for theme, width in ((THEMES[0], 390), (THEMES[1], 1440)):
        show(tab, theme, width)
        told = Axe().run(tab).response
        assert len(told["passes"]) > 15
        for one in told["violations"]:
            where = [node["target"] for node in one["nodes"]][:3]
            found.append((theme, width, one["id"], one["help"], where))
    assert found == []


def test_one_sound_at_a_time_by_button_and_by_ring(
    page_of: Callable[..., Path], opened: Callable[[Path], Any]
) -> None:
    tab = opened(page_of("night"))
    show(tab, "light", 1440)
    first, second = tab.locator(".play").nth(0), tab.locator(".play").nth(1)
    assert first.bounding_box()["width"] == first.bounding_box()["height"] == 40
    tab.evaluate(
        # What the browser has no decoder for would end at once.
        "() => { window.played = []; HTMLMediaElement.prototype.play = function () {"
        " window.played.push(this.src.slice(0, 16)); return Promise.resolve(); } }"
    )
    first.focus()
    tab.keyboard.press("Enter")
    assert tab.locator(".play.on").count() == 1
    second.click()
    on = [one.get_attribute("data-clip") for one in tab.locator(".play.on").all()]
    assert on == [second.get_attribute("data-clip")]
    ring = tab.locator(".rings a").last
    ring.focus()
    tab.keyboard.press("Enter")
    card = tab.locator(f"[id='{ring.get_attribute('href')[1:]}']")
    assert card.locator(".play.on").count() == tab.locator(".play.on").count() == 1
    assert len(tab.evaluate("window.played")) == 3
    assert all(one.startswith("data:audio/") for one in tab.evaluate("window.played"))


def test_a_button_shows_one_class_alone(
    page_of: Callable[..., Path], opened: Callable[[Path], Any]
) -> None:
    tab = opened(page_of("night"))
    show(tab, "light", 1440)
    tab.locator(".chip[data-only='1']").click()
    assert tab.locator(".event.c1.away").count() == 0 < tab.locator(".event.c1").count()
    assert tab.locator(".event.c0:not(.away)").count() == 0 < tab.locator(".event.c0").count()
    tab.locator(".chip[data-only='']").click()
    assert tab.locator(".away").count() == 0


def test_a_moment_is_seen(page_of: Callable[..., Path], opened: Callable[[Path], Any]) -> None:
    tab = opened(page_of("moment"))
    show(tab, "light", 1440)
    box = tab.locator(".event").bounding_box()
    assert 0 < box["width"] < 4
