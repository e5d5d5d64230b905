"""Chapters 2 and 3: filters that slide over a plane, and over a wave."""

from __future__ import annotations

import numpy as np
from docs.lecture.draw.panel import Panel
from docs.lecture.draw.sheet import Point, Sheet, plain_levels, signed_levels, signs
from docs.lecture.draw.sounds import HOP, RATE_HZ, WINDOW, level_db, notes, phrase

from tonotope.reference.activate import relu
from tonotope.reference.convolve import convolve, convolve_1d, flip
from tonotope.reporting.spectrogram_png import levels

NAMES = ("flute", "marimba")
HIGHEST_HZ = 3500
ALONG = np.array([-1.0, -1.0, 0.0, 1.0, 1.0])
ACROSS = np.array([-1.0, 0.0, 2.0, 0.0, -1.0])
# Both K×L = 5×5: louder than a moment ago, at all frequencies; louder than above and below.
ONSET, TONE = np.tile(ALONG[:, None], 5) / 20, np.tile(ACROSS, (5, 1)) / 20
TAPS = 511
FLUTE_HZ, CELLO_HZ = 262.717, 389.453
AWAY = 5512  # 250 ms
LAID = (7, 10)  # frame and bin where the picture lays the filter down


def filters_on_a_plane() -> str:
    """A spectrogram, two filters of 5×5, and how well each of its places fits them."""
    sheet = Sheet(500, "A filter slides over a spectrogram; two filters and what comes out of them")
    plane = level_db(phrase(*NAMES))
    bins = round(HIGHEST_HZ * WINDOW / RATE_HZ)
    plane = plane[:, :bins]
    weight = np.stack([ONSET, TONE])[:, None]
    heard = relu(convolve(plane[None, None], weight, np.zeros(2)))[0]
    across, upwards = (0, len(plane) * HOP / RATE_HZ), (0, HIGHEST_HZ / 1000)
    source = Panel(sheet, (56, 42), (292, 176), across, upwards)
    source.title("input", f"{len(plane)} × {bins}")
    source.sound(levels(plane, 600, 192))
    source.beside("kHz")
    frame, bin_ = LAID
    to_s, to_khz = HOP / RATE_HZ, RATE_HZ / WINDOW / 1000
    source.cells((frame * to_s, bin_ * to_khz), ((frame + 5) * to_s, (bin_ + 5) * to_khz))
    source.below("s")
    for number, (name, filter_) in enumerate((("begins", ONSET), ("sounds on", TONE))):
        top = 42 + 230 * number
        _grid(sheet, (372, top + 48), filter_, 15)
        sheet.text((372 + 38, top + 40), f"filter {number}", "ink", "middle", bold=True)
        sheet.text((372 + 38, top + 140), "K × L = 5 × 5", anchor="middle")
        middles = ((2 * to_s, (len(plane) - 2) * to_s), (2 * to_khz, (bins - 2) * to_khz))
        out = Panel(sheet, (472, top), (264, 176), *middles)
        out.title(f"output {number}: what {name}", f"{heard.shape[1]} × {heard.shape[2]}")
        out.sound(plain_levels(heard[number], 0, float(np.percentile(heard[number], 99.7))))
        out.below("s")
    _one_place(sheet, plane[frame : frame + 5, bin_ : bin_ + 5])
    signs(sheet, (472, 488))
    return sheet.svg()


def _one_place(sheet: Sheet, patch: np.ndarray) -> None:
    """The sum at the place where the filter lies, in numbers."""
    sheet.text((56, 262), "one place", "ink", bold=True)
    sheet.text((124, 262), "the 25 levels in the box, in dB")
    size = 26
    for k in range(5):
        for band in range(5):
            at = (56 + size * k, 276 + size * (4 - band))
            sheet.box(at, (size, size), "line")
            sheet.text((at[0] + 13, at[1] + 17), f"{patch[k, band]:.0f}".replace("-", "−"),
                       anchor="middle", size=10)  # fmt: skip
    sheet.box((56, 276), (5 * size, 5 * size), "bad", 1.8)
    before, after = patch[:2].mean(), patch[3:].mean()
    said = (
        f"after it: {after:.1f} on average,", f"before it: {before:.1f};",
        f"filter 0 says {np.sum(ONSET * patch):.1f}",
    )  # fmt: skip
    for number, words in enumerate(said):
        sheet.text(
            (200, 320 + 18 * number), words.replace("-", "−"), "ink" if number == 2 else "soft"
        )
    sheet.text((56, 424), "time to the right, frequency upwards")


def _grid(sheet: Sheet, at: Point, filter_: np.ndarray, size: float) -> None:
    """A filter as squares with printed signs, time to the right and frequency upwards."""
    times, bands = filter_.shape
    sheet.sound(at, (size * times, size * bands), signed_levels(filter_), signed=True)
    sheet.box(at, (size * times, size * bands), "soft")
    for k in range(times):
        for band in range(bands):
            value = filter_[k, bands - 1 - band]
            middle = (at[0] + size * (k + 0.5), at[1] + size * (band + 0.5) + 4)
            sign = "+" if value > 0 else "−" if value < 0 else ""
            strong = abs(value) > np.abs(filter_).max() / 2
            sheet.text(middle, sign, "paper" if strong else "ink", "middle", size=11)


def filter_on_a_wave() -> str:
    """Two notes at once, a filter of 511 taps tuned to one of them, and what it lets through."""
    sheet = Sheet(452, "A filter tuned to one note slides over a wave of two notes")
    both, one = duet(), tuned_to(FLUTE_HZ)
    heard = convolve_1d(both[None, None], one[None, None], np.zeros(1))[0, 0]
    begin, shown = 6000, round(0.030 * RATE_HZ)
    rows = (
        ("two notes at once", both[begin : begin + shown], 0.42),
        (f"the filter: K = {TAPS} taps", one, float(np.abs(one).max() * 1.1)),
        ("what it lets through", heard[begin - TAPS // 2 :][:shown], 0.42),
    )
    for number, (title, samples, reach) in enumerate(rows):
        panel = Panel(sheet, (60, 42 + 138 * number), (300, 84), (0, 30), (-reach, reach))
        panel.title(title)
        panel.line([0, 30], [0, 0], "line", 1)
        panel.line(np.arange(len(samples)) / RATE_HZ * 1000, samples, "accent", 1.4)
        panel.below("ms")
    _spectra(sheet, both, one, heard)
    return sheet.svg()


def _spectra(sheet: Sheet, both: np.ndarray, one: np.ndarray, heard: np.ndarray) -> None:
    """The spectrum of the two notes, what the filter does to each frequency, and what is left."""
    highest = 1500
    hertz = np.fft.rfftfreq(8192, 1 / RATE_HZ)
    seen = hertz <= highest
    window = np.hanning(8192)
    loud = np.abs(np.fft.rfft(both[3000 : 3000 + 8192] * window)).max()
    rows = (
        (both[3000 : 3000 + 8192] * window / loud, "accent"),
        (one, "gold"),
        (heard[3000 : 3000 + 8192] * window / loud, "accent"),
    )
    for number, (samples, colour) in enumerate(rows):
        panel = Panel(sheet, (432, 42 + 138 * number), (290, 84), (0, highest), (-60, 3))
        level = 20 * np.log10(np.maximum(np.abs(np.fft.rfft(samples, 8192)), 1e-6))[seen]
        panel.beside("dB", [(0, "0"), (-30, "−30"), (-60, "−60")], grid=True)
        panel.line(hertz[seen], np.maximum(level, -60), colour, 1.4)
        panel.below("Hz", [(0, "0"), (500, "500"), (1000, "1,000"), (1500, "1,500")])
        panel.title("", "how much of each frequency passes" if number == 1 else "its spectrum")
        if number == 0:
            for at, name in ((FLUTE_HZ, "flute"), (CELLO_HZ, "cello")):
                sheet.text((panel.x(at), panel.at[1] - 9), name, "ink", "middle")


def echo_before_and_after() -> str:
    """The same two taps laid as they are, and turned round: an echo that comes first, and one."""
    sheet = Sheet(330, "A filter of two taps, laid as it is and turned round")
    sound = phrase("harpsichord", each_s=0.28)
    silence = np.zeros(AWAY)
    taps = np.array([1.0, 0.5])[None, None]
    room = np.concatenate([silence, sound, silence])[None, None]
    rows = [
        convolve_1d(room, weight, np.zeros(1), dilation=AWAY)[0, 0] for weight in (taps, flip(taps))
    ]
    length_s = len(rows[0]) / RATE_HZ
    told = (
        ("cross-correlation: w = [1, 0.5], laid as it is", "the echo comes before the note"),
        ("convolution: the same filter turned round", "the echo comes after it"),
    )
    for number, ((title, more), heard) in enumerate(zip(told, rows, strict=True)):
        panel = Panel(sheet, (60, 42 + 146 * number), (672, 86), (0, length_s), (-0.6, 0.6))
        panel.title(title, more)
        panel.wave(heard, RATE_HZ)
        panel.beside("", [(-0.5, "−0.5"), (0, "0"), (0.5, "0.5")])
        panel.below("s")
    return sheet.svg()


def duet() -> np.ndarray:
    """Flute and cello at once, as loud as one another: (time,), 0.7 s."""
    flute, cello = (notes()[name][3000 : 3000 + 15435] for name in ("flute", "cello"))
    return 0.2 * flute / np.abs(flute).max() + 0.2 * cello / np.abs(cello).max()


def tuned_to(hertz: float, taps: int = TAPS) -> np.ndarray:
    """A filter that lets one frequency through as it is: a cosine that swells and fades."""
    middle = np.arange(taps) - taps // 2
    window = 0.5 * (1 + np.cos(2 * np.pi * middle / taps))
    return window * np.cos(2 * np.pi * hertz * middle / RATE_HZ) * 2 / window.sum()


PICTURES = {
    "filters-on-a-plane": filters_on_a_plane,
    "filter-on-a-wave": filter_on_a_wave,
    "echo-before-and-after": echo_before_and_after,
}
