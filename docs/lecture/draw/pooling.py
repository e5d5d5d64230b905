"""Chapter 4: windows over a plane and over a wave, and what is left of the sound."""

from __future__ import annotations

import numpy as np
from docs.lecture.draw.panel import Panel
from docs.lecture.draw.sheet import Sheet, plain_levels
from docs.lecture.draw.sounds import HOP, RATE_HZ, WINDOW, level_db, phrase, spectrum

from tonotope.reference.pool import max_pool, mean_pool
from tonotope.reporting.spectrogram_png import levels

POOL = (4, 4)  # Q×R
FIRST_FRAME, FRAMES, BINS = 56, 32, 24


def pooled_plane() -> str:
    """A stretch of a spectrogram in windows of 4×4: who wins each, the winners, the means."""
    sheet = Sheet(326, "Max pooling and mean pooling of a stretch of a spectrogram")
    plane = level_db(phrase("flute", "marimba"))[FIRST_FRAME : FIRST_FRAME + FRAMES, :BINS]
    largest, winners = max_pool(plane[None, None], POOL)
    mean = mean_pool(plane[None, None], POOL)
    across = (FIRST_FRAME * HOP / RATE_HZ, (FIRST_FRAME + FRAMES) * HOP / RATE_HZ)
    upwards = (0, BINS * RATE_HZ / WINDOW / 1000)
    low, high = float(plane.min()), float(plane.max())
    source = Panel(sheet, (58, 42), (312, 234), across, upwards)
    source.title("input and winners", f"{FRAMES} × {BINS}")
    source.sound(plain_levels(plane, low, high))
    for frame in range(0, FRAMES + 1, POOL[0]):
        x = source.at[0] + source.size[0] * frame / FRAMES
        sheet.line([(x, 42), (x, 276)], "line")
    for bin_ in range(0, BINS + 1, POOL[1]):
        y = source.at[1] + source.size[1] * bin_ / BINS
        sheet.line([(58, y), (370, y)], "line")
    for place in winners.ravel():
        frame, bin_ = divmod(int(place), BINS)
        x = source.at[0] + source.size[0] * (frame + 0.5) / FRAMES
        y = source.at[1] + source.size[1] * (1 - (bin_ + 0.5) / BINS)
        sheet.dot((x, y), 3.1, "bad")
    for number, (title, pooled) in enumerate((("the largest", largest), ("the mean", mean))):
        panel = Panel(sheet, (400 + 172 * number, 42), (156, 117), across, upwards)
        panel.title(title, f"{pooled.shape[2]} × {pooled.shape[3]}")
        panel.sound(plain_levels(pooled[0, 0], low, high))
        panel.below("s", [(0.7, "0.7"), (0.8, "0.8"), (0.9, "0.9")])
    source.beside("kHz")
    source.below("s")
    told = (
        "Each window of Q × R = 4 × 4 keeps one value:",
        "the largest, marked in the input,",
        "or the mean of all sixteen.",
    )
    for number, words in enumerate(told):
        sheet.text((400, 218 + 18 * number), words)
    return sheet.svg()


def winners_alone() -> str:
    """A phrase, and the same phrase with nothing left of it but one cell of each window."""
    sheet = Sheet(266, "A spectrogram, and the spectrogram with the winners alone")
    sound = phrase("guitar", "flute", "marimba")
    whole = level_db(sound)
    size = np.abs(spectrum(sound))
    _, winners = max_pool(size[None, None], POOL)
    kept = np.zeros(size.size, bool)
    kept[winners.ravel()] = True
    alone = np.where(kept.reshape(size.shape), whole, -70.0)
    bins = round(4000 * WINDOW / RATE_HZ)
    told = (("all of it", "1 of 1", whole), ("the winners alone", "1 of 16", alone))
    for number, (title, share, plane) in enumerate(told):
        panel = Panel(sheet, (58 + 348 * number, 42), (322, 176), (0, len(sound) / RATE_HZ), (0, 4))
        panel.title(title, f"{share} cells")
        panel.sound(plain_levels(plane[:, :bins], -70, 0))
        panel.below("s")
        if number == 0:
            panel.beside("kHz")
    return sheet.svg()


def sweep() -> np.ndarray:
    """A tone that rises from 100 Hz to 10 kHz: (time,), 1.3 s."""
    time = np.arange(28665) / RATE_HZ
    hertz = 100 + (10000 - 100) * time / time[-1]
    return 0.3 * np.sin(2 * np.pi * np.cumsum(hertz) / RATE_HZ)


def pooled_sweep() -> str:
    """A rising tone, pooled by fours: what is above the new middle comes back from there."""
    sheet = Sheet(270, "A rising tone before and after pooling over time")
    sound = sweep()
    x = sound[None, None, :, None]
    pooled = {
        "input": (sound, RATE_HZ),
        "the mean of 4": (mean_pool(x, (4, 1))[0, 0, :, 0], RATE_HZ / 4),
        "the largest of 4": (max_pool(x, (4, 1))[0][0, 0, :, 0], RATE_HZ / 4),
    }
    for number, (title, (heard, rate_hz)) in enumerate(pooled.items()):
        window = 512 if number == 0 else 128
        plane = level_db(heard, window, window // 2)
        panel = Panel(sheet, (58 + 234 * number, 42), (202, 176), (0, 1.3), (0, rate_hz / 2000))
        panel.title(title, f"{rate_hz:,.1f} Hz".replace(".0 ", " "))
        panel.sound(levels(np.maximum(plane, -60), 600, 192))
        panel.below("s", [(0, "0"), (0.5, "0.5"), (1, "1")])
        panel.beside(
            "kHz",
            [(0, "0"), (5, "5"), (10, "10")] if number == 0 else [(0, "0"), (1, "1"), (2, "2")],
        )
    return sheet.svg()


PICTURES = {
    "pooled-plane": pooled_plane,
    "winners-alone": winners_alone,
    "pooled-sweep": pooled_sweep,
}
