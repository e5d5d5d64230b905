"""Deltas against librosa's."""

from __future__ import annotations

import librosa
import numpy as np
import pytest
import torch

from tonotope._errors import ExperimentError, ShapeError
from tonotope.network.layers.vocabulary import parse


@pytest.mark.parametrize(("line", "width"), [("deltas", 9), ("deltas width 3", 3)])
@pytest.mark.parametrize("frames", [41, 5])
def test_they_are_librosas_with_the_ends_repeated(line, width, frames, shape_of) -> None:
    x = np.random.default_rng(0).normal(size=(2, frames, 6)).astype(np.float32)
    found = parse(line).build(shape_of((2, frames, 6)))(torch.from_numpy(x)[None])[0].numpy()
    expected = librosa.feature.delta(x, width=width, axis=1, mode="nearest")
    np.testing.assert_array_equal(found[:2], x)
    np.testing.assert_allclose(found[2:], expected, atol=1e-5)


def test_a_straight_line_has_its_slope(shape_of) -> None:
    wave = 0.25 * torch.arange(50.0)
    slopes = parse("deltas").build(shape_of((1, 50)))(wave[None, None])[0, 1]
    torch.testing.assert_close(slopes[4:-4], torch.full((42,), 0.25))


def test_the_level_says_nothing(shape_of) -> None:
    module = parse("deltas").build(shape_of((1, 30, 4)))
    x = torch.randn(1, 1, 30, 4)
    torch.testing.assert_close(module(x)[:, 1], module(x + 30)[:, 1], atol=1e-5, rtol=0)


def test_shape_and_sight(shape_of) -> None:
    layer, shape = parse("deltas"), shape_of((2, 30, 4))
    out = layer.out_shape(shape)
    assert out.sizes == (4, 30, 4)
    assert out.axis("time").span == pytest.approx(8 * 0.01 + 0.025)
    assert layer.parameters(shape) == 0
    assert layer.build(shape).state_dict() == {}
    assert layer.formula(shape) == "channel: 2 values + 2 slopes = 4"


def test_what_does_not_fit(shape_of) -> None:
    with pytest.raises(ExperimentError, match="8 frames have no middle: use 7 or 9"):
        parse("deltas width 8")
    flat = parse("flatten").out_shape(shape_of((1, 30)))
    with pytest.raises(ShapeError, match="finds no time axis"):
        parse("deltas").out_shape(flat)
