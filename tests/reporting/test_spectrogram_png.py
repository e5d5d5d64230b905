from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import pytest

from tonotope.reporting.spectrogram_png import (
    COLOURS,
    EMBER,
    INK,
    day_and_night,
    levels,
    palette,
    png,
)


def decode(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """A reader of its own for what the writer claims to write: pixels and colours."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(kind + body)
        chunks[kind] = body
        at += 12 + length
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, colour) == (8, 3)
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return rows[:, 1:], np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)


def lightness(colours: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB colours."""
    linear = colours / 255
    linear = np.where(linear <= 0.04045, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)


def test_what_is_written_is_read_again() -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    read, colours = decode(png(pixels, palette(INK)))
    np.testing.assert_array_equal(read, pixels)
    np.testing.assert_array_equal(colours, palette(INK))


@pytest.mark.parametrize(("stops", "sign"), [(INK, -1), (EMBER, 1)])
def test_palettes_go_one_way_in_lightness(stops: tuple[str, ...], sign: int) -> None:
    steps = sign * np.diff(lightness(palette(stops)))
    assert (steps > 0).all()
    assert steps.max() < 4 * np.median(steps)  # no jump that would draw an edge of its own


def test_time_runs_to_the_right_and_frequency_upwards() -> None:
    matrix = np.zeros((5, 3))
    matrix[4, 0] = 1.0  # the last frame, the lowest band
    pixels = levels(matrix, 100, 100)
    assert pixels.shape == (3, 5)
    assert pixels[-1, -1] == COLOURS - 1
    assert pixels.sum() == COLOURS - 1


def test_a_long_picture_is_averaged_by_neighbours() -> None:
    matrix = np.repeat(np.arange(4.0), 250)[:, None] * np.ones((1, 2))
    pixels = levels(matrix, 4, 10)
    assert pixels.shape == (2, 4)
    assert (np.diff(pixels[0].astype(int)) > 0).all()


def test_silence_has_a_picture_and_equal_sound_equal_bytes() -> None:
    day, night = day_and_night(np.zeros((4, 4)))
    assert (day, night) == day_and_night(np.zeros((4, 4)))
    pixels, _ = decode(base64.b64decode(day.split(",")[1]))
    assert not pixels.any()
    assert day != night
