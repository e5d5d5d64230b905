"""Pages show what is public: the root, patches, reference, scikit-learn, `testing`."""

from __future__ import annotations

import re

import pytest
from tests.docs.conftest import ROOT

import tonotope
from tonotope.heads import KINDS

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OPEN = (
    "tonotope.annotations", "tonotope.datasets.patches", "tonotope.reference", "tonotope.sklearn",
    "tonotope.testing",
)  # fmt: skip


def private(text: str) -> list[str]:
    """The modules that a text imports and that are nobody's business."""
    found = re.findall(r"(?:from|import) (tonotope(?:\.\w+)+)", text)
    found += [f"tonotope.{one}" for one in re.findall(r"from tonotope import (\w+)", text)
              if one not in tonotope.__all__]  # fmt: skip
    return [one for one in found if not one.startswith(OPEN)]


def test_what_is_private_is_noticed() -> None:
    text = (
        "from tonotope._shapes import Axis\nimport tonotope.model.model\nfrom tonotope import cli"
    )
    assert private(text) == ["tonotope._shapes", "tonotope.model.model", "tonotope.cli"]
    assert not private("import tonotope as tt\nfrom tonotope.reference.mel import mel_bands")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_imports_nothing_private(page) -> None:
    text = page.read_text(encoding="utf-8")
    assert private(text) == []
    names = set(re.findall(r"\btt\.([A-Za-z]\w*)", text)) - {"reporting", "testing"}
    assert names <= set(tonotope.__all__)


def test_every_verb_of_the_page_is_a_verb_and_returns_what_is_said() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `tt\.(\w+)\(.*?\)` \| (.*?) \| (.*?) ?\|$", text, re.MULTILINE)
    assert {"run", "predict", "evaluate", "compare", "check", "load", "open_source", "shapes",
            "report", "propose", "score", "predict_job", "read_predictions", "listen",
            "events_page",
            } == {verb for verb, _, _ in rows}  # fmt: skip
    for verb, returned, command in rows:
        classes = re.match(r"`(\w+)`", returned)
        assert classes is None or classes[1] in tonotope.__all__
        assert command in ("", f"`{verb}`") or (verb, command) == ("propose", "`new`")


def test_every_head_has_its_row() -> None:
    text = (ROOT / "docs" / "heads.md").read_text(encoding="utf-8")
    known = [one.model_fields["kind"].default for one in KINDS]
    rows = re.findall(r"^\| `(\w+)` \|", text.partition("## ")[0], re.MULTILINE)
    assert rows == [one for one in known if one != "python"]
