"""Every page is followed from its first line to its last; every link leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.docs.conftest import ROOT
from tests.docs.reader import Reader

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("lecture/*.md"))]
INDEX = DOCS / "README.md"


@pytest.fixture
def song(tmp_path: Path) -> None:
    """A recording longer than a clip, which pages may call `song.wav`."""
    time = np.arange(3 * 44100) / 44100
    soundfile.write(tmp_path / "song.wav", 0.2 * np.sin(2 * np.pi * 330 * time), 44100)


@pytest.mark.timeout(900)  # half a minute where the machine is free
@pytest.mark.usefixtures("song")
@pytest.mark.parametrize(
    "page", ["quick-start.md", "your-own-recordings.md", "heads.md", "your-own-parts.md"]
)
def test_what_the_page_says_is_so(reader: Reader, page: str) -> None:
    assert reader.follow(DOCS / page) >= 8


def test_what_the_page_on_the_ear_says_is_so(reader: Reader) -> None:
    assert reader.follow(DOCS / "ear.md") >= 3


def test_what_the_page_on_label_files_says_is_so(reader: Reader) -> None:
    assert reader.follow(DOCS / "labels.md") >= 8


def test_what_the_page_on_detection_says_is_so(reader: Reader) -> None:
    assert reader.follow(DOCS / "detection.md") >= 4


@pytest.mark.timeout(900)
def test_what_the_page_on_archives_says_is_so(reader: Reader) -> None:
    assert reader.follow(DOCS / "archives.md") >= 8


def test_what_the_page_on_live_sound_says_is_so(reader: Reader) -> None:
    reader.loosely.add("listen")
    assert reader.follow(DOCS / "live.md") >= 8


@pytest.mark.usefixtures("song")
def test_what_the_first_page_says_is_so(reader: Reader, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for kind, pitch in (("curlew", 900), ("lapwing", 1400)):
        for place in ("marsh", "dunes", "meadow"):
            (tmp_path / "recordings" / kind / place).mkdir(parents=True)
            for number in range(2):
                time = np.arange(11025) / 22050
                wave = 0.2 * np.sin(2 * np.pi * pitch * rng.normal(1, 0.05) * time)
                path = tmp_path / "recordings" / kind / place / f"{number}.wav"
                soundfile.write(path, wave + rng.normal(0, 0.02, len(time)), 22050)
    assert reader.follow(ROOT / "README.md") >= 4


@pytest.mark.timeout(900)
@pytest.mark.mirdata
def test_the_homework_is_done_as_its_page_says(
    reader: Reader, gtzan: Callable[[int], Path]
) -> None:
    genres = gtzan(20) / "gtzan_genre" / "genres"
    (genres / "jazz" / "jazz.00012.wav").unlink()
    (genres / "jazz" / "jazz.00054.wav").write_bytes(b"\0" * 1000)  # as in most copies
    reader.loosely.add("check")  # 200 short tracks here, 1,000 on the page
    assert reader.follow(DOCS / "homework.md") >= 3


def test_pages_that_are_followed_nowhere_hold_nothing_to_follow() -> None:
    followed = {"README.md", "quick-start.md", "your-own-recordings.md", "homework.md", "heads.md"}
    followed.add("your-own-parts.md")
    followed |= {"scikit-learn.md", "ear.md", "labels.md", "detection.md", "archives.md"}
    followed.add("live.md")
    others = [page for page in DOCS.glob("*.md") if page.name not in followed] + [INDEX]
    for page in others:
        assert "```" not in page.read_text(encoding="utf-8"), page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    for link in links:
        if not re.match(r"[a-z]+:", link):
            path, _, place = link.partition("#")
            target = page.parent / path if path else page
            if target.name == "experiments.md" and not target.exists():
                continue  # measured and written elsewhere; test_lecture.py holds its places
            assert target.exists(), f"{page.name}: {link}"
            if place:
                assert place in _places(target), f"{page.name}: {link}"


def test_every_page_is_in_the_index() -> None:
    listed = re.findall(r"\]\(([\w-]+\.md)\)", INDEX.read_text(encoding="utf-8"))
    assert sorted(listed) == sorted({page.name for page in DOCS.glob("*.md")} - {INDEX.name})


def _places(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}
