"""Readers that others wrote, where they are installed: they read what is written here."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.annotations.conftest import a_label, kept, some_events

import tonotope as tt

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the readers' own
EVENTS = [
    tt.Event(
        "take.wav",
        at * 1.5 + 0.1234567,
        at * 1.5 + 1.2345678,
        f"call {at % 7}",
        None,
        100.0 + at,
        9e3,
    )
    for at in range(500)
]


def written(tmp_path: Path, name: str, to: str, events: list[tt.Event] = EVENTS) -> Path:
    path = tmp_path / name
    tt.write_events(events, path, to, durations={"take.wav": 900.0})
    return path


class TestCrowsetta:
    def test_it_reads_a_label_track_of_audacity(self, tmp_path: Path) -> None:
        crowsetta = pytest.importorskip("crowsetta")
        path = written(tmp_path, "take.txt", "audacity")
        found = crowsetta.formats.seq.AudSeq.from_file(path)
        expected = [kept(event, "audacity") for event in EVENTS]
        assert found.start_times.tolist() == [event.start_s for event in expected]
        assert found.end_times.tolist() == [event.end_s for event in expected]
        assert [*found.labels] == [event.label for event in expected]

    def test_what_it_writes_for_audacity_is_read(self, tmp_path: Path) -> None:
        crowsetta = pytest.importorskip("crowsetta")
        found = crowsetta.formats.seq.AudSeq.from_file(written(tmp_path, "a.txt", "audacity"))
        found.to_file(tmp_path / "b.txt")
        again = tt.read_events(tmp_path / "b.txt", sound="take.wav")
        assert again.format == "audacity"
        assert [one.start_s for one in again.events] == found.start_times.tolist()
        assert [one.label for one in again.events] == [*found.labels]

    def test_it_reads_a_selection_table_of_raven(self, tmp_path: Path) -> None:
        crowsetta = pytest.importorskip("crowsetta")
        path = written(tmp_path, "take.Table.1.selections.txt", "raven")
        boxes = crowsetta.formats.bbox.Raven.from_file(path).to_bbox()
        told = [(one.onset, one.offset, one.low_freq, one.high_freq, one.label) for one in boxes]
        expected = [kept(event, "raven") for event in EVENTS]
        assert told == [
            (one.start_s, one.end_s, one.low_hz, one.high_hz, one.label) for one in expected
        ]

    def test_what_it_writes_for_raven_is_read(self, tmp_path: Path) -> None:
        crowsetta = pytest.importorskip("crowsetta")
        path = written(tmp_path, "a.txt", "raven")
        crowsetta.formats.bbox.Raven.from_file(path).to_file(tmp_path / "b.txt")
        found = tt.read_events(tmp_path / "b.txt")
        assert (found.format, found.skipped) == ("raven", ())
        assert [*found.events] == [kept(event, "raven") for event in EVENTS]

    def test_its_own_example_of_raven_is_read(self) -> None:
        crowsetta = pytest.importorskip("crowsetta")
        try:
            path = crowsetta.example("Recording1", return_path=True)
        except Exception as error:  # the package without its examples
            pytest.skip(str(error))
        boxes = crowsetta.formats.bbox.Raven.from_file(path, annot_col="Species").to_bbox()
        found = tt.read_events(path, sound="Recording_1_Segment_02.mp3")
        assert found.skipped == ()
        assert [(one.start_s, one.high_hz, one.label) for one in found.events] == [
            (box.onset, box.high_freq, box.label) for box in boxes
        ]

    def test_it_reads_json_free_tables_as_simple_sequences(self, tmp_path: Path) -> None:
        crowsetta = pytest.importorskip("crowsetta")
        found = crowsetta.formats.seq.SimpleSeq.from_file(
            written(tmp_path, "take.csv", "csv"),
            columns_map={"start_s": "onset_s", "end_s": "offset_s", "label": "label"},
        )
        assert found.onsets_s.tolist() == [event.start_s for event in EVENTS]
        assert [*found.labels] == [event.label for event in EVENTS]


class TestJams:
    def test_the_package_reads_and_accepts_it(self, tmp_path: Path) -> None:
        jams = pytest.importorskip("jams")
        events = [event for event in some_events(200, seed=5) if event.label]
        path = tmp_path / "take.jams"
        tt.write_events(events, path, "jams", durations={events[0].file: 5000.0})
        found = jams.load(str(path), validate=True, strict=True)
        (annotation,) = found.annotations.search(namespace="tag_open")
        told = [(one.time, one.duration, one.value) for one in sorted(annotation.data)]
        expected = sorted((one.start_s, one.duration_s, one.label) for one in events)
        assert [one[2] for one in sorted(told)] == [one[2] for one in expected]
        for (time, lasts, _), (start_s, duration_s, _) in zip(sorted(told), expected, strict=True):
            assert (time, lasts) == (start_s, pytest.approx(duration_s, abs=1e-9))
        assert found.file_metadata.duration == 5000.0

    @pytest.mark.parametrize("namespace", ["tag_open", "segment_open"])
    def test_what_it_writes_is_read(self, namespace: str, tmp_path: Path) -> None:
        jams = pytest.importorskip("jams")
        made = jams.JAMS()
        made.file_metadata.duration = 60.0
        annotation = jams.Annotation(namespace=namespace, time=0, duration=60.0)
        annotation.append(time=1.5, duration=0.25, value="intro", confidence=0.5)
        annotation.append(time=2.0, duration=3.0, value="verse", confidence=None)
        made.annotations.append(annotation)
        beats = jams.Annotation(namespace="beat", time=0, duration=60.0)
        beats.append(time=1.0, duration=0.0, value=1, confidence=None)
        made.annotations.append(beats)
        made.save(str(tmp_path / "a.jams"))
        found = tt.read_events(tmp_path / "a.jams", sound="song.wav")
        assert [*found.events] == [
            tt.Event("song.wav", 1.5, 1.75, "intro", 0.5),
            tt.Event("song.wav", 2.0, 5.0, "verse"),
        ]
        assert "annotations of the namespace `beat` hold no labels: passed over" in found.notes


def test_pandas_reads_every_table(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    import random

    rng = random.Random(1)
    events = [tt.Event("x/a.wav", float(at), at + 0.1, a_label(rng)) for at in range(500)]
    for to, start, label in (
        ("birdnet", "Start (s)", "Scientific name"),
        ("kaleidoscope", "OFFSET", "scientific_name"),
        ("labels", "start", "label:species"),
        ("csv", "start_s", "label"),
    ):
        path = tmp_path / to
        tt.write_events(events, path, to)
        table = pandas.read_csv(path, keep_default_na=False)
        assert table[start].tolist() == [event.start_s for event in events]
        plain = [event for event in events if event.label[0] not in "=+-@'"]
        told = dict(zip(table[start], table[label], strict=True))
        assert [told[event.start_s] for event in plain] == [event.label for event in plain]


def test_pyarrow_writes_what_is_read(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {
        "start_s": arrow.array([0.5, None, 3.0, 4.0]),
        "end_s": arrow.array([1, 2, 2, 5]),
        "label": arrow.array(["a", "b", "c", None]),
        "sex": arrow.array(["f", "f", "m", "m"]),
    }
    parquet.write_table(arrow.table(columns), tmp_path / "a.parquet")
    found = tt.read_events(tmp_path / "a.parquet", sound="a.wav")
    assert [*found.events] == [tt.Event("a.wav", 0.5, 1.0, "a")]
    assert [(one.row, one.reason) for one in found.skipped] == [
        (2, "has no start time"),
        (3, "ends at 2 s, before it begins at 3 s"),
        (4, "its label is empty"),
    ]
    assert "further columns are not read: sex" in found.notes
