"""What the page on one's own recordings says of the rules is what the rules are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.conftest import ROOT
from tests.docs.written import written

from tonotope.experiment import proposed_settings as rules
from tonotope.experiment import proposed_training as training_rules

PAGE = ROOT / "docs" / "your-own-recordings.md"


def test_the_table_of_choices_is_written_from_the_rules() -> None:
    there, today = written(PAGE)["choices"]
    assert there == today, (
        f"{PAGE.name}: TONOTOPE_WRITE_DOCS=1 pytest tests/docs writes the table anew:\n{today}"
    )


def test_what_is_out_of_date_is_noticed_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text("A\n<!-- written from the rules: choices -->\nold\n<!-- end -->\nZ\n")
    there, today = written(page)["choices"]
    assert (there, today[0]) == ("old", "|")
    monkeypatch.setenv("TONOTOPE_WRITE_DOCS", "1")
    written(page)
    assert written(page)["choices"] == (today, today)
    assert page.read_text().startswith("A\n<!--")
    assert page.read_text().endswith("<!-- end -->\nZ\n")


def test_every_limit_of_the_rules_is_told_with_its_value() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\S+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    told = {name: float(value.replace(",", "")) for name, value in rows}
    limits = {
        name: float(value)
        for name, value in (vars(rules) | vars(training_rules)).items()
        if name.isupper() and type(value) in (int, float)
    }
    assert told == limits


def test_every_key_that_is_chosen_has_its_reason() -> None:
    text = PAGE.read_text("utf-8")
    table = written(PAGE)["choices"][1]
    reasons = text.partition("The reasons, key by key:")[2].partition("\nThe limits")[0]
    explained = set(re.findall(r"`([a-z]+\.[a-z_]+)`", reasons))
    assert explained == set(re.findall(r"`([a-z]+\.[a-z_]+)`", table)) | {"split.column"}
