"""Whether each recording is its own group, and who said so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tonotope.datasets.data import Data
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.own_groups import own_groups, without_group
from tonotope.datasets.sources.table import open_table

ALONE = "every recording is its own group"
ROWS = 12


@pytest.fixture
def told(tmp_path: Path, sound) -> Callable[..., Manifest]:
    """Twelve files of two classes in a table, with what `who` says of each row."""

    def build(who: Callable[[int], str] | None, column: str = "patient", **asked: str) -> Manifest:
        lines = ["file,label" + f",{column}" * bool(who)]
        for row in range(ROWS):
            sound(tmp_path / f"{chr(97 + row)}x.wav", pitch=row)
            cell = f",{who(row)}" if who else ""
            lines.append(f"{chr(97 + row)}x.wav,{'ab'[row % 2]}{cell}")
        table = tmp_path / "table.csv"
        table.write_text("\n".join(lines), encoding="utf-8")
        return open_table(table, Data(**asked))

    return build


def _said(manifest: Manifest) -> tuple[str, list[str]]:
    advice = [one for one in check_recordings(manifest, label="label").advice if "its" in one]
    own = own_groups(manifest.recordings, manifest.notes, manifest.warnings)
    return own, [one for one in advice if ALONE in one]


@pytest.mark.parametrize(
    ("who", "asked", "own"),
    [
        ("p{}".format, {}, "named"),
        ("{}x".format, {"group": "patient"}, "named"),
        (lambda row: f"p{row // 2}", {}, "none"),
        ("p{}".format, {"group": "file"}, "asked"),
        (lambda row: f"p{row}" if row else "NA", {}, "some"),
        (None, {}, "unknown"),
        (lambda row: "ab"[row % 2], {}, "unused"),
    ],
)
def test_it_is_told_who_said_that_each_recording_is_its_own_group(told, who, asked, own) -> None:
    found, doubts = _said(told(who, **asked))
    assert found == own
    assert bool(doubts) == (own == "unknown")  # a column not used has a warning of its own


def test_recordings_without_a_group_are_named_beside_others_of_one_each(told) -> None:
    manifest = told(lambda row: f"p{row}" if row > 1 else "")
    assert [one.id for one in without_group(manifest.recordings)] == ["ax.wav", "bx.wav"]
    advice = check_recordings(manifest, label="label").advice
    assert any("2 recordings without a group (ax.wav, bx.wav)" in one for one in advice)
    assert not any(ALONE in one for one in advice)


def test_files_that_nobody_grouped_have_no_group(told) -> None:
    manifest = told(None)
    assert without_group(manifest.recordings) == [*manifest.recordings]
