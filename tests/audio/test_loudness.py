"""Where a recording sounds, and what its windows weigh."""

from __future__ import annotations

import numpy as np
import pytest

from tonotope.audio.loudness import Loudness, LoudnessMeter, shares_of, sounding_s

RATE, HOP = 8000, 160  # a cell is half of a hop of 20 ms long, so a hop


def levels(*stretches: tuple[float, float]) -> np.ndarray:
    """Noise of so many seconds at so many decibels each; minus infinity is digital silence."""
    rng = np.random.default_rng(0)
    return np.concatenate(
        [
            10 ** (decibels / 20) * rng.standard_normal(round(seconds * RATE))
            for seconds, decibels in stretches
        ]
    ).astype(np.float32)


def known(*waves: np.ndarray) -> Loudness:
    meter = LoudnessMeter(HOP, RATE)
    parts = [meter.measured(wave) for wave in waves]
    return Loudness(np.concatenate(parts), np.cumsum([0, *map(len, parts)]), meter.steps_per_cell)


SILENCE = -np.inf
BARK = levels((2.0, SILENCE), (0.4, -6), (3.6, SILENCE))
RAIN = levels((6.0, -20))
DEEP_IN_NOISE = levels((2.0, -60), (0.4, -6), (3.6, -60))


@pytest.mark.parametrize(
    ("wave", "seconds"), [(BARK, 0.4), (RAIN, 6.0), (DEEP_IN_NOISE, 0.7), (0 * RAIN, 6.0)]
)
def test_it_sounds_as_long_as_it_is_loud(wave: np.ndarray, seconds: float) -> None:
    power = np.square(wave).reshape(-1, 80).mean(axis=1)
    assert sounding_s(power) == pytest.approx(seconds, rel=0.1)


@pytest.mark.parametrize("wave", [BARK, DEEP_IN_NOISE])
def test_a_clip_is_cut_where_the_bark_is(wave: np.ndarray) -> None:
    steps = RATE // HOP  # one second
    starts = known(RAIN, wave).starts(1, len(wave) // HOP - steps, steps)
    begin_s = starts * HOP / RATE
    assert begin_s.min() == pytest.approx(1.2, abs=0.03)  # half of the bark at its end
    assert begin_s.max() == pytest.approx(2.2, abs=0.03)  # half of it at its beginning
    assert (np.diff(starts) == 1).all()


@pytest.mark.parametrize("wave", [RAIN, 0 * RAIN])
def test_where_all_is_as_loud_a_clip_may_begin_anywhere(wave: np.ndarray) -> None:
    room = len(wave) // HOP - 50
    assert len(known(wave).starts(0, room, 50)) == room + 1


@pytest.mark.parametrize("factor", [1e-3, 0.1, 10.0])
def test_the_distance_of_the_microphone_changes_no_share(factor: float) -> None:
    records, starts = np.zeros(11, int), np.arange(0, 251, 25)
    shares = [
        shares_of(records, known(wave).held(records, starts, 50))
        for wave in (DEEP_IN_NOISE, factor * DEEP_IN_NOISE)
    ]
    np.testing.assert_allclose(*shares, rtol=1e-4)
    assert shares[0].argmax() in (3, 4)


@pytest.mark.parametrize("hop", [1, 7, 160, 512])
def test_block_by_block_windows_weigh_the_same(hop: int) -> None:
    """A window asks when its own samples were heard, not more; cells before it are forgotten."""
    wave = levels((0.5, -30), (0.3, -3), (0.7, -50))
    steps = 2000 // hop
    meter = LoudnessMeter(hop, RATE)
    cells = meter.measured(wave)
    whole = Loudness(cells, np.array([0, len(cells)]), meter.steps_per_cell)
    heard, asked = 0, []
    starts = np.arange(0, len(wave) // hop - steps, max(1, 400 // hop))
    for start in starts.tolist():
        while heard < (start + steps) * hop:
            meter.hear(wave[heard : heard + 333])
            heard += 333
        asked.append(meter.held(start, steps))
    expected = whole.held(np.zeros(len(starts), int), starts, steps)
    np.testing.assert_allclose(asked, expected, rtol=1e-5)
    assert len(np.unique(expected.round(2))) > 5


def test_a_recording_that_is_one_clip_needs_no_cells() -> None:
    cells = LoudnessMeter(HOP, RATE).measured(BARK)
    both = Loudness(cells, np.array([0, 0, len(cells)]), 1)
    held = both.held(np.array([0, 1]), np.array([0, 100]), 20)
    assert held[0] == 1.0
    assert held[1] == pytest.approx(cells[100:120].sum(), rel=1e-5)
