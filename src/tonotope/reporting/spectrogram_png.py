"""Spectrograms as PNG: levels, and the two colour maps (light and dark).

Light pages print ink on paper, dark pages glow like embers. The lightness of both palettes rises
evenly, so that equal steps of level look equal, also in grey print.

The format is *Portable Network Graphics* of the W3C, colour type 3: each pixel is the number of a
colour, and the colours come first. So the two pictures differ in 192 bytes only.
"""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

INK = ("fbfaf6", "e4e6ee", "a9b4d6", "5f6fb3", "33347c", "171538")
EMBER = ("0f1014", "2a1c3d", "6d2a5b", "c24a4a", "f29a4b", "fff2c9")
COLOURS = 64


def palette(stops: tuple[str, ...], colours: int = COLOURS) -> np.ndarray:
    """`colours` steps from the first stop to the last, uint8, (colour, 3).

    >>> palette(INK)[0].tolist(), palette(INK)[-1].tolist()
    ([251, 250, 246], [23, 21, 56])
    """
    anchors = np.array([[int(stop[i : i + 2], 16) for i in (0, 2, 4)] for stop in stops])
    at = np.linspace(0, len(stops) - 1, colours)
    channels = [np.interp(at, np.arange(len(stops)), anchors[:, i]) for i in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


def png(pixels: np.ndarray, colours: np.ndarray) -> bytes:
    """An indexed PNG file of `pixels` (row, column), top row first.

    Args:
        pixels: uint8 numbers of colours.
        colours: uint8, (colour, 3): red, green and blue.

    >>> png(np.zeros((2, 3), np.uint8), palette(INK))[1:4]
    b'PNG'
    """
    height, width = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    # Each row is preceded by its filter: 0, the row as it is (best for numbers of colours).
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.astype(np.uint8)], axis=1)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, body)
        for kind, body in (
            (b"IHDR", header),
            (b"PLTE", colours.astype(np.uint8).tobytes()),
            (b"IDAT", zlib.compress(rows.tobytes(), 9)),
            (b"IEND", b""),
        )
    )


def levels(
    matrix: np.ndarray, columns: int, rows: int, ends: tuple[float, float] | None = None
) -> np.ndarray:
    """The pixels of a (time, frequency) matrix: time to the right, frequency upwards.

    The scale runs from the 2nd percentile to the largest value, so that a hiss at the floor does
    not use up the colours; or between `ends`, so that several pictures can be compared. Frames
    that do not fit into `columns` are averaged by neighbours, as are bins beyond `rows`; nothing
    is ever enlarged here.
    """
    small = _averaged(_averaged(np.asarray(matrix, dtype=np.float64), columns).T, rows)
    low, high = ends or (float(np.percentile(small, 2)), float(small.max()))
    scaled = np.clip((small - low) / max(high - low, 1e-12), 0, 1)
    return np.round(scaled[::-1] * (COLOURS - 1)).astype(np.uint8)


def day_and_night(
    matrix: np.ndarray,
    columns: int = 600,
    rows: int = 192,
    ends: tuple[float, float] | None = None,
) -> tuple[str, str]:
    """The picture of a (time, frequency) matrix as two data addresses: by day and by night."""
    pixels = levels(matrix, columns, rows, ends)
    day, night = (png(pixels, palette(stops)) for stops in (INK, EMBER))
    return data_address("image/png", day), data_address("image/png", night)


def data_address(kind: str, body: bytes) -> str:
    """Bytes as an address that holds them, for a page that needs nothing beside itself."""
    return f"data:{kind};base64,{base64.b64encode(body).decode('ascii')}"


def _averaged(matrix: np.ndarray, most: int) -> np.ndarray:
    """At most `most` rows: each the mean of its neighbours."""
    if matrix.shape[0] <= most:
        return matrix
    edges = np.linspace(0, matrix.shape[0], most + 1).astype(int)
    sums = np.add.reduceat(matrix, edges[:-1], axis=0)
    return sums / np.diff(edges)[:, None]


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
