from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.manifest import Manifest, Recording, Skipped


def recording(name: str, **changes) -> Recording:
    given = {
        "id": name,
        "path": Path("/sounds") / name,
        "start_s": 0.0,
        "duration_s": 1.5,
        "targets": {"label": "dog"},
        "group": name,
        "fold": None,
        "part": None,
        "sha256": "0" * 64,
        "rate_hz": 8000,
        "channels": 1,
    }
    return Recording(**{**given, **changes})


def manifest(*recordings: Recording) -> Manifest:
    return Manifest(recordings, (), (), (), Path("/sounds"))


def test_ids_are_unique_and_groups_are_named() -> None:
    with pytest.raises(DataError, match=r"two recordings are both called a\.wav: ids must be uniq"):
        manifest(recording("a.wav"), recording("a.wav"))
    with pytest.raises(DataError, match=r"a\.wav: has no group"):
        manifest(recording("a.wav", group=""))


def test_labels_are_those_of_a_column() -> None:
    both = manifest(
        recording("a", targets={"label": "dog"}), recording("b", targets={"label": "cat"})
    )
    assert both.labels("label") == ["dog", "cat"]
    assert both.classes("label") == ("cat", "dog")
    with pytest.raises(DataError, match="no recording has a target `labl`; known: label; did you"):
        both.labels("labl")
    with pytest.raises(DataError, match="1 recording lacks `label`: c"):
        manifest(*both.recordings, recording("c", targets={})).labels("label")


def test_the_digest_is_of_the_content_not_of_its_order_or_place() -> None:
    a, b = recording("a"), recording("b")
    digest = manifest(a, b).digest
    moved = dataclasses.replace(a, path=Path("/elsewhere/a"))
    assert manifest(b, moved).digest == digest
    for change in (
        *({"targets": {"label": "cat"}}, {"group": "x"}, {"fold": "1"}, {"part": "test"}),
        *({"sha256": "1" * 64}, {"start_s": 0.5}, {"duration_s": 1.0}),
    ):
        assert manifest(dataclasses.replace(a, **change), b).digest != digest


def test_the_table_comes_back_as_it_was(tmp_path: Path) -> None:
    names = [
        "é.wav",
        "two\nlines.wav",
        "=cmd|' /C calc'!A0.wav",
        "'x.wav",
        'q"uo,te.wav',
        "-rf.wav",
    ]
    names += ["bad\udcff.wav", "back\\slash.wav", "@a.wav", "+b.wav"]
    targets = [{"label": "007", "file": "=1+1", "target:x": "a"}, {"label": "NA"}, {}]
    written = manifest(
        *(
            recording(
                name,
                targets=targets[number % 3],
                group=name,
                fold=str(number) if number % 2 else None,
                part="test" if number == 3 else None,
                start_s=0.1 * number,
                duration_s=1 / 3,
            )
            for number, name in enumerate(names)
        )
    )
    written.write_csv(tmp_path / "manifest.csv")
    text = (tmp_path / "manifest.csv").read_text("utf-8")
    assert len(text.splitlines()) == len(names) + 1
    assert text.startswith("id,file,target:file,label,target:target:x,group,fold,part,")
    assert not any(cell.startswith(("=", "+", "@")) for cell in text.replace("\n", ",").split(","))
    read = Manifest.read_csv(tmp_path / "manifest.csv")
    assert read.recordings == written.recordings
    assert read.digest == written.digest
    assert read.root == Path("/sounds")


def test_a_table_that_is_no_manifest_is_named_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "manifest.csv"
    path.write_text("id,file\n")
    with pytest.raises(DataError, match="not a manifest; missing columns: group, fold, part"):
        Manifest.read_csv(path)
    manifest(recording("a"), recording("b")).write_csv(path)
    path.write_text(path.read_text().replace("8000", "eight", 2).replace("eight", "8000", 1))
    with pytest.raises(DataError, match=r"row 3 of the manifest cannot be read \(invalid literal"):
        Manifest.read_csv(path)
    path.write_text(path.read_text() + "one,cell\n")
    with pytest.raises(DataError, match="of the manifest cannot be read"):
        Manifest.read_csv(path)
    with pytest.raises(DataError, match="cannot be read"):
        Manifest.read_csv(tmp_path / "none.csv")


def test_what_is_left_out_says_why_on_one_line() -> None:
    assert str(Skipped("a.wav", 7, "has no label")) == "a.wav (row 7): has no label"
    assert str(Skipped("a.wav", None, "empty file")) == "a.wav: empty file"
