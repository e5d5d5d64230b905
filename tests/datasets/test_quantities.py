"""Numbers of recordings: their range, and values that may mean that nothing is known."""

from __future__ import annotations

import math

import pytest

from tonotope.datasets.quantities import Quantity


@pytest.mark.parametrize(
    ("values", "doubtful"),
    [
        ([100, 101, 102, 103, -999, -999, -999], [(-999, 3)]),
        ([100, 101, 102, 103, 1e9], [(1e9, 1)]),
        ([100, 101, 102, 103, -999, -999, 1e9, 9999], [(1e9, 1), (9999, 1), (-999, 2)]),
        ([0.5, 0.7, 3.5, 9.5, -1, -1], [(-1, 2)]),
        ([3, 20, 33, 50, 99, 99], [(99, 2)]),
        ([1, 2, 3, 4, math.nan], []),
        ([20, 100, 500, 2500, 9000], []),  # grows by a factor
        ([0, 0, 0, 1, 1, 2, 3], []),
        ([5, 5, 5, 5, 7], []),  # too few to tell
        ([-3, -2, -1, -1, 0, 2], []),
    ],
)
def test_values_apart_from_all_others(values: list[float], doubtful: list) -> None:
    found = Quantity.of("x", values)
    assert found
    assert [*found.doubtful] == doubtful


def test_a_quantity_in_words() -> None:
    found = Quantity.of("bpm", [100, 103, 101, 102.5, -999, -999, math.nan])
    assert found
    assert found.sentence() == "`bpm`: from -999 to 103 in 6 recordings, the median is 100.5"
    assert found.doubts() == [
        "`bpm` is -999 (2) where all others lie from 100 to 103: if that means unknown, empty the "
        "cells; else see whether it is right"
    ]
    assert Quantity.of("bpm", [math.nan]) is None


def test_check_shows_numbers_and_tags(tmp_path, sound) -> None:
    import tonotope

    for number in range(8):
        sound(tmp_path / f"{number}.wav", pitch=number)
    cells = ["100,Dog;cat", "101,dog", "102,cat", "103,owl;dog"]
    rows = [f"{n}.wav,{cells[n % 4]}" for n in range(7)]
    (tmp_path / "t.csv").write_text("\n".join(["file,bpm,what", *rows, "7.wav,-999,owl"]))
    sets = ["head.kind=regress", 'head.targets=["bpm"]']
    found = tonotope.check(tmp_path / "t.csv", sets).report
    assert found.quantities[0][:5] == ("bpm", 8, -999.0, 101.0, 103.0)
    assert "`bpm`: from -999 to 103 in 8 recordings, the median is 101" in found.notes
    assert [one for one in found.warnings if one.startswith("`bpm` is -999 (1) where all others")]
    assert found.to_json()["quantities"][0]["median"] == 101.0
    found = tonotope.check(tmp_path / "t.csv", ["head.kind=tag", "head.column=what"]).report
    assert [one[:3] for one in found.tags] == [
        ("Dog", 2, 2),
        ("cat", 4, 4),
        ("dog", 3, 3),
        ("owl", 2, 2),
    ]
    assert not found.quantities
    assert "4 tags" in found.sentences()[0]
    assert any("did you mean one tag?" in one for one in found.warnings)
