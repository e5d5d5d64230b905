"""Label files as people and programs make them: each fault a sentence, the rest goes on."""

from __future__ import annotations

import contextlib
import os
import random
import sys
from pathlib import Path

import pytest
from tests.annotations.conftest import needs, some_events

import tonotope as tt
from tonotope.annotations import FORMATS, beyond_end

RAVEN = "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\t"


def read(
    tmp_path: Path, content: str | bytes, name: str = "take.txt", **options: object
) -> tt.EventFile:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tt.read_events(path, **options)  # pyright: ignore[reportArgumentType]


def labels(found: tt.EventFile) -> list[tuple[float, float, str]]:
    return [(one.start_s, one.end_s, one.label) for one in found.events]


class TestRows:
    def test_each_fault_is_one_sentence_and_the_rest_goes_on(self, tmp_path: Path) -> None:
        lines = ["1.0\t2.0\tcurlew", "-1.0\t2.0\tgull", "3.0\t2.0\trail", "x\t2.0\towl",
                 "4.0\t5.0\t ", "4.0\ty\tteal", "a label", "inf\t2\tx", "1e999\t2\tx",
                 "1.234,5\t2\tx", "6.0\t7.0\tlark"]  # fmt: skip
        found = read(tmp_path, "\n".join(lines))
        assert labels(found) == [(1.0, 2.0, "curlew"), (6.0, 7.0, "lark")]
        assert [(one.row, one.reason) for one in found.skipped] == [
            (2, "begins at -1 s: a recording begins at 0"),
            (3, "ends at 2 s, before it begins at 3 s"),
            (4, "its start time `x` is no number"),
            (5, "its label is empty"),
            (6, "its end time `y` is no number"),
            (7, "`a label` has no tab between start, end and text"),
            (8, "its start time `inf` is no number"),
            (9, "its start time `1e999` is no finite number"),
            (10, "its start time `1.234,5` is no number"),
        ]
        assert str(found.skipped[0]).endswith("take.txt (row 2): begins at -1 s: a recording "
                                              "begins at 0")  # fmt: skip

    def test_a_table_says_row_and_reason_too(self, tmp_path: Path) -> None:
        rows = ["file,start_s,end_s,label,score,low_hz,high_hz", "a.wav,0,1,x,0.5,,",
                "a.wav,0,1", "a.wav,0,1,x,y,,", "a.wav,0,1,x,,9,1", "a.wav,0,1,x,,,,z",
                "", "a.wav,2,3,y,87,,"]  # fmt: skip
        found = read(tmp_path, "\n".join(rows), "a.csv")
        assert labels(found) == [(0.0, 1.0, "x"), (2.0, 3.0, "y")]
        assert [(one.row, one.reason) for one in found.skipped] == [
            (3, "its label is empty"),
            (4, "its score value `y` is no number"),
            (5, "from 9.0 to 1.0 Hz: frequencies are 0 or more, the lower first"),
            (6, "has 8 cells, but the header has 7 (a comma inside a cell needs quotation marks)"),
        ]
        assert found.events[1].score is None
        assert found.events[1].columns == {"score": "87"}
        assert "not between 0 and 1, so not read, but kept in `columns`: 1 score" in found.notes

    def test_columns_without_a_name_take_no_other_columns_place(self, tmp_path: Path) -> None:
        found = read(tmp_path, "start_s,,end_s,,label,,\n0,a,1,,x\n2,,3,b,y\n", "a.csv")
        assert labels(found) == [(0.0, 1.0, "x"), (2.0, 3.0, "y")]
        assert [one.columns for one in found.events] == [{"column 2": "a"}, {"column 4": "b"}]

    def test_overlapping_labels_are_all_kept(self, tmp_path: Path) -> None:
        assert len(read(tmp_path, "1\t3\tx\n2\t4\tx\n2\t4\tx\n").events) == 3

    def test_a_moment_is_kept(self, tmp_path: Path) -> None:
        found = read(tmp_path, "1\t1\tgong\n2\tbell\n3\t\ttom\n")
        assert labels(found) == [(1.0, 1.0, "gong"), (2.0, 2.0, "bell"), (3.0, 3.0, "tom")]
        assert "a moment, whose end is its start: 3 labels" in found.notes

    def test_json_lines(self, tmp_path: Path) -> None:
        lines = ['{"start_s": 1, "end_s": 2, "label": "x"}', "{", "[1]", '{"start_s": true}',
                 '{"start_s": NaN, "end_s": 2, "label": "x"}', "[" * 100_000,
                 '{"start_s": 1, "end_s": 1' + "0" * 400 + ', "label": "x"}',
                 '{"start_s": 1, "end_s": 2, "label": 3}']  # fmt: skip
        found = read(tmp_path, "\n".join(lines), "a.jsonl")
        assert labels(found) == [(1.0, 2.0, "x")]
        assert [one.reason for one in found.skipped] == [
            *("is no JSON", "is no JSON object", "its start time is no number"),
            *(
                "its start time is no finite number",
                "is no JSON",
                "its end time is no finite number",
            ),
            "its label is no text",
        ]

    def test_subtitles(self, tmp_path: Path) -> None:
        text = ("1\n00:00:01,500 --> 00:00:02.000\ntwo\nlines\n\n"
                "2\nnonsense\nx\n\n00:00:03,000 --> 00:00:04,000\n12\n")  # fmt: skip
        found = read(tmp_path, text, "a.srt")
        assert labels(found) == [(1.5, 2.0, "two lines"), (3.0, 4.0, "12")]
        assert "lines of one subtitle are joined by a space" in found.notes
        (skipped,) = found.skipped
        assert (skipped.row, skipped.reason[:24]) == (7, "`nonsense` is no time su")


class TestWholeFiles:
    @pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_any_encoding_and_any_line_end(self, tmp_path: Path, codec: str, end: str) -> None:
        text = f"1.0\t2.0\tzorzal ñandú{end}3.0\t4.0\tmirlo{end}"
        found = read(tmp_path, text.encode(codec))
        assert labels(found) == [(1.0, 2.0, "zorzal ñandú"), (3.0, 4.0, "mirlo")]
        assert any("its text is" in note for note in found.notes) == (codec[:5] != "utf-8")

    def test_decimal_commas_are_read_and_told(self, tmp_path: Path) -> None:
        found = read(tmp_path, "1,5\t2,25\tmirlo 0.93\n3.5\t4\tx\n")
        assert labels(found)[0] == (1.5, 2.25, "mirlo")
        told = "a decimal comma in 2 numbers, a point in 1: 1,5 is read as 1.5"
        assert told in found.notes
        table = "sep=;\nStart (s);End (s);Scientific name;Confidence\n1,5;2;Turdus;0,9\n"
        (event,) = read(tmp_path, table, "t.csv", sound="a.wav").events
        assert event == tt.Event("a.wav", 1.5, 2.0, "Turdus", 0.9)

    @pytest.mark.parametrize(
        ("name", "content", "told"),
        [
            ("a.csv", "", "empty; it holds no labels"),
            ("a.csv", "file,label\na.wav,x\n", "begins with `file,label`, which no format of"),
            ("a.csv", "start_s,end_s,kind\n1,2,x\n", r"label=….: start_s, end_s, kind"),
            ("a.csv", "start_s,end_s,label,label\n1,2,x,y\n", "several columns are called label"),
            ("a.csv", 'start_s,end_s,label\n1,2,"x\n', "line 2: .*quotation mark not closed"),
            ("a.csv", "IN FILE,OFFSET,DURATION,N\na,1,2,3\n", "known to hold the labels"),
            ("a.csv", "start,end,label:x\n1,2,y\n", "no column audiofilename; there are: start"),
            ("a.txt", b"1\t2\tx\0y\n", "NUL byte"),
            ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG"),
            ("a.jams", '{"annotations": 3}', "has a list of `annotations`"),
            ("a.jams", '{"annotations": [', "is it whole"),
            ("a.txt", "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n", "begins with `WEBVTT`"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_one_sentence(
        self, tmp_path: Path, name: str, content: str | bytes, told: str
    ) -> None:
        with pytest.raises(tt.DataError, match=told) as error:
            read(tmp_path, content, name)
        assert name in str(error.value)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(tt.DataError, match=r"none\.txt: no such file"):
            tt.read_events(tmp_path / "none.txt")
        with pytest.raises(tt.DataError, match="a folder, not a file"):
            tt.read_events(tmp_path)

    def test_an_empty_label_track_holds_no_labels(self, tmp_path: Path) -> None:
        found = read(tmp_path, "")
        assert (found.format, found.events, found.notes) == (
            "audacity",
            (),
            ("it holds no labels",),
        )

    def test_parquet_without_pyarrow(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(tt.MissingPackageError, match="pip install pyarrow"):
            read(tmp_path, b"PAR1 and more")
        with pytest.raises(tt.MissingPackageError, match="pip install pyarrow"):
            tt.write_events([], tmp_path / "a.parquet", "parquet")
        with pytest.raises(tt.DataError, match="it is Parquet, and not of the format `csv`"):
            read(tmp_path, b"PAR1 and more", format="csv")


class TestAudacity:
    def test_frequencies_and_further_lines(self, tmp_path: Path) -> None:
        text = ("\\\t1\t2\n0\t1\ta\n\\\t100\t2000,5\n\\\tnew\n1\t2\tb\n\\\t-1\t800\n"
                "2\t3\tc\n\\\tx\ty\n")  # fmt: skip
        found = read(tmp_path, text)
        assert [(one.low_hz, one.high_hz) for one in found.events] == [
            *((100.0, 2000.5), (None, 800.0), (None, None)),
        ]
        assert any(note.endswith("no frequencies are passed over: 2 lines") for note in found.notes)
        assert [(one.row, one.reason) for one in found.skipped] == [
            (1, "begins with `\\`, but there is no label above")
        ]

    def test_a_score_behind_the_label(self, tmp_path: Path) -> None:
        text = "0\t1\tcurlew 0.93\n1\t2\tdrum 1\n2\t3\ttake 0.5\n3\t4\ta b 1.00\n4\t5\t0.50\n"
        found = read(tmp_path, text)
        assert [(one.label, one.score) for one in found.events] == [
            *(("curlew", 0.93), ("drum 1", None), ("take 0.5", None), ("a b", 1.0)),
            ("0.50", None),
        ]
        assert any("(`curlew 0.93`): 2 labels" in note for note in found.notes)
        plain = tt.read_events(tmp_path / "take.txt", score_in_text=False)
        assert plain.events[0].label == "curlew 0.93"

    def test_a_fourth_column_is_told(self, tmp_path: Path) -> None:
        found = read(tmp_path, "0\t3\tTurdus merula, Blackbird\t0.8123\n3\t6\tx\tnote\n")
        assert [(one.score, one.columns) for one in found.events] == [
            *((0.8123, {}), (None, {"column 4": "note"})),
        ]
        assert any("a fourth column is read as the score" in note for note in found.notes)
        assert "further columns are kept in `columns`: column 4" in found.notes


class TestRaven:
    def test_two_views_of_a_selection_are_one(self, tmp_path: Path) -> None:
        rows = [RAVEN + "Species", "1\tWaveform 1\t1\t1.0\t2.0\t\t\twren",
                "1\tSpectrogram 1\t1\t1.0\t2.0\t500\t900\twren",
                "2\tSpectrogram 1\t1\t1.0\t2.0\t500\t900\twren",
                "2\tSpectrogram 1\t1\t1.0\t2.0\t500\t900\twren"]  # fmt: skip
        found = read(tmp_path, "\n".join(rows))
        assert [one.low_hz for one in found.events] == [500.0, 500.0, 500.0]
        assert "a second view of a selection, which is read once: 1 row" in found.notes

    def test_file_offset_counts_and_begin_time_does_not(self, tmp_path: Path) -> None:
        rows = [RAVEN + "Begin File\tFile Offset (s)\tAnnotation",
                "1\tSpectrogram 1\t1\t5.0\t6.0\t1\t2\ta.wav\t5.0\trobin",
                "2\tSpectrogram 1\t2\t65.1\t66.3\t1\t2\tb.wav\t5.1\twren"]  # fmt: skip
        found = read(tmp_path, "\n".join(rows))
        assert [*found.events] == [
            tt.Event("a.wav", 5.0, 6.0, "robin", None, 1.0, 2.0),
            tt.Event("b.wav", 5.1, 6.3, "wren", None, 1.0, 2.0),
        ]
        assert [one.columns for one in found.events] == [{}, {"Channel": "2"}]

    def test_without_it_the_lengths_are_needed(self, tmp_path: Path) -> None:
        rows = [RAVEN + "Begin File\tAnnotation",
                "1\tSpectrogram 1\t1\t5.0\t6.0\t1\t2\ta.wav\trobin",
                "2\tSpectrogram 1\t1\t65.0\t66.5\t1\t2\tb.wav\twren",
                "3\tSpectrogram 1\t1\t30.0\t31.0\t1\t2\tb.wav\twren",
                "4\tSpectrogram 1\t1\t165.0\t166.5\t1\t2\tc.wav\twren"]  # fmt: skip
        with pytest.raises(tt.DataError, match=r"add the column `File Offset \(s\)`"):
            read(tmp_path, "\n".join(rows))
        found = read(tmp_path, "\n".join(rows), durations={"a.wav": 60.0, "b.wav": 60.0})
        assert labels(found) == [(5.0, 6.0, "robin"), (5.0, 6.5, "wren")]
        assert [(one.row, one.reason) for one in found.skipped] == [
            (4, "begins at -30 s: a recording begins at 0"),
            (5, "the length of c.wav is not given, nor is its file offset"),
        ]

    def test_the_column_of_labels_may_be_named(self, tmp_path: Path) -> None:
        text = f"{RAVEN}Song\tWho\n1\tSpectrogram 1\t1\t1\t2\t3\t4\tA\tpipit\n"
        with pytest.raises(tt.DataError, match="name the one that does"):
            read(tmp_path, text)
        (event,) = read(tmp_path, text, label="who").events
        assert (event.label, event.columns) == ("pipit", {"Song": "A"})


def test_kaleidoscopes_manual_id_counts_before_the_programs(tmp_path: Path) -> None:
    rows = ["0,5,PIPPIP,,0.4", "5,5,PIPPIP,NYCNOC,0.4", "x,5,PIPPIP,,", "1,-5,PIPPIP,,"]
    text = "INDIR,FOLDER,IN FILE,OFFSET,DURATION,AUTO ID*,MANUAL ID,TOP1DIST\n"
    text += "\n".join(f"D:\\bats,night1,a.wav,{row}" for row in rows)
    found = read(tmp_path, text, "id.csv")
    assert labels(found) == [(0.0, 5.0, "PIPPIP"), (5.0, 10.0, "NYCNOC")]
    assert found.events[0].file == "D:\\bats\\night1\\a.wav"
    assert found.events[1].columns == {"TOP1DIST": "0.4", "AUTO ID*": "PIPPIP"}
    assert [one.row for one in found.skipped] == [4, 5]


def test_labels_beyond_the_end_are_found() -> None:
    events = [tt.Event("a", 0, 1, "x"), tt.Event("a", 4, 5.04, "x"), tt.Event("a", 4, 5.1, "x")]
    assert beyond_end(events, 5.0) == events[2:]


@pytest.mark.parametrize("to", FORMATS)
def test_damage_is_a_sentence_and_never_an_error_of_python(to: str, tmp_path: Path) -> None:
    """A thousand small mutations over all formats; TONOTOPE_MUTATIONS makes them more."""
    needs(to)
    mutate(to, tmp_path, int(os.environ.get("TONOTOPE_MUTATIONS", "1000")) // len(FORMATS))


def mutate(to: str, folder: Path, number: int) -> None:
    rng = random.Random(to)
    path = folder / f"x.{to}"
    events = some_events(6, seed=2)
    tt.write_events(events, path, to, frequencies=True, durations={events[0].file: 9e3})
    whole = path.read_bytes()
    for _ in range(number):
        data = bytearray(whole)
        for _ in range(rng.choice([1, 1, 2, 5])):
            at = rng.randrange(len(data))
            kind = rng.randrange(5)
            if kind == 0:
                data[at] = rng.randrange(256)
            elif kind == 1:
                del data[at : at + rng.randrange(1, 20)]
                data = data or bytearray(b" ")
            elif kind == 2:
                data[at:at] = rng.choice(
                    [b"\t", b"\n", b",", b'"', b"-", b"9" * 400, b"\\", b"\xff\xfe", b"1e999", b"{"]
                )
            elif kind == 3:
                data = data[:at] or bytearray(b" ")
            else:
                other = rng.randrange(len(data))
                data[at:at] = data[other : other + 30]
        path.write_bytes(data)
        for form in (None, to):
            with contextlib.suppress(tt.DataError):  # any other error fails the test
                tt.read_events(path, form)
