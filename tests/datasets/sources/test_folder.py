from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.folder import open_folder


@pytest.fixture
def sounds(tmp_path: Path, sound):
    """Write sounds, each of its own."""

    def write(names: str, between: str | None = None) -> Path:
        for number, name in enumerate(names.split(between)):
            sound(tmp_path / name, pitch=number)
        return tmp_path

    return write


def opened(root: Path, **asked) -> Manifest:
    return open_folder(root, Data(**asked))


def labels(manifest: Manifest) -> dict[str, str]:
    return {one.id: one.targets["label"] for one in manifest.recordings}


def test_the_first_level_is_the_class(sounds) -> None:
    root = sounds("dog/1.wav dog/2.flac cat/deep/er/3.wav")
    manifest = opened(root)
    assert labels(manifest) == {"cat/deep/er/3.wav": "cat", "dog/1.wav": "dog", "dog/2.flac": "dog"}
    assert manifest.root == root
    assert manifest.notes[0] == "3 files in 2 classes: cat 1, dog 2"
    assert not manifest.skipped
    assert set(opened(root, label="animal").recordings[0].targets) == {"animal"}


def test_two_looks_are_equal(sounds) -> None:
    root = sounds("dog/1.wav dog/2.wav cat/3.wav")
    assert opened(root).digest == opened(root).digest
    shutil.move(root / "dog", root / "hound")
    assert opened(root).digest != ""


def test_folders_of_parts_are_understood(sounds) -> None:
    root = sounds("train/dog/1.wav train/cat/2.wav test/dog/3.wav test/cat/4.wav")
    manifest = opened(root)
    assert {one.id: one.part for one in manifest.recordings}["test/cat/4.wav"] == "test"
    assert labels(manifest)["test/cat/4.wav"] == "cat"
    assert manifest.notes[0] == "the folders test, train tell the part"
    with pytest.raises(
        DataError, match="the folders test, train hold sounds, but no class folders"
    ):
        opened(_only(root, "train/dog/1.wav", "test/dog/3.wav"))


def _only(root: Path, *names: str) -> Path:
    for name in names:
        target = root / "flat" / name.split("/")[0] / Path(name).name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, target)
    return root / "flat"


def test_a_folder_around_the_classes_is_looked_through(sounds) -> None:
    manifest = opened(sounds("genres/rock/1.wav genres/folk/2.wav"))
    assert set(labels(manifest).values()) == {"rock", "folk"}
    assert manifest.notes[0] == "the classes lie in the folder genres"


def test_a_flat_folder_is_refused_with_what_would_fit(sounds) -> None:
    root = sounds("dog-1.wav cat-1.wav")
    with pytest.raises(DataError) as caught:
        opened(root)
    assert str(caught.value) == (
        f"{root}: 2 files lie side by side (cat-1.wav, …) and nothing says what each one is; put "
        f"each class in a folder of its own ({root}/CLASS/cat-1.wav), or give a table with the "
        "columns file,label"
    )
    (root / "a.csv").write_text("file,label\n")
    with pytest.raises(DataError, match=r'or give the table that lies there: source = ".*/a\.csv"'):
        opened(root)
    (root / "b.csv").write_text("file,label\n")
    with pytest.raises(
        DataError, match=r"or give the table that says it .*; there are a.csv, b.csv"
    ):
        opened(root)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("soon")
    (tmp_path / "far.wav").symlink_to("/dev/zero")
    with pytest.raises(DataError, match=r"no sound files are in this folder \(1 other file are\); "
                       r"far\.wav: a link out of the folder"):  # fmt: skip
        opened(tmp_path)


def test_what_cannot_be_used_is_named_and_the_rest_goes_on(sounds) -> None:
    root = sounds("dog/1.wav cat/2.wav")
    (root / "dog" / "empty.wav").write_bytes(b"")
    (root / "dog" / "page.wav").write_text("<html></html>")
    (root / "dog" / "no-ending").write_text("what is this")
    (root / "dog" / "notes.txt").write_text("fine")
    (root / "dog" / "README").write_text("fine")
    (root / "dog" / ".hidden.wav").write_text("")
    (root / "dog" / "folder.wav").mkdir()
    (root / "__MACOSX" / "dog").mkdir(parents=True)
    (root / "__MACOSX" / "dog" / "x.wav").write_bytes(b"junk")
    (root / "loose.wav").write_bytes((root / "dog" / "1.wav").read_bytes())
    os.mkfifo(root / "cat" / "pipe.wav")
    manifest = opened(root)
    assert len(manifest.recordings) == 2
    assert {one.file: one.reason.split(";")[0] for one in manifest.skipped} == {
        "dog/empty.wav": "empty file (0 bytes)",
        "dog/page.wav": "a web page (HTML), not sound",
        "dog/no-ending": "text, not sound (it begins “what is this”)",
        "dog/folder.wav": "a folder, though it is named like a sound file",
        "cat/pipe.wav": "a pipe, not a file",
        "loose.wav": "lies beside the class folders, so its class is not known",
    }
    assert "2 files that are no sound were left aside: .txt 1, README 1" in manifest.notes
    with pytest.raises(DataError, match=r"cat/pipe\.wav: a pipe"):
        opened(root, strict=True)


def test_folders_for_parts_are_understood_together(sounds) -> None:
    root = sounds("train/dog/1.wav train/cat/2.wav eval/dog/3.wav eval/cat/4.wav unused/dog/5.wav")
    manifest = opened(root)
    assert [(one.id, one.part) for one in manifest.recordings] == [
        ("eval/cat/4.wav", "test"),
        ("eval/dog/3.wav", "test"),
        ("train/cat/2.wav", "train"),
        ("train/dog/1.wav", "train"),
    ]
    assert [(one.file, one.reason) for one in manifest.skipped] == [
        ("unused/dog/5.wav", "lies in `unused`, which says to leave it out")
    ]


def test_a_folder_beside_parts_that_is_none_is_refused(sounds) -> None:
    root = sounds("train/dog/1.wav train/cat/2.wav test/dog/3.wav test/cat/4.wav more/dog/5.wav")
    with pytest.raises(DataError, match=r"`more` is none; call it train, validation or test"):
        opened(root)


def test_a_vehicle_is_a_class(sounds) -> None:
    root = sounds("train/north/1.wav bus/north/2.wav train/south/3.wav bus/south/4.wav")
    labels = [one.targets["label"] for one in opened(root).recordings]
    assert sorted(labels) == ["bus", "bus", "train", "train"]


def test_links_stay_inside(tmp_path: Path, sounds, sound) -> None:
    root = sounds("root/dog/1.wav root/cat/2.wav") / "root"
    outside = sound(tmp_path / "outside.wav", pitch=9)
    (root / "dog" / "again.wav").symlink_to("1.wav")
    (root / "dog" / "out.wav").symlink_to(outside)
    (root / "dog" / "loop").symlink_to(root)
    (root / "dog" / "self.wav").symlink_to("self.wav")
    manifest = opened(root)
    assert [one.id for one in manifest.recordings] == ["cat/2.wav", "dog/1.wav", "dog/again.wav"]
    assert {one.file: one.reason for one in manifest.skipped} == {
        "dog/loop": "a link to a folder, which is not followed; move the folder here",
        "dog/out.wav": "a link out of the folder, which is not followed; copy the file here",
        "dog/self.wav": "a link that leads nowhere or to itself",
    }


def test_every_possible_name_travels_as_it_is_and_is_read_back(tmp_path: Path, sound) -> None:
    names = ["é.wav", "e\u0301.wav", "🐕.wav", "two\nlines.wav", '"<b>.wav', "-rf.wav"]
    names += [os.fsdecode(b"\xff.wav"), "x" * 251 + ".wav"]
    for number, name in enumerate(names):
        sound(tmp_path / "do\ng" / name, pitch=number)
        sound(tmp_path / "cat" / name, pitch=number + 100)
    manifest = opened(tmp_path)
    assert len(manifest.recordings) == 16
    assert {one.id for one in manifest.recordings} == {
        f"{label}/{name}" for label in ("cat", "do\ng") for name in names
    }
    assert {one.targets["label"] for one in manifest.recordings} == {"cat", "do\ng"}
    manifest.write_csv(tmp_path / "manifest.csv")
    text = (tmp_path / "manifest.csv").read_bytes().decode("utf-8")
    assert len(text.splitlines()) == 17
    assert Manifest.read_csv(tmp_path / "manifest.csv").recordings == manifest.recordings


def test_classes_that_look_alike_are_told_and_stay_apart(sounds) -> None:
    manifest = opened(sounds("dog/1.wav Dog/2.wav cat/3.wav"))
    assert set(labels(manifest).values()) == {"dog", "Dog", "cat"}
    assert manifest.warnings[0].startswith("`Dog` and `dog` differ in case, spaces or marks alone")
    (alone,) = opened(sounds("x/y/1.wav") / "x").warnings
    assert alone == "one class alone (`y`): there is nothing to tell it from"


def test_long_recordings_are_left_out_by_name(tmp_path: Path, sound) -> None:
    sound(tmp_path / "dog" / "1.wav")
    sound(tmp_path / "cat" / "2.wav", seconds=5.0)
    (left_out,) = opened(tmp_path, max_duration_s=3.0).skipped
    assert left_out.reason == (
        "lasts 5.0 s, more than data.max_duration_s = 3; cut it, or raise that number"
    )
    assert not opened(tmp_path, max_duration_s=None).skipped


@pytest.mark.parametrize(
    "name",
    [
        *("$RECYCLE.BIN", "@eaDir", "LOST.DIR", "System Volume Information", ".Trash-1000"),
        *("#recycle", "lost+found", "__MACOSX", "$Recycle.Bin", "RECYCLER", ".Trashes"),
    ],
)
def test_system_folders_are_passed_over_with_a_sentence(sounds, name: str) -> None:
    root = sounds("dog/1.wav cat/1.wav")
    for place in (root, root / "dog"):
        (place / name / "S-1").mkdir(parents=True)
        shutil.copy(root / "dog/1.wav", place / name / "S-1" / "9.wav")
    manifest = opened(root)
    assert labels(manifest) == {"dog/1.wav": "dog", "cat/1.wav": "cat"}
    assert manifest.skipped == ()
    assert manifest.notes[-1].startswith("2 system folders or files passed over: ")
    assert f"dog/{name}" in manifest.notes[-1]


def test_folders_that_were_put_aside_are_asked_about(sounds) -> None:
    root = sounds("dog/1.wav dog/2.wav cat/3.wav _unused/4.wav Papelera/5.wav oldie/6.wav")
    (doubt,) = [one for one in opened(root).warnings if "put aside" in one]
    assert doubt == (
        "`Papelera`, `_unused` are used as classes, though by their names they were put aside; "
        f"move what is no class out of {root.name}/"
    )
    shutil.rmtree(root / "Papelera")
    (doubt,) = [one for one in opened(root).warnings if "put aside" in one]
    assert doubt == (
        "`_unused` is used as a class, though by its name it was put aside; move it out of "
        f"{root.name}/ if it is none"
    )


def test_class_folders_of_several_labels_are_asked_about(sounds) -> None:
    root = sounds("owl/1.wav|rail/2.wav|owl+rail/3.wav|owl and rail/4.wav|owl, rail/5.wav", "|")
    (told,) = [one for one in opened(root).warnings if "several labels" in one]
    assert told.startswith("3 class folders name several labels (`owl, rail`)")
    assert 'head.kind = "tag" and a table' in told
    shutil.rmtree(root)
    names = opened(sounds("rock and roll/1.wav|hip-hop/2.wav|hip/3.wav", "|"))
    assert not [one for one in names.warnings if "several labels" in one]


def test_folders_of_programs_are_passed_over(sounds) -> None:
    root = sounds("owl/1.wav rail/2.wav _gsdata_/3.wav __pycache__/4.wav")
    assert "2 system folders or files passed over: __pycache__, _gsdata_" in opened(root).notes


def test_a_folder_that_is_left_out_tells_no_part(sounds) -> None:
    root = sounds("train/dog/1.wav train/cat/2.wav test/dog/3.wav unused/dog/5.wav")
    assert "the folders test, train tell the part" in opened(root).notes


def test_one_file_lies_and_classes_are_listed_as_they_are_read(sounds) -> None:
    with pytest.raises(DataError, match=r": one sound file \(dog-1\.wav\) lies there"):
        opened(sounds("dog-1.wav"))
    (sounds("") / "dog-1.wav").unlink()
    manifest = opened(sounds("Zorzal/1.wav Árbol/2.wav ñandú/3.wav Nube/4.wav"))
    assert "4 files in 4 classes: Árbol 1, ñandú 1, Nube 1, Zorzal 1" in manifest.notes
    assert manifest.classes("label") == ("Nube", "Zorzal", "Árbol", "ñandú")  # as in files


def test_tables_beside_a_lone_class_are_named(sounds) -> None:
    root = sounds("audio/1.wav audio/2.wav")
    for name in ("meta.csv", "more.csv"):
        (root / name).write_text("file,label\n1.wav,dog\n")
    assert any(
        one.endswith("; meta.csv, more.csv beside it may tell: source = the table")
        for one in opened(root).warnings
    )


@pytest.mark.parametrize(
    ("train", "test"),
    [("Trainingsdaten", "Testdaten"), ("01_train", "02_test"), ("train-clean-100", "test-clean")],
)
def test_folders_of_parts_with_more_in_their_names(sounds, train: str, test: str) -> None:
    root = sounds(f"{train}/dog/1.wav {train}/cat/2.wav {test}/dog/3.wav {test}/cat/4.wav")
    found = opened(root).recordings
    assert {one.targets["label"] for one in found} == {"cat", "dog"}
    assert {(one.id.split("/")[0], one.part) for one in found} == {(test, "test"), (train, "train")}


@pytest.mark.parametrize(
    "beside",
    [
        *("kick/1.wav.asd", "kick/1.sfk", "kick/1.wav.reapeaks", "kick/live.als", "kick/Icon\r"),
        *(
            "kick/1.eaf",
            "kick/1.TextGrid",
            "kick/x.lnk",
            "kick/1.wav.md5",
            "kick/f.npy",
            "kick/k.nki",
        ),
        *("kick/1.wav.whatever", "kick/4.WAV.xyz"),  # said of the sound that lies there too
    ],
)
def test_what_programs_put_beside_sounds_is_left_aside(sounds, beside: str) -> None:
    root = sounds("kick/1.wav kick/4.WAV kick/2.wav snare/3.wav")
    (root / beside).write_bytes(b"\x01\x02peaks" * 20)
    manifest = opened(root)
    assert len(manifest.recordings) == 4
    assert not manifest.skipped
    ending = Path(beside).suffix.lower() or "Icon"
    assert f"1 file that is no sound was left aside: {ending} 1" in manifest.notes


@pytest.mark.parametrize(
    "name", ["1.wav.bak", "1.wav.part", "1.wav.gz", "1.rx2", "1.m4a", "lost.wav.xyz", "1"]
)
def test_what_may_hold_a_sound_is_named(sounds, name: str) -> None:
    root = sounds("kick/1.wav kick/2.wav snare/3.wav")
    (root / "kick" / name).write_bytes(b"\x01\x02sound" * 20)
    assert [one.file for one in opened(root).skipped] == [f"kick/{name}"]


def test_sounds_in_icloud_alone_are_named_and_hidden_ones_noted_down(sounds) -> None:
    root = sounds("kick/1.wav kick/2.wav snare/3.wav kick/.take.wav .sync/Archive/s.flac")
    for name in (".lost 1.wav.icloud", ".notes.txt.icloud", "._1.wav", ".DS_Store"):
        (root / "kick" / name).write_bytes(b"bplist00" * 20)
    manifest = opened(root)
    assert [(one.file, one.reason) for one in manifest.skipped] == [
        ("kick/lost 1.wav", "lies in iCloud alone; download it (in Finder)")
    ]
    assert len(manifest.recordings) == 3
    said = "2 hidden sounds passed over (a name begins with a dot): .sync/Archive/s.flac, "
    assert f"{said}kick/.take.wav" in manifest.notes


RAVEN = "Selection\tBegin Time (s)\tEnd Time (s)\tBegin File\tSpecies\n1\t0\t0.2\t1.wav\towl\n"


@pytest.mark.parametrize("name", ["x.Table.1.selections.txt", "t.TXT", "t.tab"])
def test_a_text_that_is_a_table_is_named_where_sounds_lie_side_by_side(sounds, name: str) -> None:
    root = sounds("1.wav 2.wav")
    (root / "notes.txt").write_text("recorded in May, in the rain\n")
    (root / name).write_text(RAVEN)
    with pytest.raises(DataError) as refused:
        opened(root)
    assert str(refused.value).endswith(
        "or give a table with the columns file,label "
        f'({name} looks like one: source = "{root / name}")'
    )


@pytest.mark.parametrize("name", ["t.xlsx", "t.ods", "t.json"])
def test_a_sheet_beside_sounds_is_to_be_saved_as_csv(sounds, name: str) -> None:
    root = sounds("1.wav 2.wav")
    (root / name).write_bytes(b"PK")
    with pytest.raises(DataError, match=rf"\({name} may be one: save it as CSV, and give that\)"):
        opened(root)


def test_names_of_files_that_are_left_out_tell_nothing_of_groups(sounds) -> None:
    names = [f"{c}/{word}_{n}.wav" for c, words in (("kick", "deep flat"), ("hat", "thin bright"))
             for word in words.split() for n in (1, 2)]  # fmt: skip
    root = sounds(" ".join(names))
    whole = opened(root)
    for name in names:
        (root / name.replace("_", " old x")).write_bytes(b"no sound")
    manifest = opened(root)
    assert len(manifest.skipped) == 8
    assert {one.id: one.group for one in manifest.recordings} == {
        name: name.split("/")[1].split("_")[0] for name in names
    }
    assert manifest.warnings == whole.warnings
