"""Chapter 6: LeNet with a sound inside, and the table of 1998."""

from __future__ import annotations

import numpy as np
from docs.lecture.draw.sheet import Sheet, plain_levels
from docs.lecture.draw.sounds import school

from tonotope.network.layers.connection_table import LENET5
from tonotope.reference.activate import relu
from tonotope.reference.convolve import convolve
from tonotope.reference.dense import dense, flatten
from tonotope.reference.initialise import he_fan_in
from tonotope.reference.pool import max_pool

SHOWN = "sitar"


def stack() -> list[np.ndarray]:
    """What each layer of the modern LeNet makes of one note, with its first weights."""
    x, instruments, *_ = school()
    generator = np.random.default_rng(0)
    found = [x[[instruments.index(SHOWN)]]]
    for filters in (6, 16):
        drawn = he_fan_in((filters, found[-1].shape[1], 5, 5), generator)
        found.append(relu(convolve(found[-1], drawn, np.zeros(filters))))
        found.append(max_pool(found[-1], (2, 2))[0])
    row = flatten(found[-1])
    for units in (120, 84, 10):
        row = dense(row, he_fan_in((units, row.shape[1]), generator), np.zeros(units))
        row = relu(row) if units > 10 else row
        found.append(row)
    return found


def lenet_stack() -> str:
    """LeNet from a spectrogram to ten scores, each map drawn as it is."""
    sheet = Sheet(316, "The layers of LeNet with a note of a sitar inside")
    found = stack()
    told = (
        (20, 62, 1, "input", ""), (104, 52, 2, "conv 5×5", "156"),
        (232, 30, 2, "pool 2×2", "0"), (316, 30, 4, "conv 5×5", "2,416"),
        (462, 19, 4, "pool 2×2", "0"),
    )  # fmt: skip
    for (x, size, columns, name, parameters), layer in zip(told, found[:5], strict=True):
        maps = layer[0]
        wide = columns * (size + 4) - 4
        rows = -(-len(maps) // columns)
        top = 150 - (rows * (size + 4) - 4) / 2
        for number, plane in enumerate(maps):
            at = (x + (size + 4) * (number % columns), top + (size + 4) * (number // columns))
            low = float(plane.min()) if len(maps) == 1 else 0.0
            sheet.sound(at, (size, size), plain_levels(plane, low, float(plane.max())))
            sheet.box(at, (size, size), "line")
        _told(sheet, x + wide / 2, name, " × ".join(map(str, maps.shape)), parameters)
    rows = ((572, "dense", "48,120"), (638, "dense", "10,164"), (704, "dense", "850"))
    for (x, name, parameters), layer in zip(rows, found[5:], strict=True):
        tall = {120: 200.0, 84: 140.0, 10: 60.0}[layer.shape[1]]
        low = min(float(layer.min()), 0.0)
        sheet.sound((x, 150 - tall / 2), (14, tall), plain_levels(layer, low, float(layer.max())))
        sheet.box((x, 150 - tall / 2), (14, tall), "line")
        _told(sheet, x + 7, name, str(layer.shape[1]), parameters)
    for begin, end in (
        (85, 100),
        (217, 228),
        (299, 312),
        (451, 459),
        (554, 567),
        (590, 633),
        (656, 699),
    ):
        sheet.arrow((begin, 150), (end, 150))
    told = "what comes out, and how many parameters are learnt: 61,706 in all"
    sheet.text((20, 302), f"{told}; each map on its own scale")
    return sheet.svg()


def _told(sheet: Sheet, x: float, name: str, shape: str, parameters: str) -> None:
    sheet.text((x, 24), name, "ink", "middle", bold=True)
    sheet.text((x, 270), shape, "ink", "middle", size=11)
    if parameters:
        sheet.text((x, 285), parameters, anchor="middle", size=11)


def connection_table() -> str:
    """Which maps of the second layer each of the sixteen filters of the third reads, in 1998."""
    sheet = Sheet(206, "The table by which the third layer of LeNet-5 reads the second")
    left, top, step = 130, 46, 38
    for filter_, read in enumerate(LENET5):
        x = left + step * filter_
        sheet.text((x, top - 18), str(filter_), "ink", "middle")
        for map_ in range(6):
            at = (x, top + 22 * map_)
            if map_ in read:
                sheet.dot(at, 6.5, "accent")
            else:
                sheet.dot(at, 1.6, "soft")
    for map_ in range(6):
        sheet.text((left - 28, top + 4 + 22 * map_), str(map_), "ink", "end")
    sheet.text((24, top - 18), "filter of C3", "soft")
    sheet.text((24, top + 4), "map of S2", "soft")
    for first, last, words in ((0, 5, "three"), (6, 14, "four"), (15, 15, "all six")):
        x0, x1 = left + step * first - 12, left + step * last + 12
        sheet.line([(x0, 172), (x1, 172)], "soft")
        sheet.text(((x0 + x1) / 2, 189), words, anchor="middle")
    return sheet.svg()


PICTURES = {"lenet-stack": lenet_stack, "connection-table": connection_table}
