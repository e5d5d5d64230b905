"""Times that count from the first of several files are never laid on other sound."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tonotope._errors import DataError
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.table import open_table

Event = tuple[str, float, float]
RAVEN = ("Begin Time (s)", "End Time (s)")


@pytest.fixture
def opened(tmp_path: Path, sound):
    def write(
        lengths_s: dict[str, float],
        events: Sequence[Event],
        names: tuple[str, str] = RAVEN,
        offset: Sequence[float] = (),
        **asked: str,
    ) -> Manifest:
        for number, (name, seconds) in enumerate(lengths_s.items()):
            sound(tmp_path / name, pitch=number, seconds=seconds)
        head = ["Begin File", *names, "label", *(["File Offset (s)"] if offset else [])]
        rows = ["\t".join(head)]
        for number, (name, start_s, end_s) in enumerate(events):
            cells = [name, f"{start_s:g}", f"{end_s:g}", "xy"[number % 2]]
            rows.append("\t".join([*cells, *(f"{one:g}" for one in offset[number : number + 1])]))
        (tmp_path / "t.txt").write_text("\n".join(rows))
        return open_table(tmp_path / "t.txt", Data(**asked))

    return write


LENGTHS = {"a.wav": 4.0, "b.wav": 4.0, "c.wav": 6.0}
WITHIN = [("a.wav", 0.5, 1.0), ("a.wav", 2.0, 2.5), ("b.wav", 1.0, 1.5), ("b.wav", 3.0, 3.5),
          ("c.wav", 0.25, 1.0), ("c.wav", 5.0, 5.5)]  # fmt: skip
BEFORE = {"a.wav": 0.0, "b.wav": 4.0, "c.wav": 8.0}


def counted_on(events: Sequence[Event], before: dict[str, float] = BEFORE) -> list[Event]:
    return [(name, before[name] + start, before[name] + end) for name, start, end in events]


@pytest.mark.parametrize("names", [RAVEN, ("start", "end"), ("inicio", "fin")])
def test_times_beyond_their_files_are_refused(opened, names: tuple[str, str]) -> None:
    with pytest.raises(DataError) as refused:
        opened(LENGTHS, counted_on(WITHIN), names)
    said = str(refused.value)
    assert said.startswith(
        "the times seem to count on from file to file: row 6 starts at 8.25 s, after the 8 s of "
        "the files before c.wav, which lasts 6.00 s itself; add the column `File Offset (s)`"
    )
    # A file without an event lies between them.
    skipped = counted_on(WITHIN, {"a.wav": 0.0, "b.wav": 24.0, "c.wav": 28.0})
    with pytest.raises(DataError, match="seem to count on from file to file"):
        opened(LENGTHS, skipped, names)


@pytest.mark.parametrize("names", [RAVEN, ("start", "end"), ("inicio", "fin")])
def test_times_within_their_files_are_taken(opened, names: tuple[str, str]) -> None:
    found = [(one.path.name, one.start_s, one.start_s + one.duration_s)
             for one in opened(LENGTHS, WITHIN, names).recordings]  # fmt: skip
    assert found == WITHIN


def test_with_offsets_the_times_count_on_as_they_like(opened) -> None:
    offset = [start for _, start, _ in WITHIN]
    found = opened(LENGTHS, counted_on(WITHIN), offset=offset).recordings
    assert [(one.path.name, one.start_s) for one in found] == [(n, s) for n, s, _ in WITHIN]
    assert [one.duration_s for one in found] == pytest.approx([end - s for _, s, end in WITHIN])


AMBIGUOUS = {"a.wav": 2.0, "b.wav": 9.0}
BOTH = [("a.wav", 0.5, 1.0), ("b.wav", 2.5, 3.0), ("b.wav", 6.0, 6.5)]


def test_where_both_fit_it_is_asked(opened) -> None:
    with pytest.raises(DataError, match="it cannot be seen from the table which of both is meant"):
        opened(AMBIGUOUS, BOTH)
    begin, end = RAVEN
    found = opened(AMBIGUOUS, BOTH, start=begin, end=end).recordings
    assert [one.start_s for one in found] == [0.5, 2.5, 6.0]
    # Of plain names it is asked only where chance would hardly do it.
    assert len(opened(AMBIGUOUS, BOTH, ("start", "end")).recordings) == 3
    late = [("a.wav", 0.5, 1.0), *(("b.wav", 5.0 + n / 4, 5.25 + n / 4) for n in range(12))]
    with pytest.raises(DataError, match="which of both is meant"):
        opened({"a.wav": 5.0, "b.wav": 9.0}, late, ("start", "end"))


@pytest.mark.parametrize("seed", range(20))
def test_many_tables_drawn_at_random(opened, seed: int) -> None:
    """Counted within their files they are taken; counted on, none is heard elsewhere."""
    rng = np.random.default_rng(seed)
    lengths_s = {f"{name}.wav": float(rng.integers(3, 7)) for name in "abc"}
    events: list[Event] = []
    for name, lasts_s in lengths_s.items():
        starts = sorted(rng.choice(np.arange(0.0, lasts_s - 0.5, 0.25), 4, replace=False))
        events += [(name, float(start), float(start) + 0.25) for start in starts]
    found = opened(lengths_s, events, ("start", "end")).recordings
    assert [(one.path.name, one.start_s) for one in found] == [(n, s) for n, s, _ in events]
    before = dict(zip(lengths_s, np.cumsum([0, *lengths_s.values()])[:3].tolist(), strict=True))
    with pytest.raises(DataError, match="count on from file to file"):
        opened(lengths_s, counted_on(events, before), ("start", "end"))
