from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tonotope._shapes import Axis
from tonotope.network.layers.padding import same
from tonotope.network.layers.window_arithmetic import Slide

slides = st.builds(
    Slide,
    kernel=st.integers(1, 6),
    stride=st.integers(1, 5),
    dilation=st.integers(1, 3),
    before=st.integers(0, 3),
    after=st.integers(0, 3),
    ceil=st.just(False),
)


@given(slides, st.integers(1, 40))
def test_places_are_those_where_every_tap_finds_a_value(slide: Slide, size: int) -> None:
    """Counted by hand: begin at the first zero, end with the last."""
    padded = slide.before + size + slide.after
    begins = range(0, padded - (slide.kernel - 1) * slide.dilation, slide.stride)
    assert slide.out(size) == len(begins)
    assert (slide.out(size) >= 1) == (size >= slide.needs)


@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 40), st.data())
def test_with_ceil_every_window_begins_before_the_end(
    kernel: int, stride: int, size: int, data: st.DataObject
) -> None:
    zeros = data.draw(st.integers(0, kernel // 2))
    slide = Slide(kernel, stride, 1, zeros, zeros, ceil=True)
    places = slide.out(size)
    assert (places >= 1) == (size >= slide.needs)
    if places:
        assert (places - 1) * stride < size + zeros
        # One more would begin on the zeros after the end, or see nothing new.
        reached = (places - 1) * stride + kernel >= size + 2 * zeros
        assert reached or places * stride >= size + zeros


@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 5), st.integers(1, 60))
def test_same_divides_the_size_by_the_stride(k: int, d: int, stride: int, size: int) -> None:
    ((before, after),) = same((k,), (d,))
    assert Slide(k, stride, d, before, after).out(size) == -(-size // stride)
    assert 0 <= after - before <= 1


def test_the_formula_shows_its_numbers() -> None:
    axis = Axis("time", 216)
    assert Slide(5).formula(axis) == "time: floor((216 - 5)/1) + 1 = 212"
    assert Slide(3, 2, 2, 2, 2).formula(axis) == "time: floor((216 + 2·2 - (2·2 + 1))/2) + 1 = 108"
    assert Slide(4, before=1, after=2).formula(axis) == "time: floor((216 + 1 + 2 - 4)/1) + 1 = 216"
    assert Slide(3, 2, ceil=True).formula(axis) == "time: ceil((216 - 3)/2) + 1 = 108"


def test_units_travel_along() -> None:
    axis = Slide(5, stride=2).out_axis(Axis("time", 100, 0.01, 0.025, "s"))
    assert axis == Axis("time", 48, 0.02, 0.065, "s")
