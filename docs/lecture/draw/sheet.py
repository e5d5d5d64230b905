"""A sheet to draw on: lines, words and sound as one SVG file, legible by day and by night.

A picture on a page is an image, and the page's style does not reach into it. So the style is in
the file: the colours of the report on a paper of their own, and a rule for dark screens. Sound is
a small PNG in grey, which a filter paints with the palette of the hour; whoever knows no filters
sees it in grey, which is the right way round as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

import numpy as np

from tonotope.reporting.spectrogram_png import COLOURS, EMBER, INK, data_address, palette, png

WIDTH = 760
# Blue, nothing, orange: for values with a sign.
SIGNED_DAY = ("1f3f94", "7f9ad6", "fbfaf6", "e6a168", "a8430f")
SIGNED_NIGHT = ("8fb4ff", "38549f", "14161d", "9c5320", "ffb066")

_DAY = {
    "paper": "fbfaf6", "ink": "1c1b22", "soft": "6a6873", "line": "e2dfd6",
    "accent": "33347c", "good": "1f7a5c", "bad": "b4451f", "gold": "9a7400", "blue": "33347c",
}  # fmt: skip
_NIGHT = {
    "paper": "0f1014", "ink": "ecebe6", "soft": "9a98a3", "line": "2a2b33",
    "accent": "f2a65a", "good": "5fc39b", "bad": "ff8a5c", "gold": "e3cf7a", "blue": "8fb4ff",
}  # fmt: skip
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif"

Point = tuple[float, float]


class Sheet:
    """A drawing of so many pixels; the origin is the upper left corner.

    Colours are named: `ink`, `soft`, `line`, `accent`, `good`, `bad`, `gold`,
    `blue`, `paper`.
    """

    def __init__(self, height: float, title: str, width: float = WIDTH) -> None:
        self.width, self.height, self.title = width, height, title
        self.parts: list[str] = []

    def text(
        self,
        at: Point,
        words: str,
        colour: str = "soft",
        anchor: str = "start",
        *,
        size: float = 12,
        bold: bool = False,
        turned: bool = False,
    ) -> None:
        """Words whose baseline begins, is centred or ends at a point."""
        x, y = at
        more = ' font-weight="600"' if bold else ""
        more += f' transform="rotate(-90 {n(x)} {n(y)})"' if turned else ""
        more += f' font-size="{n(size)}"' if size != 12 else ""
        self.parts.append(
            f'<text class="f-{colour}" x="{n(x)}" y="{n(y)}" text-anchor="{anchor}"{more}>'
            f"{escape(words)}</text>"
        )

    def line(
        self,
        points: Iterable[Point],
        colour: str = "ink",
        width: float = 1.0,
        *,
        dashed: bool = False,
        faint: float = 1.0,
    ) -> None:
        """A line through points."""
        steps = " ".join(f"{n(x)},{n(y)}" for x, y in points)
        more = ' stroke-dasharray="4 3"' if dashed else ""
        more += f' opacity="{n(faint)}"' if faint < 1 else ""
        self.parts.append(
            f'<polyline class="s-{colour}" stroke-width="{n(width)}" points="{steps}"{more}/>'
        )

    def box(
        self,
        at: Point,
        size: Point,
        colour: str = "ink",
        width: float = 1.0,
        *,
        filled: bool = False,
        faint: float = 1.0,
    ) -> None:
        """A rectangle: its outline, or its area."""
        kind = f'class="f-{colour}"' if filled else f'class="s-{colour}" stroke-width="{n(width)}"'
        more = f' opacity="{n(faint)}"' if faint < 1 else ""
        self.parts.append(
            f'<rect {kind} x="{n(at[0])}" y="{n(at[1])}" width="{n(size[0])}" '
            f'height="{n(size[1])}"{more}/>'
        )

    def area(self, points: Iterable[Point], colour: str = "accent", faint: float = 1.0) -> None:
        """A filled shape."""
        steps = " ".join(f"{n(x)},{n(y)}" for x, y in points)
        more = f' opacity="{n(faint)}"' if faint < 1 else ""
        self.parts.append(f'<polygon class="f-{colour}" points="{steps}"{more}/>')

    def dot(self, at: Point, radius: float, colour: str = "ink", *, ring: bool = False) -> None:
        """A point, or a ring around one."""
        kind = f'class="s-{colour}" stroke-width="1.6"' if ring else f'class="f-{colour}"'
        self.parts.append(f'<circle {kind} cx="{n(at[0])}" cy="{n(at[1])}" r="{n(radius)}"/>')

    def arrow(self, begin: Point, end: Point, colour: str = "soft") -> None:
        """A thin arrow."""
        (x0, y0), (x1, y1) = begin, end
        length = max(np.hypot(x1 - x0, y1 - y0), 1e-9)
        u, v = (x1 - x0) / length, (y1 - y0) / length
        self.line([begin, (x1 - 4 * u, y1 - 4 * v)], colour)
        wings = [(x1 - 7 * u - 3 * v, y1 - 7 * v + 3 * u), (x1 - 7 * u + 3 * v, y1 - 7 * v - 3 * u)]
        self.area([end, *wings], colour)

    def sound(
        self, at: Point, size: Point, pixels: np.ndarray, *, signed: bool = False, faint: float = 1
    ) -> None:
        """A plane of sound: numbers of colours from 0 to 63, (row, column), the top row first."""
        grey = palette(("ffffff", "000000"))
        body = data_address("image/png", png(pixels, grey))
        kind = "signed" if signed else "tone"
        more = f' opacity="{n(faint)}"' if faint < 1 else ""
        self.parts.append(
            f'<image class="{kind}" x="{n(at[0])}" y="{n(at[1])}" width="{n(size[0])}" '
            f'height="{n(size[1])}" preserveAspectRatio="none" href="{body}"{more}/>'
        )

    def svg(self) -> str:
        """The file."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {n(self.width)} '
            f'{n(self.height)}" width="{n(self.width)}" height="{n(self.height)}" role="img" '
            f'font-family="{_FONT}" font-size="12">'
        )
        paper = f'<rect class="f-paper" width="{n(self.width)}" height="{n(self.height)}" rx="6"/>'
        title = f"<title>{escape(self.title)}</title>"
        return "\n".join([head, title, _style(), _filters(), paper, *self.parts, "</svg>", ""])


def signed_levels(matrix: np.ndarray, reach: float | None = None) -> np.ndarray:
    """Colours of a (time, frequency) matrix with signs: 0 is the middle one, time to the right."""
    reach = reach or float(np.abs(matrix).max()) or 1.0
    scaled = np.clip(matrix.T[::-1] / reach, -1, 1)
    return np.round((scaled + 1) / 2 * (COLOURS - 1)).astype(np.uint8)


def plain_levels(matrix: np.ndarray, low: float, high: float) -> np.ndarray:
    """Colours of a (time, frequency) matrix between two values, time to the right."""
    scaled = np.clip((matrix.T[::-1] - low) / max(high - low, 1e-12), 0, 1)
    return np.round(scaled * (COLOURS - 1)).astype(np.uint8)


def signs(sheet: Sheet, at: Point) -> None:
    """What blue and orange mean, in a line whose baseline begins at a point."""
    x = at[0]
    for level, words in ((0, "below zero"), (COLOURS // 2, "zero"), (COLOURS - 1, "above zero")):
        sheet.sound((x, at[1] - 9), (10, 10), np.full((1, 1), level, np.uint8), signed=True)
        sheet.box((x, at[1] - 9), (10, 10), "line")
        sheet.text((x + 15, at[1]), words)
        x += 100 if level == 0 else 62


def n(value: float) -> str:
    """A number in few letters: pixels to a tenth.

    >>> n(12.04), n(-0.01), n(3.25)
    ('12', '0', '3.2')
    """
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # -0 becomes 0


def _style() -> str:
    day, night = ("".join(_rules(one)) for one in (_DAY, _NIGHT))
    paint = ".tone{filter:url(#ink)}.signed{filter:url(#signed)}"
    glow = ".tone{filter:url(#ember)}.signed{filter:url(#signed-night)}"
    return (
        "<style>polyline,[class^=s-]{fill:none;stroke-linejoin:round;stroke-linecap:round}"
        f"image{{image-rendering:pixelated}}{day}{paint}"
        f"@media(prefers-color-scheme:dark){{{night}{glow}}}</style>"
    )


def _rules(colours: dict[str, str]) -> Iterable[str]:
    for name, colour in colours.items():
        yield f".f-{name}{{fill:#{colour}}}.s-{name}{{stroke:#{colour}}}"


def _filters() -> str:
    kinds = {
        "ink": INK, "ember": EMBER, "signed": SIGNED_DAY, "signed-night": SIGNED_NIGHT,
    }  # fmt: skip
    return "<defs>" + "".join(_filter(name, stops) for name, stops in kinds.items()) + "</defs>"


def _filter(name: str, stops: Sequence[str]) -> str:
    """From grey to a palette: white is the first stop, black the last, straight lines between."""
    channels = []
    for channel, at in (("R", 0), ("G", 2), ("B", 4)):
        shares = [int(stop[at : at + 2], 16) / 255 for stop in reversed(stops)]
        table = " ".join(f"{share:.3f}" for share in shares)
        channels.append(f'<feFunc{channel} type="table" tableValues="{table}"/>')
    return (
        f'<filter id="{name}" x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB">'
        f"<feComponentTransfer>{''.join(channels)}</feComponentTransfer></filter>"
    )
