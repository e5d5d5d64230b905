"""Detection is judged as `sed_eval` does it, and as a few events counted by hand say."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from tonotope._errors import DataError, ExperimentError
from tonotope.annotations.event import Event
from tonotope.evaluation.detection import judge_events
from tonotope.evaluation.detection_figures import FIGURES
from tonotope.evaluation.detection_plan import DetectionPlan
from tonotope.evaluation.detection_result import Judged
from tonotope.evaluation.event_counts import Sides, count_segments, times_of
from tonotope.evaluation.event_matching import gains, greedy, near_events, optimal

CASES = json.loads(Path(__file__).with_name("sed_eval_cases.json").read_text("utf-8"))["cases"]
QUICK = DetectionPlan(resamples=100)


def events(rows: Iterable[Any]) -> list[Event]:
    """Events of rows: file, label, begin, end, and a score or none."""
    return [
        Event(file, start_s, end_s, label, *more) for file, label, start_s, end_s, *more in rows
    ]


def values(row: Any, names: Iterable[str] = FIGURES) -> list[float]:
    return numbers(row[name].value for name in names)


def numbers(some: Iterable[float | None]) -> list[float]:
    """Undefined figures as NaN."""
    return [np.nan if one is None else one for one in some]


def same(expected: Iterable[float | None]) -> Any:
    """Equal to 1e-9, and undefined where undefined."""
    return pytest.approx(numbers(expected), abs=1e-9, rel=1e-9, nan_ok=True)


class TestAgainstSedEval:
    @pytest.mark.parametrize("number", range(len(CASES)))
    def test_every_figure_is_the_same(self, number: int) -> None:
        case = CASES[number]
        plan = DetectionPlan(**case["settings"], resamples=100)
        found = judge_events(events(case["predicted"]), events(case["truth"]), plan)
        agree(found.by_segment, case["segment"])
        agree(found.by_event, case["event"])

    def test_the_cases_are_many_and_various(self) -> None:
        assert len(CASES) >= 200
        assert sum(not one["truth"] for one in CASES) >= 5
        assert sum(not one["predicted"] for one in CASES) >= 5
        apart = [number for number, case in enumerate(CASES) if self.pairs_of_both(case)]
        assert len(apart) >= 10  # where it matters how pairs are made

    @staticmethod
    def pairs_of_both(case: dict[str, Any]) -> bool:
        """Whether more pairs are possible than are made greedily."""
        plan = DetectionPlan(**case["settings"])
        more = False
        for file in {one[0] for one in case["truth"]}:
            truth, predicted = (
                [one for one in events(case[side]) if one.file == file]
                for side in ("truth", "predicted")
            )
            near = [
                [one for one in ones if predicted[one].label == truth[at].label]
                for at, ones in enumerate(
                    near_events(times_of(truth), times_of(predicted), plan.collar)
                )
            ]
            assert len(optimal(near)) >= len(greedy(near))
            more |= len(optimal(near)) > len(greedy(near))
        return more


def agree(found: Judged, expected: dict[str, Any]) -> None:
    """Each figure as sed_eval has it, to 1e-9.

    But for two: where nothing is true, an error rate is undefined and no number above 1e15; and a
    class that is in no segment of either side (a moment on the border of two) has no precision,
    where sed_eval's `zero_score` counts 0.
    """
    absent = [one.name for one in found.classes if not (one.true or one.predicted)]
    untrue = [one.name for one in found.classes if not one.true]
    for row in found.classes:
        wanted = list(expected["classes"][row.name])
        if not row.true:
            assert all(one == 0 or one > 1e15 for one in wanted[3:] if one is not None)
            wanted[3:] = [None] * 4
        if row.name in absent:
            wanted[0] = None
        assert values(row) == same(wanted)
    micro, macro = expected["micro"], expected["macro"]
    if found.micro.true:
        assert values(found.micro) == same(micro)
    else:
        assert values(found.micro, FIGURES[1:]) == same([None] * 6)
    if not absent:
        assert values(found.macro, FIGURES[:3]) == same(macro[:3])
    if not untrue:
        assert values(found.macro) == same(macro)


class TestByHand:
    truth = events(
        [("a", "owl", 1.0, 3.0), ("a", "rail", 5.0, 6.0), ("b", "owl", 0.5, 0.9)]
    )  # in "c" nothing calls
    predicted = events(
        [
            ("a", "owl", 1.1, 3.9, 0.9),  # the end is 0.9 s late, half of the length is 1 s
            ("a", "owl", 5.1, 6.1, 0.8),  # the right time, the wrong bird: a substitution
            ("b", "owl", 0.8, 1.2, 0.7),  # begins 0.3 s late: missed, and made up
            ("c", "rail", 2.0, 2.5, 0.6),  # made up where nothing calls
        ]
    )

    def test_events(self) -> None:
        found = judge_events(self.predicted, self.truth, QUICK).by_event
        # 1 hit of 3 true and 4 predicted; 1 substituted, 1 missed, 2 made up.
        assert values(found.micro) == pytest.approx(
            [1 / 4, 1 / 3, 2 / 7, 4 / 3, 1 / 3, 1 / 3, 2 / 3]
        )
        assert values(found["owl"], FIGURES[:4]) == pytest.approx([1 / 3, 1 / 2, 2 / 5, 3 / 2])
        assert values(found["rail"], FIGURES[:4]) == [0, 0, 0, 2]
        assert found.macro["f1"].value == pytest.approx(1 / 5)

    def test_beginnings_alone_and_wider_collars(self) -> None:
        for changes, hits in (
            ({"collar_s": 0.3001}, 2),
            ({"offset_share": 0.4}, 0),
            ({"offset_share": 0.4, "offset": False}, 1),
            ({"onset": False}, 1),  # b ends 0.3 s late, half of 0.4 s is 0.2 s
            ({"onset": False, "collar_s": 0.31}, 2),
        ):
            found = judge_events(self.predicted, self.truth, replace(QUICK, **changes))
            assert found.by_event.micro.hits == hits, changes

    def test_segments(self) -> None:
        found = judge_events(self.predicted, self.truth, QUICK).by_segment
        # owl: true in a 1 2, b 0; predicted in a 1 2 3 5 6, b 0 1.
        # rail: true in a 5; made up in c 2.
        assert (found["owl"].true, found["owl"].predicted, found["owl"].hits) == (3, 7, 3)
        assert (found["rail"].true, found["rail"].predicted, found["rail"].hits) == (1, 1, 0)
        # a 5 holds rail and was called owl: one substitution, no deletion; a 3, a 6, b 1, c 2.
        assert values(found.micro, FIGURES[4:]) == [1 / 4, 0, 4 / 4]

    def test_a_recording_without_a_true_event_counts(self) -> None:
        without = [one for one in self.predicted if one.file != "c"]
        ours, theirs = (judge_events(one, self.truth, QUICK) for one in (self.predicted, without))
        assert ours.recordings == 3
        assert theirs.recordings == 2
        assert (ours.by_event.micro["precision"].value or 0) < (
            theirs.by_event.micro["precision"].value or 0
        )

    def test_average_precision_over_thresholds(self) -> None:
        found = judge_events(self.predicted, self.truth, QUICK).by_event
        # owl: the first of three is right, and the second true one is never found.
        assert found["owl"]["average_precision"].value == pytest.approx(1 / 2)
        assert found["rail"]["average_precision"].value == 0
        assert found.macro["average_precision"].value == pytest.approx(1 / 4)

    def test_a_class_never_predicted_is_not_left_out_of_the_mean(self) -> None:
        owls = [one for one in self.predicted if one.label == "owl"]
        found = judge_events(owls, self.truth, QUICK)
        assert found.by_event["rail"]["f1"].value == 0
        assert "never predicted, with F1 = 0: `rail`" in found.notes[0]
        left_out = judge_events(owls, self.truth, replace(QUICK, never_predicted="undefined"))
        assert left_out.by_event["rail"]["f1"].value is None
        assert (left_out.by_event.macro["f1"].value or 0) > (found.by_event.macro["f1"].value or 1)

    def test_a_class_never_true_stands_outside_the_mean_and_is_named(self) -> None:
        strange = [*self.predicted, Event("a", 7.0, 8.0, "raill", 0.4)]
        found = judge_events(strange, self.truth, QUICK)
        row = found.by_event["raill"]
        assert values(row) == same([0, *[None] * 6])
        assert found.by_event.macro["f1"].value == pytest.approx(1 / 5)
        assert any("`raill`; did you mean `rail`?" in one for one in found.notes)

    def test_events_without_scores_have_no_average_precision(self) -> None:
        silent = [replace(one, score=None) for one in self.predicted]
        for some, said in (
            (silent, "have no scores"),
            ([*silent[:1], *self.predicted], "and 1 of 5 lack one."),
        ):
            found = judge_events(some, self.truth, QUICK)
            assert "average_precision" not in found.by_event["owl"].figures
            assert any(said in one for one in found.notes)


class TestMatching:
    def test_it_is_the_largest_there_is(self) -> None:
        random = np.random.default_rng(0)
        for _ in range(200):
            fits = random.random((random.integers(1, 6), random.integers(1, 6))) < 0.35
            near = [np.flatnonzero(row).tolist() for row in fits]
            wide = max(fits.shape)
            square = np.zeros((wide, wide), bool)
            square[: fits.shape[0], : fits.shape[1]] = fits
            best = max(square[range(wide), list(one)].sum() for one in permutations(range(wide)))
            pairs = optimal(near)
            assert len(pairs) == best
            assert len({*pairs.values()}) == len(pairs)
            assert all(fits[pair] for pair in pairs.items())
            # At every threshold: the first few in this order.
            order = random.permutation(fits.shape[1]).tolist()
            found = gains(near, order)
            for first in range(1, len(order) + 1):
                some = [[one for one in ones if one in order[:first]] for ones in near]
                assert sum(found[one] for one in order[:first]) == len(optimal(some))

    def test_a_long_chain_needs_no_recursion(self) -> None:
        count = 5000  # each true event fits two, and the first choice is always the wrong one
        near = [*([at, at + 1] for at in range(count)), [0]]
        assert len(optimal(near)) == count + 1
        assert len(greedy(near)) == count
        assert sum(gains(near, range(count + 1)).values()) == count + 1


def test_average_precision_is_that_of_scikit_learn_where_each_event_has_one_counterpart() -> None:
    random = np.random.default_rng(3)
    truth = [Event("a", 10.0 * at, 10.0 * at + 1, "owl") for at in range(60)]
    right = random.random(60) < 0.7
    scores = np.round(random.random(60) + 0.3 * right, 1)  # with ties
    predicted = [
        Event("a", one.start_s + 0.1 + 5 * (not hit), one.end_s + 5 * (not hit), "owl", score)
        for one, hit, score in zip(truth, right, np.minimum(scores, 1.0), strict=True)
    ]
    found = judge_events(predicted, truth, QUICK).by_event["owl"]["average_precision"]
    ours = average_precision_score(right, np.minimum(scores, 1.0)) * right.mean()
    assert found.value == pytest.approx(ours)


class TestIntervals:
    @staticmethod
    def drawn(recordings: int, seed: int, own: bool) -> tuple[list[Event], list[Event]]:
        """Events of which a share is found; the share differs by recording where it is its own."""
        random = np.random.default_rng(seed)
        truth, predicted = [], []
        for name in range(recordings):
            share = random.choice([0.2, 1.0]) if own else 0.6
            for at in range(20):
                truth.append(Event(f"{name:03d}", 10.0 * at, 10.0 * at + 1, "owl"))
                late = 0.0 if random.random() < share else 5.0
                predicted.append(
                    Event(f"{name:03d}", 10.0 * at + late, 10.0 * at + 1 + late, "owl")
                )
        return predicted, truth

    def test_they_are_wider_where_recordings_differ(self) -> None:
        widths = []
        for own in (False, True):
            found = judge_events(*self.drawn(20, 0, own)).by_event["owl"]["f1"]
            assert found.low is not None
            assert found.high is not None
            assert found.low < 0.6 < found.high
            widths.append(found.high - found.low)
        assert widths[1] > 2.5 * widths[0]

    def test_they_hold_the_truth_about_as_often_as_they_say(self) -> None:
        held = 0
        for seed in range(60):
            _, low, high = judge_events(*self.drawn(15, seed, True), QUICK).by_event["owl"]["f1"]
            assert low is not None
            assert high is not None
            held += low <= 0.6 <= high
        assert 53 <= held <= 60

    def test_groups_are_drawn_as_a_whole(self) -> None:
        predicted, truth = self.drawn(20, 0, True)
        sites = {f"{name:03d}": str(name % 4) for name in range(20)}
        found = judge_events(predicted, truth, QUICK, groups=sites)
        assert (found.groups, found.units) == (4, 4)
        assert any("they rest on 4 groups only" in one for one in found.notes)

    def test_one_recording_is_cut_into_blocks_of_time_and_that_is_said(self) -> None:
        predicted, truth = self.drawn(1, 0, False)
        found = judge_events(predicted, truth, QUICK)
        assert found.block_s == 10  # of 196 s
        assert found.units == 20
        assert found.by_event["owl"]["f1"].low is not None
        assert found.notes == (
            "No average precision: the predicted events have no scores.",
            "There is one recording only: the intervals are over its 20 blocks of 10 s, and say "
            "nothing of other recordings.",
        )
        whole = judge_events(predicted, truth, replace(QUICK, segment_s=0.1))
        assert whole.by_segment.micro.true == 20 * 10  # blocks lose nothing

    def test_an_event_over_several_blocks_counts_in_each(self) -> None:
        truth, predicted = [Event("a", 0.0, 40.0, "owl")], [Event("a", 5.0, 95.0, "owl")]
        counts = count_segments(
            {"a": Sides(truth, predicted)}, {"owl": 0}, 1.0, lambda _, at: int(at // 30), 4, 30
        )
        each = [[25, 30, 25], [10, 10, 30], [0, 0, 30], [0, 0, 5]]
        assert counts.classes[:, 0].tolist() == each
        assert counts.errors.tolist() == [[0, 5, 0], [0, 0, 20], [0, 0, 30], [0, 0, 5]]

    def test_recordings_without_any_event_are_counted(self) -> None:
        one = [Event("a", 0.0, 1.0, "owl"), Event("b", 0.0, 1.0, "owl")]
        found = judge_events(one, one, QUICK, recordings=("b", "c", "d"))
        assert (found.recordings, found.units) == (4, 4)

    def test_a_short_recording_has_none(self) -> None:
        found = judge_events([Event("a", 0.1, 1.0, "owl")], [Event("a", 0.0, 1.0, "owl")], QUICK)
        assert found.by_event.micro["f1"] == (1.0, None, None)
        assert "no interval can be given" in found.notes[-1]

    def test_the_same_seed_and_any_order_of_recordings_give_the_same(self) -> None:
        predicted, truth = self.drawn(12, 0, True)
        found = judge_events(predicted, truth, QUICK)
        assert judge_events(predicted[::-1], truth[::-1], QUICK).to_json() == found.to_json()


@pytest.mark.parametrize(
    "changes",
    [
        *({name: value} for name in ("collar_s", "segment_s") for value in (0.0, -1.0, 1e9)),
        *({"offset_share": value} for value in (-0.1, 1.5, float("nan"))),
        {"onset": False, "offset": False},
        {"matching": "best"},
        {"never_predicted": "one"},
        {"confidence": 1.0},
        {"resamples": 1},
        {"collar_s": float("nan")},
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ExperimentError):
        DetectionPlan(**changes)


def test_nothing_and_nonsense_are_refused() -> None:
    with pytest.raises(DataError, match="nothing to judge"):
        judge_events([], [])
    with pytest.raises(DataError, match="31 years"):
        judge_events([Event("a", 0.0, 1e12, "owl")], [])
