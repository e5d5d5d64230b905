from __future__ import annotations

import pytest

from tonotope._errors import ShapeError
from tonotope.network import LeNet, trace


def test_it_is_the_textbooks_lenet(shape_of) -> None:
    """On 32 × 32 with a head of ten classes: 61,706 parameters and 416,520 multiply-adds."""
    shape = shape_of((1, 32, 32))
    reports = trace(LeNet().expand(shape), shape)
    assert [report.out_shape.sizes for report in reports if report.parameters] == [
        (6, 28, 28),
        (16, 10, 10),
        (120,),
        (84,),
    ]
    assert [report.parameters for report in reports if report.parameters] == [
        156, 2416, 48_120, 10_164,
    ]  # fmt: skip
    assert sum(report.parameters for report in reports) + 850 == 61_706
    assert [report.multiply_adds for report in reports if report.parameters] == [
        117_600, 240_000, 48_000, 10_080,
    ]  # fmt: skip
    assert sum(report.multiply_adds for report in reports) + 840 == 416_520


def test_the_one_of_1998_can_be_had(shape_of) -> None:
    net = LeNet(activation="tanh", pooling="mean", dropout=0.5)
    words = [layer.text for layer in net.expand(shape_of((1, 40, 32)))]
    assert "tanh" in words
    assert "meanpool 2x2" in words
    assert words.count("dropout 0.5") == 2
    assert "relu" not in words


@pytest.mark.parametrize("sizes", [(1, 120, 129), (2, 216, 64), (1, 16, 16), (1, 8000)])
def test_any_spectrogram_of_at_least_sixteen_fits(sizes: tuple[int, ...], shape_of) -> None:
    assert LeNet().out_shape(shape_of(sizes)).sizes == (84,)


def test_smaller_ones_are_told_so(shape_of) -> None:
    with pytest.raises(
        ShapeError,
        match=r"layer 6 \(`maxpool 2x2`\) needs 2 bands, 1 is left: .* or"
        " at least 16 bands",
    ):
        LeNet().out_shape(shape_of((1, 40, 15)))
