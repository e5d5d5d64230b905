"""Sounds with label files as a source: which sounds, which stretches, what is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonotope._errors import DataError
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest, left_out_by_wish
from tonotope.datasets.source import open_source

RAVEN = (
    "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\t{}\n"
)


@pytest.fixture
def opened(tmp_path: Path, sound: Callable[..., Path]) -> Callable[..., Manifest]:
    """Write files (sounds of 4 s) and open their folder, or a file in it."""

    def write(
        files: dict[str, str | bytes | None],
        source: str = "",
        targets: list[str] | None = None,
        **asked: Any,
    ) -> Manifest:
        for number, (name, content) in enumerate(files.items()):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                sound(path, pitch=number, seconds=4.0)
            else:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_source(Data(source=str(tmp_path / source), **asked), targets, base=tmp_path)

    return write


def events(manifest: Manifest, column: str = "label") -> list[tuple[str, float, float, str, str]]:
    return [
        (one.id, one.start_s, round(one.duration_s, 6), one.targets[column], one.group)
        for one in manifest.recordings
    ]


def left_out(manifest: Manifest) -> list[str]:
    return [str(one) for one in manifest.skipped]


# -- what is read -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "encoding"),
    [("curlew", "golden plover", "utf-8"), ("búho chico", "ñandú", "utf-8-sig"),
     ("búho chico", "ñandú", "utf-16"), ("búho chico", "ñandú", "latin-1")],
)  # fmt: skip
def test_label_tracks_of_audacity(opened, one: str, other: str, encoding: str) -> None:
    track = f"0.500000\t1.250000\t{one}\r\n\\\t400.0\t900.0\r\n2.000000\t3.500000\t{other} 0.93\r\n"
    manifest = opened(
        {"toma 1.wav": None, "toma 2.wav": None, "toma 1.txt": track.encode(encoding),
         "toma 2.txt": f"1\t2\t{other}\n".encode(encoding)},
        group="file",
    )  # fmt: skip
    assert events(manifest) == [
        ("toma 1.wav@0.5-1.25", 0.5, 0.75, one, "toma 1.wav"),
        ("toma 1.wav@2-3.5", 2.0, 1.5, other, "toma 1.wav"),
        ("toma 2.wav@1-2", 1.0, 1.0, other, "toma 2.wav"),
    ]
    assert manifest.skipped == ()
    assert manifest.notes[0] == (
        "each sound has a label file beside it: 2 label tracks of Audacity, 3 events"
    )
    assert (
        "1 label carries a score: proposed by a network, and perhaps not seen by a person; "
        "2 without one"
    ) in manifest.notes
    assert (
        "1 label has bounds of frequency, which are not used: all of the sound is heard"
    ) in manifest.notes


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [("Species", "curlew", "golden plover"), ("Species", "zarapito", "búho chico")],
)
def test_selection_tables_of_raven(opened, column: str, one: str, other: str) -> None:
    head = RAVEN.format(column)
    manifest = opened(
        {"a/north.wav": None, "a/north.Table.1.selections.txt": (
            f"{head}1\tSpectrogram 1\t1\t0,25\t0,75\t400\t900\t{one}\n"
            f"2\tSpectrogram 1\t1\t1,5\t3,0\t400\t900\t{other}\n"),
         "b/south.wav": None, "b/south.Table.1.selections.txt": (
            f"{head}1\tWaveform 1\t1\t2.0\t2.5\t\t\t{one}\n"
            f"1\tSpectrogram 1\t1\t2.0\t2.5\t400\t900\t{one}\n")},
    )  # fmt: skip
    assert events(manifest) == [
        ("a/north.wav@0.25-0.75", 0.25, 0.5, one, "a/north.wav"),
        ("a/north.wav@1.5-3", 1.5, 1.5, other, "a/north.wav"),
        ("b/south.wav@2-2.5", 2.0, 0.5, one, "b/south.wav"),
    ]
    assert manifest.notes[0] == (
        "each sound has a label file beside it: 2 selection tables of Raven, 3 events"
    )
    assert any("a decimal comma in 4 numbers" in note for note in manifest.notes)


def test_a_column_of_labels_and_of_groups_may_be_named(opened) -> None:
    row = "{}\tSpectrogram 1\t1\t{}\t{}\t1\t9\tplover\t{}\t{}\n"
    table = RAVEN.format("Species\tCall\tIndividual") + "".join(
        row.format(at, at, at + 1, call, bird)
        for at, (call, bird) in enumerate([("alarm", "a7"), ("song", "b2")])
    )
    files = {"take.wav": None, "take.selections.txt": table}
    assert events(opened(files, label="Call", group="Individual"), "Call") == [
        ("take.wav@0-1", 0.0, 1.0, "alarm", "a7"),
        ("take.wav@1-2", 1.0, 1.0, "song", "b2"),
    ]


def test_tables_of_birdnet_and_of_several_sounds(opened) -> None:
    head = "Start (s),End (s),Scientific name,Common name,Confidence,File\n"
    rows = "0,3,Numenius arquata,Curlew,0.81,C:\\rec\\take.WAV\n1,2,Strix aluco,Owl,0.5,other.wav\n"
    manifest = opened(
        {"take.wav": None, "other.wav": None, "take.BirdNET.results.csv": head + rows + (
            "1,2,Strix aluco,Owl,0.5,elsewhere.wav\n"),
         "other.txt": "3\t4\train\n"}
    )  # fmt: skip
    assert {one.id: one.targets["label"] for one in manifest.recordings} == {
        "take.wav@0-3": "Numenius arquata",
        "other.wav@1-2": "Strix aluco",
        "other.wav@3-4": "rain",
    }
    assert left_out(manifest) == [
        "take.BirdNET.results.csv (row 4): is about elsewhere.wav, and the file is called after "
        "take.wav"
    ]


@pytest.mark.parametrize("asked", ["labels", "labels/", "recordings/labels"])
def test_label_files_in_another_folder(opened, tmp_path: Path, asked: str) -> None:
    home = "recordings/labels" if asked.startswith("rec") else "labels"
    files = {"recordings/night/take.wav": None, "recordings/day/take.wav": None,
             f"{home}/night/take.txt": "0\t1\trail\n",
             f"{home}/day/take.txt": "1\t2\train\n"}  # fmt: skip
    manifest = opened(files, "recordings", annotations=asked)
    assert events(manifest) == [
        ("day/take.wav@1-2", 1.0, 1.0, "rain", "day/take.wav"),
        ("night/take.wav@0-1", 0.0, 1.0, "rail", "night/take.wav"),
    ]
    assert manifest.notes[0] == (
        "each sound has a label file in labels: 2 label tracks of Audacity, 2 events"
    )


def test_a_folder_of_label_files_that_is_none_is_refused(opened) -> None:
    files = {"rec/take.wav": None, "labels/other.txt": "0\t1\trail\n"}
    with pytest.raises(DataError, match=r'annotations = "labelz": .* is no folder; name the fold'):
        opened(files, "rec", annotations="labelz")
    with pytest.raises(DataError, match=r"no label file of a sound in .*rec is there .*other\.txt"):
        opened(files, "rec", annotations="labels")
    with pytest.raises(DataError, match=r"\[data\] has annotations and start: those are columns"):
        opened(files, "rec", annotations="labels", start="begin")


@pytest.mark.parametrize("source", ["take.wav", "take.txt"])
def test_one_sound_and_its_label_file(opened, source: str) -> None:
    files = {"take.wav": None, "take.txt": "0\t1\trail\n2\t3\train\n", "b.wav": None, "b.txt": "x"}
    manifest = opened(files, source)
    assert [one[0] for one in events(manifest)] == ["take.wav@0-1", "take.wav@2-3"]
    assert manifest.notes[0] == (
        "each sound has a label file beside it: 1 label track of Audacity, 2 events"
    )
    with pytest.raises(DataError, match=r"b\.txt: begins with `x`|not one recording"):
        opened(files, "b.wav")


# -- which kind of source a folder is ---------------------------------------------------------


def test_class_folders_with_texts_stay_class_folders(opened) -> None:
    files = {"rail/1.wav": None, "owl/2.wav": None, "rail/1.txt": "found in a marsh",
             "rail/README.txt": "0\t1\tnothing", "owl/2.json": json.dumps({"gain": 3})}  # fmt: skip
    manifest = opened(files)
    assert [(one.id, one.targets["label"]) for one in manifest.recordings] == [
        ("owl/2.wav", "owl"), ("rail/1.wav", "rail")]  # fmt: skip
    assert not any("label file" in said for said in (*manifest.notes, *manifest.warnings))


def test_class_folders_with_some_label_files_ask(opened) -> None:
    files = {"rail/1.wav": None, "owl/2.wav": None, "rail/1.txt": "0\t1\talarm\n"}
    manifest = opened(files)
    assert {one.id for one in manifest.recordings} == {"rail/1.wav", "owl/2.wav"}
    assert (
        "label files lie beside sounds (rail/1.txt) and are not read: "
        'data.annotations = "." takes what they say as the labels, "none" leaves them aside'
    ) in manifest.warnings
    assert not any("label files" in said for said in opened(files, annotations="none").warnings)
    asked = opened(files, annotations=".")
    assert [one[0] for one in events(asked)] == ["rail/1.wav@0-1"]


def test_class_folders_whose_sounds_all_have_label_files_are_takes(opened) -> None:
    files = {"rail/1.wav": None, "owl/2.wav": None, "rail/1.txt": "0\t1\talarm\n",
             "owl/2.txt": "0\t1\tsong\n"}  # fmt: skip
    assert [one[3] for one in events(opened(files))] == ["song", "alarm"]
    pitch = {name.replace("txt", "f0.txt"): text for name, text in files.items()}
    pitch |= {"rail/1.txt": "0\t220\t0.9\n", "owl/2.txt": "0\t440\t0.8\n"}  # measured, no labels
    assert [one[3] for one in events(opened(pitch))] == ["owl", "rail"]


def test_a_folder_with_a_table_stays_one(opened) -> None:
    files = {"a.wav": None, "b.wav": None, "all.csv": "file,label\na.wav,rail\nb.wav,owl\n",
             "a.txt": "0\t1\talarm\n"}  # fmt: skip
    manifest = opened(files)
    assert [(one.id, one.targets["label"]) for one in manifest.recordings] == [
        ("a.wav", "rail"), ("b.wav", "owl")]  # fmt: skip
    assert manifest.notes[0].endswith("holds no class folders, but the table all.csv")
    assert any(one.startswith("label files lie beside sounds (a.txt)") for one in manifest.warnings)


def test_folders_of_parts_part_the_sounds(opened) -> None:
    files = {"train/a.wav": None, "train/a.txt": "0\t1\trail\n1\t2\towl\n",
             "test/b.wav": None, "test/b.txt": "0\t1\trail\n1\t2\towl\n"}  # fmt: skip
    manifest = opened(files)
    assert {(one.id.partition("@")[0], one.part) for one in manifest.recordings} == {
        ("train/a.wav", "train"), ("test/b.wav", "test")}  # fmt: skip
    assert "the folders test, train tell the part" in manifest.notes
    assert manifest.parts_from == "the folders around the sounds"


def test_folders_are_groups_where_that_is_asked(opened) -> None:
    files = {f"{day}/{take}.{kind}": None if kind == "wav" else "0\t1\trail\n"
             for day in ("mon", "tue") for take in "ab" for kind in ("wav", "txt")}  # fmt: skip
    assert [one[4] for one in events(opened(files, group="folder"))] == ["mon"] * 2 + ["tue"] * 2


# -- what does not fit ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("4.5\t5\trail", "starts at 4.5 s, but the sound lasts 4.00 s"),
        ("2\t2\trail", "marks a moment at 2 s: a label to learn from needs a length"),
        ("3\t2\trail", "ends at 2 s, before it begins at 3 s"),
        ("-1\t2\trail", "begins at -1 s: a recording begins at 0"),
        ("2\t3\t", "its label is empty"),
        ("2\t3\tNaN", "has no label (`NaN`)"),
        ("0\t1\towl", "repeats a.txt row 1"),
    ],
)
def test_a_label_that_cannot_be_used_is_told_with_its_row(opened, line: str, reason: str) -> None:
    files = {"a.wav": None, "a.txt": f"0\t1\towl\n{line}\n"}
    manifest = opened(files)
    assert events(manifest) == [("a.wav@0-1", 0.0, 1.0, "owl", "a.wav")]
    assert left_out(manifest) == [f"a.txt (row 2): {reason}"]
    with pytest.raises(DataError, match=r"a\.txt \(row 2\)"):
        opened(files, strict=True)


def test_a_label_beyond_the_end_is_cut_there(opened) -> None:
    manifest = opened({"a.wav": None, "a.txt": "0\t1\towl\n3.5\t6\towl\n3\t4.04\trail\n"})
    assert [one[:3] for one in events(manifest)] == [
        ("a.wav@0-1", 0.0, 1.0), ("a.wav@3.5-4", 3.5, 0.5), ("a.wav@3-4", 3.0, 1.0)]  # fmt: skip
    assert "1 label ends beyond the end of the sound, where the label is cut: a.txt row 2" in (
        manifest.notes
    )


def test_what_has_no_partner_is_named(opened, tmp_path: Path) -> None:
    names = [f"{name}.wav" for name in "abcde"]
    files = dict.fromkeys(names) | {"a.txt": "0\t1\towl\n", "b.txt": "", "gone.txt": "0\t1\towl\n",
                                    "README.txt": "read me", "f.wav": None,
                                    "f.srt": "what else"}  # fmt: skip
    manifest = opened(files)
    assert [one[0] for one in events(manifest)] == ["a.wav@0-1"]
    assert manifest.notes[0] == (
        "label files lie beside 2 of 6 sounds: 2 label tracks of Audacity, 1 event"
    )
    assert manifest.warnings[:3] == (
        "1 label file has no sound of that name, and nothing is learnt from there: gone.txt",
        "3 sounds have no label file, and nothing is learnt from there, not even that nothing is "
        "heard: c.wav, d.wav, e.wav",
        "1 label file holds no label, so that nothing is learnt there: b.txt",
    )
    assert [one.file for one in manifest.skipped] == ["f.srt"]
    assert manifest.skipped[0].reason.startswith("begins with `what else`, which no format")


def test_two_label_files_of_one_sound_are_a_doubt_but_not_with_another_text(opened) -> None:
    files = {"a.wav": None, "b.wav": None, "a.txt": "0\t1\towl\n", "b.txt": "0\t1\towl\n",
             "a.json": json.dumps({"gain": 3})}  # fmt: skip
    assert len(opened(files).recordings) == 2
    manifest = opened({**files, "b.srt": "1\n00:00:00,000 --> 00:00:01,000\nowl\n"})
    assert [one[0] for one in events(manifest)] == ["a.wav@0-1"]
    assert "b.wav has several label files, b.srt, b.txt: keep one" in manifest.warnings


def test_a_sound_that_cannot_be_read_is_left_out_once(opened) -> None:
    files = {"a.wav": None, "a.txt": "0\t1\towl\n", "b.wav": b"", "b.txt": "0\t1\ta\n1\t2\tb\n"}
    assert left_out(opened(files)) == ["b.wav: empty file (0 bytes); copy or download it again"]


def test_labels_in_a_folder_that_says_so_are_left_out_and_counted(opened) -> None:
    files: dict[str, bytes | str | None] = {}
    for side in ("train", "test", "unused"):
        files |= {f"{side}/{side}.wav": None, f"{side}/{side}.txt": "0\t1\towl\n1\t2\train\n"}
    manifest = opened(files)
    assert {one.part for one in manifest.recordings} == {"train", "test"}
    said = "2 labels are left out, since the folder `unused` says so"
    assert said in manifest.notes
    assert left_out_by_wish(manifest.notes) == [said]


# -- labels at the same time ------------------------------------------------------------------

AT_ONCE = {"a.wav": None, "a.txt": "0\t3\train\n1\t2\towl\n2.8\t3.8\trail\n"}


def test_overlaps_of_classes_are_told(opened) -> None:
    manifest = opened(AT_ONCE)
    assert [one[3] for one in events(manifest)] == ["rain", "owl", "rail"]
    assert (
        "3 labels overlap one of another class, and what sounds at the same time is heard too: "
        "a.txt row 1, a.txt row 2, a.txt row 3; if a sound may have several labels, take "
        'head.kind = "tag"'
    ) in manifest.warnings


def test_tags_have_the_labels_that_cover_half_of_them(opened) -> None:
    manifest = opened(AT_ONCE, targets=["label"])
    assert [one[3] for one in events(manifest)] == ["rain", "owl;rain", "rail"]
    assert (
        "1 stretch has the labels of others too, since those cover half of the stretch or more: "
        "a.txt row 2"
    ) in manifest.notes
    assert not any("overlap" in one for one in manifest.warnings)


def test_a_stretch_that_is_labelled_twice_has_both_labels(opened) -> None:
    files = {"a.wav": None, "a.txt": "0\t3\train\n0\t3\towl\n3\t4\train\n"}
    manifest = opened(files)
    assert [(one[0], one[3]) for one in events(manifest)] == [
        ("a.wav@0-3", "rain;owl"), ("a.wav@3-4", "rain")]  # fmt: skip
    assert any("1 cell holds several labels (`rain;owl`)" in one for one in manifest.warnings)


def test_labels_of_another_channel_are_told(opened, tmp_path: Path, sound) -> None:
    rows = "1\tS\t1\t0\t1\t0\t9\towl\n2\tS\t2\t2\t3\t0\t9\train\n"
    sound(tmp_path / "a.wav", seconds=4.0, channels=2)
    manifest = opened({"b.wav": None, "a.Table.1.selections.txt": RAVEN.format("Species") + rows})
    assert any(
        "2 rows name another sound than is heard: `Channel` (1, 2) is not used" in one
        for one in manifest.warnings
    )
