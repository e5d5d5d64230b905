"""Chapter 1: a sound as a row of samples, as a plane, and as two planes."""

from __future__ import annotations

import numpy as np
from docs.lecture.draw.panel import Panel
from docs.lecture.draw.sheet import Sheet, signed_levels, signs
from docs.lecture.draw.sounds import RATE_HZ, WINDOW, level_db, notes, phrase, spectrum

from tonotope.reporting.spectrogram_png import levels

NAMES = ("guitar", "flute", "marimba")
EACH_S = 0.6
HIGHEST_HZ = 5000


def wave_and_plane() -> str:
    """One sound twice: what the air did, and how much of each frequency there was."""
    sheet = Sheet(424, "A waveform, and below it the magnitude spectrogram of the same sound")
    sound = phrase(*NAMES, each_s=EACH_S)
    length_s = len(sound) / RATE_HZ
    wave = Panel(sheet, (58, 42), (650, 90), (0, length_s), (-0.55, 0.55))
    wave.title("N × T", f"T = {len(sound):,} samples")
    wave.line([0, length_s], [0, 0], "line", 1)
    wave.wave(sound, RATE_HZ)
    wave.beside("", [(-0.5, "−0.5"), (0, "0"), (0.5, "0.5")])
    bins = round(HIGHEST_HZ * WINDOW / RATE_HZ)
    plane = level_db(sound)
    shown = Panel(sheet, (58, 196), (650, 190), (0, length_s), (0, HIGHEST_HZ / 1000))
    shown.title(
        "N × T × F", f"T = {len(plane)} frames, F = {plane.shape[1]} bins (the lowest {bins} shown)"
    )
    shown.sound(levels(plane[:, :bins], 600, 192))
    shown.beside("kHz")
    shown.below("s")
    for number, name in enumerate(NAMES):
        sheet.text((wave.x((number + 0.5) * EACH_S), 146), name, "ink", "middle")
        if number:
            for panel in (wave, shown):
                panel.line([number * EACH_S] * 2, panel.upwards, "soft", 0.8, dashed=True)
    return sheet.svg()


def two_channels() -> str:
    """A bowed note close up: real part, imaginary part, and the magnitude that they make."""
    sheet = Sheet(300, "The real part, the imaginary part and the magnitude of one spectrogram")
    seen = spectrum(notes()["cello"], WINDOW, 64)[180:244, :48]
    length_s, top = len(seen) * 64 / RATE_HZ, 48 * RATE_HZ / WINDOW / 1000
    reach = float(np.percentile(np.abs(seen), 99.5))
    titles = (("c = 0", "real part"), ("c = 1", "imaginary part"), ("C = 1", "magnitude"))
    for number, (title, more) in enumerate(titles):
        panel = Panel(sheet, (58 + 234 * number, 42), (202, 200), (0, length_s), (0, top))
        panel.title(title, more)
        if number < 2:
            part = seen.real if number == 0 else seen.imag
            panel.sound(signed_levels(np.cbrt(part / reach)), signed=True)
        else:
            size = 20 * np.log10(np.maximum(np.abs(seen) / reach, 1e-3))
            panel.sound(levels(size, 600, 192))
        panel.below("s", [(0, "0"), (0.05, "0.05"), (0.1, "0.1"), (0.15, "0.15")])
        if number == 0:
            panel.beside("kHz")
    signs(sheet, (58, 284))
    return sheet.svg()


PICTURES = {"wave-and-plane": wave_and_plane, "two-channels": two_channels}
