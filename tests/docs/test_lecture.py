"""The lecture: each chapter is followed, is told in Spanish as well, and is in the index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.conftest import ROOT
from tests.docs.reader import Reader

LECTURE = ROOT / "docs" / "lecture"
INDEX = LECTURE / "README.md"
CHAPTERS = sorted(LECTURE.glob("[0-9]*.md"))
# What the experiments are called on their page.
MEASURED = {
    "initialisers", "regularisation", "optimisers", "pooling", "waveform-or-spectrogram",
    "magnitude-or-complex", "lenet-then-and-now", "pitch", "denoising", "piczak-2015",
}  # fmt: skip

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)


@pytest.mark.timeout(900)  # two or three seconds where the machine is free
@each_chapter
def test_what_the_chapter_says_is_so_and_what_it_writes_is_in_one_folder(
    reader: Reader, chapter: Path
) -> None:
    before = set(Path().iterdir())
    assert reader.follow(chapter) >= 4
    assert set(Path().iterdir()) - before <= {Path("lesson")}


@each_chapter
def test_each_chapter_is_told_in_spanish_has_a_picture_and_leads_to_what_was_measured(
    chapter: Path,
) -> None:
    text = chapter.read_text(encoding="utf-8")
    number = int(chapter.name[:2])
    assert re.match(rf"# {number} · \S.*\n\n> \*\*\S.*?\.\*\* \S", text), "title, then Spanish"
    assert re.search(r"!\[[^\]]{20,}\]\(pictures/[\w-]+\.svg\)", text), "a picture and its words"
    found = set(re.findall(r"\]\(\.\./experiments\.md#([\w-]+)\)", text))
    assert found
    assert found <= MEASURED


def test_the_index_has_every_chapter_in_its_order_with_both_titles() -> None:
    index = INDEX.read_text(encoding="utf-8")
    assert re.findall(r"\]\((\d\d-[\w-]+\.md)\)", index) == [one.name for one in CHAPTERS]
    for chapter in CHAPTERS:
        text = chapter.read_text(encoding="utf-8")
        title = re.match(r"# \d+ · (.+)\n\n> \*\*(.+?)\.\*\*", text)
        assert title
        assert f"[{title[1]}]({chapter.name})" in index
        assert title[2] in index


def test_chapters_are_counted_without_a_gap() -> None:
    assert [int(one.name[:2]) for one in CHAPTERS] == list(range(1, len(CHAPTERS) + 1))
