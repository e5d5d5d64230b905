"""The building blocks of tones: fast ways to the sum that the formula says."""

from __future__ import annotations

import numpy as np
import pytest

from tonotope.datasets.orchestra import rooms, tones
from tonotope.datasets.orchestra.rooms import Microphone, Room, Take
from tonotope.datasets.orchestra.tones import RATE_HZ, SAMPLES, TIME_S

PLAIN = Microphone(0.0, 1.0, 1e9, ())


def test_ringing_is_the_sum_it_says() -> None:
    frequency_hz = np.array([220.0, 455.5, 3000.0])
    levels, fade_s = np.array([1.0, -0.5, 0.2]), np.array([0.5, 0.05, 3.0])
    expected = sum(
        level * np.exp(-TIME_S / fade) * np.sin(2 * np.pi * hz * TIME_S)
        for hz, level, fade in zip(frequency_hz, levels, fade_s, strict=True)
    )
    np.testing.assert_allclose(tones.ringing(frequency_hz, levels, fade_s), expected, atol=1e-9)


def test_overtones_are_the_sum_they_say() -> None:
    phase = tones.moving(300.0, 50 * np.sin(2 * np.pi * 5 * TIME_S))
    course = np.linspace(0, 1, SAMPLES)
    expected = 0.5 * np.sin(2 * np.pi * phase) + course * np.sin(2 * np.pi * 3 * phase)
    np.testing.assert_allclose(tones.overtones(phase, [0.5, 0.0, course]), expected, atol=1e-8)


def test_modes_are_the_sum_they_say() -> None:
    phase = tones.steady(500.0)
    levels = np.ones((2, SAMPLES), np.float32) * np.array([[1.0], [0.3]], np.float32)
    expected = np.sin(2 * np.pi * phase) + 0.3 * np.sin(2 * np.pi * 2.756 * phase)
    np.testing.assert_allclose(
        tones.modes(phase, np.array([1.0, 2.756]), levels), expected, atol=1e-5
    )


def test_strokes_add_up() -> None:
    levels, fade_s = np.array([1.0, 0.5]), np.array([0.3, 0.05])
    strokes_s, strengths = np.array([0.0, 0.2, 0.5]), np.array([1.0, 0.5, 0.8])
    together = tones.struck_again(levels, fade_s, strokes_s, strengths)
    expected = np.zeros_like(together)
    for stroke_s, strength in zip(strokes_s, strengths, strict=True):
        since_s = TIME_S - stroke_s
        fades = np.exp(-np.maximum(since_s, 0)[None] / fade_s[:, None])
        expected += strength * levels[:, None] * fades * np.clip(since_s / 0.002, 0, 1)
    np.testing.assert_allclose(together, expected, atol=1e-5)


def test_stiffness_stretches_but_does_not_move_the_first() -> None:
    plain, stiff = tones.harmonics(100.0), tones.harmonics(100.0, stiffness=1e-3)
    assert plain[:4].tolist() == [1, 2, 3, 4]
    assert stiff[0] == 1.0
    assert (np.diff(stiff) > np.diff(plain)[: len(stiff) - 1]).all()


@pytest.mark.parametrize("pitch_hz", [60.0, 440.0, 2000.0])
def test_no_partial_folds_back(pitch_hz: float) -> None:
    assert tones.harmonics(pitch_hz, 400).max() * pitch_hz < RATE_HZ / 2


def test_hiss_keeps_to_its_band() -> None:
    wave = tones.hiss(np.random.default_rng(0), 1000, 2000)
    size = np.abs(np.fft.rfft(wave)) ** 2
    frequency_hz = np.fft.rfftfreq(SAMPLES, 1 / RATE_HZ)
    inside = (frequency_hz >= 1000) & (frequency_hz <= 2000)
    assert size[~inside].sum() < 1e-9 * size.sum()
    assert wave.std() == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("echo_s", [0.2, 0.5])
def test_a_room_falls_by_sixty_decibels_in_its_time(echo_s: float) -> None:
    """T. Schroeder's integral of the squared answer, from 5 to 25 dB below its start."""
    answer = np.fft.irfft(rooms._answer(Room(echo_s, echo_s, seed=3)), rooms._LENGTH)
    late = answer[round(0.03 * RATE_HZ) : -1000]
    left_db = 10 * np.log10(np.cumsum(late[::-1] ** 2)[::-1] / np.sum(late**2) + 1e-12)
    first, last = np.argmax(left_db < -5), np.argmax(left_db < -25)
    assert 3 * (last - first) / RATE_HZ == pytest.approx(echo_s, rel=0.15)


def test_a_recording_stands_at_its_distance_and_level() -> None:
    click = np.zeros(SAMPLES)
    click[0] = 1.0
    near = Take(0.1, -60.0, -200.0, 0.0, 0.0, -6.0)
    wave = rooms.recorded(click, Room(0.3, 0.2, 1), PLAIN, near, np.random.default_rng(0))
    assert np.argmax(np.abs(wave)) == round(0.1 * RATE_HZ)
    assert np.abs(wave).max() == pytest.approx(10 ** (-6 / 20), rel=1e-4)
    far = Take(0.1, 0.0, -200.0, 0.0, 0.0, -6.0)
    distant = rooms.recorded(click, Room(0.3, 0.2, 1), PLAIN, far, np.random.default_rng(0))
    echo = slice(round(0.11 * RATE_HZ), None)
    assert np.sum(distant[echo] ** 2) > 100 * np.sum(wave[echo] ** 2)


def test_the_background_lies_as_far_below_as_it_says() -> None:
    tone = np.sin(2 * np.pi * 440 * TIME_S)
    silent, noisy = (Take(0.0, -200.0, level, 0.0, 0.0, -6.0) for level in (-200.0, -20.0))
    room = Room(0.3, 0.2, 1)
    clean = rooms.recorded(tone, room, PLAIN, silent, np.random.default_rng(0))
    heard = rooms.recorded(tone, room, PLAIN, noisy, np.random.default_rng(0))
    middle = slice(2000, 26000)
    share = np.dot(heard[middle], clean[middle]) / np.dot(clean[middle], clean[middle])
    noise = heard[middle] - share * clean[middle]
    below_db = 20 * np.log10(noise.std() / (share * clean[middle].std()))
    # The background is set against the note with its echo's room: 43,200 samples, not 28,665.
    assert below_db == pytest.approx(-20 - 10 * np.log10(rooms._LENGTH / SAMPLES), abs=0.7)
