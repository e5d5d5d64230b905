"""10,000 random events through each format: no difference beyond what it says it keeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.annotations.conftest import kept, needs, some_events

from tonotope.annotations import FORMATS, Event, EventFile, read_events, write_events
from tonotope.annotations.read import find

NUMBER = 10_000


@pytest.mark.parametrize("to", FORMATS)
def test_events_come_back(to: str, there_and_back: Callable[..., EventFile]) -> None:
    needs(to)
    events = some_events(NUMBER, seed=11)
    lengths = {event.file: 5000.0 for event in events}
    found = there_and_back(events, to, frequencies=True, durations=lengths)
    assert found.format == to  # recognised
    assert found.skipped == ()
    assert len(found.events) == NUMBER
    decimals = find(to).decimals
    # A time that lies half between two decimals may be rounded to either.
    slack = 0.0 if decimals is None else 10.0**-decimals * 1.001
    for event, again in zip(events, found.events, strict=True):
        expected = kept(event, to)
        assert abs(again.start_s - event.start_s) <= slack / 2
        assert abs(again.end_s - event.end_s) <= slack
        assert (again.file, again.label) == (expected.file, expected.label)
        assert again.score == expected.score
        if to == "audacity":
            for hz, other in ((again.low_hz, event.low_hz), (again.high_hz, event.high_hz)):
                assert (hz is None) == (other is None)
                assert hz is None or other is None or abs(hz - other) <= 5.01e-7
        else:
            assert (again.low_hz, again.high_hz) == (expected.low_hz, expected.high_hz)


@pytest.mark.parametrize("to", [name for name in FORMATS if "file" in find(name).holds])
def test_events_of_several_recordings_come_back(to: str, tmp_path: Path) -> None:
    needs(to)
    events = some_events(300, seed=3, files=7)
    lengths = dict.fromkeys([event.file for event in events], 4321.0987)
    assert len(lengths) == 7
    write_events(events, tmp_path / "out", to, durations=lengths)
    found = read_events(tmp_path / "out")
    assert [one.file for one in found.events] == [one.file for one in events]
    for event, again in zip(events, found.events, strict=True):
        assert again.start_s == pytest.approx(event.start_s, abs=5.01e-7)
        assert again.end_s == pytest.approx(event.end_s, abs=1.6e-6)


def test_json_lines_keep_further_columns(there_and_back: Callable[..., EventFile]) -> None:
    event = Event("a.wav", 0.0, 1.0, "x", columns={"Sex": "f", "Note": "two\nlines"})
    (again,) = there_and_back([event], "jsonl").events
    assert again.columns == event.columns


def test_birdnets_second_name_is_kept(there_and_back: Callable[..., EventFile]) -> None:
    names = {"Common name": "Eurasian Curlew"}
    event = Event("a.wav", 0.0, 3.0, "Numenius arquata", 0.5, columns=names)
    (again,) = there_and_back([event], "birdnet").events
    assert (again.label, again.columns) == (event.label, names)


@pytest.mark.parametrize(
    "file",
    [
        *("a.wav", "x/a.wav", "/a.wav", "/x/a.wav", "/x/y/z/a.wav", "x/y/a.wav", "a\\b.wav"),
        *("D:\\bats\\night\\a.wav", "D:\\a.wav", "D:\\x\\a.wav"),
    ],
)
def test_kaleidoscopes_three_columns_are_one_path(
    file: str, there_and_back: Callable[..., EventFile]
) -> None:
    (again,) = there_and_back([Event(file, 0.0, 1.0, "x")], "kaleidoscope").events
    assert again.file == file
