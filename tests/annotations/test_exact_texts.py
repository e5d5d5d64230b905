"""What is written, letter by letter, held against the definition of each format."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.annotations.conftest import MOMENT, NIGHT, TEXTS, needs

import tonotope as tt
from tonotope.annotations import FORMATS
from tonotope.annotations.format import Format
from tonotope.annotations.read import find

WRITTEN = {
    # Audacity's LabelTrack.cpp: "%s\t%s\t%s" with six decimals
    "audacity": "3.000000\t4.500000\tcurlew 0.93\n10.250000\t10.250000\tgong\n",
    "raven": (
        "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)"
        "\tBegin Path\tFile Offset (s)\tAnnotation\tScore\n"
        "1\tSpectrogram 1\t1\t3.000000\t4.500000\t1200.0\t3400.5"
        "\tnight.wav\t3.000000\tcurlew\t0.93\n"
        "2\tSpectrogram 1\t1\t10.250000\t10.250000\t\t\tnight.wav\t10.250000\tgong\t\n"
    ),
    # BirdNET-Analyzer, analyze/utils.py: CSV_HEADER and KALEIDOSCOPE_HEADER
    "birdnet": (
        "Start (s),End (s),Scientific name,Common name,Confidence,File\n"
        "3.0,4.5,curlew,curlew,0.93,night.wav\n"
        "10.25,10.25,gong,gong,,night.wav\n"
    ),
    "kaleidoscope": (
        "INDIR,FOLDER,IN FILE,OFFSET,DURATION,scientific_name,common_name,confidence,"
        "lat,lon,week,overlap,sensitivity\n"
        ",,night.wav,3.000000,1.500000,curlew,curlew,0.93,,,,,\n"
        ",,night.wav,10.250000,0.000000,gong,gong,,,,,,\n"
    ),
    "labels": (
        "audiofilename,start,end,label:species\n"
        "night.wav,3.0,4.5,curlew\nnight.wav,10.25,10.25,gong\n"
    ),
    "srt": (
        "1\n00:00:03,000 --> 00:00:04,500\ncurlew 0.93\n\n"
        "2\n00:00:10,250 --> 00:00:10,250\ngong\n\n"
    ),
    "csv": (
        "file,start_s,end_s,label,score,low_hz,high_hz\n"
        "night.wav,3.0,4.5,curlew,0.93,1200.0,3400.5\nnight.wav,10.25,10.25,gong,,,\n"
    ),
    "jsonl": (
        '{"file": "night.wav", "start_s": 3.0, "end_s": 4.5, "label": "curlew", "score": 0.93,'
        ' "low_hz": 1200.0, "high_hz": 3400.5}\n'
        '{"file": "night.wav", "start_s": 10.25, "end_s": 10.25, "label": "gong", "score": null,'
        ' "low_hz": null, "high_hz": null}\n'
    ),
}


def written(events: list[tt.Event], to: str, **options: object) -> str:
    out = io.StringIO()
    tt.write_events(events, out, to, **options)  # pyright: ignore[reportArgumentType]
    return out.getvalue()


@pytest.mark.parametrize("to", WRITTEN)
def test_it_is_written_as_the_format_is_defined(to: str) -> None:
    assert written([NIGHT, MOMENT], to) == WRITTEN[to]


def test_jams_is_json_that_says_how_long_the_recording_lasts() -> None:
    found = json.loads(written([NIGHT, MOMENT], "jams", durations={"night.wav": 60}))
    assert found["file_metadata"]["duration"] == 60.0
    (annotation,) = found["annotations"]
    assert annotation["namespace"] == "tag_open"
    assert annotation["data"] == [
        {"time": 3.0, "duration": 1.5, "value": "curlew", "confidence": 0.93},
        {"time": 10.25, "duration": 0.0, "value": "gong", "confidence": None},
    ]
    with pytest.raises(tt.DataError, match=r"how long night\.wav lasts; .*durations="):
        written([NIGHT], "jams")


def test_parquet_has_columns_with_types(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    tt.write_events([NIGHT, MOMENT], tmp_path / "a.parquet", "parquet")
    table = parquet.read_table(tmp_path / "a.parquet")
    assert [str(field.type) for field in table.schema] == [
        *("string", "double", "double", "string", "double", "double", "double")
    ]
    assert table.column("label").to_pylist() == ["curlew", "gong"]
    assert table.column("high_hz").to_pylist() == [3400.5, None]


def test_audacity_gets_frequencies_where_they_are_asked_for() -> None:
    lines = written([NIGHT, MOMENT], "audacity", frequencies=True).splitlines()
    assert lines[1] == "\\\t1200.000000\t3400.500000"
    half = tt.Event("a.wav", 0.0, 1.0, "rumble", high_hz=80.0)
    lines = written([half], "audacity", frequencies=True).splitlines()
    assert lines[1] == "\\\t-1.000000\t80.000000"


@pytest.mark.parametrize("to", ["audacity", "srt"])
def test_scores_stay_out_of_the_text_where_that_is_asked_for(to: str) -> None:
    out = io.StringIO()
    (told,) = [
        note for note in tt.write_events([NIGHT], out, to, score_in_text=False) if "score" in note
    ]
    assert "curlew\n" in out.getvalue()
    assert told == f"`{to}` has no place here for scores: 1 event"


def test_raven_counts_on_over_several_recordings() -> None:
    events = [tt.Event("a.wav", 5.0, 6.0, "robin"), tt.Event("c.wav", 5.0, 6.5, "wren")]
    lengths = {"a.wav": 60.0, "b.wav": 0.1, "c.wav": 60.0}
    rows = written(events, "raven", durations=lengths).splitlines()[1:]
    assert [row.split("\t")[3:5] for row in rows] == [
        ["5.000000", "6.000000"],
        ["65.100000", "66.600000"],
    ]
    assert [row.split("\t")[8] for row in rows] == ["5.000000", "5.000000"]
    with pytest.raises(tt.DataError, match=r"give the length of each in their order .*c\.wav"):
        written(events, "raven", durations={"a.wav": 60.0})
    with pytest.raises(tt.DataError, match="count on from one to the next"):
        written(events, "raven")


@pytest.mark.parametrize("to", ["audacity", "srt", "jams"])
def test_two_recordings_do_not_become_one(to: str, tmp_path: Path) -> None:
    events = [NIGHT, tt.Event("day.wav", 0.0, 1.0, "lark")]
    with pytest.raises(tt.DataError, match=r"night\.wav and day\.wav: write a file for each"):
        tt.write_events(events, tmp_path / "out", to, durations={"night.wav": 9})
    assert not [*tmp_path.iterdir()]  # whole or not at all


def test_what_is_lost_or_changed_is_told() -> None:
    lost = tt.Event("a\tb.wav", 0.12345678, 1.0, "two\nlines", 0.934, 10.0, columns={"Sex": "f"})
    told = {
        to: " | ".join(tt.write_events([lost], io.StringIO(), to)) for to in ("audacity", "labels")
    }
    assert told["audacity"].split(" | ") == [
        "frequencies are not written to `audacity` (frequencies=True writes them): 1 event",
        "times are rounded to 6 decimals: 1 event",
        "scores are rounded to 2 decimals: 1 event",
        "tabs and line ends in a label or a name of a file became spaces: 1 event",
        "further columns are not written: Sex",
    ]
    assert told["labels"].startswith("`labels` has no place here for scores: 1 event")
    assert "decimals" not in told["labels"]
    assert tt.write_events([NIGHT], io.StringIO(), "csv") == []
    formula = tt.Event("a.wav", 0.0, 1.0, "=1+1")
    assert "apostrophe" in tt.write_events([formula], io.StringIO(), "birdnet")[0]
    like = tt.Event("a.wav", 0.0, 1.0, "gain 0.50")
    assert "will be read as one" in tt.write_events([like], io.StringIO(), "audacity")[0]
    none = tt.Event("a.wav", 0.0, 1.0, "x", float("nan"))
    assert "no place here for scores" in tt.write_events([none], io.StringIO(), "csv")[0]


@pytest.mark.parametrize("to", TEXTS)
def test_a_label_never_breaks_the_file(to: str, tmp_path: Path) -> None:
    nasty = 'a\tb\nc\r\nd\x0be\u2028f\x00g"h\\,;=\udcff'
    events = [tt.Event("a.wav", 0.0, 1.0, nasty), tt.Event("a.wav", 1.0, 2.0, "-1+2")]
    path = tmp_path / "out"
    tt.write_events(events, path, to, durations={"a.wav": 9.0})
    found = tt.read_events(path, to, sound="a.wav")
    assert not found.skipped
    assert [(one.start_s, one.end_s) for one in found.events] == [(0.0, 1.0), (1.0, 2.0)]
    assert found.events[1].label == "-1+2"
    if "any_text" in find(to).holds:
        assert found.events[0].label == nasty


@pytest.mark.parametrize("to", FORMATS)
def test_every_format_offers_what_a_format_must(to: str) -> None:
    form = find(to)
    assert isinstance(form, Format)
    assert form.name == to
    assert FORMATS[to].startswith(f"tonotope.annotations.{to}:")


@pytest.mark.parametrize("to", FORMATS)
def test_each_event_is_written_as_soon_as_it_is_made(to: str, tmp_path: Path) -> None:
    needs(to)
    if to in ("jams", "parquet"):
        return
    out, seen = io.StringIO(), list[int]()

    def made() -> Iterator[tt.Event]:
        for at in range(3):
            seen.append(len(out.getvalue()))
            yield tt.Event("a.wav", float(at), at + 1.0, "x")

    tt.write_events(made(), out, to)
    assert seen[0] < seen[1] < seen[2]


def test_what_is_no_format_is_told() -> None:
    with pytest.raises(tt.ExperimentError, match=r"`audacty`; .*did you mean `audacity`"):
        tt.write_events([NIGHT], io.StringIO(), "audacty")
    with pytest.raises(tt.ExperimentError, match="3 is no format"):
        tt.write_events([NIGHT], io.StringIO(), 3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(tt.ExperimentError, match="`parquet` is no text: give the path"):
        tt.write_events([NIGHT], io.StringIO(), "parquet")
