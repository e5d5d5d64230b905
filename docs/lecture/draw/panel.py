"""A panel: a part of a sheet with axes in units, on which lines and sound are drawn to scale."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

import numpy as np
from docs.lecture.draw.sheet import Point, Sheet

from tonotope.reporting.svg import ticks

Range = tuple[float, float]


class Panel:
    """A rectangle of a sheet in which positions are given in units.

    Attributes:
        at: its upper left corner, in pixels.
        size: its width and height, in pixels.
        across: the first and the last value along the horizontal axis.
        upwards: the lowest and the highest value of the vertical axis.
        log: whether the vertical axis goes by ratio.
    """

    def __init__(
        self,
        sheet: Sheet,
        at: Point,
        size: Point,
        across: Range,
        upwards: Range,
        *,
        log: bool = False,
    ) -> None:
        self.sheet, self.at, self.size = sheet, at, size
        self.across, self.upwards, self.log = across, upwards, log

    def x(self, value: float) -> float:
        """Where a value lies across, in pixels."""
        first, last = self.across
        return self.at[0] + self.size[0] * (value - first) / (last - first)

    def y(self, value: float) -> float:
        """Where a value lies upwards, in pixels; beyond the ends: at the end."""
        low, high = self.upwards
        if self.log:
            low, high, value = math.log(low), math.log(high), math.log(max(value, 1e-300))
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        return self.at[1] + self.size[1] * (1 - share)

    def place(self, point: Point) -> Point:
        """A point in units, in pixels."""
        return self.x(point[0]), self.y(point[1])

    def below(
        self, unit: str, places: Iterable[tuple[float, str]] | None = None, most: int = 7
    ) -> None:
        """The horizontal axis: round numbers, the last of them with its unit."""
        foot = self.at[1] + self.size[1]
        for value, label in _with_unit(places or _labelled(self.across, most), unit):
            self.sheet.line([(self.x(value), foot), (self.x(value), foot + 4)], "soft")
            self.sheet.text((self.x(value), foot + 17), label, anchor="middle")

    def beside(
        self,
        unit: str,
        places: Iterable[tuple[float, str]] | None = None,
        most: int = 5,
        *,
        grid: bool = False,
    ) -> None:
        """The vertical axis: round numbers, the highest of them with its unit."""
        left = self.at[0]
        for value, label in _with_unit(places or _labelled(self.upwards, most), unit):
            y = self.y(value)
            if grid:
                self.sheet.line([(left, y), (left + self.size[0], y)], "line")
            else:
                self.sheet.line([(left - 4, y), (left, y)], "soft")
            self.sheet.text((left - 7, y + 4), label, anchor="end")

    def frame(self, colour: str = "line") -> None:
        """Its outline."""
        self.sheet.box(self.at, self.size, colour)

    def title(self, words: str, more: str = "") -> None:
        """What is seen, above it; then more of it, softly."""
        self.sheet.text((self.at[0], self.at[1] - 9), words, "ink", bold=True)
        if more:
            self.sheet.text((self.at[0] + self.size[0], self.at[1] - 9), more, anchor="end")

    def line(
        self, xs: Sequence[float] | np.ndarray, ys: Sequence[float] | np.ndarray,
        colour: str = "accent", width: float = 1.6, *, dashed: bool = False, faint: float = 1.0,
    ) -> None:  # fmt: skip
        """A line through points in units."""
        points = [self.place((float(x), float(y))) for x, y in zip(xs, ys, strict=True)]
        self.sheet.line(points, colour, width, dashed=dashed, faint=faint)

    def sound(self, pixels: np.ndarray, *, signed: bool = False) -> None:
        """A plane that fills the panel."""
        self.sheet.sound(self.at, self.size, pixels, signed=signed)
        self.frame()

    def cells(self, begin: Point, end: Point, colour: str = "bad", width: float = 1.8) -> None:
        """The outline of what lies between two corners in units."""
        (x0, y0), (x1, y1) = self.place(begin), self.place(end)
        self.sheet.box((min(x0, x1), min(y0, y1)), (abs(x1 - x0), abs(y1 - y0)), colour, width)

    def wave(self, samples: np.ndarray, rate_hz: float, colour: str = "accent") -> None:
        """A sound over time: what it sweeps over in each pixel."""
        columns = int(self.size[0])
        edges = np.linspace(0, len(samples), columns + 1).astype(int)
        if len(samples) <= 2 * columns:
            self.line(np.arange(len(samples)) / rate_hz, samples, colour, 1.4)
            return
        top = [self.y(samples[a:b].max()) for a, b in itertools.pairwise(edges)]
        low = [self.y(samples[a:b].min()) for a, b in itertools.pairwise(edges)]
        across = [self.at[0] + column + 0.5 for column in range(columns)]
        there = list(zip(across, (y - 0.4 for y in top), strict=True))
        back = list(zip(across, (y + 0.4 for y in low), strict=True))
        self.sheet.area([*there, *reversed(back)], colour)


def _labelled(ends: Range, most: int) -> list[tuple[float, str]]:
    return [(value, f"{value:g}".replace("-", "−")) for value in ticks(*ends, most)]


def _with_unit(places: Iterable[tuple[float, str]], unit: str) -> list[tuple[float, str]]:
    *others, (value, label) = sorted(places)
    return [*others, (value, f"{label} {unit}".rstrip())]
