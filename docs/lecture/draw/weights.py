"""Chapter 7: what becomes of a sound on its way through twenty layers, and of the error back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from docs.lecture.draw.panel import Panel
from docs.lecture.draw.sheet import Sheet
from docs.lecture.draw.sounds import school

from tonotope.reference.activate import relu
from tonotope.reference.convolve import convolve
from tonotope.reference.gradients.activate import relu_backward
from tonotope.reference.gradients.convolve import convolve_backward
from tonotope.reference.initialise import (
    delta_orthogonal,
    glorot_normal,
    he_fan_in,
    lecun_normal,
    orthogonal,
)

DEPTH, FILTERS = 20, 16
Draw = Callable[[tuple[int, ...], np.random.Generator], np.ndarray]
RULES: dict[str, tuple[str, Draw]] = {
    "σ = 0.05": ("bad", lambda shape, rng: 0.05 * rng.standard_normal(shape)),
    "σ = 0.2": ("bad", lambda shape, rng: 0.2 * rng.standard_normal(shape)),
    "LeCun": ("gold", lecun_normal),
    "Glorot": ("soft", glorot_normal),
    "He": ("good", he_fan_in),
    "orthogonal × √2": ("blue", lambda shape, rng: orthogonal(shape, rng, 2**0.5)),
    "delta-orthogonal × √2": ("ink", lambda shape, rng: delta_orthogonal(shape, rng, 2**0.5)),
}


def powers(draw: Draw) -> tuple[list[float], list[float]]:
    """The mean square after each layer, and that of the error on its way back, in decibels."""
    rng = np.random.default_rng(0)
    first = he_fan_in((FILTERS, 1, 3, 3), rng)
    y = convolve(school().x[:4], first, np.zeros(FILTERS), padding=(1, 1))
    weights = [draw((FILTERS, FILTERS, 3, 3), rng) for _ in range(DEPTH)]
    sums, there = [], [float((relu(y) ** 2).mean())]
    for weight in weights:
        sums.append(y)
        y = convolve(relu(y), weight, np.zeros(FILTERS), padding=(1, 1))
        there.append(float((relu(y) ** 2).mean()))
    error = rng.standard_normal(y.shape)
    back = [1.0]
    for weight, total in zip(reversed(weights), reversed(sums), strict=True):
        error = relu_backward(
            convolve_backward(error, relu(total), weight, padding=(1, 1)).x, total
        )
        back.append(float((error**2).mean()))
    to_db = (
        10 * np.log10(np.maximum(there, 1e-30) / there[0]),
        10 * np.log10(np.maximum(back, 1e-30)),
    )
    return to_db[0].tolist(), to_db[1].tolist()


def power_by_depth() -> str:
    """How strong the sound is after each layer, and the error on its way back."""
    sheet = Sheet(372, "The strength of sound and error by depth, for seven ways to draw weights")
    found = {name: powers(draw) for name, (_, draw) in RULES.items()}
    told = (("the sound, layer after layer", 0), ("the error, on its way back", 1))
    for number, (title, which) in enumerate(told):
        across = (0, DEPTH) if which == 0 else (DEPTH, 0)
        panel = Panel(sheet, (70 + 306 * number, 42), (250, 270), across, (-160, 110))
        panel.title(title)
        panel.beside(
            "dB" if number == 0 else "",
            [
                (at, f"{at:+d}".replace("-", "−").replace("+0", "0"))
                for at in (-160, -120, -80, -40, 0, 40, 80)
            ],
            grid=True,
        )
        places = [(at, str(at)) for at in (0, 5, 10, 15, 20)]
        for at, label in places:
            sheet.text((panel.x(at), 330), label, anchor="middle")
        sheet.text((panel.at[0] + 125, 350), "layer", anchor="middle")
        for name, (colour, _) in RULES.items():
            layers = range(DEPTH + 1) if which == 0 else range(DEPTH, -1, -1)
            dashed = name in ("Glorot", "orthogonal × √2")
            panel.line(list(layers), found[name][which], colour, 2.0, dashed=dashed)
    _names(sheet, {name: found[name][1][-1] for name in RULES}, panel)
    return sheet.svg()


def _names(sheet: Sheet, ends: dict[str, float], panel: Panel) -> None:
    """The rules' names at the right ends of their lines, pushed apart."""
    floor = 0.0
    for name in sorted(ends, key=lambda one: -ends[one]):
        floor = max(panel.y(ends[name]) + 4, floor + 15)
        sheet.text((panel.at[0] + panel.size[0] + 8, floor), name, RULES[name][0], size=11)


PICTURES = {"power-by-depth": power_by_depth}
