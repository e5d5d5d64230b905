"""Blocks of time: whole events, no sound on two sides, and an honest sentence."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pydantic import ValidationError
from tests.experiment.conftest import QUICK

from tonotope._errors import DataError
from tonotope.datasets.leaks import refuse_leaks
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.split import split
from tonotope.datasets.split_plan import SplitPlan
from tonotope.datasets.time_blocks import blocks_remedy, in_blocks
from tonotope.experiment.check_data import check
from tonotope.experiment.data_requirements import make_splits
from tonotope.experiment.propose import propose
from tonotope.experiment.run import run
from tonotope.reporting.report_json import gather

RATE = 8000
PLAIN = [one for one in QUICK if not one.startswith("split.")]


def events(*spans: tuple[float, float], file: str = "take.wav", label: str = "xy") -> Manifest:
    recordings = tuple(
        Recording(
            id=f"{file}@{start:g}-{end:g}", path=Path(file), start_s=start, duration_s=end - start,
            targets={"label": label[number % len(label)]}, group=file, fold=None, part=None,
            sha256=file, rate_hz=RATE, channels=1,
        )
        for number, (start, end) in enumerate(spans)
    )  # fmt: skip
    return Manifest(recordings, (), (), (), Path())


def groups(manifest: Manifest) -> list[str]:
    return [one.group for one in manifest.recordings]


def test_events_lie_in_the_block_that_they_start_in() -> None:
    manifest = in_blocks(events((0.5, 1), (9, 10.5), (11, 12), (19.5, 20), (20, 21)), 10)
    assert groups(manifest) == [
        *["take.wav@0.5-10.5"] * 2, *["take.wav@11-20"] * 2, "take.wav@20-21"
    ]  # fmt: skip
    (said,) = manifest.warnings
    assert said.startswith(
        "the 5 events of take.wav are in 3 blocks of 10 s (split.blocks_s), in place of groups: "
        "what is tested was recorded by the same microphone in the same place"
    )
    assert in_blocks(manifest, 10) == manifest  # asked twice, said once
    assert in_blocks(manifest, None) is manifest


def test_overlapping_events_are_never_parted() -> None:
    manifest = in_blocks(events((0, 12), (9, 10.5), (11, 30), (29, 31), (32, 33)), 10)
    assert groups(manifest) == [*["take.wav@0-31"] * 4, "take.wav@32-33"]
    assert "the longest of 31.0 s, since its events overlap" in manifest.warnings[0]


def test_other_recordings_keep_their_groups() -> None:
    take, other = events((0, 1), (30, 31)), events((0, 5), file="other.wav")
    both = Manifest((*take.recordings, *other.recordings), (), (), (), Path())
    assert groups(in_blocks(both, 10)) == ["take.wav@0-1", "take.wav@30-31", "other.wav"]
    (said,) = in_blocks(other, 10).warnings
    assert said == "split.blocks_s = 10 changes nothing: no file holds several events"
    assert groups(in_blocks(other, 10)) == ["other.wav"]


@pytest.mark.parametrize("seed", range(30))
def test_no_sound_lies_in_two_blocks_of_any_take(seed: int) -> None:
    rng = np.random.default_rng(seed)
    blocks_s = float(rng.choice([0.5, 3, 10, 47.3]))
    starts = np.round(rng.uniform(0, 200, 80), int(rng.integers(0, 5)))
    spans = {(float(s), float(s + rng.uniform(0.01, rng.choice([0.5, 6])))) for s in starts}
    manifest = in_blocks(events(*spans), blocks_s)
    for one, other in itertools.combinations(manifest.recordings, 2):
        if one.group != other.group:  # by the definition: their sounds share no moment
            ends = [each.start_s + each.duration_s for each in (one, other)]
            assert one.start_s >= ends[1] or other.start_s >= ends[0]
    if len({*groups(manifest)}) >= 4:
        for made in split(manifest, SplitPlan(folds=2), label="label"):
            assert refuse_leaks(manifest, made) == []
    by_group: dict[str, list[float]] = {}
    for one in manifest.recordings:
        by_group.setdefault(one.group, []).append(one.start_s)
    first = sorted(min(found) for found in by_group.values())
    assert len({int(begin // blocks_s) for begin in first}) == len(first)  # one begins in each


def test_the_remedy_proposes_blocks_that_hold_the_longest_event() -> None:
    spans = [(3.2 * n, 3.2 * n + 1) for n in range(371)]
    assert blocks_remedy(events(*spans).recordings) == (
        "; or let blocks of time stand for groups: split.blocks_s = 60 parts the 371 events of "
        "take.wav into about 20 stretches, and the score then tells of this recording alone "
        '(training.final = "all" lets a last network learn from all of it)'
    )
    assert "split.blocks_s = 40 " in blocks_remedy(events((0, 40), (50, 60), (90, 91)).recordings)
    assert blocks_remedy(events((0, 40)).recordings) == ""


@pytest.mark.parametrize("takes", [1, 2, 3])
def test_of_long_takes_one_of_each_class_a_table_of_events_is_proposed(takes: int) -> None:
    def remedy(duration_s: float) -> str:
        whole = [
            replace(events((0, duration_s), file=f"{at}.wav").recordings[0], id=f"{at}.wav")
            for at in range(takes)
        ]
        return blocks_remedy(whole)

    assert remedy(600).startswith("; or mark in a table where in the long recordings something is")
    assert remedy(5) == ""


@pytest.mark.parametrize("length", [0, -1, float("inf"), float("nan")])
def test_a_block_has_a_length(length: float) -> None:
    with pytest.raises(ValidationError):
        SplitPlan(blocks_s=length)


@pytest.fixture
def take(tmp_path: Path) -> Path:
    """Forty events of one take of a minute, and nothing else."""
    time_s = np.arange(60 * RATE) / RATE
    wave = 0.02 * np.random.default_rng(0).standard_normal(time_s.size)
    rows = ["file,label,start,end"]
    for number in range(40):
        begin_s, hz = 1.5 * number + 0.1, (400, 1600)[number % 2]
        here = slice(int(begin_s * RATE), int((begin_s + 0.5) * RATE))
        wave[here] += 0.3 * np.sin(2 * np.pi * hz * time_s[here])
        rows.append(f"take.wav,{'xy'[number % 2]},{begin_s:g},{begin_s + 0.5:g}")
    soundfile.write(tmp_path / "take.wav", wave, RATE)
    (tmp_path / "t.csv").write_text("\n".join(rows))
    return tmp_path / "t.csv"


def test_one_long_take_is_refused_with_both_remedies(take: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        run(str(take), sets=PLAIN, out=tmp_path / "runs")
    said = str(refused.value)
    assert said.startswith("all recordings belong to one group (take.wav), so nothing can be held")
    assert "or record another source" in said
    assert "split.blocks_s = 3 parts the 40 events of take.wav into about 20 stretches" in said
    assert check(str(take), PLAIN).refusals == (said,)


def test_one_long_take_is_learnt_and_judged_by_blocks(take: Path, tmp_path: Path) -> None:
    sets = [*PLAIN, "split.blocks_s=5"]
    found = check(str(take), sets)
    assert found.refusals == ()
    assert sum(one.groups for one in found.report.classes) == 24  # both classes in all 12 blocks
    assert any("in 12 blocks of 5 s (split.blocks_s)" in one for one in found.report.warnings)
    assert "blocks_s = 5" in propose(str(take), sets=sets).text()
    done = run(str(take), sets=[*sets, "split.folds=3"], out=tmp_path / "runs")
    assert len({one.group for one in done.manifest.recordings}) == 12
    for made in done.splits:
        assert len(made.train) + len(made.test) == 40
    checks = {one["key"]: one for one in gather(done)["checks"]}
    assert (checks["blocks"]["state"], checks["blocks"]["n"]) == ("bad", 12)
    assert checks["files"]["state"] == checks["groups"]["state"] == "good"


def test_new_proposes_blocks_where_all_there_is_is_one_take(take: Path) -> None:
    proposal = propose(str(take), sets=PLAIN, blocks=True)
    assert proposal.experiment.split.blocks_s == 3
    assert "blocks_s = 3.0 " in proposal.text()
    assert len(make_splits(proposal.experiment, proposal.manifest)) == 5
    assert any("in 20 blocks of 3 s" in one for one in proposal.manifest.warnings)
    own = propose(str(take), sets=[*PLAIN, "split.blocks_s=5"], blocks=True)
    assert own.experiment.split.blocks_s == 5
