from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from tonotope.audio.sound_hash import SoundHash
from tonotope.datasets.duplicates import find_duplicates, group_duplicates
from tonotope.datasets.manifest import Manifest, Recording


def manifest(**changes: dict) -> Manifest:
    recordings = []
    for name in "abcde":
        one = Recording(
            *(name, Path(name), 0.0, 1.0, {"label": "x"}, name, None, None, f"sum {name}", 8000, 1)
        )
        recordings.append(dataclasses.replace(one, **changes.get(name, {})))
    return Manifest(tuple(recordings), (), (), (), Path())


def test_duplicates_are_listed_once() -> None:
    same = manifest(b={"sha256": "sum a"})
    found = find_duplicates(same, dict.fromkeys("ab", "1"))
    assert [(twin.ids, twin.how) for twin in found] == [(("a", "b"), "the same bytes")]
    found = find_duplicates(same, dict.fromkeys("abc", "1"))
    assert found[1].ids == ("a", "b", "c")


def test_silence_is_no_sound_that_two_recordings_share() -> None:
    silence = SoundHash()
    silence.update(np.zeros(9, np.float32))
    assert find_duplicates(manifest(), dict.fromkeys("abc", silence.digest())) == []


def test_duplicates_are_put_into_one_group_and_duplicates_of_duplicates_with_them() -> None:
    twice = {"c": {"sha256": "sum a"}, "d": {"sha256": "sum b"}}
    found = manifest(**twice, e={"sha256": "sum b", "group": "c"})
    recordings, notes = group_duplicates(found.recordings)
    assert [one.group for one in recordings] == ["b", "b", "b", "b", "b"]
    assert notes == [
        "3 recordings have the bytes of another one: they share a group (`a` and `c`, "
        "`b` and `d`), so that the groups `a` and `c` (and 1 more) count as one"
    ]
    recordings, notes = group_duplicates(manifest(c={"sha256": "sum a"}).recordings)
    assert [one.group for one in recordings] == ["a", "b", "a", "d", "e"]
    assert notes == ["1 recording has the bytes of another one: it shares its group (`a` and `c`)"]


def test_what_published_folds_lay_apart_is_left_to_be_refused() -> None:
    apart = manifest(a={"fold": "1"}, c={"fold": "2", "sha256": "sum a"})
    assert group_duplicates(apart.recordings) == ([*apart.recordings], [])
    assert group_duplicates(manifest().recordings) == ([*manifest().recordings], [])
