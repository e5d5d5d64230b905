"""Chapter 10: what the frames of the course's notebook hear of the music."""

from __future__ import annotations

import numpy as np
from docs.lecture.draw.panel import Panel
from docs.lecture.draw.sheet import Sheet
from docs.lecture.draw.sounds import RATE_HZ, phrase


def frames_and_gaps() -> str:
    """Two seconds of music, and the stretches of it that two choices of frames see."""
    sheet = Sheet(300, "The frames of the course's notebook see a twentieth of the sound")
    sound = phrase("guitar", "trumpet", "marimba", "violin", each_s=0.5)
    length_s = len(sound) / RATE_HZ
    told = (
        ("the notebook: frames of 11.6 ms, 252 ms apart", 0.0116, 0.252),
        ("frames of 46 ms, 23 ms apart", 0.046, 0.023),
    )
    for number, (title, window_s, hop_s) in enumerate(told):
        panel = Panel(sheet, (58, 42 + 134 * number), (650, 80), (0, length_s), (-0.55, 0.55))
        seen = min(window_s / hop_s, 1.0)
        panel.title(title, f"{100 * seen:.1f} % of the sound is seen".replace(".0", ""))
        if seen == 1:
            panel.wave(sound, RATE_HZ)
        else:
            panel.wave(sound, RATE_HZ, "line")
            for begin in np.arange(0, length_s - window_s, hop_s):
                first, last = round(begin * RATE_HZ), round((begin + window_s) * RATE_HZ)
                at, width = (panel.x(begin), panel.at[1]), 650 * window_s / length_s
                part = Panel(sheet, at, (width, 80), (0, window_s), (-0.55, 0.55))
                part.wave(sound[first:last], RATE_HZ)
        panel.below("s")
    return sheet.svg()


PICTURES = {"frames-and-gaps": frames_and_gaps}
