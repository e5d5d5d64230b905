"""The page of every kind of answer, opened in a browser: nothing cut, nothing over anything else.

At every width, by day and by night, in every language; and axe-core finds nothing (WCAG 2.2 and its
best practices). Needs Chromium, like `test_page.py`; Playwright drives the one that is installed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from tests.reporting.every_kind import KINDS, run_of, write_recordings
from tests.reporting.test_page import CHROMIUM

from tonotope.reporting import write_report

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or find_spec("axe_playwright_python") is None,
    reason="Chromium or the extra `browser` is not installed",
)

WIDTHS = (360, 390, 768, 1440, 1920)
THEMES = ("light", "dark")
LANGUAGES = ("en", "es")
FAULTS = Path(__file__).with_name("layout.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    asked = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=asked)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The run folder of a kind; each is trained once."""
    home = write_recordings(tmp_path_factory.mktemp("every-kind"))
    made: dict[str, Path] = {}

    def folder(kind: str) -> Path:
        if kind not in made:
            made[kind] = run_of(kind, home)
        return made[kind]

    return folder


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[[Path], Any]]:
    """A page of a report in a tab of its own, with all that can be folded unfolded."""
    context = browser.new_context(bypass_csp=True)
    tab = context.new_page()

    def opened(page: Path) -> Any:
        tab.goto(page.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        return tab

    yield opened
    context.close()


def show(tab: Any, theme: str, width: int) -> None:
    """Show the page so, and wait until its script has heard of the new size."""
    tab.emulate_media(color_scheme=theme)
    tab.set_viewport_size({"width": width, "height": 900})
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")


def faults(tab: Any) -> dict[str, list[str]]:
    """What is wrong at each width and in each theme; nothing else is listed."""
    found = {}
    for theme, width in itertools.product(THEMES, WIDTHS):
        show(tab, theme, width)
        wrong = tab.evaluate(FAULTS)
        if wrong:
            found[f"{width} px, {theme}"] = wrong
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_cut_or_lies_over_anything_else(
    folder_of: Callable[[str], Path], opened: Callable[[Path], Any], kind: str, lang: str
) -> None:
    assert faults(opened(write_report(folder_of(kind), lang=lang))) == {}


@pytest.mark.parametrize(
    "plan",
    [
        {
            "classes": tuple(f"a species with quite a long name, number {n}" for n in range(60)),
            "each": 3,
            "per_group": 1,
            "seconds": 0.1,
            "clip_s": 0.1,
            "epochs": 1,
        },
        {
            "folds": 10,
            "each": 20,
            "seconds": 0.1,
            "clip_s": 0.1,
            "name": "zehn-Faltungen-1234abcd-s0",
        },
        {"right": 1.0, "each": 12, "baselines": False, "epochs": 120},
    ],
    ids=["sixty classes", "ten folds", "no mistake, no baseline"],
)
def test_large_and_bare_pages_too(
    make_run: Callable[..., Path], opened: Callable[[Path], Any], plan: dict[str, Any]
) -> None:
    assert faults(opened(write_report(make_run(**plan), lang="es"))) == {}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(
    folder_of: Callable[[str], Path], opened: Callable[[Path], Any], kind: str, lang: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    tab, found = opened(write_report(folder_of(kind), lang=lang)), []
    for theme, width in itertools.product(THEMES, (390, 1440)):
        show(tab, theme, width)
        told = Axe().run(tab).response
        assert len(told["passes"]) > 20
        for one in told["violations"]:
            where = [node["target"] for node in one["nodes"]][:3]
            found.append((theme, width, one["id"], one["help"], where))
    assert found == []


def test_a_tap_reads_the_nearest_point(
    folder_of: Callable[[str], Path], opened: Callable[[Path], Any]
) -> None:
    """A finger has no pointer that rests on a point."""
    tab = opened(write_report(folder_of("quantities")))
    tab.set_viewport_size({"width": 390, "height": 900})
    plot = tab.locator("svg.scatter").first
    plot.scroll_into_view_if_needed()
    point = plot.locator("circle").first.bounding_box()
    tab.mouse.click(point["x"] + 9, point["y"] + 9)
    told = tab.locator(".told").inner_text()
    assert told in plot.locator("circle title").all_text_contents()
    assert ": predicted " in told


@pytest.mark.parametrize("width", [360, 1440])
def test_a_large_matrix_shows_the_cell_that_is_open(
    make_run: Callable[..., Path], opened: Callable[[Path], Any], width: int
) -> None:
    names = tuple(f"una especie de nombre bastante largo, número {n}" for n in range(50))
    page = write_report(make_run(classes=names, each=3, per_group=1, seconds=0.1, clip_s=0.1))
    tab = opened(page)
    tab.set_viewport_size({"width": width, "height": 900})
    tab.reload()
    cell = tab.locator(".matrix [aria-pressed=true]").bounding_box()
    box = tab.locator(".scroll:has(.matrix)").bounding_box()
    head = tab.locator(".matrix thead td").bounding_box()
    assert head["x"] + head["width"] <= cell["x"] + 1
    assert cell["x"] + cell["width"] <= box["x"] + box["width"] + 1
    assert head["y"] + head["height"] <= cell["y"] + 1
    assert cell["y"] + cell["height"] <= box["y"] + box["height"] + 1


def test_what_the_layout_check_calls_a_fault(opened: Callable[[Path], Any], tmp_path: Path) -> None:
    """So that the tests above do not pass because nothing is looked for."""
    page = tmp_path / "faults.html"
    page.write_text(
        "<meta charset=utf-8><style>body{margin:8px;font:16px/1.5 sans-serif}</style>"
        "<p style='width:60px;white-space:nowrap'>wider than its paragraph</p>"
        "<p style='width:60px;overflow:hidden;white-space:nowrap'>cut at its right edge</p>"
        "<p style='width:2000px'>a paragraph that is wider than the window by far</p>"
        "<p>one line</p><p style='margin-top:-40px'>and another over it</p>"
        "<div style='width:90px;overflow:auto;white-space:nowrap'>this scrolls and is silent</div>"
        "<table><td style='max-width:30px;overflow-wrap:anywhere'>Barockstimmung</table>"
        "<div class=cut style='width:90px;overflow:auto'>"
        "<table><td style='white-space:nowrap'>a wide cell of a table</table></div>",
        encoding="utf-8",
    )
    tab = opened(page)
    tab.set_viewport_size({"width": 800, "height": 900})
    found = " / ".join(tab.evaluate(FAULTS))
    for fault in (
        "“wider than its paragraph” is wider than p",
        "“cut at its right edge” is cut by p",
        "p reaches out of the window",
        "the page is 2008 wide",
        "“one line” lies over “and another over it”",
        "div scrolls and does not say so",
        "“Barockstimmung” is broken inside",
        "div.cut is cut while 702 px beside it are empty",
    ):
        assert fault in found, found
