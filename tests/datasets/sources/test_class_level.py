"""Folders around the classes and inside them: parts, folds, and what is no class at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import open_source
from tonotope.datasets.sources.folder import open_folder


@pytest.fixture
def folders(tmp_path: Path, sound):
    """Two sounds in each folder, opened as a source."""

    def write(names: str, **asked) -> Manifest:
        for number, name in enumerate(names.split()):
            for take in range(2):
                sound(tmp_path / name / f"{'abcdefghij'[number] * 3}{'xy'[take]}.wav",
                      pitch=2 * number + take)  # fmt: skip
        return open_folder(tmp_path, Data(**asked))

    return write


def told(manifest: Manifest) -> set[tuple[str, str | None, str | None]]:
    return {(one.targets["label"], one.fold, one.part) for one in manifest.recordings}


@pytest.mark.parametrize("word", ["fold", "Fold_0", "pliegue ", "falte-", "kfold", "cv"])
@pytest.mark.parametrize("inside", [False, True])
def test_folders_of_folds_are_folds(folders, word: str, inside: bool) -> None:
    names = ["{1}/{0}" if inside else "{0}/{1}"] * 4
    places = [(f"{word}{fold}", label) for fold in (1, 2) for label in ("dog", "cat")]
    if " " in word:
        places = [(place.replace(" ", "_"), label) for place, label in places]
    manifest = folders(" ".join(n.format(*p) for n, p in zip(names, places, strict=True)))
    assert told(manifest) == {
        (label, fold, None) for label in ("cat", "dog") for fold in ("1", "2")
    }
    assert "tell the fold" in manifest.notes[0]
    assert manifest.parts_from is None


@pytest.mark.parametrize(
    ("train", "test"),
    [("train", "test"), ("apprentissage", "test"), ("Treino", "Teste"), ("tr", "tt"),
     ("train_set", "test-set"), ("entraînement", "essai"), ("development", "evaluation")],
)  # fmt: skip
@pytest.mark.parametrize("inside", [False, True])
def test_folders_of_parts_are_parts(folders, train: str, test: str, inside: bool) -> None:
    places = [(side, label) for side in (train, test) for label in ("dog", "cat")]
    manifest = folders(" ".join("/".join(p[::-1] if inside else p) for p in places))
    assert told(manifest) == {
        (label, None, part) for label in ("cat", "dog") for part in ("train", "test")
    }
    where = "inside" if inside else "around"
    assert manifest.parts_from == f"the folders {where} the classes"


def test_one_folder_around_the_classes_tells_its_part_in_the_singular(folders) -> None:
    assert "the folder train tells the part" in folders("train/dog train/cat").notes
    more = folders("test/dog test/cat")
    assert "the folders test, train tell the part" in more.notes


def test_groups_lie_below_parts_inside_the_classes(folders) -> None:
    manifest = folders("dog/train/ann dog/train/eve dog/test/bob cat/train/eve cat/train/ann "
                       "cat/test/bob", group="folder")  # fmt: skip
    assert {one.group for one in manifest.recordings} == {"ann", "eve", "bob"}
    assert {one.part for one in manifest.recordings if one.group == "bob"} == {"test"}


def test_what_lies_beside_parts_inside_a_class_is_left_out_by_name(folders, tmp_path, sound):
    sound(tmp_path / "dog" / "stray.wav", pitch=77)
    manifest = folders("dog/train dog/test cat/train cat/test")
    assert [one.file for one in manifest.skipped] == ["dog/stray.wav"]
    assert "beside the folders that tell the part" in manifest.skipped[0].reason


def test_a_stray_sound_beside_classes_does_not_turn_parts_into_classes(folders, tmp_path, sound):
    sound(tmp_path / "train" / "stray.wav", pitch=77)
    manifest = folders("train/dog train/cat test/dog test/cat")
    assert manifest.classes("label") == ("cat", "dog")
    assert [one.file for one in manifest.skipped] == ["train/stray.wav"]


def test_languages_are_no_parts(folders) -> None:
    manifest = folders("tr/north tr/south cv/west tt/east de/middle")
    assert manifest.classes("label") == ("cv", "de", "tr", "tt")


@pytest.mark.parametrize(
    ("outer", "kind"),
    [("2023 2024", "years or days"), ("2024-05-01 2024-05-02", "years or days"),
     ("site_a site_b", "places, people or sessions"), ("speaker1 speaker2", "places, people"),
     ("Session1 Session2", "places, people"), ("take1 take2", "numbered recordings"),
     ("split1 split2", "parts or folds")],
)  # fmt: skip
def test_years_and_places_around_the_classes_are_refused(folders, outer: str, kind: str) -> None:
    one, other = outer.split()
    names = f"{one}/dog {one}/cat {other}/dog {other}/cat {other}/owl"
    with pytest.raises(DataError, match=f"{one}, {other} look like {kind}") as caught:
        folders(names)
    assert f"put the classes around them (cat/{other}/…)" in str(caught.value)
    manifest = folders(names, group="folder")
    assert manifest.classes("label") == (one, other)


def test_folders_that_come_again_in_every_class_are_asked_about(folders) -> None:
    names = "north/dog north/cat south/dog south/cat"
    (doubt,) = [one for one in folders(names).warnings if "taken for the classes" in one]
    assert doubt.startswith("the folders north, south are taken for the classes, but hold folders")
    assert not [one for one in folders(names, group="folder").warnings if "taken for" in one]


@pytest.mark.parametrize(
    "names",
    ["dog/s1 dog/s2 cat/s1 cat/s2", "bird/site_a bird/site_b animal/site_a animal/site_b",
     "dog/ann dog/bob cat/eve cat/lea", "dog/x cat/x", "dog cat"],
)  # fmt: skip
def test_sources_inside_the_classes_are_not_asked_about(folders, names: str) -> None:
    manifest = folders(names)
    assert manifest.classes("label") == tuple(sorted({one.split("/")[0] for one in names.split()}))
    assert not [one for one in manifest.warnings if "taken for the classes" in one]


@pytest.mark.parametrize(
    ("names", "says"),
    [("fold1/dog fold2/dog more/dog", "called after folds .*`more` is none; call it unused"),
     ("dog/train dog/test dog/more cat/train", "called after parts .*`more` is none"),
     ("train/fold1/dog test/fold1/dog test/fold2/dog", "tell parts or folds, and so do those in"),
     ("fold1/dog/train fold1/dog/test fold2/dog/train", "tell parts or folds, and so do those"),
     ("fold1 fold2", "the folders fold1, fold2 hold sounds, but no class folders")],
)  # fmt: skip
def test_folders_that_say_half_are_refused(folders, names: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        folders(names)


def test_a_folder_beside_folds_may_be_unused(folders) -> None:
    manifest = folders("fold1/dog fold1/cat fold2/dog fold2/cat unused/dog")
    assert {one.fold for one in manifest.recordings} == {"1", "2"}
    assert [one.reason for one in manifest.skipped] == [
        "lies in `unused`, which says to leave it out"
    ] * 2


def test_folders_of_folds_without_classes_leave_the_word_to_the_table(tmp_path, sound) -> None:
    rows = ["slice_file_name,fold,class"]
    for number in range(6):
        name, fold = f"{100 + number}-0-0-0.wav", number % 3 + 1
        sound(tmp_path / "audio" / f"fold{fold}" / name, pitch=number)
        rows.append(f"{name},{fold},{['dog', 'cat'][number // 3]}")
    (tmp_path / "metadata").mkdir()
    table = tmp_path / "metadata" / "sounds.csv"
    table.write_text("\n".join(rows))
    manifest = open_source(Data(source=str(tmp_path)))
    assert [one.fold for one in manifest.recordings] == list("123123")
    assert manifest.classes("class") == ("cat", "dog")
    (tmp_path / "metadata" / "other.csv").write_text("file,label\n")
    with pytest.raises(DataError, match=r"hold sounds.* or give the table that "):
        open_source(Data(source=str(tmp_path)))


def test_class_folders_without_sound_are_named(folders, tmp_path: Path) -> None:
    (tmp_path / "train" / "owl" / "night").mkdir(parents=True)
    (tmp_path / "test" / "owl").mkdir(parents=True)
    (tmp_path / "test" / "jay").mkdir()
    (tmp_path / "test" / "jay" / "list.txt").write_text("none yet")
    (tmp_path / "docs").mkdir()
    manifest = folders("train/dog train/cat test/dog test/cat")
    (doubt,) = [one for one in manifest.warnings if "empty" in one]
    assert doubt == (
        "2 empty folders beside the classes, where a class was perhaps meant: test/owl, train/owl"
    )
    assert "1 folder without sound beside the classes: test/jay" in manifest.notes
