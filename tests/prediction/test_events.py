from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tonotope.prediction.events import EventFinder, EventRule, events_of
from tonotope.prediction.hop_evidence import Hop, HopEvidence

Windows = list[tuple[int, np.ndarray]]
HOP, CLIP = 10, 40
RULE = EventRule(
    labels=("dog", "owl", ""),
    enter=np.array([0.6, 0.6, 0.6]),
    leave=np.array([0.4, 0.4, 0.4]),
    rivals=(),
    rate_hz=10,
    hop=HOP,
    clip=CLIP,
    merge_s=0.0,
    min_length_s=0.0,
)


def windows_of(samples: int, score: np.ndarray, hop: int = HOP, clip: int = CLIP) -> Windows:
    """Every window of a recording, whose score is the mean over its samples of `(time, column)`."""
    starts = [*range(0, samples - clip + 1, hop)] or [0]
    if starts[-1] < samples - clip:
        starts.append(samples - clip)
    return [(at, score[at : at + clip].mean(axis=0)) for at in starts]


def planned(*hops: tuple[float, ...], silent: tuple[int, ...] = ()) -> list[Hop]:
    """Hops of 1 s with a given evidence for each column."""
    return [
        Hop(at * HOP, (at + 1) * HOP, np.array(one), at in silent) for at, one in enumerate(hops)
    ]


def found(rule: EventRule, hops: list[Hop]) -> list[tuple[float, float, str, float | None]]:
    """The events that a rule finds in hops."""
    finder = EventFinder("night.wav", rule)
    finder.evidence.samples = hops[-1].end
    events = [event for hop in hops for event in finder._hop(hop)]
    events += finder.close()
    return [(one.start_s, one.end_s, one.label, one.score) for one in events]


def of_dog(*evidence: float, silent: tuple[int, ...] = ()) -> list[Hop]:
    return planned(*((one, 0.0, 0.0) for one in evidence), silent=silent)


@pytest.mark.parametrize("samples", [7, 39, 40, 41, 44, 45, 46, 300, 337])
@pytest.mark.parametrize("hop", [3, 10, 40])
def test_the_evidence_of_a_hop_is_that_of_a_slow_loop(samples: int, hop: int) -> None:
    rng = np.random.default_rng(samples + hop)
    windows = windows_of(samples, rng.random((samples, 2)), hop)
    evidence = HopEvidence(hop, CLIP)
    evidence.hear(np.ones(samples, np.float32))
    hops = [hop for start, scores in windows for hop in evidence.take(start, scores)]
    hops += evidence.close()
    assert hops[0].begin == 0
    assert hops[-1].end == samples
    assert [one.end for one in hops[:-1]] == [one.begin for one in hops[1:]]
    assert all(one.end - one.begin == hop for one in hops[:-1])
    assert len(hops) == 1 or hop / 2 <= hops[-1].end - hops[-1].begin < 1.5 * hop
    for one in hops:
        middle = (one.begin + one.end) / 2
        total, weight = np.zeros(2), 0.0
        for start, scores in windows:
            near = 1 - abs(start + CLIP / 2 - middle) / (CLIP / 2)
            if near > 0:
                total += near * scores
                weight += near
        np.testing.assert_allclose(one.evidence, total / weight, atol=1e-12)


def test_events_lie_where_the_sounds_are() -> None:
    # Each sound is longer than a clip, and a window that holds half of it says so by half.
    score = np.zeros((1000, 3))
    score[200:330, 0] = 1.0
    score[330:500, 1] = 1.0
    score[600:700, 2] = 1.0  # a column without a label
    score[900:, 0] = 1.0
    rule = replace(RULE, enter=np.full(3, 0.9), leave=np.full(3, 0.5))
    events = events_of("a.wav", rule, np.ones(1000, np.float32), windows_of(1000, score))
    assert [(one.label, one.start_s, one.end_s) for one in events] == [
        ("dog", 20.0, 33.0), ("owl", 33.0, 50.0), ("dog", 90.0, 100.0)
    ]  # fmt: skip
    assert all(one.score is not None and 0.85 < one.score <= 1 for one in events)


@pytest.mark.parametrize("samples", [395, 396, 404, 405])
def test_an_event_at_the_end_ends_there(samples: int) -> None:
    score = np.zeros((samples, 3))
    score[300:, 0] = 1.0
    [event] = events_of("a.wav", RULE, np.ones(samples, np.float32), windows_of(samples, score))
    assert (event.start_s, event.end_s) == (30.0, samples / 10)


def test_where_windows_do_not_overlap_times_are_theirs() -> None:
    rule = replace(RULE, hop=CLIP)
    windows = [(at * CLIP, np.array([float(at in (1, 2)), 0.0, 0.0])) for at in range(5)]
    [event] = events_of("a.wav", rule, np.ones(5 * CLIP, np.float32), windows)
    assert (event.start_s, event.end_s, event.score) == (4.0, 12.0, 1.0)


def test_a_recording_shorter_than_a_clip_is_one_event() -> None:
    rule = replace(RULE, least_heard=20)
    events = events_of("a.wav", rule, np.ones(13, np.float32), [(0, np.array([0.9, 0.7, 0.9]))])
    assert [(one.label, one.start_s, one.end_s, one.score) for one in events] == [
        ("dog", 0.0, 1.3, 0.9), ("owl", 0.0, 1.3, 0.7)
    ]  # fmt: skip


def test_what_has_entered_stays_until_it_falls_below_the_lower_threshold() -> None:
    hops = of_dog(0.0, 0.5, 0.7, 0.5, 0.39, 0.5, 0.59, 0.3)
    assert found(RULE, hops) == [(1.0, 4.0, "dog", round((0.5 + 0.7 + 0.5) / 3, 4))]
    assert found(replace(RULE, leave=RULE.enter), hops) == [(2.0, 3.0, "dog", 0.7)]


def test_thresholds_are_those_of_the_class() -> None:
    hops = planned((0.5, 0.5, 0.9))
    assert found(replace(RULE, enter=np.array([0.6, 0.45, 0.6])), hops) == [(0.0, 1.0, "owl", 0.5)]


def test_events_nearer_than_asked_for_become_one() -> None:
    hops = of_dog(0.8, 0.0, 0.0, 0.6, 0.0, 0.0, 0.0, 0.9)
    apart = [(0.0, 1.0), (3.0, 4.0), (7.0, 8.0)]
    for merge_s, expected in [
        (0.0, apart),
        (2.0, apart),  # as far as that is not nearer
        (2.1, [(0.0, 4.0), (7.0, 8.0)]),
        (9.0, [(0.0, 8.0)]),
    ]:
        events = found(replace(RULE, merge_s=merge_s), hops)
        assert [one[:2] for one in events] == expected, merge_s
    assert events[0][3] == round((0.8 + 0.6 + 0.9) / 3, 4)  # what lies between has no say


def test_what_never_entered_is_merged_with_nothing() -> None:
    hops = of_dog(0.8, 0.0, 0.5, 0.0, 0.0, 0.0, 0.8)
    events = found(replace(RULE, merge_s=3.0), hops)
    assert [one[:2] for one in events] == [(0.0, 1.0), (6.0, 7.0)]


def test_short_ones_are_dropped_after_they_were_merged() -> None:
    hops = of_dog(0.8, 0.0, 0.8, 0.0, 0.0, 0.0, 0.8, 0.0)
    rule = replace(RULE, merge_s=1.5, min_length_s=3.0)
    assert [one[:2] for one in found(rule, hops)] == [(0.0, 3.0)]
    assert not found(replace(rule, min_length_s=3.1), hops)


def test_what_is_heard_for_less_than_half_a_clip_is_none_but_at_the_edges() -> None:
    hops = of_dog(0.8, 0.0, 0.8, 0.0, 0.8, 0.8, 0.0, 0.8)
    events = found(replace(RULE, least_heard=20), hops)
    assert [one[:2] for one in events] == [(0.0, 1.0), (4.0, 6.0), (7.0, 8.0)]


def test_of_one_class_of_several_only_the_most_probable_enters() -> None:
    hops = planned((0.7, 0.65, 0.0), (0.62, 0.7, 0.0), (0.5, 0.55, 0.0))
    both = found(RULE, hops)
    assert [one[:3] for one in both] == [(0.0, 3.0, "dog"), (0.0, 3.0, "owl")]
    one = found(replace(RULE, rivals=(slice(0, 3),)), hops)
    assert [one[:3] for one in one] == [(0.0, 1.0, "dog"), (1.0, 3.0, "owl")]
    # A class that makes no events takes over like any other.
    behind = planned((0.7, 0.0, 0.2), (0.45, 0.0, 0.65))
    alone = found(replace(RULE, rivals=(slice(0, 3),)), behind)
    assert [one[:3] for one in alone] == [(0.0, 1.0, "dog")]


def test_digital_silence_is_no_part_of_an_event() -> None:
    hops = of_dog(0.8, 0.8, 0.8, 0.8, 0.8, 0.8, silent=(0, 1, 3, 5))
    assert found(RULE, hops) == [(2.0, 5.0, "dog", 0.8)]
    # What is heard in a moment of it lasts as long as its windows say.
    assert found(replace(RULE, least_heard=60), hops) == [(2.0, 5.0, "dog", 0.8)]
    assert not found(RULE, of_dog(0.8, 0.8, silent=(0, 1)))


def test_silence_is_what_no_sample_of_16_bits_leaves() -> None:
    evidence = HopEvidence(HOP, CLIP)
    sound = np.zeros(95, np.float32)
    sound[25] = 2.0**-15
    sound[47] = 2.0**-17
    sound[94] = -1.0  # in the last hop, which is longer than the others
    evidence.hear(sound[:22])
    evidence.hear(sound[22:])
    hops = [hop for start, scores in windows_of(95, np.ones((95, 1))) for hop in
            evidence.take(start, scores)]  # fmt: skip
    hops += evidence.close()
    assert [at for at, hop in enumerate(hops) if not hop.silent] == [2, len(hops) - 1]
    assert evidence.silent_samples == 70


@pytest.mark.parametrize("size", [1, 7, 40, 64, 1000])
def test_in_blocks_the_same_events_are_found_as_at_once(size: int) -> None:
    rng = np.random.default_rng(4)
    samples = 3217
    sound = np.where(rng.random(samples // 17 + 1).repeat(17)[:samples] < 0.4, 0, 0.5)
    score = rng.random((samples // 60 + 1, 3)).repeat(60, axis=0)[:samples] ** 0.5
    rule = replace(RULE, merge_s=1.1, rivals=(slice(0, 2),), least_heard=15)
    windows = windows_of(samples, score)
    whole = events_of("a.wav", rule, sound, windows)
    finder = EventFinder("a.wav", rule)
    parts = []
    waiting = [*windows]
    for first in range(0, samples, size):
        finder.hear(sound[first : first + size])
        while waiting and waiting[0][0] + CLIP <= first + size:
            parts += finder.take(*waiting.pop(0))
    parts += finder.close()
    assert parts == whole
    assert len(whole) > 20
    assert [one.start_s for one in whole] == sorted(one.start_s for one in whole)


def test_of_a_long_recording_little_is_kept() -> None:
    finder = EventFinder("a.wav", RULE)
    rng = np.random.default_rng(0)
    for at in range(5000):
        finder.hear(np.ones(HOP, np.float32))
        list(finder.take(at * HOP, rng.random(3)))
        held = finder.evidence._windows, finder.evidence._loud, finder._found
        assert all(len(one) < 20 for one in held)


def test_windows_count_by_what_of_them_sounds() -> None:
    sound = np.ones(200, np.float32)
    sound[80:160] = 0.0
    score = np.array([[0.2], [0.4], [0.6], [0.8]] + [[1.0]] * 9 + [[0.5]] * 4)
    evidence = HopEvidence(HOP, CLIP)
    evidence.hear(sound)
    hops = [hop for at, one in enumerate(score) for hop in evidence.take(at * HOP, one)]
    hops += evidence.close()
    assert len(hops) == 20
    # The hop from 70 to 80 lies in the windows from 40, 50, 60 and 70, of which four, three, two
    # and one quarter sound.
    assert all(hops[at].silent == (8 <= at < 16) for at in range(20))
    near = np.array([0.25, 0.75, 0.75, 0.25]) * np.array([1.0, 0.75, 0.5, 0.25])
    assert hops[7].evidence == pytest.approx(near @ [1.0, 1.0, 1.0, 1.0] / near.sum())
    near = np.array([0.25, 0.75, 0.75, 0.25]) * np.array([1.0, 1.0, 1.0, 0.75])
    assert hops[5].evidence == pytest.approx(near @ [0.6, 0.8, 1.0, 1.0] / near.sum())
    # No window around the middle of the silence holds any sound.
    assert hops[11].evidence == hops[12].evidence == 0.0


@pytest.mark.parametrize("block", [7, 40, 300])
def test_an_event_says_how_loud_it_is_whatever_the_blocks(block: int) -> None:
    samples = np.random.default_rng(0).normal(0, 0.1, 300).astype(np.float32)
    score = np.zeros((300, 3))
    score[100:200, 0] = 1.0
    finder = EventFinder("a.wav", RULE)
    for at in range(0, 300, block):
        finder.hear(samples[at : at + block])
    windows = windows_of(300, score)
    [event] = [one for start, row in windows for one in finder.take(start, row)] or [
        *finder.close()
    ]
    inside = samples[round(event.start_s * 10) : round(event.end_s * 10)].astype(float)
    assert event.level_db == pytest.approx(10 * np.log10(np.mean(inside**2)), abs=0.051)
