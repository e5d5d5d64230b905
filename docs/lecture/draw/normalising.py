"""Chapter 8: values that are silenced at random, and channels that are put on one scale."""

from __future__ import annotations

import numpy as np
from docs.lecture.draw.panel import Panel
from docs.lecture.draw.sheet import Sheet, plain_levels
from docs.lecture.draw.sounds import school

from tonotope.reference.convolve import convolve
from tonotope.reference.initialise import he_fan_in
from tonotope.reference.normalise import (
    Running,
    batch_norm_training,
    batch_norm_use,
    draw_mask,
    dropout_training,
)

SHOWN = "sitar"
COLOURS = ("blue", "bad", "good")


def dropout_masks() -> str:
    """A plane as it is, under three masks, and the mean over a hundred masks."""
    sheet = Sheet(206, "One plane of sound under three masks of dropout, and the mean of a hundred")
    x, instruments, *_ = school()
    plane = x[instruments.index(SHOWN), 0]
    plane = plane - plane.min()
    generator = np.random.default_rng(0)
    masked = [
        dropout_training(plane, draw_mask(plane.shape, 0.5, generator), 0.5) for _ in range(100)
    ]
    told = [("in use", plane), *((f"training, step {n + 1}", masked[n]) for n in range(3)),
            ("mean of 100 steps", np.mean(masked, axis=0))]  # fmt: skip
    for number, (title, values) in enumerate(told):
        at = (24 + 145 * number, 40)
        sheet.text((at[0], 28), title, "ink", bold=True, size=11.5)
        sheet.sound(
            at,
            (132, 132),
            plain_levels(values, 0, float(plane.max()) * (1 if number in (0, 4) else 2)),
        )
        sheet.box(at, (132, 132), "line")
    sheet.text(
        (24, 192),
        "p = 0.5; what is left is twice as large, so the three are drawn on twice the scale",
    )
    return sheet.svg()


def sums() -> np.ndarray:
    """What three filters, weak and strong, make of eight notes: (8, 3, 28, 28)."""
    drawn = he_fan_in((3, 1, 5, 5), np.random.default_rng(2))
    strong = np.array([0.5, 1.0, 2.5])[:, None, None, None]
    return convolve(school().x[:8], strong * drawn, np.array([-6.0, 6.0, 0.0]))


def batch_norm() -> str:
    """The values of three channels before and after, and of a single note in use."""
    sheet = Sheet(250, "Histograms of three channels before and after batch normalisation")
    before = sums()
    after, _ = batch_norm_training(before, np.ones(3), np.zeros(3), Running.start(3))
    learned = Running(before.mean(axis=(0, 2, 3)), before.var(axis=(0, 2, 3)))
    alone = batch_norm_use(before[5:6], np.ones(3), np.zeros(3), learned)
    told = (("before", before, 14.0), ("after: mean 0, variance 1", after, 4.0),
            ("one note alone, in use", alone, 4.0))  # fmt: skip
    for number, (title, values, reach) in enumerate(told):
        panel = Panel(sheet, (30 + 243 * number, 42), (214, 150), (-reach, reach), (0, 1.05))
        panel.title(title)
        panel.line([0, 0], [0, 1.05], "line", 1)
        edges = np.linspace(-reach, reach, 55)
        for channel, colour in enumerate(COLOURS):
            counts, _ = np.histogram(values[:, channel], edges)
            panel.line((edges[:-1] + edges[1:]) / 2, counts / counts.max(), colour, 1.8)
        panel.below("")
    for channel, colour in enumerate(COLOURS):
        sheet.dot((34 + 92 * channel, 234), 4.5, colour)
        sheet.text((44 + 92 * channel, 238), f"channel {channel}")
    sheet.text((330, 238), "how often each value occurs, the commonest of each channel at 1")
    return sheet.svg()


PICTURES = {"dropout-masks": dropout_masks, "batch-norm": batch_norm}
