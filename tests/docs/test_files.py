"""The list of all source files in CONTRIBUTING.md is what the files say of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.conftest import ROOT
from tests.docs.files import LONGEST, first_sentences, list_of_files, source_files
from tests.docs.written import written

GUIDE = ROOT / "CONTRIBUTING.md"


def test_the_list_is_written_from_the_files() -> None:
    there, today = written(GUIDE)["files"]
    assert there == today, f"{GUIDE.name}: TONOTOPE_WRITE_DOCS=1 pytest tests/docs writes it anew"


def test_the_packages_are_listed_in_their_order() -> None:
    text = list_of_files()
    assert text.index("tonotope/audio/") < text.index("tonotope/network/") < text.index("/cli/")


@pytest.mark.parametrize("path", source_files(), ids=lambda path: "/".join(path.parts[-2:]))
def test_a_file_says_what_is_in_it_in_one_short_paragraph(path: Path) -> None:
    text = first_sentences(path)
    assert 20 <= len(text) <= LONGEST
    assert text.endswith((".", "?"))
    assert "|" not in text
