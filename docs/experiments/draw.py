"""Draws the learning curves of finished runs, as the page on experiments shows them.

    python -m docs.experiments.draw RUNS           every experiment of which there are runs
    python -m docs.experiments.draw RUNS pooling   one of them

RUNS is the folder of run folders. A curve is the mean over the folds of what an epoch cost on the
recordings that teach. What the others cost is not known before the end: they judge.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from docs.lecture.draw.panel import Panel
from docs.lecture.draw.sheet import Sheet

from tonotope.experiment.experiment_file import load
from tonotope.experiment.spec import Experiment
from tonotope.experiment.variants import expand

FOLDER = Path(__file__).resolve().parent
# Six colours, then the same again, dashed.
_COLOURS = ("accent", "bad", "good", "gold", "ink", "soft")


class Curve(NamedTuple):
    """A line of a picture.

    Attributes:
        name: what it is of.
        left: its values in the left panel.
        right: its values in the right panel; none where there is one panel.
    """

    name: str
    left: Sequence[float]
    right: Sequence[float] = ()


# What the experiment itself is called beside its variants.
_FIRST = {
    "initialisers": "he-normal",
    "regularisation": "both",
    "optimisers": "adamw",
    "pooling": "maximum",
    "waveform-or-spectrogram": "log-mel",
    "magnitude-or-complex": "magnitude",
    "lenet-then-and-now": "today's",
    "pitch-from-waveform": "264 bins",
}
# Where the costs of the variants have different units.
_RELATIVE = frozenset({"pitch-from-waveform"})


def learning(experiment: str, curves: Sequence[Curve]) -> str:
    """Loss over epochs on a scale of ratios, one line each."""
    sheet = Sheet(290, f"Learning curves: {experiment}", 600)
    epochs = max(len(curve.left) for curve in curves)
    known = [value for curve in curves for value in curve.left if 0 < value < math.inf]
    ends = (min(known) / 1.1, max(known) * 1.1)
    panel = Panel(sheet, (56, 40), (360, 200), (1, max(epochs, 2)), ends, log=True)
    relative = experiment in _RELATIVE
    panel.title("cost of an epoch ÷ that of the first" if relative else "cross-entropy, nats")
    panel.beside("", _round(*ends), grid=True)
    panel.below("epochs")
    panel.frame()
    _draw(panel, [(curve.name, curve.left) for curve in curves], first=1)
    _legend(sheet, [curve.name for curve in curves], (436, 52))
    return sheet.svg()


def depths(curves: Sequence[Curve]) -> str:
    """Two variances over depth, on scales of ratios."""
    sheet = Sheet(300, "Variances by depth, before the first step")
    layers = max(len(curve.left) for curve in curves)
    titles = ("variance of a layer's output", "variance of the slope there")
    for number, title in enumerate(titles):
        lines = [(curve.name, (curve.left, curve.right)[number]) for curve in curves]
        known = [value for _, values in lines for value in values if value > 1e-22]
        low, high = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
        at = (56 + 300 * number, 40)
        panel = Panel(sheet, at, (230, 210), (1, layers), (10.0**low, 10.0**high), log=True)
        panel.title(title)
        step = max(1, (high - low) // 5)
        panel.beside("", [(10.0**k, _power(k)) for k in range(low, high + 1, step)], grid=True)
        panel.below("layer")
        panel.frame()
        _draw(panel, lines, first=1)
    _legend(sheet, [curve.name for curve in curves], (640, 52))
    return sheet.svg()


def of_runs(runs: Path, experiment: Experiment) -> list[Curve]:
    """The curves of an experiment and its variants, in the order of its file."""
    found: list[Curve] = []
    for one in expand(experiment):
        stem = one.folder_name.rsplit("-", 2)[0]
        folders = sorted(runs.glob(f"{stem}-{'[0-9a-f]' * 8}-s*"))
        folds = [_losses(path) for folder in folders for path in folder.glob("**/history.jsonl")]
        if not folds:
            continue
        shortest = min(map(len, folds))
        mean = [sum(losses[k] for losses in folds) / len(folds) for k in range(shortest)]
        scale = mean[0] if experiment.name in _RELATIVE else 1.0
        name = one.name.removeprefix(f"{experiment.name}, ")
        name = _FIRST.get(experiment.name, name) if name == experiment.name else name
        found.append(Curve(name, [value / scale for value in mean]))
    return found


def _losses(path: Path) -> list[float]:
    rows = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(row)["train_loss"] for row in rows]


def _draw(panel: Panel, lines: Sequence[tuple[str, Sequence[float]]], first: int) -> None:
    for number, (_, values) in enumerate(lines):
        across = range(first, first + len(values))
        colour, dashed = _style(number)
        panel.line(list(across), list(values), colour, dashed=dashed)


def _legend(sheet: Sheet, names: Sequence[str], at: tuple[float, float]) -> None:
    for number, name in enumerate(names):
        y = at[1] + 19 * number
        colour, dashed = _style(number)
        sheet.line([(at[0], y - 4), (at[0] + 20, y - 4)], colour, 2, dashed=dashed)
        sheet.text((at[0] + 27, y), name, "ink")


def _style(number: int) -> tuple[str, bool]:
    return _COLOURS[number % len(_COLOURS)], number >= len(_COLOURS)


def _round(low: float, high: float) -> list[tuple[float, str]]:
    """The values 1, 2 and 5 of every power of ten between two ends."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    return [(value, f"{value:g}") for value in every if low <= value <= high]


def _power(exponent: int) -> str:
    raised = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}"


def main(arguments: Sequence[str]) -> None:
    """Draw what there are runs of, into the folder of this file."""
    runs, *names = arguments
    for path in sorted((FOLDER.parents[1] / "experiments").glob("*.toml")):
        if names and path.stem not in names:
            continue
        curves = of_runs(Path(runs), load(path))
        if curves:
            picture = learning(path.stem, curves)
            (FOLDER / f"{path.stem}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
