"""Shapes as the representations make them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tonotope._shapes import Axis, Shape


def _shape_of(sizes: tuple[int, ...]) -> Shape:
    if len(sizes) == 2:
        channels, samples = sizes
        step = 1 / 8000
        return Shape([Axis("channel", channels), Axis("time", samples, step, step, "s")])
    channels, frames, bands = sizes
    return Shape(
        [
            Axis("channel", channels),
            Axis("time", frames, 0.01, 0.025, "s"),
            Axis("frequency", bands, 40.0, 80.0, "Hz"),
        ]
    )


@pytest.fixture(scope="session")
def shape_of() -> Callable[[tuple[int, ...]], Shape]:
    """A spectrogram of (channels, frames, bands), or a wave at 8 kHz of (channels, samples).

    A frame begins every 10 ms and is 25 ms long; a band lies 40 Hz above the last and is 80 wide.
    """
    return _shape_of
