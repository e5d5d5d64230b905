"""Chapter 5: one row of features, and three questions put to it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from docs.lecture.draw.panel import Panel
from docs.lecture.draw.sheet import Sheet, plain_levels
from docs.lecture.draw.sounds import FAMILIES, school

from tonotope.reference.activate import relu, softmax
from tonotope.reference.convolve import convolve
from tonotope.reference.dense import dense, flatten
from tonotope.reference.gradients.dense import dense_backward
from tonotope.reference.gradients.losses import cross_entropy_backward, mean_squared_error_backward
from tonotope.reference.losses import one_hot, prototypes, squared_distances
from tonotope.reference.pool import mean_pool

SHOWN = "marimba"


class Answers(NamedTuple):
    """What three outputs say of every note: shares, log₂ of a frequency, squared distances."""

    features: np.ndarray
    shares: np.ndarray
    pitch: np.ndarray
    distances: np.ndarray


def filters() -> np.ndarray:
    """The chapter's six filters, (filter, channel, K, L): chapter 2's, loudness, and against."""
    onset = np.repeat([[-1], [-1], [0], [1], [1]], 5, axis=1) / 10
    tone = np.repeat([[-1, 0, 2, 0, -1]], 5, axis=0) / 10
    loud = np.ones((5, 5)) / 25
    return np.stack([onset, -onset, tone, -tone, loud, -loud])[:, None]


@cache
def answers() -> Answers:
    """The three outputs of the chapter, taught by the first four players."""
    x, _, truth, pitch, teach = school()
    row = flatten(mean_pool(relu(convolve(x, filters(), np.zeros(6))), (7, 7)))
    row = (row - row[teach].mean(axis=0)) / row[teach].std(axis=0)
    weight, bias, shares = np.zeros((4, row.shape[1])), np.zeros(4), one_hot(truth, 4)
    line, base = np.zeros((1, row.shape[1])), np.array([pitch[teach].mean()])
    for _ in range(300):
        to_scores = cross_entropy_backward(dense(row[teach], weight, bias), shares[teach])
        step = dense_backward(to_scores, row[teach], weight)
        weight, bias = weight - 0.1 * step.weight, bias - 0.1 * step.bias
        to_said = mean_squared_error_backward(dense(row[teach], line, base), pitch[teach, None])
        step = dense_backward(to_said, row[teach], line)
        line, base = line - 0.005 * step.weight, base - 0.005 * step.bias
    centres = prototypes(row[teach], truth[teach], 4)
    return Answers(
        row, softmax(dense(row, weight, bias)), dense(row, line, base)[:, 0],
        squared_distances(row, centres),
    )  # fmt: skip


def three_outputs() -> str:
    """One note of a player who taught nothing, its features, and what three outputs say of it."""
    sheet = Sheet(382, "One sound as features in a row, and three kinds of output")
    x, instruments, _, pitch, teach = school()
    note = next(i for i, name in enumerate(instruments) if name == SHOWN and not teach[i])
    said = answers()
    _way(sheet, x[note, 0], said.features[note])
    _classes(sheet, 176, said.shares[note], note)
    _quantity(sheet, 176, said, pitch[note], note)
    _nearest(sheet, 176, said.distances[note], note)
    return sheet.svg()


def _way(sheet: Sheet, plane: np.ndarray, row: np.ndarray) -> None:
    """From the plane to the row."""
    sheet.text((24, 28), "input", "ink", bold=True)
    sheet.text((24, 128), "1 × 32 × 32")
    sheet.sound((24, 38), (74, 74), plain_levels(plane, -2, 2.5))
    sheet.arrow((108, 75), (138, 75))
    sheet.text((148, 28), "convolution, ReLU, mean pooling", "ink", bold=True)
    sheet.text((148, 128), "6 × 4 × 4")
    for number, part in enumerate(row.reshape(6, 4, 4)):
        sheet.sound((148 + 34 * number, 60), (30, 30), plain_levels(part, -2, 2))
    sheet.arrow((358, 75), (388, 75))
    sheet.text((398, 28), "flatten", "ink", bold=True)
    sheet.text((398, 128), "a row of 96")
    sheet.sound((398, 68), (336, 14), plain_levels(row[:, None], -2, 2))
    sheet.box((398, 68), (336, 14), "line")


def _title(sheet: Sheet, x: float, words: str, more: str) -> None:
    sheet.text((x, 168), words, "ink", bold=True)
    sheet.text((x, 185), more)


def _classes(sheet: Sheet, top: float, shares: np.ndarray, note: int) -> None:
    """The shares of four classes, as points."""
    _title(sheet, 24, "a classifier", "dense 4, softmax, cross-entropy")
    truth = school().families[note]
    panel = Panel(sheet, (92, top + 36), (116, 112), (0, 1), (-0.5, 3.5))
    for number, name in enumerate(reversed(FAMILIES)):
        share = float(shares[len(FAMILIES) - 1 - number])
        right = len(FAMILIES) - 1 - number == truth
        y = panel.y(number)
        sheet.text((84, y + 4), name, "ink" if right else "soft", "end", bold=bool(right))
        sheet.line([(92, y), (208, y)], "line")
        sheet.dot((panel.x(share), y), 5, "good" if right else "soft")
        sheet.text((216, y + 4), f"{100 * share:.0f} %")
    panel.below("", [(0, "0"), (0.5, "½"), (1, "1")])
    sheet.text((24, 368), "bold: what is true")


def _quantity(sheet: Sheet, top: float, said: Answers, truth: float, note: int) -> None:
    """A quantity said and true, on a line, the training notes below it."""
    _title(sheet, 290, "a regressor", "dense 1, mean squared error")
    pitch, teach = school().pitch, school().teach
    panel = Panel(sheet, (296, top + 36), (190, 112), (6.5, 10.5), (0, 1))
    sheet.line([(296, top + 92), (486, top + 92)], "line")
    for one in pitch[teach]:
        sheet.line([(panel.x(one), top + 132), (panel.x(one), top + 146)], "soft", faint=0.5)
    sheet.text((296, top + 124), "notes that taught it")
    for value, name, colour, lift in (
        (truth, "true", "good", -14), (said.pitch[note], "said", "bad", 22),
    ):  # fmt: skip
        sheet.dot((panel.x(value), top + 92), 5, colour)
        words = f"{name}: {2**value:,.0f} Hz"
        sheet.text((panel.x(value), top + 92 + lift), words, "ink", "middle")
    panel.below("Hz", [(np.log2(hertz), f"{hertz}") for hertz in (100, 200, 400, 800)])


def _nearest(sheet: Sheet, top: float, distances: np.ndarray, note: int) -> None:
    """How far the note lies from the mean of each class."""
    _title(sheet, 536, "or any other", "the nearest mean, no weights at all")
    truth = school().families[note]
    away = np.sqrt(distances)
    panel = Panel(sheet, (604, top + 36), (106, 112), (0, 15), (-0.5, 3.5))
    for number, name in enumerate(reversed(FAMILIES)):
        at = len(FAMILIES) - 1 - number
        y, right = panel.y(number), at == truth
        sheet.text((596, y + 4), name, "ink" if right else "soft", "end", bold=bool(right))
        sheet.line([(604, y), (710, y)], "line")
        nearest = at == away.argmin()
        sheet.dot(
            (panel.x(away[at]), y), 5, "good" if nearest and right else "bad" if nearest else "soft"
        )
        sheet.text((718, y + 4), f"{away[at]:.1f}")
    panel.below("", [(0, "0"), (5, "5"), (10, "10 away")])


PICTURES = {"three-outputs": three_outputs}
