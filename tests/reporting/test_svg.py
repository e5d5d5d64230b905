from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from tonotope.reporting.i18n import Words
from tonotope.reporting.svg import CURVES_PX, Line, across, curves, frequency_ticks, strip, ticks
from tonotope.representation import LogMel


def _all(markup: str, tag: str) -> list[dict[str, str]]:
    return [one.attrib for one in ElementTree.fromstring(markup).iter(tag)]


def test_a_point_stands_where_its_number_says() -> None:
    drawn = strip(0.944, 0.914, 0.966)
    (bar,) = _all(drawn, "rect")
    (point,) = _all(drawn, "circle")
    assert (bar["x"], bar["width"], point["cx"]) == ("91.4%", "5.2%", "94.4%")


def test_what_is_undefined_is_not_drawn() -> None:
    drawn = strip(None, None, None, dots=(0.5, None))
    assert not _all(drawn, "rect")
    assert [one["class"] for one in _all(drawn, "circle")] == ["dot"]


@pytest.mark.parametrize("high", [0.003, 0.9, 1, 7, 49, 50, 1234, 99_999])
def test_ticks_are_round_few_and_inside(high: float) -> None:
    found = ticks(0, high)
    assert 2 <= len(found) <= 6
    assert 0 <= found[0] <= found[-1] <= high
    leading = {float(f"{step:.0e}"[0]) for step in np.diff(found)}
    assert leading <= {1.0, 2.0, 5.0}


def test_frequencies_stand_at_their_bands() -> None:
    centres = LogMel(rate_hz=22050, bands=64).frequencies_hz()
    marks = frequency_ticks([float(one) for one in centres])
    for share, hertz in marks:
        at = np.interp(hertz, centres, np.arange(64))
        assert share == pytest.approx((at + 0.5) / 64, abs=1e-9)
    shares = [share for share, _ in marks]
    assert len(marks) >= 4
    assert min(np.diff(shares)) > 0.15


def test_labels_at_the_ends_stay_inside() -> None:
    anchors = [one["text-anchor"] for one in _all(across([(0, "0"), (0.5, "½"), (1, "1")]), "text")]
    assert anchors == ["start", "middle", "end"]


def test_curves_hold_every_point_and_a_best_one() -> None:
    points = tuple((epoch, 2.0 / epoch) for epoch in range(1, 11))
    line = Line("validation", "fold 1", "main", points, mark=points[9])
    drawn = curves([line], Words("en"))
    assert drawn is not None
    (path,) = _all(drawn.plot, "path")
    places = [tuple(map(float, one.split())) for one in re.split("[ML]", path["d"])[1:]]
    heights = [100 - y for _, y in places]
    np.testing.assert_allclose(heights, [100 * y / (2.0 * 1.04) for _, y in points], atol=0.01)
    np.testing.assert_allclose([x for x, _ in places], np.linspace(0, 100, 10), atol=0.01)
    (mark,) = _all(drawn.plot, "circle")
    assert mark["cx"] == "100%"


def test_a_line_of_one_epoch_is_a_dot() -> None:
    many = [Line("training", f"fold {n}", "main many", ((1, 0.5 + n),)) for n in range(3)]
    drawn = curves([*many, Line("validation", "", "side", ((1, 0.5), (2, 0.6)))], Words("en"))
    assert drawn is not None
    assert len(_all(drawn.plot, "path")) == 1
    dots = _all(drawn.plot, "circle")
    assert [one["class"] for one in dots] == ["single main many"] * 3
    assert {float(one["r"]) for one in dots} == {4.0}
    assert len({one["cy"] for one in dots}) == 3


def test_names_at_the_ends_do_not_touch_and_stay_in_the_figure() -> None:
    lines = [Line(f"fold {n}", "", "main", ((1, 1.0), (2, 0.01 * n))) for n in range(5)]
    drawn = curves(lines, Words("en"))
    assert drawn is not None
    heights = sorted(float(one["y"]) for one in _all(drawn.right, "text"))
    assert len(heights) == 5
    assert min(np.diff(heights)) >= 14.9
    assert 0 < heights[0] < heights[-1] <= CURVES_PX + 5


def test_no_history_is_no_figure_and_one_epoch_is_one() -> None:
    assert curves([Line("training", "", "main", ())], Words("en")) is None
    assert curves([Line("training", "", "main", ((1, 0.5),))], Words("en")) is not None


def test_names_are_escaped() -> None:
    drawn = curves([Line("<b>", "</title><script>", "main", ((1, 1.0), (2, 0.5)))], Words("en"))
    assert drawn is not None
    assert "<script>" not in drawn.plot
    assert "<b>" not in drawn.right


def test_labels_that_would_lie_over_one_another_are_left_out_where_it_is_narrow() -> None:
    eight = [(at / 7, str(2 * at - 20)) for at in range(8)]
    hidden = [' class="where-wide"' in one for one in str(across(eight)).split("<text")[1:]]
    assert hidden == [False, True] * 4  # evenly
    six = [(at / 5, f"{200 * at:,}") for at in range(6)]
    assert "where-wide" not in across(six, narrow_px=400)
    hidden = ["where-wide" in one for one in str(across(six)).split("<text")[1:]]
    assert hidden == [False, True] * 3  # 1,000, which ends at the right edge, would lie over 800


@pytest.mark.parametrize("count", range(2, 14))
@pytest.mark.parametrize("letters", [1, 3, 6])
def test_what_is_left_on_a_narrow_axis_is_equally_far_apart(count: int, letters: int) -> None:
    drawn = str(across([(at / (count - 1), "8" * letters) for at in range(count)]))
    left = [at for at, one in enumerate(drawn.split("<text")[1:]) if "where-wide" not in one]
    assert left[0] == 0
    assert len(set(np.diff(left))) <= 1


def test_curves_reach_down_to_what_is_below_zero() -> None:
    points = ((1, -0.79), (2, -0.36), (3, 0.5))
    drawn = curves([Line("training", "", "main", points)], Words("en"), top=1.0, floor=-1.0)
    assert drawn is not None
    (path,) = _all(drawn.plot, "path")
    heights = [100 - float(one.split()[1]) for one in re.split("[ML]", path["d"])[1:]]
    # From -1, the round number below -0.79, to 1.
    np.testing.assert_allclose(heights, [10.5, 32, 75], atol=0.01)
    marks = [one.text for one in ElementTree.fromstring(drawn.left).iter("text")]
    assert marks[0] == "\u22121"
    assert "0" in marks


@pytest.mark.parametrize("lowest", [-0.003, -0.79, -7.0, -4321.0])
def test_curves_have_no_two_values_at_one_height_however_low(lowest: float) -> None:
    points = ((1, lowest), (2, lowest / 2), (3, lowest / 4))
    drawn = curves([Line("training", "", "main", points)], Words("en"))
    assert drawn is not None
    (path,) = _all(drawn.plot, "path")
    heights = [100 - float(one.split()[1]) for one in re.split("[ML]", path["d"])[1:]]
    assert 0 <= heights[0] < heights[1] < heights[2] <= 100
