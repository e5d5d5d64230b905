"""The page on scikit-learn, followed from its first line to its last."""

from __future__ import annotations

import pytest
from tests.docs.conftest import ROOT
from tests.docs.reader import Reader


@pytest.mark.timeout(900)  # seconds where the machine is free
def test_what_the_page_says_is_so(reader: Reader) -> None:
    assert reader.follow(ROOT / "docs" / "scikit-learn.md") >= 9
