from __future__ import annotations

from tonotope.network import shared_layers


def test_a_wave_shrinks_as_fast_as_a_spectrogram(shape_of) -> None:
    assert shared_layers.halving(shape_of((1, 40, 30))) == (2, 2)
    assert shared_layers.halving(shape_of((1, 40))) == (4,)
    assert shared_layers.halving(shape_of((1, 40, 1))) == (2, 1)
    assert shared_layers.pool("maxpool", shape_of((1, 1, 1))) == []


def test_the_shape_after_lines(shape_of) -> None:
    shape = shared_layers.shape_after(["conv 4 3x3", "maxpool 2x2"], shape_of((1, 10, 8)))
    assert shape.sizes == (4, 4, 3)
