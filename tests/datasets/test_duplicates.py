from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.duplicates import find_duplicates, group_duplicates
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
        "are the same bytes; leave one of them out, or give both the same group"
    )
    fold = dataclasses.replace(SPLIT, fold="3")
    with pytest.raises(DataError, match=r"^fold 3: the same sound lies in two parts"):
        refuse_leaks(manifest(c={"sha256": "sum a"}), fold)


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
        "a, b are the same bytes, but are labelled `x` and `y`; correct one or leave both out"
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


def test_twins_are_told_once() -> None:
    same = manifest(b={"sha256": "sum a"})
    found = find_duplicates(same, dict.fromkeys("ab", "1"))
    assert [(twin.ids, twin.how) for twin in found] == [(("a", "b"), "the same bytes")]
    found = find_duplicates(same, dict.fromkeys("abc", "1"))
    assert found[1].ids == ("a", "b", "c")


def test_twins_are_put_into_one_group_and_twins_of_twins_with_them() -> None:
    twice = {"c": {"sha256": "sum a"}, "d": {"sha256": "sum b"}}
    found = manifest(**twice, e={"sha256": "sum b", "group": "c"})
    recordings, notes = group_duplicates(found.recordings)
    assert [one.group for one in recordings] == ["b", "b", "b", "b", "b"]
    assert notes == ["3 recordings have the bytes of another one: twins are one group"]
    recordings, notes = group_duplicates(manifest(c={"sha256": "sum a"}).recordings)
    assert [one.group for one in recordings] == ["a", "b", "a", "d", "e"]
    assert notes == ["1 recording has the bytes of another one: twins are one group"]


def test_what_published_folds_lay_apart_is_left_to_be_refused() -> None:
    apart = manifest(a={"fold": "1"}, c={"fold": "2", "sha256": "sum a"})
    assert group_duplicates(apart.recordings) == ([*apart.recordings], [])
    assert group_duplicates(manifest().recordings) == ([*manifest().recordings], [])
