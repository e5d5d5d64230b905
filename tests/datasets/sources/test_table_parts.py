from __future__ import annotations

from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.data import Data
from tonotope.datasets.labels import label_warnings
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.table import open_table
from tonotope.datasets.vocabulary import part_of


@pytest.fixture
def parts(tmp_path: Path, sound):
    def write(words: list[str], column: str = "split") -> Manifest:
        rows = [f"file,label,{column}"]
        for number, word in enumerate(words):
            name = f"{chr(97 + number) * 3}.wav"
            sound(tmp_path / name, pitch=number)
            rows.append(f"{name},{'xy'[number % 2]},{word}")
        (tmp_path / "t.csv").write_text("\n".join(rows))
        return open_table(tmp_path / "t.csv", Data())

    return write


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("train train eval eval", "train train test test"),
        ("development development evaluation", "train train test"),
        ("train val evaluation", "train validation test"),
        ("train eval test", "train validation test"),
        ("train dev test", "train validation test"),
        ("train unused test ignore", "train test"),
    ],
)
def test_words_for_parts_are_understood_together(parts, words: str, meant: str) -> None:
    manifest = parts(words.split())
    assert [part_of(one.part or "") for one in manifest.recordings] == meant.split()


def test_unused_rows_and_blank_cells_are_left_out_and_said(parts) -> None:
    manifest = parts(["train", "train", "unused", "", "test"])
    assert "1 row is left out, since `split` says unused" in manifest.notes
    assert [one.row for one in manifest.skipped] == [5]
    manifest = parts(["1", "1.0", "2", "", "2,0"[:1]], "fold")
    assert [one.fold for one in manifest.recordings] == ["1", "1", "2", "2"]
    assert "`fold` is blank" in manifest.skipped[0].reason


def test_a_word_that_is_no_part_is_refused_with_its_row(parts) -> None:
    with pytest.raises(DataError, match="row 4: the column `split` says `tset`"):
        parts(["train", "test", "tset"])


@pytest.mark.parametrize("mark", [",", ";", "|"])
def test_cells_of_several_labels_name_the_head_for_tags(mark: str) -> None:
    labels = [mark.join(one) for one in (("Bark", "Dog"), ("Growl", "Dog"), ("Meow", "Cat"))]
    told = [one for one in label_warnings(labels) if 'head.kind = "tag"' in one]
    assert told
    assert told[0].startswith("3 cells hold several labels")
    assert not any("tag" in one for one in label_warnings(["dog, wild", "cat, tame", "owl"]))
