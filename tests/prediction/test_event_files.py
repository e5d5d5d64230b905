"""Predicted events written in every format, and read again: the same events."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import tonotope as tt
from tonotope.annotations import FORMATS
from tonotope.annotations.beside import beside
from tonotope.prediction.event_files import ONE_RECORDING
from tonotope.prediction.event_stream import PredictedEvents
from tonotope.prediction.stream import RecordingEnd
from tonotope.prediction.writers import EVENT_FORMATS

FOUND = (
    tt.Event("a/night.wav", 1.25, 2.5, "owl", 0.75),
    tt.Event("a/night.wav", 4.0, 6.0, "rail", 0.5),
    RecordingEnd("a/night.wav", 60.0),
    RecordingEnd("b/dawn.wav", 30.0),
    tt.Event("b/noon.wav", 0.0, 3.0, "owl", 0.25),
    RecordingEnd("b/noon.wav", 3.0),
)
EVENTS = [one for one in FOUND if isinstance(one, tt.Event)]
FILES = ("a/night.wav", "b/dawn.wav", "b/noon.wav")


def predicted() -> PredictedEvents:
    def begin() -> Iterator[tt.Event | RecordingEnd]:
        yield from FOUND

    return PredictedEvents(begin, {"hop_s": 0.25}, FILES)


def needs(to: str) -> None:
    if to == "parquet" and find_spec("pyarrow") is None:
        pytest.skip("pyarrow is not installed")


def facts(event: tt.Event, to: str) -> tuple[object, ...]:
    score = None if to == "labels" else event.score
    return event.start_s, event.end_s, event.label, score


def test_every_format_of_label_files_is_offered() -> None:
    assert sorted(EVENT_FORMATS) == sorted(FORMATS)


@pytest.mark.parametrize("to", sorted(FORMATS.keys() - ONE_RECORDING.keys()))
def test_one_file_for_all_is_read_again(to: str, tmp_path: Path) -> None:
    needs(to)
    predicted().write(tmp_path / "found", to)
    found = tt.read_events(tmp_path / "found", to)
    assert [facts(one, to) for one in found.events] == [facts(one, to) for one in EVENTS]
    assert [Path(one.file).name for one in found.events] == [Path(one.file).name for one in EVENTS]
    assert (tmp_path / "found.settings.json").is_file()


@pytest.mark.parametrize("to", ONE_RECORDING)
def test_a_file_for_each_is_named_so_that_it_finds_its_sound(to: str, tmp_path: Path) -> None:
    predicted().write(tmp_path / "out", to)
    written = {one.name for one in (tmp_path / "out").iterdir()} - {"events.settings.json"}
    sounds = [Path(one).name for one in FILES]
    pairs = beside(sounds, sorted(written)).labels_of
    assert sorted(pairs) == sorted(sounds)
    for sound, file in pairs.items():
        found = tt.read_events(tmp_path / "out" / file, to)
        own = [one for one in EVENTS if Path(one.file).name == sound]
        assert [facts(one, to) for one in found.events] == [facts(one, to) for one in own]


def test_what_a_format_has_no_place_for_is_said(tmp_path: Path) -> None:
    assert predicted().write(tmp_path / "found.csv", "labels") == [
        "`labels` has no place here for scores: 3 events"
    ]
