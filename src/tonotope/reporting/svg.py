"""Plots as SVG: curves over epochs, scatter plots, scores with intervals, axes and ticks.

Horizontal positions are percentages, so no figure needs the width of the page. Lines are drawn in
a box of 100 × 100 that is stretched; their strokes keep their width. Colours are class names, which
the page's style defines for light pages, dark pages and paper.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tonotope.reporting.i18n import Words

STRIP_PX, CURVES_PX = 30, 190
_LETTER_PX = 8.0  # of a digit, in the widest of the usual fonts
_CURVES_ON_A_PHONE_PX = 170


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from `low` to `high`, at most `most` of them, 1, 2 or 5 apart.

    >>> ticks(0, 1), ticks(0, 2.4, 5)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0, 0.5, 1.0, 1.5, 2.0])
    """
    if not high > low:
        return [low]
    magnitude = 10.0 ** math.floor(math.log10((high - low) / most))
    for step in (1, 2, 5, 10, 20, 50):
        first = math.ceil(low / (step * magnitude) - 1e-9)
        last = math.floor(high / (step * magnitude) + 1e-9)
        if last - first < most:
            return [round(k * step * magnitude, 12) for k in range(first, last + 1)]
    return [low, high]


def strip(
    value: float | None,
    low: float | None,
    high: float | None,
    *,
    kind: str = "",
    dots: Iterable[float | None] = (),
    grid: Sequence[float] = (0, 0.2, 0.4, 0.6, 0.8, 1),
) -> Markup:
    """A point with its interval on a line from 0 to 1, and small `dots` for the folds.

    It is hidden from screen readers, which read the numbers beside it.
    """
    middle = STRIP_PX / 2
    parts = [_line(at, 0, at, STRIP_PX, "grid") for at in grid]
    if low is not None and high is not None:
        shape = '<rect class="span" x="{}%" width="{}%" y="{}" height="6" rx="3"/>'
        parts.append(Markup(shape).format(_pc(low), _pc(high - low), _n(middle - 3)))
    dot = Markup('<circle class="dot" cx="{}%" cy="{}" r="3.5"/>')
    parts += [dot.format(_pc(one), _n(middle)) for one in dots if one is not None]
    if value is not None:
        point = Markup('<circle class="point" cx="{}%" cy="{}" r="6.5"/>')
        parts.append(point.format(_pc(value), _n(middle)))
    return _svg(f"strip {kind}".strip(), STRIP_PX, parts)


def across(
    places: Iterable[tuple[float, str]], kind: str = "axis", *, narrow_px: int = 230
) -> Markup:
    """The labels below an axis, each at a share of the width from the left.

    Where the page is narrow, so that the axis is `narrow_px` wide, only every second or every n-th
    is there, so that none lies over another and all are equally far apart.
    """
    text = Markup('<text{} x="{}%" y="14" text-anchor="{}">{}</text>')
    labels = list(places)
    every = next((n for n in range(1, len(labels)) if _fit(labels[::n], narrow_px)), len(labels))
    parts = [
        text.format(
            Markup(' class="where-wide"') if number % every else "", _pc(at), _anchor(at), label
        )
        for number, (at, label) in enumerate(labels)
    ]
    return _svg(kind, 20, parts)


def _fit(labels: Iterable[tuple[float, str]], axis_px: float) -> bool:
    """Whether no label below an axis of that width lies over the one before."""
    free_px = -math.inf
    for at, label in labels:
        wide_px = _LETTER_PX * len(label)
        left_px = at * axis_px - wide_px * {"start": 0.0, "middle": 0.5, "end": 1.0}[_anchor(at)]
        if left_px < free_px:
            return False
        free_px = left_px + wide_px + _LETTER_PX / 2
    return True


def upwards(places: Iterable[tuple[float, str]], height_px: int, kind: str = "upwards") -> Markup:
    """The labels beside an axis, each at a share of the height from below."""
    text = Markup('<text x="100%" y="{}" text-anchor="end">{}</text>')
    parts = [
        text.format(_n(min(max((1 - at) * height_px + 4, 9), height_px + 3)), label)
        for at, label in places
    ]
    return _svg(kind, height_px, parts)


def frequency_ticks(centres_hz: Sequence[float]) -> list[tuple[float, float]]:
    """The ticks of an axis of frequency bands: (share of the height, frequency in Hz).

    Evenly spaced bands get even ticks; mel bands get 1, 2 and 5 times powers of ten, as many as
    fit.

    >>> [hertz for _, hertz in frequency_ticks([100.0, 300.0, 500.0, 700.0, 900.0])]
    [200.0, 400.0, 600.0, 800.0]
    """
    centres = list(centres_hz)
    if len(centres) < 2:
        return [(0.5, centre) for centre in centres]
    low, high = centres[0], centres[-1]
    steps = [after - before for before, after in itertools.pairwise(centres)]
    if max(steps) < 1.5 * min(steps):
        round_hz = ticks(low, high, 5)
    else:
        round_hz = [m * 10.0**e for e in range(6) for m in (1, 2, 5) if low <= m * 10.0**e <= high]
    placed = [((_index_of(hertz, centres) + 0.5) / len(centres), hertz) for hertz in round_hz]
    return _spaced(placed, 0.17)


@dataclass(frozen=True)
class Line:
    """One line of a figure.

    Attributes:
        name: written at its right end; lines with the same name are labelled once.
        title: shown when the pointer rests on it.
        kind: the class name for its colour.
        points: (epoch, value).
        mark: the point of the best epoch, if there is one.
    """

    name: str
    title: str
    kind: str
    points: tuple[tuple[float, float], ...]
    mark: tuple[float, float] | None = None


@dataclass(frozen=True)
class Curves:
    """The parts of a figure of lines, which the page puts side by side."""

    left: Markup
    plot: Markup
    right: Markup
    below: Markup


def curves(
    lines: Sequence[Line], words: Words, *, top: float | None = None, floor: float = -math.inf
) -> Curves | None:
    """The figure of lines over the epochs; None if there is no point.

    It reaches from 0, or from the lowest value if that is below 0, to the highest value or `top`.
    Values below `floor` are drawn there.
    """
    points = [point for line in lines for point in line.points]
    if not points:
        return None
    first, last = min(x for x, _ in points), max(x for x, _ in points)
    highest = top if top is not None else max(y for _, y in points) * 1.04 or 1.0
    lowest = max(min(y for _, y in points), floor)
    lowest, highest = _reach(lowest, highest) if lowest < 0 else (0.0, highest)
    width = max(last - first, 1)
    heights = ticks(lowest, highest, 6)

    def height(y: float) -> float:
        return min(max((y - lowest) / (highest - lowest), 0), 1)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return (point[0] - first) / width, height(point[1])

    grid = [_line(0, (1 - height(y)) * CURVES_PX, 1, None, "grid") for y in heights]
    epochs = [epoch for epoch in ticks(first, last, 7) if epoch == round(epoch)]
    epochs = sorted({first, *(e for e in epochs if e - first > 0.08 * width)})
    return Curves(
        left=upwards([(height(y), words.short(y)) for y in heights], CURVES_PX),
        plot=_svg("plot", CURVES_PX, [*grid, _paths(lines, place), *_marks(lines, place)]),
        right=_ends(lines, place),
        below=across(
            [((x - first) / width, words.number(x)) for x in epochs],
            narrow_px=_CURVES_ON_A_PHONE_PX,
        ),
    )


def _reach(lowest: float, highest: float) -> tuple[float, float]:
    """From the round number at or below the lowest value to the highest value, or to 0 above it."""
    highest = max(highest, 0.0)
    round_numbers = ticks(lowest, highest, 5)
    step = round_numbers[1] - round_numbers[0]
    return math.floor(lowest / step + 1e-9) * step, highest


def scatter(
    dots: Iterable[tuple[float, float, str]], grid: Sequence[float], height_px: int
) -> Markup:
    """Points of predictions (upwards) against the truth (across), each with its title.

    On the diagonal both are the same. Places are shares of the width and the height.
    """
    parts = [_line(at, 0, at, height_px, "grid") for at in grid]
    parts += [_line(0, (1 - at) * height_px, 1, None, "grid") for at in grid]
    parts.append(_line(0, height_px, 1, 0, "same"))
    dot = Markup('<circle class="example" cx="{}%" cy="{}" r="3.5"><title>{}</title></circle>')
    parts += [dot.format(_pc(x), _n((1 - y) * height_px), text) for x, y, text in dots]
    return _svg("plot scatter", height_px, parts)


@dataclass(frozen=True)
class Bin:
    """A point of a reliability diagram, with its interval; places are shares of the plot.

    Attributes:
        x: the mean score.
        y: the share that is right.
        low: the lower end of its interval.
        high: the upper end.
        title: shown when the pointer rests on it.
        kind: the class name for its colour.
    """

    x: float
    y: float
    low: float
    high: float
    title: str
    kind: str


def reliability(bins: Iterable[Bin], grid: Sequence[float], height_px: int) -> Markup:
    """Shares of right predictions (upwards) against mean scores (across).

    On the diagonal both are the same.
    """
    parts = [_line(at, 0, at, height_px, "grid") for at in grid]
    parts += [_line(0, (1 - at) * height_px, 1, None, "grid") for at in grid]
    parts.append(_line(0, height_px, 1, 0, "same"))
    dot = Markup('<circle class="{}" cx="{}%" cy="{}" r="{}"><title>{}</title></circle>')
    for one in bins:
        ends = (1 - one.low) * height_px, (1 - one.high) * height_px
        parts.append(_line(one.x, ends[0], one.x, ends[1], f"bar {one.kind}"))
        radius = 5 if one.kind == "after" else 4
        parts.append(
            dot.format(one.kind, _pc(one.x), _n((1 - one.y) * height_px), radius, one.title)
        )
    return _svg("plot scatter reliability", height_px, parts)


Place = Callable[[tuple[float, float]], tuple[float, float]]


def _paths(lines: Sequence[Line], place: Place) -> Markup:
    path = Markup('<path class="{}" d="{}"><title>{}</title></path>')
    box = Markup(
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    )
    drawn = []
    for line in lines:
        places = [place(point) for point in line.points]
        if len(places) == 1:
            continue  # a dot
        steps = " L".join(f"{_pc(x)} {_pc(1 - y)}" for x, y in places)
        if steps:
            drawn.append(path.format(line.kind, f"M{steps}", line.title))
    return box.format(Markup("").join(drawn))


def _marks(lines: Sequence[Line], place: Place) -> list[Markup]:
    """The best epoch of each line; a line of one epoch is that dot, which no line leads to."""
    dot = Markup('<circle class="{} {}" cx="{}%" cy="{}" r="4"><title>{}</title></circle>')
    found = []
    for line in lines:
        single = line.points[0] if len(line.points) == 1 else None
        point = line.mark or single
        if point is not None:
            x, y = place(point)
            name = "mark" if line.mark else "single"
            found.append(dot.format(name, line.kind, _pc(x), _n((1 - y) * CURVES_PX), line.title))
    return found


def _ends(lines: Sequence[Line], place: Place) -> Markup:
    """The names of the lines at the height of their ends, moved apart so that none overlap."""
    ends: dict[tuple[str, str], list[float]] = {}
    for line in lines:
        if line.points:
            ends.setdefault((line.name, line.kind), []).append(place(line.points[-1])[1])
    heights = {key: (1 - sum(ys) / len(ys)) * CURVES_PX + 4 for key, ys in ends.items()}
    text = Markup('<text class="{}" x="0" y="{}">{}</text>')
    parts, floor = [], 10.0
    # From the top, each is at least 15 px below the last; then all are moved up into the figure.
    for key in sorted(heights, key=lambda one: heights[one]):
        heights[key] = floor = max(heights[key], floor)
        floor += 15
    lift = max(floor - 15 - (CURVES_PX - 6), 0)
    for (name, kind), y in heights.items():
        parts.append(text.format(kind, _n(y - lift), name))
    return _svg("ends", CURVES_PX, parts)


def _index_of(hertz: float, centres: Sequence[float]) -> float:
    """The fractional index of a frequency among the centres of the bands."""
    for index, (before, after) in enumerate(itertools.pairwise(centres)):
        if hertz <= after:
            return index + (hertz - before) / (after - before)
    return len(centres) - 1.0


def _spaced(places: list[tuple[float, float]], least: float) -> list[tuple[float, float]]:
    """The places that are at least that far apart, from the top downwards."""
    kept: list[tuple[float, float]] = []
    for place in sorted(places, reverse=True):
        if not kept or kept[-1][0] - place[0] >= least:
            kept.append(place)
    return kept[::-1]


def _svg(kind: str, height_px: int, parts: Iterable[Markup]) -> Markup:
    box = Markup('<svg class="{}" width="100%" height="{}" aria-hidden="true">{}</svg>')
    return box.format(kind, height_px, Markup("").join(parts))


def _line(x1: float, y1: float, x2: float, y2: float | None, kind: str) -> Markup:
    shape = Markup('<line class="{}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>')
    return shape.format(kind, _pc(x1), _pc(x2), _n(y1), _n(y1 if y2 is None else y2))


def _anchor(at: float) -> str:
    if at <= 0.02:
        return "start"
    return "end" if at >= 0.98 else "middle"


def _pc(share: float) -> str:
    return _n(100 * share)


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
