"""A column of groups stays whole: classes that it leaves untested are named, in every source."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonotope.datasets.data import Data
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.grouping import GroupColumn
from tonotope.datasets.sources.table import open_table
from tonotope.datasets.split import split
from tonotope.datasets.split_plan import SplitPlan

SITES = ("oak", "fen", "moor", "dune")
ROWS = [(c, s) for c in ("owl", "wren") for s in SITES for _ in range(3)] + [("crane", "fen")] * 3


@pytest.fixture
def table(tmp_path: Path, sound):
    def write(rows: list[tuple[str, ...]], column: str = "site", more: str = "", **asked: str):
        text = [f"file,label,{column}{more}"]
        for number, cells in enumerate(rows):
            sound(tmp_path / f"{number}.wav", pitch=number, seconds=0.2)
            text.append(f"{number}.wav,{','.join(cells)}")
        (tmp_path / "t.csv").write_text("\n".join(text))
        return open_table(tmp_path / "t.csv", Data(**asked))

    return write


@pytest.mark.parametrize("column", ["site", "speaker", "Ort", "grabación"])
@pytest.mark.parametrize("named", [True, False])
def test_a_rare_class_at_one_site_leaves_all_sites_whole(table, column: str, named: bool) -> None:
    asked = {"group": column} if named else {}
    manifest: Manifest = table(ROWS, column, **asked)
    assert [one.group for one in manifest.recordings] == [site for _, site in ROWS]
    assert f"groups are from `{column}`: 4 groups" in manifest.notes
    (said,) = manifest.warnings
    assert said == (
        f"`crane` (3 recordings, all of `fen`) has one `{column}` alone: it is learnt and never "
        f"tested, so how well it is recognised stays unknown; recordings of another `{column}` "
        "would tell"
    )
    for plan in (SplitPlan(), SplitPlan(folds=3)):
        for one in split(manifest, plan, label="label"):
            tested = dict.fromkeys(one.test)
            group_of = {one.id: one.group for one in manifest.recordings}
            label_of = {one.id: one.targets["label"] for one in manifest.recordings}
            assert "crane" not in {label_of[name] for name in tested}
            assert {label_of[name] for name in one.train} == {"owl", "wren", "crane"}
            assert not {group_of[n] for n in one.test} & {group_of[n] for n in one.train}
            assert any("crane" in note for note in one.notes)


def test_two_sites_are_groups_too(table) -> None:
    rows = [(c, s) for c in ("owl", "wren") for s in ("oak", "fen") for _ in range(4)]
    assert {one.group for one in table(rows).recordings} == {"oak", "fen"}
    rows = [*rows, *[("owl", "oak")] * 9]  # most owls are at one of them
    assert {one.group for one in table(rows).recordings} == {"oak", "fen"}


@pytest.mark.parametrize(
    ("rows", "why", "means"),
    [
        ([("owl", "fen"), ("wren", "fen")] * 3, "it says `fen` everywhere",
         "all recordings are of one `site`"),
        ([("owl", "fen"), ("wren", "oak")] * 3, "each class would be in one of them alone",
         "whether the network hears the class or the `site`"),
    ],
)  # fmt: skip
def test_a_column_that_is_not_used_is_said_otherwise_than_none(
    table, rows: list[tuple[str, ...]], why: str, means: str
) -> None:
    manifest: Manifest = table(rows)
    assert len({one.group for one in manifest.recordings}) == len(rows)
    (said,) = manifest.warnings
    assert said.startswith(
        f"`site` was not used as group: {why}" if "says" in why else "`site` was"
    )
    assert why in said
    assert means in said
    advice = check_recordings(manifest, label="label").advice
    assert not any("every recording is its own group" in one for one in advice)
    manifest = table([row[:1] for row in rows], "x")
    advice = check_recordings(manifest, label="label").advice
    assert any("every recording is its own group" in one for one in advice)


def test_published_parts_that_share_a_site_are_a_warning(table) -> None:
    rows = [
        (c, s, "train" if n else "test") for c in ("owl", "wren") for s in SITES for n in (0, 1)
    ]
    manifest: Manifest = table(rows, more=",split")
    assert any("share a `site`, so the score is too good" in one for one in manifest.warnings)


def test_targets_that_are_no_classes_have_no_class_to_name() -> None:
    column = GroupColumn("site", [""] * 4, ["a", "a", "a", "b"], [None] * 4)
    assert column.why_unused() is None
    assert column.grouping().warning is None
