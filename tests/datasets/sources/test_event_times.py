from __future__ import annotations

from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.table import open_table


@pytest.fixture
def events(tmp_path: Path, sound):
    """Write a table over four sounds of four seconds at 8 kHz."""

    def write(text: str, **asked) -> Manifest:
        for number in range(4):
            if not (tmp_path / f"{number}.wav").exists():
                sound(tmp_path / f"{number}.wav", pitch=number, seconds=4.0)
        (tmp_path / "t.csv").write_text(text, encoding="utf-8")
        return open_table(tmp_path / "t.csv", Data(**asked))

    return write


def heard(manifest: Manifest) -> list[tuple[str, float, float]]:
    return [
        (one.path.name, one.start_s, round(one.start_s + one.duration_s, 6))
        for one in manifest.recordings
    ]


@pytest.mark.parametrize(
    "names",
    [
        *("begin_time,end_time", "start_seconds,end_seconds", "Start (s),End (s)", "tmin,tmax"),
        *("onset_s,offset_s", "t_start,t_end", "start_offset,end_offset", "inicio,fin"),
        *("start_time_s,end_time_s", "Inicio (s),Fin (s)", "Beginn,Ende", "Start [s],Stop [s]"),
        *("Anfang_Sekunden,Ende_in_Sekunden", "event_onset,event_offset", "Startzeit,Endzeit"),
        *("segment start,segment end", "tiempo_inicio,tiempo_fin"),
        "Begin Time (s),End Time (s)",
    ],
)
def test_times_are_known_by_their_usual_names(events, names: str) -> None:
    manifest = events(f"file,{names},label\n0.wav,0,1,a\n0.wav,1,2.5,b\n1.wav,0.5,2,a\n")
    assert heard(manifest) == [("0.wav", 0, 1), ("0.wav", 1, 2.5), ("1.wav", 0.5, 2)]
    assert not manifest.skipped


@pytest.mark.parametrize(
    "names", ["start,duration", "onset (s),dur (s)", "offset,duration", "Beginn,Dauer"]
)
def test_a_start_and_a_duration_are_an_event(events, names: str) -> None:
    manifest = events(f"file,{names},label\n0.wav,0,1,a\n0.wav,1,1.5,b\n1.wav,0.5,,a\n")
    assert heard(manifest) == [("0.wav", 0, 1), ("0.wav", 1, 2.5), ("1.wav", 0.5, 4)]


def test_ravens_offset_is_the_start_within_its_own_file(events) -> None:
    rows = ["3,3.5,0.wav,3,a", "4.5,5,1.wav,0.5,b", "6,7.5,1.wav,2,a", "9,9.25,2.wav,1,b"]
    header = "Begin Time (s),End Time (s),Begin File,File Offset (s),Species\n"
    text = header + "\n".join(rows)
    right = [("0.wav", 3, 3.5), ("1.wav", 0.5, 1), ("1.wav", 2, 3.5), ("2.wav", 1, 1.25)]
    assert heard(events(text)) == right
    assert heard(events(text, start="Begin Time (s)", end="End Time (s)")) == right


def test_ravens_selections_are_events_with_one_in_each_file_too(events) -> None:
    header = "Begin Time (s),End Time (s),Begin File,Species\n"
    manifest = events(header + "1,2.5,0.wav,a\n2,3,1.wav,b\n")
    assert heard(manifest) == [("0.wav", 1, 2.5), ("1.wav", 2, 3)]


def test_times_that_are_not_used_though_they_lie_inside_are_a_warning(events) -> None:
    text = "file,start,end,label\n0.wav,1,2.5,a\n1.wav,2,3,b\n"
    manifest = events(text)
    assert heard(manifest) == [("0.wav", 0, 4), ("1.wav", 0, 4)]
    assert any(
        "whole files are heard (4 s where `start` and `end` say 1.5 s, in 2 files)" in told
        for told in manifest.warnings
    )
    told = events(text.replace("2,3,b", "20,23,b")).warnings
    assert not any("whole files" in one for one in told)


def test_pairs_that_rise_are_asked_about(events) -> None:
    rows = "0.wav,0,1,200,900,a\n0.wav,1,2,300,800,a\n1.wav,0.5,2,1,9,b\n"
    manifest = events("file,uno,dos,Low Freq (Hz),High Freq (Hz),label\n" + rows)
    assert len(manifest.recordings) == 2
    assert manifest.warnings[-1] == (
        "1 row says the same as an earlier one and is left out, but `uno` and `dos` rise like "
        'times: if rows are events inside a file, name them (start = "uno", end = "dos")'
    )
    with pytest.raises(DataError, match=r"rows 2 and 3 call .* `uno` and `dos` rise like times"):
        events("file,uno,dos,label\n0.wav,0:00,0:01,a\n0.wav,0:01,0:02,b\n1.wav,0:00,0:02,b\n")
    assert len(events("file,lat,lon,label\n0.wav,1,9,a\n0.wav,1,9,a\n1.wav,2,8,b\n").warnings) == 1


@pytest.mark.parametrize(
    ("names", "unit"),
    [
        ("start_ms,end_ms", "milliseconds"),
        ("onset (ms),offset (ms)", "milliseconds"),
        ("start_sample,end_sample", "numbers of samples"),
        ("start_frame,end_frame", "numbers of"),
        ("Start (min),End (min)", "minutes; multiply them by 60"),
    ],
)
def test_units_in_a_name_are_believed(events, names: str, unit: str) -> None:
    with pytest.raises(DataError, match=f"\\.csv: by their names .* hold {unit}"):
        events(f"file,{names},label\n0.wav,0,1,a\n0.wav,1,2,b\n")


def test_numbers_of_samples_are_recognised(events) -> None:
    text = "file,start,end,label\n0.wav,0,8000,a\n0.wav,8000,24000,b\n1.wav,4000,3,b\n"
    with pytest.raises(DataError, match=r"like numbers of samples: row 2 .* by the sample rate"):
        events(text)


def test_times_with_colons_are_refused_with_what_to_write(events) -> None:
    manifest = events("file,start,end,label\n0.wav,0:00:01,0:02,a\n0.wav,1,2,b\n1.wav,1,2,a\n")
    assert [str(one) for one in manifest.skipped] == [
        "0.wav (row 2): `0:00:01` is a time with colons; write it in seconds: 1"
    ]


@pytest.mark.parametrize(
    "names",
    [
        *("t_on,t_off", "début,fin", "xmin,xmax", "tbeg,tend", "inizio,fine", "início (s),fim (s)"),
        "beg,end",
    ],
)
def test_more_names_of_start_and_end(events, names: str) -> None:
    manifest = events(f"file,{names},label\n0.wav,0,1,a\n0.wav,1,2.5,a\n1.wav,0.5,2,a\n")
    assert heard(manifest) == [("0.wav", 0, 1), ("0.wav", 1, 2.5), ("1.wav", 0.5, 2)]


@pytest.mark.parametrize("names", ["start_s,len_s", "tbeg,tdur", "début,durée", "inicio,longitud"])
def test_more_names_of_a_duration(events, names: str) -> None:
    manifest = events(f"file,{names},label\n0.wav,0,1,a\n0.wav,1,1.5,a\n1.wav,0.5,2,a\n")
    assert heard(manifest) == [("0.wav", 0, 1), ("0.wav", 1, 2.5), ("1.wav", 0.5, 2.5)]


@pytest.mark.parametrize(
    ("columns", "cells", "named"),
    [
        ("timestamp", ["0", "1.5", "0"], "`timestamp`"),
        ("onset", ["0:00", "0:01.5", "0:00"], "`onset`"),
        ("conf,begin_s,why", ["0.9,0,x", "0.8,2,x", "0.7,0,y"], "`begin_s`, `conf`"),
        ("momento", ["0,5", "1,25", "0,5"], "`momento`"),
    ],
)
def test_a_number_that_differs_in_a_file_is_asked_about(
    events, columns: str, cells: list[str], named: str
) -> None:
    marked = [";".join(cell.split(",") if "," in columns else [cell]) for cell in cells]
    rows = "\n".join(f"{n}.wav;{cell};a" for n, cell in zip((0, 0, 1), marked, strict=True))
    header = f"file;{columns.replace(',', ';')};label\n"
    told = events(header + rows).warnings
    asked = [one for one in told if "1 row says the same as an earlier one" in one]
    assert len(asked) == 1
    assert f"but rows of one file differ in {named}: if rows are events" in asked[0]
    assert asked[0].endswith("`start` and `end`, or `start` and `duration`")
    with pytest.raises(DataError, match=f"rows 2 and 3 call .*differ in {named}:"):
        events(header + rows.replace("a\n1.wav", "b\n1.wav"))


@pytest.mark.parametrize("columns", ["nr", "lat", "high_freq"])
def test_a_number_that_counts_rows_is_no_time(events, columns: str) -> None:
    cells = {"nr": "123", "lat": "778", "high_freq": "958"}[columns]
    rows = "\n".join(f"{n}.wav,{cell},a" for n, cell in zip((0, 0, 1), cells, strict=True))
    told = events(f"file,{columns},label\n{rows}").warnings
    assert not [one for one in told if "rows of one file differ" in one]


def test_ravens_views_of_one_selection_are_one_event(events) -> None:
    header = "Selection,View,Begin Time (s),End Time (s),Begin File,Species\n"
    rows = [
        "1,Waveform 1,0,1,0.wav,a",
        "1,Spectrogram 1,0,1,0.wav,a",
        "2,Waveform 1,1,2,0.wav,b",
        "2,Spectrogram 1,1,2,0.wav,b",
        "3,Spectrogram 1,0,1,1.wav,b",
    ]
    manifest = events(header + "\n".join(rows))
    assert heard(manifest) == [("0.wav", 0, 1), ("0.wav", 1, 2), ("1.wav", 0, 1)]
    assert manifest.skipped == ()
    note = "2 rows show a selection of Raven in another view and are passed over"
    assert note in manifest.notes
    again = events(header + "\n".join([*rows, rows[-1]]))  # the same row twice
    assert [one.row for one in again.skipped] == [7]


@pytest.mark.parametrize(
    ("names", "given", "cells", "right"),
    [
        ("comienza,duracion", {"start": "comienza"}, ("0.5,1", "2,1.5"), [(0.5, 1.5), (2, 3.5)]),
        ("t_on,duration", {"start": "t_on"}, ("0.5,1", "2,1.5"), [(0.5, 1.5), (2, 3.5)]),
        ("x,Dauer (s)", {"start": "x"}, ("0.5,1", "2,1.5"), [(0.5, 1.5), (2, 3.5)]),
        ("x,fin", {"start": "x"}, ("0.5,1", "2,3.5"), [(0.5, 1), (2, 3.5)]),
        ("inicio,acaba", {"end": "acaba"}, ("0.5,1", "2,3.5"), [(0.5, 1), (2, 3.5)]),
    ],
)
def test_a_given_start_or_end_goes_with_the_column_that_is_known(
    events, names: str, given: dict[str, str], cells: tuple[str, str], right
) -> None:
    text = f"file,{names},label\n" + "".join(f"0.wav,{cell},a\n" for cell in cells)
    manifest = events(text, **given)
    assert heard(manifest) == [("0.wav", *one) for one in right]
    one, other = names.split(",")
    assert any(f"from `{one}` and `{other}`" in told for told in manifest.notes)


def test_events_without_any_end_are_a_warning(events) -> None:
    manifest = events("file,x,label\n0.wav,0,a\n0.wav,1,b\n1.wav,2,a\n", start="x")
    assert heard(manifest) == [("0.wav", 0, 4), ("0.wav", 1, 4), ("1.wav", 2, 4)]
    assert any(one.startswith("3 events have no end and are heard") for one in manifest.warnings)


@pytest.mark.parametrize(
    ("names", "cells"),
    [
        ("q,cuanto", ("0,0.9", "0.3,1", "0.6,1.1")),  # lies beyond every next start
        ("q,cuanto", ("0,2.5", "0.5,1.5", "2,3.5")),  # falls while the first rises
        ("q,largo", ("0,4", "1,4", "3,4")),  # how long the file is
    ],
)
def test_what_says_how_long_something_lasts_is_never_offered_as_its_end(
    events, names: str, cells: tuple[str, ...]
) -> None:
    rows = "".join(
        f"{n}.wav,{cell},{'ab'[at % 2]}\n" for n in "01" for at, cell in enumerate(cells)
    )
    with pytest.raises(DataError, match="`start` and `end`, or `start` and `duration`") as wrong:
        events(f"file,{names},label\n" + rows)
    assert "rise like times" not in str(wrong.value)


@pytest.mark.parametrize("names", ["onset,duration_ms", "start (s),dur (ms)"])
def test_a_duration_in_another_unit_than_its_start_is_named(events, names: str) -> None:
    with pytest.raises(DataError, match=r"by its name `dur.*ms\)?` holds milliseconds; divide"):
        events(f"file,{names},label\n0.wav,0,500,a\n0.wav,1,500,b\n")


@pytest.mark.parametrize(
    ("names", "cells", "said"),
    [
        ("Zeit von,Zeit bis", "0.5,1.5", "where `Zeit von` and `Zeit bis` say 1 s, in 2 files"),
        ("window_start,window_end", "0.5,1.5", "where `window_start` and `window_end` say 1 s"),
        ("Temps début,Temps fin", "0.5,1.5", "where `Temps début` and `Temps fin` say 1 s"),
        ("Startzeit (Sek.),Endzeit (Sek.)", "0.5,1.5", "`Endzeit (Sek.)` say 1 s, in 2 files"),
        ("Inicio (seg),Fin (seg)", "0.5,1.5", "`Inicio (seg)` and `Fin (seg)` say 1 s"),
        ("t1,t2", "0.5,1.5", "where `t1` and `t2` say 1 s"),
        ("onset,duration_ms", "0.5,1000", "say 1 s, in 2 files), though"),
        ("start_ms,end_ms", "500,1500", "say 1 s, in 2 files), though"),
        ("start_sample,end_sample", "4000,12000", "say 1 s, in 2 files), though"),
        ("in,out", "0.5,1.5", "`in` and `out` may be times inside them (1 s of 4 s, in 2 files)"),
        ("A,B", "0:00.5,0:01.5", "`A` and `B` may be times inside them (1 s of 4 s"),
        ("wann,duración", "0.5,1", "(4 s where `duración` says 1 s, in 2 files): if only a part"),
    ],
)
def test_times_are_asked_about_where_each_file_has_one_row(
    events, names: str, cells: str, said: str
) -> None:
    manifest = events(f"file,{names},label\n0.wav,{cells},a\n1.wav,{cells},b\n")
    assert heard(manifest) == [("0.wav", 0, 4), ("1.wav", 0, 4)]
    assert [said in told for told in manifest.warnings if "whole files" in told] == [True]


def test_a_duration_is_not_named_as_an_end_where_its_start_is_not_used(events) -> None:
    text = "file,onset,duration,label\n0.wav,0.5,1,a\n1.wav,0.5,1,b\n"
    said = [one for one in events(text).warnings if "whole files" in one]
    assert said[0].endswith('if they are events, write start = "onset" in [data]')
    assert heard(events(text, start="onset")) == [("0.wav", 0.5, 1.5), ("1.wav", 0.5, 1.5)]


@pytest.mark.parametrize(
    ("names", "cells"),
    [
        ("score,other", "0.5,1.5"),  # called like something else
        ("lat,lon", "0.5,1.5"),
        ("A,B", "3,9"),  # beyond the file
        ("A,B", "1.5,0.5"),
        ("A,why,B", "0.5,x,1.5"),  # not side by side
        ("a,b,c,d,e,f,g,h,i", "1,2,3,1,2,3,1,2,3"),  # a table of features
    ],
)
def test_other_numbers_are_not_asked_about(events, names: str, cells: str) -> None:
    manifest = events(f"file,{names},label\n0.wav,{cells},a\n1.wav,{cells},b\n")
    assert not any("whole files" in told for told in manifest.warnings)


@pytest.mark.parametrize(
    ("factor", "unit"), [(86400, r"fractions of a day, as Excel keeps them"), (3600, "hours")]
)
def test_times_of_a_spreadsheet_are_refused_with_their_factor(
    events, factor: int, unit: str
) -> None:
    rows = [(0, 1), (1, 2.5), (2, 4)]
    text = "file,start,end,label\n" + "".join(
        f"0.wav,{start / factor:.12f},{end / factor:.12f},a\n" for start, end in rows
    )
    with pytest.raises(DataError, match=rf"t\.csv: times look like {unit}: .*by {factor}"):
        events(text)


def test_very_short_events_are_asked_about(events) -> None:
    text = "file,start,end,label\n0.wav,0,0.001,a\n0.wav,1,1.001,b\n1.wav,3,3.5,a\n"
    manifest = events(text)
    assert heard(manifest) == [("0.wav", 0, 0.001), ("0.wav", 1, 1.001), ("1.wav", 3, 3.5)]
    said = "2 of 3 events last less than 10 ms (1 ms, for example): are the times in seconds?"
    assert said in manifest.warnings
    assert not any("last less" in one for one in events(text.replace("1.001", "1.2")).warnings)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2 s", "is no plain number; write it in seconds: 2"),
        ("500 ms", "is no plain number; write it in seconds: 0.5"),
        ("1,5 seg.", "is no plain number; write it in seconds: 1.5"),
        ("0 days 00:00:02", "is no plain number; write it in seconds: 2"),
        ("PT1M2S", "is no plain number; write it in seconds: 62"),
        ("2024-05-01 10:00:02", "is a date and a time of day; write how many seconds after"),
        ("2 cats", "is no number of seconds"),
    ],
)
def test_times_in_another_way_are_told_what_to_write(events, cell: str, said: str) -> None:
    text = f'file,start,end,label\n0.wav,0,1,a\n0.wav,"{cell}",3,b\n1.wav,0,1,a\n'
    assert str(events(text).skipped[0]).startswith(f"0.wav (row 3): `{cell}` {said}")


def test_elan_and_ravens_duration_are_read(events) -> None:
    clocks = "Begin Time - hh:mm:ss.ms,Begin Time - ss.msec,End Time - hh:mm:ss.ms"
    text = f"file,{clocks},End Time - ss.msec,label\n0.wav,00:00:00.5,0.5,00:00:01.5,1.5,a\n"
    assert heard(events(text + "0.wav,00:00:02,2,00:00:03,3,b\n")) == [
        ("0.wav", 0.5, 1.5),
        ("0.wav", 2, 3),
    ]
    raven = "Begin File,Begin Time (s),Delta Time (s),Species\n0.wav,0.5,1,a\n1.wav,2,1.5,b\n"
    assert heard(events(raven)) == [("0.wav", 0.5, 1.5), ("1.wav", 2, 3.5)]


def test_two_labels_of_one_event_name_the_head_that_fits(events) -> None:
    rows = "".join(f"{n}.wav,0,1,{label}\n" for n in range(4) for label in "ab")
    with pytest.raises(DataError) as wrong:
        events("file,start,end,label\n" + rows)
    said = str(wrong.value)
    assert "rows 6 and 7 call 2.wav `a` and `b` and 1 more; an event has one label" in said
    assert said.endswith('(`rain;wind`) and take head.kind = "tag" with head.column = "label"')
    assert "name their columns" not in said


def test_columns_of_words_are_no_times(events) -> None:
    text = "file,from,to,label\n0.wav,Ana,Bea,a\n1.wav,Bea,Ana,b\n2.wav,Ana,Bea,a\n"
    assert heard(events(text)) == [(f"{n}.wav", 0, 4) for n in range(3)]
    text = "file,x,to,label\n0.wav,1,Bea,a\n0.wav,2,Ana,b\n2.wav,1,Bea,a\n"
    assert heard(events(text, start="x")) == [("0.wav", 1, 4), ("0.wav", 2, 4), ("2.wav", 1, 4)]


@pytest.mark.parametrize(
    ("names", "rows", "right", "told"),
    [
        (
            "start,end",
            ("0.wav,1,2", "0.wav,3,", "1.wav,,1.5"),
            [("0.wav", 1, 2), ("0.wav", 3, 4), ("1.wav", 0, 1.5)],
            "2 rows with a blank start or end: the sound is heard from the beginning or to the "
            "end of the file (row 3 has no end: 3.00 to 4.00 s, row 4 has no start: 0.00 to "
            "1.50 s)",
        ),
        (
            "onset,duration",
            ("0.wav,1,2", "0.wav,3,1", "1.wav,2,", "1.wav,,"),
            [("0.wav", 1, 3), ("0.wav", 3, 4), ("1.wav", 2, 4), ("1.wav", 0, 4)],
            "2 rows with a blank start or end: the sound is heard from the beginning or to the "
            "end of the file (row 4 has no end: 2.00 to 4.00 s, row 5 has no start and no end: "
            "0.00 to 4.00 s)",
        ),
    ],
)
def test_a_blank_start_or_end_is_said_with_what_is_heard(
    events, names: str, rows: tuple[str, ...], right, told: str
) -> None:
    cells = "".join(f"{row},{'ab'[at % 2]}\n" for at, row in enumerate(rows))
    manifest = events(f"file,{names},label\n{cells}")
    assert heard(manifest) == right
    assert [one for one in manifest.warnings if "blank" in one] == [
        f"{told}: if that is not meant, fill the cells in or take the rows out"
    ]


def test_a_blank_end_does_not_hide_that_other_times_are_not_used(events) -> None:
    manifest = events("file,start,duration,label\n0.wav,1,1.5,a\n1.wav,2,1,b\n2.wav,1,,a\n")
    assert heard(manifest) == [("0.wav", 0, 4), ("1.wav", 0, 4), ("2.wav", 0, 4)]
    assert any("whole files are heard" in one and "in 2 files" in one for one in manifest.warnings)


def test_without_its_offset_a_row_of_raven_is_left_out(events) -> None:
    header = "Begin Time (s),End Time (s),Begin File,File Offset (s),Species\n"
    manifest = events(header + "1,1.5,0.wav,1,a\n4.5,5,1.wav,0.5,b\n2,2.5,1.wav,,a\n")
    assert heard(manifest) == [("0.wav", 1, 1.5), ("1.wav", 0.5, 1)]
    (left_out,) = manifest.skipped
    assert (left_out.row, left_out.reason) == (
        4, "has no `File Offset (s)`, so where it lies in its file is not known"
    )  # fmt: skip


IN_SECONDS = [(0.5, 1.25), (1.5, 2.0), (2.25, 3.5)]


@pytest.mark.parametrize(
    ("factor", "zero", "told"),
    [
        (1000, 0, "times look like milliseconds: row 2 ends at 1250"),
        (8000, 0, "times look like numbers of samples: row 2 ends at 10000"),
        (1, 1_700_000_000, "times look like those of a clock (Unix time): row 2 ends at 17000000"),
        (1000, 1_700_000_000_000, "times look like those of a clock (Unix time): row 2 ends at 17"),
    ],
)
@pytest.mark.parametrize("names", ["start,end", "Begin Time (s),End Time (s)"])
def test_the_unit_of_times_beyond_their_files_is_told(
    events, names: str, factor: int, zero: int, told: str
) -> None:
    rows = [
        f"{file}.wav,{zero + factor * start:.13g},{zero + factor * end:.13g},{'ab'[at % 2]}\n"
        for file in range(3)
        for at, (start, end) in enumerate(IN_SECONDS)
    ]
    with pytest.raises(DataError) as refused:
        events(f"file,{names},label\n{''.join(rows)}")
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("factor", "unit"),
    [(1 / 4, "fractions of the file"), (1 / 60, "minutes or fractions of the file"), (1, "")],
)
def test_times_all_near_the_beginning_are_asked_about(events, factor: float, unit: str) -> None:
    rows = [
        f"{file}.wav,{factor * start:.4g},{factor * end:.4g},{'ab'[at % 2]}\n"
        for file in range(4)
        for at, (start, end) in enumerate(IN_SECONDS)
    ]
    manifest = events(f"file,start,end,label\n{''.join(rows)}")
    asked = [one for one in manifest.warnings if "are these seconds" in one]
    latest_s = f"{factor * 3.5:.3g}"
    assert asked == (
        [
            f"no event ends later than {latest_s} s after the beginning of its file, though the "
            f"files last up to 4.0 s: are these seconds, or {unit}? They are read as seconds"
        ]
        if unit
        else []
    )


@pytest.mark.parametrize("names", ["start,duration", "Beginn,Dauer", "inicio,duración"])
def test_a_duration_that_is_the_length_of_the_file_is_refused(events, names: str) -> None:
    column = names.partition(",")[2]
    rows = [f"{file}.wav,{start},4.0,{'ab'[file % 2]}\n" for file in range(3) for start in (0.5, 2)]
    said = rf"`{column}` says how long each file lasts, not the event: row 2 starts at 0\.5 s"
    with pytest.raises(DataError, match=said):
        events(f"file,{names},label\n{''.join(rows)}")
    rows = [f"{file}.wav,{start},1.0,{'ab'[file % 2]}\n" for file in range(3) for start in (0.5, 2)]
    assert len(events(f"file,{names},label\n{''.join(rows)}").recordings) == 6


@pytest.mark.parametrize(
    ("name", "cells", "asked"),
    [
        *((name, "1 2.5 3", True) for name in ("peak_time", "time", "Zeit", "tiempo", "onset")),
        *((name, "1 2.5 3", False) for name in ("recording_time", "pitch", "time_zone", "hour")),
        *(("time", cells, False) for cells in ("1 2.5 9", "12:30 14:00 6:00", "0 0 0")),
    ],
)
def test_a_lone_time_in_each_file_is_asked_about(
    events, name: str, cells: str, asked: bool
) -> None:
    rows = "\n".join(f"{at}.wav,{cell},{'aba'[at]}" for at, cell in enumerate(cells.split()))
    told = [one for one in events(f"file,{name},label\n{rows}").warnings if "whole files" in one]
    assert bool(told) == asked
    if asked:
        assert told[0].startswith(
            f"whole files are heard, though `{name}` may say when inside them it sounds "
            "(1 s of 4 s, in 3 files)"
        )


def test_times_within_a_file_are_not_offered_as_groups(events) -> None:
    for names, ends in (("x0,x1", True), ("second", False)):
        rows = [
            f"{file}.wav,{start}{f',{start + 1}' if ends else ''},{'ab'[file % 2]}\n"
            for file in range(4)
            for start in (0, 1, 2.5)
        ]
        told = events(f"file,{names},label\n{''.join(rows)}").warnings
        assert [one for one in told if "the same as an earlier one" in one]
        assert not [one for one in told if "come again" in one or "whole files" in one]
