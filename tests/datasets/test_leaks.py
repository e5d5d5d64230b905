from __future__ import annotations

import dataclasses
import re
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tonotope._errors import DataError
from tonotope.datasets.leaks import refuse_leaks
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.split import Split

SPLIT = Split(train=("a", "b"), validation=("c",), test=("d", "e"), rule="by hand")


def manifest(**changes: dict) -> Manifest:
    recordings = []
    for name in "abcde":
        one = Recording(
            *(name, Path(name), 0.0, 1.0, {"label": "x"}, name, None, None, f"sum {name}", 8000, 1)
        )
        recordings.append(dataclasses.replace(one, **changes.get(name, {})))
    return Manifest(tuple(recordings), (), (), (), Path())


def test_a_clean_split_is_clean() -> None:
    assert refuse_leaks(manifest(), SPLIT, {name: f"sound {name}" for name in "abcde"}) == []


def test_equal_bytes_across_parts_are_an_error_with_both_names() -> None:
    with pytest.raises(DataError) as caught:
        refuse_leaks(manifest(e={"sha256": "sum a"}), SPLIT)
    assert str(caught.value) == (
        "the same sound lies in two parts, so the score would be untrue: a (train) and e (test) "
        "are the same bytes; leave one of them out, or give both the same "
        "group in a table (file,label,group)"
    )
    fold = dataclasses.replace(SPLIT, fold="3")
    with pytest.raises(DataError, match=r"^fold 3: the same sound lies in two parts"):
        refuse_leaks(manifest(c={"sha256": "sum a"}), fold)


def test_a_pair_that_lies_apart_in_several_folds_is_named_once() -> None:
    folds = [dataclasses.replace(SPLIT, fold=fold) for fold in "135"]
    labels = {"a": {"targets": {"label": "x"}}, "e": {"targets": {"label": "y"}}}
    with pytest.raises(DataError) as caught:
        refuse_leaks(manifest(**labels), folds, {"a": "1", "e": "1", "b": "2", "c": "2"})
    assert str(caught.value) == (
        "folds 1, 3, 5: the same sound lies in two parts, so the score would be untrue: a (train) "
        "and e (test) are the same sound with different labels (`x` and `y`), b (train) and c "
        "(validation) are the same sound; correct the label, or leave one of them out"
    )
    assert refuse_leaks(manifest(), folds, {"a": "1", "b": "1"}) == [
        "1 recording is there twice (a and b are the same sound)"
    ]


def test_equal_sound_in_another_container_is_an_error_too() -> None:
    sounds = {"a": "1", "b": "2", "c": "3", "d": "3", "e": "5"}
    with pytest.raises(DataError, match=r"c \(validation\) and d \(test\) are the same sound"):
        refuse_leaks(manifest(), SPLIT, sounds)


def test_inside_a_part_it_is_a_warning() -> None:
    warnings = refuse_leaks(manifest(b={"sha256": "sum a"}), SPLIT)
    assert warnings == ["1 recording is there twice (a and b are the same bytes)"]
    warnings = refuse_leaks(manifest(), SPLIT, {"d": "1", "e": "1"})
    assert warnings == ["1 recording is there twice (d and e are the same sound)"]


def test_one_sound_with_two_labels_is_told() -> None:
    twice = manifest(b={"sha256": "sum a", "targets": {"label": "y"}})
    assert refuse_leaks(twice, SPLIT)[0] == (
        "a, b are the same bytes with different labels (`x` and `y`); correct one or leave both out"
    )


def test_events_of_one_file_may_lie_apart_but_not_overlap() -> None:
    apart = manifest(e={"sha256": "sum a", "start_s": 1.0})
    assert refuse_leaks(apart, SPLIT) == []
    overlap = manifest(e={"sha256": "sum a", "start_s": 0.9})
    with pytest.raises(DataError, match=r"a \(train\) and e \(test\) overlap in the same file"):
        refuse_leaks(overlap, SPLIT)


def test_what_lies_in_no_part_leaks_nowhere() -> None:
    split = Split(train=("a",), validation=(), test=("d",), rule="by hand")
    assert refuse_leaks(manifest(e={"sha256": "sum a"}), split) == []


def event(name: str, start_s: float, end_s: float, file: str = "long") -> dict:
    return {"sha256": file, "start_s": start_s, "duration_s": end_s - start_s}


def test_an_event_inside_a_long_one_is_found_behind_a_short_one() -> None:
    """A 0-10 s, B 1-2 s, C 5-6 s: neighbours alone would let C pass."""
    nested = manifest(a=event("a", 0, 10), b=event("b", 1, 2), d=event("d", 5, 6))
    with pytest.raises(DataError, match=r"a \(train\) and d \(test\) overlap in the same file"):
        refuse_leaks(nested, SPLIT)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(("one", "other")),
        st.sampled_from(("train", "test", "validation", "none")),
        st.integers(0, 30),
        st.sampled_from((1, 2, 15)),
    ),
    min_size=3,
    max_size=6,
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_a_split_is_refused_exactly_where_two_events_of_two_parts_share_sound(
    events: list[tuple[str, str, int, int]],
) -> None:
    recordings = tuple(
        Recording(
            *(f"{number}", Path(file), float(start), float(lasts), {"label": "x"}, f"{number}"),
            *(None, None, file, 8000, 1),
        )
        for number, (file, _, start, lasts) in enumerate(events)
    )
    parts: dict[str, tuple[str, ...]] = {
        part: tuple(f"{at}" for at, one in enumerate(events) if one[1] == part)
        for part in ("train", "validation", "test")
    }
    share = {
        frozenset((f"{at}", f"{to}"))
        for (at, one), (to, other) in combinations(enumerate(events), 2)
        if one[0] == other[0] and "none" not in (one[1], other[1]) and one[1] != other[1]
        if max(one[2], other[2]) < min(one[2] + one[3], other[2] + other[3])
    }
    found = Manifest(recordings, (), (), (), Path())
    try:
        refuse_leaks(found, Split(**parts, rule="drawn"))
    except DataError as error:
        named = re.findall(r"(\d+) \(\w+\) and (\d+) \(\w+\) (?:overlap|are)", str(error))
        assert named
        assert {frozenset(pair) for pair in named} <= share
    else:
        assert not share
