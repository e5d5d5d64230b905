from __future__ import annotations

import pytest
import torch

from tonotope._errors import ShapeError
from tonotope.network.layers.pooling import GlobalPool
from tonotope.network.layers.vocabulary import parse


def values(line: str, x: torch.Tensor, shape_of) -> torch.Tensor:
    return parse(line).build(shape_of(tuple(x.shape)))(x[None])[0]


def test_windows_side_by_side(shape_of) -> None:
    x = torch.tensor([[[1.0, 5, 2, 0], [7, 3, 9, 4]]])
    assert values("maxpool 2x2", x, shape_of).tolist() == [[[7, 9]]]
    assert values("meanpool 1x2", x, shape_of).tolist() == [[[3, 1], [5, 6.5]]]


def test_the_rest_falls_away_or_counts_for_itself(shape_of) -> None:
    x = torch.tensor([[1.0, 2, 3, 4, 8]])
    assert values("meanpool 2", x, shape_of).tolist() == [[1.5, 3.5]]
    assert values("meanpool 2 ceil", x, shape_of).tolist() == [[1.5, 3.5, 8]]


def test_padding_takes_no_part(shape_of) -> None:
    x = torch.tensor([[-1.0, -2, -3, -4]])
    assert values("maxpool 2 padding 1", x, shape_of).tolist() == [[-1, -2, -4]]
    assert values("meanpool 2 padding 1", x, shape_of).tolist() == [[-1, -2.5, -4]]


def test_piczaks_last_pool_is_in_ceil_mode(shape_of) -> None:
    """10 frames in threes: 4 with ceil, as pylearn2 did it, 3 without."""
    assert parse("maxpool 3x1 ceil").out_shape(shape_of((80, 10, 1))).sizes == (80, 4, 1)
    assert parse("maxpool 3x1").out_shape(shape_of((80, 10, 1))).sizes == (80, 3, 1)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("globalpool time mean", [[[2.0, 3.0]], [[0.0, 1.0]]]),
        ("globalpool time max", [[[4.0, 6.0]], [[0.0, 2.0]]]),
        ("globalpool time mean+max", [[[2.0, 3]], [[0.0, 1]], [[4.0, 6]], [[0.0, 2]]]),
        ("globalpool time mean+max added", [[[6.0, 9.0]], [[0.0, 3.0]]]),
        ("globalpool frequency max+mean", [[[0], [6]], [[0], [2]], [[0.0], [5]], [[0], [1]]]),
        ("globalpool all mean", [[[2.5]], [[0.5]]]),
        ("globalpool time std", [[[2.0, 3.0]], [[0.0, 1.0]]]),
        ("globalpool time max+std added", [[[6.0, 9.0]], [[0.0, 3.0]]]),
    ],
)
def test_global_pools_keep_the_axes(line: str, expected: list, shape_of) -> None:
    x = torch.tensor([[[0.0, 0.0], [4.0, 6.0]], [[0.0, 0.0], [0.0, 2.0]]])
    found = values(line, x, shape_of)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=x.dtype), atol=2e-3, rtol=0)
    sizes = tuple(torch.tensor(expected).shape)
    assert parse(line).out_shape(shape_of((2, 2, 2))).sizes == sizes


def test_a_global_pool_sees_the_whole_axis(shape_of) -> None:
    out = parse("globalpool time mean").out_shape(shape_of((1, 100, 8)))
    assert out.axis("time").span == pytest.approx(99 * 0.01 + 0.025)
    assert parse("globalpool time mean").formula(shape_of((1, 100, 8))) == (
        "100 values of each channel become 1"
    )


def test_memory_format_is_kept(shape_of) -> None:
    x = torch.randn(2, 3, 8, 6).contiguous(memory_format=torch.channels_last)
    for line in ("maxpool 2x2", "meanpool 2x2"):
        pooled = parse(line).build(shape_of((3, 8, 6)))(x)
        assert pooled.is_contiguous(memory_format=torch.channels_last)


def test_waves_have_no_frequency(shape_of) -> None:
    with pytest.raises(
        ShapeError, match="finds no frequency axis to pool over; its input has time"
    ):
        GlobalPool(over="frequency").out_shape(shape_of((1, 80)))
    flat = parse("flatten").out_shape(shape_of((1, 80)))
    with pytest.raises(ShapeError, match="its input has no axis: it is flat"):
        GlobalPool(over="all").out_shape(flat)


def test_a_pool_larger_than_its_input_shrinks(shape_of) -> None:
    with pytest.raises(ShapeError, match="needs 4 frames, 2 are left: `maxpool 2x4` fits"):
        parse("maxpool 4x4").out_shape(shape_of((1, 2, 9)))
    with pytest.raises(ShapeError, match="needs 6 bands, 3 are left: `meanpool 2x3` fits"):
        parse("meanpool 2x8 padding 0x1").out_shape(shape_of((1, 2, 3)))


def test_a_deviation_of_what_stands_still_has_a_gradient(shape_of) -> None:
    """A channel that is silent throughout, and a clip of one step."""
    for steps in (4, 1):
        x = torch.full((1, 2, steps, 3), 0.5, requires_grad=True)
        found = parse("globalpool time mean+max+std").build(shape_of((2, steps, 3)))(x)
        assert found.shape == (1, 6, 1, 3)
        found.sum().backward()
        assert x.grad is not None
        assert x.grad.isfinite().all()
