"""Chapter 9: ways down a valley that a sound has made, and down a network's loss."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from docs.lecture.draw.outputs import answers
from docs.lecture.draw.panel import Panel
from docs.lecture.draw.sheet import Sheet
from docs.lecture.draw.sounds import notes, school

from tonotope.reference.activate import relu
from tonotope.reference.dense import dense
from tonotope.reference.gradients.activate import relu_backward
from tonotope.reference.gradients.dense import dense_backward
from tonotope.reference.gradients.losses import cross_entropy_backward
from tonotope.reference.initialise import he_fan_in
from tonotope.reference.losses import cross_entropy, one_hot
from tonotope.reference.optimise import Moments, adam, sgd

WAYS = {"SGD": "bad", "momentum": "good", "Adam": "blue"}
STEPS = 60


class Valley(NamedTuple):
    """A cost of two weights, θᵀRθ - 2rᵀθ + power, that a least-squares question has made.

    Attributes:
        matrix: R, (2, 2).
        right: r, (2,).
        start: where the walks begin.
        across: what the map shows of the first weight.
        upwards: and of the second.
    """

    matrix: np.ndarray
    right: np.ndarray
    start: np.ndarray
    across: tuple[float, float]
    upwards: tuple[float, float]

    @property
    def best(self) -> np.ndarray:
        """The weights of the least cost."""
        return np.linalg.solve(self.matrix, self.right)

    def above(self, path: np.ndarray) -> np.ndarray:
        """The cost above the least at each of some weights, (step, 2)."""
        away = path - self.best
        return np.einsum("ni,ij,nj->n", away, self.matrix, away)


def diagonal() -> Valley:
    """Foretell a cello's next sample from the last two, which are nearly the same."""
    sound = notes()["cello"][6000:12000]
    sound = sound / sound.std()
    past, now = np.stack([sound[1:-1], sound[:-2]], axis=1), sound[2:]
    matrix, right = past.T @ past / len(now), past.T @ now / len(now)
    return Valley(matrix, right, np.array([-0.6, 0.2]), (-1.0, 2.4), (-1.4, 1.2))


def along_an_axis() -> Valley:
    """How loud are a flute and a cello that is an eighth of it, in a mixture of both."""
    flute, cello = (notes()[name][6000:12000] for name in ("flute", "cello"))
    parts = np.stack([flute / flute.std(), cello / cello.std() / 8], axis=1)
    matrix = parts.T @ parts / len(parts)
    return Valley(matrix, matrix @ np.ones(2), np.array([-0.5, -0.5]), (-0.9, 2.1), (-0.9, 1.6))


def walk(valley: Valley, how: str) -> np.ndarray:
    """The weights after each step of one of the three, (step, 2)."""
    weight, velocity, moments = valley.start, np.zeros(2), Moments.start(valley.start)
    path = [weight]
    for _ in range(STEPS):
        gradient = 2 * (valley.matrix @ weight - valley.right)
        if how == "Adam":
            weight, moments = adam(weight, gradient, moments, 0.1)
        else:
            rate, momentum = (0.05, 0.9) if how == "momentum" else (0.4, 0.0)
            weight, velocity = sgd(weight, gradient, velocity, rate, momentum)
        path.append(weight)
    return np.array(path)


def paths() -> str:
    """The three ways on the maps of two costs, and the costs by step."""
    sheet = Sheet(566, "Three optimisers on their way down two valleys that sounds have made")
    told = (
        (diagonal(), "foretell a cello's next sample", "the last sample", "the one before"),
        (along_an_axis(), "find two notes in a mixture", "flute", "cello, quieter"),
    )
    for number, (valley, title, first, second) in enumerate(told):
        left = 66 + 372 * number
        panel = Panel(sheet, (left, 42), (290, 250), valley.across, valley.upwards)
        panel.title(title)
        panel.frame()
        _map(panel, valley)
        panel.below("")
        panel.beside("")
        sheet.text((left + 145, 326), f"weight of {first}", anchor="middle")
        sheet.text((left - 42, 167), f"weight of {second}", anchor="middle", turned=True)
        _costs(sheet, left, valley)
    return sheet.svg()


def _map(panel: Panel, valley: Valley) -> None:
    for level in (0.003, 0.03, 0.1, 0.3, 1.0, 2.0, 4.0):
        _contour(panel, valley, level)
    for how, colour in WAYS.items():
        path = np.array([one for one in walk(valley, how) if _inside(one[None], valley)[0]])
        panel.line(path[:, 0], path[:, 1], colour, 1.5)
        for one in path:
            panel.sheet.dot(panel.place((one[0], one[1])), 1.9, colour)
    for one, ring in ((valley.start, True), (valley.best, False)):
        panel.sheet.dot(panel.place((one[0], one[1])), 4.5, "ink", ring=ring)
    x, y = panel.place((valley.best[0], valley.best[1]))
    panel.sheet.text((x + 8, y + 16), "least", "ink")


def _inside(points: np.ndarray, valley: Valley) -> np.ndarray:
    (left, right), (low, high) = valley.across, valley.upwards
    x, y = points[:, 0], points[:, 1]
    return (x > left) & (x < right) & (y > low) & (y < high)


def _contour(panel: Panel, valley: Valley, level: float) -> None:
    """All weights whose cost lies so far above the least: an ellipse, cut at the panel's edge."""
    values, vectors = np.linalg.eigh(valley.matrix)
    turn = np.linspace(0, 2 * np.pi, 721)
    ring = vectors @ (np.sqrt(level / values)[:, None] * np.stack([np.cos(turn), np.sin(turn)]))
    ring = ring.T + valley.best
    inside = _inside(ring, valley).astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside, [0]])))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin > 1:
            panel.line(ring[begin:end:3, 0], ring[begin:end:3, 1], "soft", 0.8, faint=0.6)


def _costs(sheet: Sheet, left: float, valley: Valley) -> None:
    panel = Panel(sheet, (left, 376), (224, 130), (0, STEPS), (1e-4, 10), log=True)
    panel.title("cost above the least")
    powers = [(10.0**e, f"10{mark}") for e, mark in ((-4, "⁻⁴"), (-2, "⁻²"), (0, "⁰"))]
    panel.beside("", powers, grid=True)
    ends = {}
    for how, colour in WAYS.items():
        cost = np.maximum(valley.above(walk(valley, how)), 1e-4)
        panel.line(range(STEPS + 1), cost, colour, 1.8)
        ends[how] = panel.y(float(cost[-1]))
    floor = 0.0
    for how in sorted(ends, key=lambda one: ends[one]):
        floor = max(ends[how] + 4, floor + 15)
        sheet.text((left + 230, floor), how, WAYS[how])
    panel.below("steps", [(0, "0"), (20, "20"), (40, "40"), (60, "60")])


def losses(how: str, rate: float, steps: int = 150) -> list[float]:
    """The loss on the notes that teach, step by step, of a network of two dense layers."""
    row, truth, teach = answers().features, school().families, school().teach
    x, shares = row[teach], one_hot(truth[teach], 4)
    rng = np.random.default_rng(0)
    weights = [he_fan_in((24, x.shape[1]), rng), np.zeros(24), he_fan_in((4, 24), rng), np.zeros(4)]
    state: list = [Moments.start(w) if how == "Adam" else np.zeros_like(w) for w in weights]
    told = []
    for _ in range(steps):
        batch = rng.integers(0, len(x), 16)
        hidden = dense(x[batch], weights[0], weights[1])
        scores = dense(relu(hidden), weights[2], weights[3])
        told.append(cross_entropy(dense(relu(dense(x, *weights[:2])), *weights[2:]), shares))
        last = dense_backward(
            cross_entropy_backward(scores, shares[batch]), relu(hidden), weights[2]
        )
        first = dense_backward(relu_backward(last.x, hidden), x[batch], weights[0])
        found = (first.weight, first.bias, last.weight, last.bias)
        for at, gradient in enumerate(found):
            if how == "Adam":
                weights[at], state[at] = adam(weights[at], gradient, state[at], rate)
            else:
                momentum = 0.9 if how == "momentum" else 0.0
                weights[at], state[at] = sgd(weights[at], gradient, state[at], rate, momentum)
    return told


def learning_curves() -> str:
    """The loss by step of three optimisers, each at three learning rates."""
    sheet = Sheet(270, "Learning curves of three optimisers at three learning rates each")
    rates = {
        "SGD": (0.003, 0.03, 0.3),
        "momentum": (0.0003, 0.003, 0.03),
        "Adam": (0.0003, 0.003, 0.03),
    }
    for number, (how, those) in enumerate(rates.items()):
        panel = Panel(sheet, (50 + 240 * number, 42), (170, 176), (0, 150), (0, 2.2))
        panel.title(how)
        panel.beside("", [(0, "0"), (1, "1"), (2, "2")], grid=True)
        told = {rate: losses(how, rate) for rate in those}
        floor = 0.0
        for rate, curve in told.items():
            panel.line(
                range(len(curve)), curve, WAYS[how], 1.8, faint=0.4 + 0.3 * those.index(rate)
            )
        for rate in sorted(told, key=lambda one: -told[one][-1]):
            floor = max(panel.y(told[rate][-1]) - 2, floor + 13)
            sheet.text((panel.at[0] + 176, floor), f"{rate:g}", WAYS[how], size=11)
        panel.below("", [(0, "0"), (50, "50"), (100, "100"), (150, "150")])
    sheet.text(
        (50, 258),
        "cross-entropy by step on the notes that teach; the learning rate at the end of each line",
    )
    return sheet.svg()


PICTURES = {"paths": paths, "learning-curves": learning_curves}
