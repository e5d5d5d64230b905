from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tonotope._errors import DataError
from tonotope._progress import Progress
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import open_source
from tonotope.datasets.sources.table import open_table


@pytest.fixture
def sheet(tmp_path: Path, sound):
    """Write a table and the sounds it names; `.wav` names become sounds of half a second."""

    def write(text: str, sounds: str = "", **asked) -> Manifest:
        for number, name in enumerate(sounds.split()):
            if not (tmp_path / name).exists():
                sound(tmp_path / name, pitch=number, seconds=0.5)
        (tmp_path / "t.csv").write_text(text, encoding="utf-8")
        return open_table(tmp_path / "t.csv", Data(**asked))

    return write


def labels(manifest: Manifest, column: str = "label") -> dict[str, str]:
    return {one.id: one.targets[column] for one in manifest.recordings}


def test_a_plain_table(sheet) -> None:
    manifest = sheet("file,label\na.wav,dog\nb.wav,cat\n", "a.wav b.wav")
    assert labels(manifest) == {"a.wav": "dog", "b.wav": "cat"}
    one = manifest.recordings[0]
    assert (one.group, one.fold, one.part, one.start_s) == ("a.wav", None, None, 0.0)
    assert (one.duration_s, one.rate_hz, one.channels) == (0.5, 8000, 1)
    assert len(one.sha256) == 64
    assert manifest.skipped == ()
    assert manifest.notes[1] == "understood: file from `file`, label from `label`"


def test_esc50_is_understood(sheet, tmp_path: Path, sound) -> None:
    rows, names = ["filename,fold,target,category,esc10,src_file,take"], []
    for number in range(12):
        name = f"{number % 3 + 1}-{1000 + number}-A-{number % 2}.wav"
        names.append(f"audio/{name}")
        rows.append(
            f"{name},{number % 3 + 1},{number % 2},{['dog', 'cat'][number % 2]},True,"
            f"{1000 + number},A"
        )
    (tmp_path / "meta").mkdir()
    for number, name in enumerate(names):
        sound(tmp_path / name, pitch=number)
    (tmp_path / "meta" / "esc50.csv").write_text("\n".join(rows))
    manifest = open_table(tmp_path / "meta" / "esc50.csv", Data())
    one = manifest.recordings[1]
    assert (one.id, one.group, one.fold) == ("audio/2-1001-A-1.wav", "1001", "2")
    assert one.targets == {"category": "cat"}
    told = "\n".join(manifest.notes)
    assert "labels are taken from `category`, since no column is called `label`" in told
    assert "file from `filename`, label from `category`, group from `src_file`" in told
    assert "12 files lie in ../audio/" in told
    assert "groups are from `src_file`: 12 groups" in told


def test_urbansound8k_is_understood(sheet) -> None:
    rows, names = ["slice_file_name,fsID,start,end,salience,fold,classID,class"], []
    for number in range(12):
        name = f"{100 + number // 2}-{number % 2}-0-{number}.wav"
        fold = number // 2 % 3 + 1
        names.append(f"audio/fold{fold}/{name}")
        rows.append(
            f"{name},{100 + number // 2},{number}.5,{number + 4}.5,1,{fold},{number % 2},"
            f"{['siren', 'drill'][number % 2]}"
        )
    manifest = sheet("\n".join(rows), " ".join(names))
    assert len(manifest.recordings) == 12
    one = manifest.recordings[3]
    assert (one.id, one.group, one.fold) == ("audio/fold2/101-1-0-3.wav", "101", "2")
    assert one.targets == {"class": "drill"}
    assert (one.start_s, one.duration_s) == (0.0, 0.5)  # start and end are another recording's
    told = "\n".join(manifest.notes)
    assert "`start` and `end` are not used: every file has one row" in told
    assert "12 files lie in audio/fold{fold}/" in told
    assert not manifest.warnings


def test_hugging_faces_metadata_is_understood(sheet) -> None:
    text = "file_name,genre,split\na.wav,rock,train\nb.wav,folk,train\nc.wav,folk,test\n"
    manifest = sheet(text, "a.wav b.wav c.wav")
    assert [one.part for one in manifest.recordings] == ["train", "train", "test"]
    assert labels(manifest, "genre")["a.wav"] == "rock"


@pytest.mark.parametrize(
    ("header", "asked", "says"),
    [
        ("file,species", {"label": "specie"}, 'data.label = "specie", but no column is called so; '
         "the columns are: file, species; did you mean `species`.$"),
        ("file,label", {"group": "speaker"}, 'data.group = "speaker", but no column is called so;'),
        ("file,label", {"start": "begin"}, 'data.start = "begin", but no column'),
        ("file,x,y2", {}, "no column is called `label`; name the column of labels"),
        ("what,label", {}, "no column of files was recognised; name it"),
        ("a.wav,dog", {}, "the first row .a.wav, dog. looks like a recording, not like names"),
    ],
)  # fmt: skip
def test_columns_that_are_not_there(sheet, header: str, asked: dict, says: str) -> None:
    cells = ["nothing", "1.5", "2.5"][: header.count(",") + 1]
    with pytest.raises(DataError, match=says):
        sheet(f"{header}\n{','.join(cells)}\n", **asked)


def test_columns_are_taken_as_they_are_named(sheet) -> None:
    text = "label,x,y,z,f\na,1,A,p,a.wav\na,1,B,q,b.wav\nb,2,A,r,c.wav\n"
    asked = {"label": "y", "group": "z", "file": "f", "fold": "x"}
    manifest = sheet(text, "a.wav b.wav c.wav", **asked)
    assert labels(manifest, "y") == {"a.wav": "A", "b.wav": "B", "c.wav": "A"}
    assert [one.group for one in manifest.recordings] == ["p", "q", "r"]
    assert [one.fold for one in manifest.recordings] == ["1", "1", "2"]


def test_labels_are_text_and_stay_as_they_are(sheet) -> None:
    manifest = sheet("file,label\na.wav,007\nb.wav,7\nc.wav,None\n", "a.wav b.wav c.wav")
    assert labels(manifest) == {"a.wav": "007", "b.wav": "7", "c.wav": "None"}
    assert "`007` (1) and `7` (1) are the same number written differently" in manifest.warnings[0]
    assert "1 recording is labelled `None`, read as a class like any other" in manifest.warnings[1]


def test_missing_labels_are_left_out_by_their_row(sheet) -> None:
    text = "file,label\na.wav,dog\nb.wav,\nc.wav,NaN\n,cat\nd.wav,cat\n"
    manifest = sheet(text, "a.wav b.wav c.wav d.wav")
    assert [str(one) for one in manifest.skipped] == [
        "b.wav (row 3): has no label",
        "c.wav (row 4): has no label (`NaN`)",
        "t.csv (row 5): names no file",
    ]
    assert len(manifest.recordings) == 2
    with pytest.raises(DataError, match=r"t\.csv: b\.wav \(row 3\): has no label"):
        sheet(text, strict=True)


def test_labels_that_look_alike_are_told_and_never_merged(sheet) -> None:
    rows = "".join(f"{n}.wav,dog\n" for n in range(5))
    text = f"file,label\n{rows}5.wav,Dog\n6.wav,dog \n7.wav,siren\n8.wav,dogg\n"
    manifest = sheet(text, " ".join(f"{n}.wav" for n in range(9)))
    assert set(labels(manifest).values()) == {"dog", "Dog", "dog ", "siren", "dogg"}
    assert manifest.warnings[0] == (
        "`Dog` (1) and `dog` (5) and `dog ` (1) differ in case, spaces or marks alone: did you "
        "mean one class? They stay different until the table is changed"
    )


def test_a_slip_of_the_pen_is_told(sheet) -> None:
    rows = "".join(f"{n}.wav,siren\n" for n in range(5))
    manifest = sheet(f"file,label\n{rows}5.wav,sirne\n", " ".join(f"{n}.wav" for n in range(6)))
    assert "`sirne` occurs once; did you mean `siren`?" in manifest.warnings


def test_contradictions_are_an_error_with_both_rows(sheet) -> None:
    with pytest.raises(
        DataError, match=r"rows 2 and 4 call a\.wav `dog` and `cat`; a recording has"
    ):
        sheet("file,label\na.wav,dog\nb.wav,cat\na.wav,cat\n", "a.wav b.wav")
    manifest = sheet("file,label\na.wav,dog\nb.wav,cat\na.wav,dog\n")
    assert [str(one) for one in manifest.skipped] == ["a.wav (row 4): says the same as row 2"]


def test_absent_and_unnamed_files_are_counted_with_the_first_three(sheet) -> None:
    rows = "".join(f"gone{n}.wav,dog\n" for n in range(7))
    extra = " ".join(f"extra{n}.wav" for n in range(6))
    manifest = sheet(f"file,label\na.wav,dog\nb.wav,cat\n{rows}", f"a.wav b.wav {extra}")
    assert manifest.warnings[0] == (
        "7 files named in the table could not be found: gone0.wav, gone1.wav, gone2.wav and 4 more"
    )
    assert manifest.warnings[1].startswith("6 sound files beside them are not named in the table:")
    assert manifest.warnings[1].endswith("extra0.wav, extra1.wav, extra2.wav and 3 more")
    assert len(manifest.skipped) == 7
    assert str(manifest.skipped[0]).startswith("gone0.wav (row 4): no such file beside the table")
    with pytest.raises(DataError, match=r"no row can be used: x\.wav \(row 2\): no such file"):
        sheet("file,label\nx.wav,dog\n")


def test_broken_sounds_are_left_out_and_the_rest_goes_on(sheet, tmp_path: Path) -> None:
    (tmp_path / "b.wav").write_bytes(b"")
    (tmp_path / "c.wav").write_text("<html></html>")
    text = "file,label\na.wav,dog\nb.wav,cat\nc.wav,cat\nd.wav,cat\n"
    manifest = sheet(text, "a.wav d.wav")
    assert [one.id for one in manifest.recordings] == ["a.wav", "d.wav"]
    assert [(one.row, one.reason.split(";")[0]) for one in manifest.skipped] == [
        (3, "empty file (0 bytes)"),
        (4, "a web page (HTML), not sound"),
    ]
    with pytest.raises(DataError, match=r"b\.wav \(row 3\): empty file"):
        sheet(text, strict=True)


def test_events_inside_files(sheet) -> None:
    text = "file;start;end;label\na.wav;0,1;0,2;dog\na.wav;0,2;0,45;cat\nb.wav;0;0,5;dog\n"
    manifest = sheet(text, "a.wav b.wav")
    assert [one.id for one in manifest.recordings] == [
        "a.wav@0.1-0.2",
        "a.wav@0.2-0.45",
        "b.wav@0-0.5",
    ]
    assert [(one.start_s, round(one.duration_s, 9)) for one in manifest.recordings] == [
        (0.1, 0.1),
        (0.2, 0.25),
        (0.0, 0.5),
    ]
    assert [one.group for one in manifest.recordings] == ["a.wav", "a.wav", "b.wav"]
    said = "3 events in 2 files: times in seconds (decimal comma) from `start` and `end`"
    assert f"the table names {said}" in manifest.notes
    assert not manifest.warnings


def test_times_that_cannot_be_are_left_out_by_their_row(sheet) -> None:
    rows = ["a.wav,0.3,0.2,dog", "a.wav,-1,0.2,dog", "a.wav,0.1,0.9,dog", "a.wav,2,3,dog"]
    rows += ["a.wav,soon,0.2,dog", "a.wav,0.1,,dog", "b.wav,,0.505,cat", "b.wav,0.1,0.1,cat"]
    rows += ["b.wav,0.1,inf,cat"]
    text = "file,onset,offset,label\n" + "\n".join(rows)
    manifest = sheet(text, "a.wav b.wav", start="onset", end="offset")
    assert [one.id for one in manifest.recordings] == ["a.wav@0.1-0.5", "b.wav@0-0.5"]
    assert {one.row: one.reason for one in manifest.skipped} == {
        2: "ends at 0.2 s, not after its start at 0.3 s",
        3: "starts at -1 s, before the sound does",
        4: "ends at 0.9 s, but the sound lasts 0.50 s",
        5: "starts at 2 s, but the sound lasts 0.50 s",
        6: "`soon` is no number of seconds",
        9: "ends at 0.1 s, not after its start at 0.1 s",
        10: "`inf` is no number of seconds",
    }


def test_milliseconds_are_recognised(sheet) -> None:
    text = "file,start,end,label\na.wav,0,100,dog\na.wav,100,450,cat\n"
    with pytest.raises(DataError) as caught:
        sheet(text, "a.wav")
    assert str(caught.value).partition("t.csv: ")[2] == (
        "times look like milliseconds: row 2 ends at 100, but a.wav lasts 0.50 s; they are read "
        "as seconds, so divide the columns of start and end by 1000"
    )


def test_overlapping_events_are_told(sheet) -> None:
    text = "file,start,end,label\na.wav,0,0.3,dog\na.wav,0.2,0.4,cat\n"
    manifest = sheet(text, "a.wav")
    assert any("1 event overlaps an earlier one in the same file (rows 2 and 3" in told
               for told in manifest.warnings)  # fmt: skip
    assert len(manifest.recordings) == 2


def test_files_are_found_without_ending_with_backslash_and_in_either_unicode(sheet) -> None:
    text = "file,label\na,dog\nsub\\b.wav,cat\ne\u0301.wav,cat\nhttp://x/y.wav,cat\nd,cat\n"
    manifest = sheet(text, "a.wav sub/b.wav é.wav d.wav d.flac")
    assert [one.path.name for one in manifest.recordings] == ["a.wav", "b.wav", "é.wav"]
    assert "1 file is named without an ending, which was found" in manifest.notes
    assert [one.reason for one in manifest.skipped] == [
        "an address, not a file; download it and name the file",
        "several files fit: d.flac, d.wav; write the ending too",
    ]


@pytest.mark.parametrize(
    ("named", "there", "told"),
    [
        (r"C:\Users\ann\owl\1.wav", "owl/1.wav", "named by a path of another machine"),
        (r"D:/rec/1.wav", "audio/1.wav", "named by a path of another machine"),
        ("/home/ann/rec/1.wav", "1.wav", "named by a path of another machine"),
        ("my%20owl.wav", "my owl.wav", "named as in an address"),
        ("b%C3%BCho.wav", "büho.wav", "named as in an address"),
        ("100%.wav", "100%.wav", ""),
        ("a%20b.wav", "a%20b.wav", ""),
        ("OWL/One.WAV", "owl/one.wav", "named in another case"),
        ("búho.wav", "BÚHO.wav", "named in another case"),
    ],
)
def test_a_path_as_another_machine_writes_it(
    sheet, tmp_path: Path, sound, named: str, there: str, told: str
) -> None:
    sound(tmp_path / there, pitch=3)
    sound(tmp_path / "other.wav", pitch=5)
    manifest = sheet(f"file,label\n{named},dog\nother.wav,cat\n")
    assert labels(manifest) == {there: "dog", "other.wav": "cat"}
    assert any(told in note and named in note for note in manifest.notes) == bool(told)


def test_two_paths_of_another_machine_never_become_one_file(sheet) -> None:
    rows = "C:\\owl\\1.wav,owl\nC:\\rail\\1.wav,rail\nb.wav,owl\nB.WAV2,rail\n"
    manifest = sheet(f"file,label\n{rows}", "1.wav b.wav")
    assert labels(manifest) == {"b.wav": "owl"}
    assert [one.row for one in manifest.skipped] == [2, 3, 5]
    assert "would all be 1.wav" in manifest.skipped[0].reason
    assert "a path of another machine, and no such file" in str(
        sheet("file,label\nC:\\x.wav,owl\nb.wav,rail\n").skipped[0]
    )


def test_files_in_folders_of_their_labels(sheet) -> None:
    manifest = sheet("file,label\n1.wav,dog\n2.wav,cat\n", "dog/1.wav cat/2.wav")
    assert [one.id for one in manifest.recordings] == ["dog/1.wav", "cat/2.wav"]
    assert "2 files lie in {label}/" in manifest.notes


def test_a_speaker_is_recognised_as_group_unless_it_cannot_be(sheet) -> None:
    rows = [f"{n}.wav,{'ab'[n % 2]},{'xyz'[n // 2 % 3]}" for n in range(12)]
    names = " ".join(f"{n}.wav" for n in range(12))
    manifest = sheet("file,label,speaker\n" + "\n".join(rows), names)
    assert {one.group for one in manifest.recordings} == {"x", "y", "z"}
    rows = [f"{n}.wav,{'ab'[n % 2]},{'xy'[n % 2]}" for n in range(12)]
    manifest = sheet("file,label,speaker\n" + "\n".join(rows))
    assert len({one.group for one in manifest.recordings}) == 12
    assert manifest.warnings[-1].startswith(
        "`speaker` was not used as group: there would be 2 groups in all, and each class would be "
        "in one of them alone. That is: each class is of one `speaker` alone"
    )
    assert not any("was not used as group" in one for one in manifest.notes)  # said once
    manifest = sheet("file,label,speaker\n" + "\n".join(rows), group="speaker")
    assert {one.group for one in manifest.recordings} == {"x", "y"}
    manifest = sheet("path,label,speaker\n" + "\n".join(rows), group="file")
    assert len({one.group for one in manifest.recordings}) == 12


def test_a_part_of_the_names_in_a_table_is_the_group_as_asked(sheet) -> None:
    names = [f"{n}_{who}.wav" for n in range(2) for who in ("ann", "bob", "eve")]
    rows = [f"{name},{'ab'[n % 2]}" for n, name in enumerate(names)]
    manifest = sheet("file,label\n" + "\n".join(rows), " ".join(names), group="name 2")
    assert [one.group for one in manifest.recordings] == ["ann", "bob", "eve"] * 2
    with pytest.raises(DataError, match="0_ann has 2 parts"):
        sheet("file,label\n" + "\n".join(rows), group="name 3")


def test_an_empty_group_stands_for_itself(sheet) -> None:
    text = "file,label,group\na.wav,dog,x\nb.wav,cat,\nc.wav,cat,x\n"
    manifest = sheet(text, "a.wav b.wav c.wav", group="group")
    assert [one.group for one in manifest.recordings] == ["x", "b.wav", "x"]
    assert "groups are from `group`: 2 groups; 1 empty cell: each file its own" in manifest.notes


def test_names_never_part_what_a_published_fold_joins(sheet) -> None:
    rows = [f"{who}_{n}.wav,{'ab'[n % 2]},{n % 3}" for who in ("x", "y", "z") for n in range(6)]
    names = " ".join(row.split(",")[0] for row in rows)
    manifest = sheet("file,label,fold\n" + "\n".join(rows), names)
    assert len({one.group for one in manifest.recordings}) == 18
    assert "would lie in several folds or parts" in manifest.notes[-1]


def test_a_part_that_is_none_is_told(sheet) -> None:
    text = "file,label,use\na.wav,dog,train\nb.wav,cat,Test\nc.wav,cat,maybe\n"
    manifest = sheet(text, "a.wav b.wav c.wav", part="use")
    assert [one.part for one in manifest.recordings] == ["train", "Test", None]
    assert "`use` should say train, validation or test; rows that say maybe" in manifest.notes[-1]


def test_progress_hears_of_files_and_of_what_is_left_out(tmp_path: Path, sheet) -> None:
    class Ear(Progress):
        said: list[str]

        def __init__(self) -> None:
            self.said, self.done = [], 0

        def advance(self, steps: int = 1, **facts: float | str) -> None:
            self.done += steps

        def say(self, message: str) -> None:
            self.said.append(message)

    (tmp_path / "b.wav").write_bytes(b"")
    sheet("file,label\na.wav,dog\nb.wav,cat\nc.wav,cat\n", "a.wav c.wav")
    ear = Ear()
    open_table(tmp_path / "t.csv", Data(), progress=ear)
    assert ear.done == 3
    assert ear.said == ["b.wav (row 3): empty file (0 bytes); copy or download it again"]


@pytest.mark.data
def test_real_tables(real_data: Path) -> None:
    manifest = open_table(real_data / "esc10" / "esc10.csv", Data())
    assert len(manifest.recordings) == 320
    assert not manifest.skipped
    assert not manifest.warnings
    assert len({one.group for one in manifest.recordings}) == 247
    assert {one.fold for one in manifest.recordings} == {"1", "2", "3", "4"}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (
            "take.txt",
            "0.000000\t2.000000\tA\n4.000000\t6.000000\tB\n",
            "(0.000000, 2.000000, A) looks like an event, not like names, as in a label track of "
            "Audacity; put a row of names above it (start,end,label), and if they are of one "
            "sound, add a column `file` with take.wav in each row",
        ),
        (
            "Labels 1.txt",
            "0,5\t2,0\tA\n\\\t100\t3000\n",
            "add a column `file` with its name in each row",
        ),
        (
            "take.Table.1.selections.txt",
            "Selection\tBegin Time (s)\tEnd Time (s)\tSpecies\n1\t0\t1\tA\n2\t1\t2\tB\n",
            "its rows are events, but no column says in which file: if they are of one sound, add "
            "a column `file` with take.wav in each row",
        ),
        ("one.csv", "onset,duration,what\n0,1,a\n", "no column says in which file"),
    ],
)
def test_events_of_one_sound_say_what_to_add(
    tmp_path: Path, sound, name: str, text: str, says: str
) -> None:
    sound(tmp_path / "take.wav", seconds=7)
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError) as refused:
        open_table(tmp_path / name, Data())
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ("a.wav,0.5,2.25,A", "file,start,end,label"),
        ("a.wav,A", "file,label"),
        ("A;x;a.wav", "label,…,file"),
        ("a.wav,7", "file,label"),
    ],
)
def test_names_to_put_above_a_first_row(sheet, row: str, names: str) -> None:
    with pytest.raises(DataError, match=f"put a row of names above it: {names}$"):
        sheet(f"{row}\n{row}\n")


@pytest.mark.parametrize(
    ("above", "columns"),
    [
        ("# made 2017\n# num=2, of=3, more=4\n# YTID, start_seconds, end_seconds, label\n",
         "YTID, start_seconds, end_seconds, label"),
        ("# by A, B\n# YTID, start_seconds, end_seconds, label\n",
         "YTID, start_seconds, end_seconds, label"),
    ],
)  # fmt: skip
def test_names_in_the_last_comment(sheet, above: str, columns: str) -> None:
    rows = 'a, 0.000, 0.400, "x,y"\nb, 0.000, 0.300, "x,z"\n'
    manifest = sheet(above + rows, "a.wav b.wav", start="start_seconds", end="end_seconds")
    assert f"its columns: {columns}" in manifest.notes[0]
    assert labels(manifest) == {"a.wav@0-0.4": "x,y", "b.wav@0-0.3": "x,z"}


def test_comments_of_several_cells_above_a_header_are_passed_over(sheet) -> None:
    text = "# by A, B, 2020\nfile,what,took\na.wav,x,1\nb.wav,y,2\n"
    assert labels(sheet(text, "a.wav b.wav", label="what"), "what") == {"a.wav": "x", "b.wav": "y"}


@pytest.mark.parametrize(
    ("header", "file", "label"),
    [
        ("fichier,espèce,nota", 0, 1),
        ("nota,arquivo,classe", 1, 2),
        ("Datei,Art,Wetter", 0, 1),
        ("nota,étiquette,filename", 2, 1),
        ("IN FILE,MANUAL ID,CHANNEL", 0, 1),
        ("File,Confidence,Common name", 0, 2),
        ("recording_id,songtype,species_id", 0, 2),
        ("filename,source_label,scene_label", 0, 2),
        ("file,tier,text", 0, 2),
    ],
)
def test_more_names_of_files_and_labels(sheet, header: str, file: int, label: int) -> None:
    rows = []
    for number, name in enumerate("abcd"):
        cells = [str(number // 2)] * 3
        cells[file] = name if header.startswith("recording_id") else f"{name}.wav"
        cells[label] = "xy"[number % 2]
        rows.append(",".join(cells))
    manifest = sheet("\n".join([header, *rows]), "a.wav b.wav c.wav d.wav")
    told = labels(manifest, header.split(",")[label])
    assert told == {"a.wav": "x", "b.wav": "y", "c.wav": "x", "d.wav": "y"}


def test_columns_that_look_like_classes_are_named(sheet) -> None:
    rows = "".join(f"{name}.wav,{n % 2},{'xy'[n // 2]},{n}.5\n" for n, name in enumerate("abcd"))
    with pytest.raises(DataError, match=r"; those that look like classes: foo, bar$"):
        sheet("file,foo,bar,baz\n" + rows, "a.wav b.wav c.wav d.wav")


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ("https://host/{0}.wav,dog", "9 rows: an address, not a file; download it and name the"),
        ("gone{0}.wav,dog", "9 rows: no such file beside the table"),
    ],
)
def test_a_reason_that_all_rows_share_is_said_once(sheet, cells: str, kind: str) -> None:
    rows = "".join(f"{cells.format(n)}\n" for n in range(9))
    with pytest.raises(DataError, match="no row can be used: ") as refused:
        sheet(f"file,label\n{rows}", "a.wav")
    assert str(refused.value).count(kind) == 1
    assert "0.wav (row 2), " in str(refused.value)
    assert str(refused.value).endswith("2.wav (row 4) and 6 more)")


@pytest.mark.parametrize(
    ("asked", "label", "cure"),
    [
        (["tags"], "sounds", 'head.column = "sounds" takes the one that data.label names'),
        (["tags"], "label", "head.column, or head.targets, names those that are meant"),
        (["a", "b"], "sounds", "head.column, or head.targets, names those that are meant"),
    ],
)
def test_a_target_that_is_absent_says_what_to_set(
    tmp_path: Path, sound, asked: list[str], label: str, cure: str
) -> None:
    sound(tmp_path / "a.wav")
    (tmp_path / "t.csv").write_text("file,sounds\na.wav,dog\n")
    with pytest.raises(DataError, match="the head asks for ") as refused:
        open_source(Data(source=str(tmp_path / "t.csv"), label=label), asked)
    assert f"there: {cure}; the columns are: file, sounds" in str(refused.value)


def test_the_other_parts_tables_are_named(sheet, tmp_path: Path) -> None:
    sheet("file,label\na.wav,dog\nb.wav,cat\n", "a.wav b.wav")
    train = (tmp_path / "t.csv").rename(tmp_path / "train.csv")

    def opened(path: Path) -> Manifest:
        return open_table(path, Data())

    assert not any("one part" in one for one in opened(train).warnings)
    for name in ("test.csv", "meta.csv", "notes.txt"):
        (tmp_path / name).write_text("file,label\nb.wav,dog\n")
    assert any(
        one.startswith("train.csv is one part of a split by its name, and test.csv beside it is")
        for one in opened(train).warnings
    )
    assert not any("one part" in one for one in opened(tmp_path / "meta.csv").warnings)
    (tmp_path / "test.csv").rename(tmp_path / "unused.csv")
    assert not any("one part" in one for one in opened(train).warnings)
    (tmp_path / "unused.csv").rename(tmp_path / "test.csv")
    train.write_text("file,label,split\na.wav,dog,train\nb.wav,cat,test\n")  # says it itself
    assert not any("one part" in one for one in opened(train).warnings)


@pytest.mark.parametrize(
    ("name", "cells", "asked", "told"),
    [
        ("Channel", "1 2 1 2", "mean", "save each channel as a file of its own"),
        ("canal", "0 1 0 1", "mean", "save each channel as a file of its own"),
        ("ch", "2 2 2 2", "mean", "the mean of all channels is heard: data.channels = 1 takes"),
        ("Kanal", "0 0 0 1", 0, "1 row names another sound than is heard: `Kanal` (0, 1) is not"),
        ("CHANNEL", "2 2 2 2", 1, ""),
        *(("channel", cells, "mean", "") for cells in ("3 5 3 5", "ARD ZDF ARD ZDF", "   ")),
    ],
)
def test_a_row_of_one_channel_is_told_what_is_heard_instead(
    tmp_path: Path, sound, name: str, cells: str, asked: Any, told: str
) -> None:
    for file in "ab":
        sound(tmp_path / f"{file}.wav", pitch=ord(file), seconds=4.0, channels=2)
    rows = [
        f"{file}.wav,{cell},{start},{start + 1},{label}\n"
        for cell, (file, start, label) in zip(
            cells.split(" "), [("a", 0, "x"), ("a", 2, "y"), ("b", 0, "x"), ("b", 2, "y")],
            strict=True,
        )
    ]  # fmt: skip
    (tmp_path / "t.csv").write_text(f"file,{name},start,end,label\n{''.join(rows)}")
    manifest = open_table(tmp_path / "t.csv", Data(channels=asked))
    said = [one for one in manifest.warnings if "another sound" in one]
    assert bool(said) == bool(told)
    assert told in "".join(said)


def test_rows_that_differ_in_their_channel_contradict_nothing(tmp_path: Path, sound) -> None:
    sound(tmp_path / "a.wav", seconds=4.0, channels=2)
    (tmp_path / "t.csv").write_text("file,Channel,start,end,label\na.wav,1,0,1,x\na.wav,2,0,1,y\n")
    with pytest.raises(DataError) as refused:
        open_table(tmp_path / "t.csv", Data())
    assert str(refused.value).endswith(
        "rows 2 and 3 call a.wav `x` and `y`; these rows differ in `Channel`, which is not used: "
        "save each channel as a file of its own and name that in the rows"
    )
