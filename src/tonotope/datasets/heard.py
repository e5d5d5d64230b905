"""What is heard in a recording: where its spectrum ends, where most of it lies, how long it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tonotope.audio.loudness import sounding_s
from tonotope.datasets.low_spectrum import LowSpectrum
from tonotope.datasets.old_rate import mirrored_at_hz
from tonotope.datasets.outstanding import calls_db, outstanding_hz, seconds_of_calls

EVERYDAY_HZ = 11_025.0  # little of what tells everyday sounds apart lies above
_HALF_OF_ULTRASOUND_HZ = 30_000.0  # recorders that reach higher are there for ultrasound
_FRAME_S = 0.023
_SHORTEST_FRAME, _LONGEST_FRAME = 64, 8192  # samples
_FRAMES = 400  # of a recording, spread over it
_BELOW_DB = 70.0  # below the loudest frequency: nothing that a network would see
_ACTIVE_DB = 60.0  # below the loudest frame: a pause
_OVER_ROUNDING = 20.0  # times the power of rounding, so that dither counts as nothing too
_WIDE = 32  # a stretch of one in so many frequencies is more than a line
_WHISTLES = 2
_LEAST_HZ = 20.0
_BOTH_LINES = 4  # of a short frame: above them it sees as well as a long one
_LOW_LINES = 16  # of a short frame: what ends below is looked at with longer ones
_INFRASOUND = 0.9  # of the energy: less of it is wind or a hand on the recorder
_QUIET_FRAMES = 5  # so many pauses show what lies below the loud sounds
_MOST_ENERGY, _MOST_CALLS = (0.005, 0.995), (0.1, 0.99)
_BESIDE, _AWAY = 1.06, 1.25  # the stretches below and above the end of a spectrum
_SHARP_DB = 25.0  # a fall between them that no sound has by itself
_NARROW = 1.35  # a spectrum that ends so many times below is felt
_LEAST_TOP_HZ = 1500.0  # what ends below is a low sound, not a narrow recording
_LASTS = 0.95  # of the energy
_ONSET_S, _ONSET_DB = 0.1, 40.0
_NEARLY_DB = 10.0  # below the loudest: a sudden sound comes so near within `_ONSET_S`
_LEVEL_S = 0.01


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of one recording.

    Attributes:
        rate_hz: its samples per second.
        top_hz: above it there is nothing: 70 dB less than at the loudest frequency, or no more than
            what rounding leaves, or mirror images that a resampler left. At most half the rate.
        sharp: whether it ends there as a filter cuts it, not as sounds fade.
        low_hz: where most of the sound begins.
        high_hz: where most of the sound ends.
        high: whether most of it lies above 11 kHz.
        lasts_s: how long it takes until 95 % of the energy has passed; None where not all of it was
            heard.
        at_once: whether it begins to sound within a tenth of a second.
        rms_db: the level, in decibels below full scale.
        begins_s: how long it is nearly silent before it begins to sound.
        sudden: whether it is nearly as loud as ever within a tenth of a second of its beginning.
        outstanding_hz: from where to where that lies which stands out most of the background, in
            time or in frequency; None where all is a steady noise.
        heard_s: how much of it was heard.
        calls_s: the seconds of that in which something stands out of the background.
        sounding_s: for how long of it something sounds (`audio/loudness.py`); None where not all
            of it was heard.
        cancelled: the channel to take where the channels cancel in their mean; else None.
    """

    rate_hz: int
    top_hz: float
    sharp: bool
    low_hz: float
    high_hz: float
    high: bool
    lasts_s: float | None
    at_once: bool
    rms_db: float
    begins_s: float = 0.0
    sudden: bool = False
    outstanding_hz: tuple[float, float] | None = None
    heard_s: float = 0.0
    calls_s: tuple[int, ...] = ()
    sounding_s: float | None = None
    cancelled: int | None = None


class Listener:
    """Listens to a recording block by block, in little memory; `heard()` says what it was.

    Args:
        rate_hz: samples per second.
        bits: of the samples, where rounding them leaves noise; None for floats and MP3.
        duration_s: how long it lasts; the frames that are looked at are spread over it.
    """

    def __init__(self, rate_hz: int, bits: int | None, duration_s: float) -> None:
        self.rate_hz = rate_hz
        wanted = 2 ** round(np.log2(max(2, _FRAME_S * rate_hz)))
        held = 2 ** int(np.log2(max(2.0, duration_s * rate_hz)))
        self._size = max(2, min(max(wanted, _SHORTEST_FRAME), _LONGEST_FRAME, held))
        self._rounding = 0.0 if bits is None else 4.0**-bits / 3  # variance, of a step of 2/2**bits
        self._window = np.hanning(self._size + 2)[1:-1].astype(np.float32)
        self._step = max(1, self._size // 2, round(duration_s * rate_hz / _FRAMES))
        self._level_size = max(1, round(_LEVEL_S * rate_hz))
        self._frames: list[np.ndarray] = []
        self._levels: list[np.ndarray] = []
        self._low = LowSpectrum(rate_hz, duration_s, self._size)
        self._times_s: list[float] = []
        self._samples = 0
        self._next = 0  # the sample, in the next block, with which the next frame begins

    def hear(self, samples: np.ndarray) -> None:
        """Take the next block, (channel, time)."""
        count = samples.shape[1]
        starts = np.arange(self._next, count - self._size + 1, self._step)
        self._times_s += ((starts + self._samples) / self.rate_hz).tolist()
        self._samples += count
        self._low.hear(samples)
        # A frame that reaches into the next block begins with it instead.
        self._next = max(0, self._next + len(starts) * self._step - count)
        if len(starts):
            inside = np.lib.stride_tricks.sliding_window_view(samples, self._size, axis=1)
            frames = inside[:, starts]
            frames = (frames - frames.mean(axis=2, keepdims=True)) * self._window
            self._frames.append((np.abs(np.fft.rfft(frames)) ** 2).mean(axis=0))
        power = np.einsum("ct,ct->t", samples, samples) / len(samples)
        places = np.arange(0, count, self._level_size)
        lengths = np.diff(np.append(places, count))
        self._levels.append(np.add.reduceat(power, places) / lengths)

    def heard(self, *, whole: bool = True) -> Heard | None:
        """What it was; None where it was silent or shorter than a frame.

        Args:
            whole: whether all of it was heard, so that it is known how long it sounds.
        """
        levels = np.concatenate(self._levels or [np.zeros(1)])
        if not self._frames or not levels.max() > 0:
            return None
        power = np.concatenate(self._frames)
        hz = np.fft.rfftfreq(self._size, 1 / self.rate_hz)
        power[:, hz < min(_LEAST_HZ, hz[1])] = 0
        total = power.sum(axis=1)
        if not total.any():
            return None
        active = power[total >= total.max() * 10 ** (-_ACTIVE_DB / 10)]
        loud = np.percentile(active, 95, axis=0)
        top_hz = self._top_hz(loud, hz)
        mirror_hz = mirrored_at_hz(active, hz, self._silence(loud))
        if mirror_hz and mirror_hz < top_hz:
            top_hz, sharp = mirror_hz, True
        else:
            sharp = _is_sharp(loud, hz, top_hz) and not self._goes_on(power, total, hz, top_hz)
        high, low_hz, high_hz = self._where_it_lies(power, active.mean(axis=0, dtype=float), hz)
        onset = int(np.argmax(levels >= levels.max() * 10 ** (-_ONSET_DB / 10)))
        at_once = max(1, round(_ONSET_S * self.rate_hz / self._level_size))
        loudest_db = 10 * np.log10(levels[onset : onset + at_once].max() / levels.max())
        passed = np.cumsum(levels)
        lasts = int(np.searchsorted(passed, _LASTS * passed[-1])) + 1 - onset
        return Heard(
            self.rate_hz,
            self._low_top_hz(top_hz, hz),
            sharp,
            *(low_hz, high_hz, high),
            lasts * self._level_size / self.rate_hz if whole else None,
            onset * self._level_size <= _ONSET_S * self.rate_hz,
            10 * float(np.log10(levels.mean())),
            begins_s=onset * self._level_size / self.rate_hz,
            sudden=bool(loudest_db >= -_NEARLY_DB),
            outstanding_hz=outstanding_hz(power, hz, EVERYDAY_HZ),
            heard_s=self._samples / self.rate_hz,
            calls_s=seconds_of_calls(self._times_s, power, levels, _LEVEL_S),
            sounding_s=sounding_s(levels, self._level_size / self.rate_hz) if whole else None,
        )

    def _low_top_hz(self, top_hz: float, hz: np.ndarray) -> float:
        """Where a low sound ends: a short frame smears it over many lines."""
        low_hz = self._low.top_hz() if top_hz <= _LOW_LINES * hz[1] else None
        return top_hz if low_hz is None else min(top_hz, low_hz)

    def _where_it_lies(
        self, power: np.ndarray, mean: np.ndarray, hz: np.ndarray
    ) -> tuple[bool, float, float]:
        """Whether most of it lies above 11 kHz, where most of it begins, and where it ends.

        Energy says so of a steady sound. Of calls in a night full of wind it says where the wind
        is; they are what sticks out of the background of their own frequency.
        """
        if hz[-1] > _HALF_OF_ULTRASOUND_HZ:
            calls = calls_db(power, below_loudest_db=100.0)
            if calls[hz > EVERYDAY_HZ].sum() > 0.5 * calls.sum():
                return True, *_between(calls, hz, _MOST_CALLS)
        high = bool(mean[hz > EVERYDAY_HZ].sum() > 0.7 * mean.sum())
        return high, *_between(*self._with_low(mean, hz), _MOST_ENERGY)

    def _with_low(self, mean: np.ndarray, hz: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The energy at each frequency, in finer steps where longer frames were heard."""
        low = self._low.density()
        if low is None:
            return mean, hz
        low_hz, above = self._low.hz, hz > self._low.hz[-1]
        energy = low * low_hz[1]
        mean = mean * (hz[1] / (self.rate_hz * float((self._window**2).sum())))
        # Long frames fade the attack of a short sound and take its pauses in: as loud as short ones
        # where both see well.
        both, from_hz = energy[low_hz > _BOTH_LINES * hz[1]].sum(), _BOTH_LINES * hz[1]
        ratio = mean[(hz > from_hz) & ~above].sum() / both if both > 0 else 1.0
        energy = np.concatenate([energy * max(1.0, ratio), mean[above]])
        low_hz = np.concatenate([low_hz, hz[above]])
        below = low_hz < _LEAST_HZ
        if energy[below].sum() <= _INFRASOUND * energy.sum():
            energy[below] = 0
        return energy, low_hz

    def _goes_on(self, power: np.ndarray, total: np.ndarray, hz: np.ndarray, top_hz: float) -> bool:
        """Whether there is sound above `top_hz` in the pauses between what is loud."""
        pauses = power[(total < total.max() * 10 ** (-_ACTIVE_DB / 10)) & (total > 0)]
        if len(pauses) < _QUIET_FRAMES:
            return False
        quiet = np.median(pauses, axis=0)
        above = quiet[hz > top_hz * _AWAY]
        return bool(above.size and np.median(above) > self._silence(quiet))

    def _silence(self, spectrum: np.ndarray) -> float:
        """The power below which nothing is there: 70 dB below the loudest, or rounding."""
        rounding = self._rounding * float((self._window**2).sum()) * _OVER_ROUNDING
        return max(float(spectrum.max()) * 10 ** (-_BELOW_DB / 10), rounding)

    def _top_hz(self, loud: np.ndarray, hz: np.ndarray) -> float:
        """Where the spectrum ends; a whistle or two above it, from lamps or screens, do not count.

        Many lines are the overtones of a note, and do.
        """
        there = np.flatnonzero(loud > self._silence(loud))
        if not len(there):
            return float(hz[-1])
        runs = np.split(there, np.flatnonzero(np.diff(there) > 1) + 1)
        wide = [number for number, run in enumerate(runs) if _WIDE * len(run) >= len(hz)]
        last = wide[-1] if wide and len(runs) - 1 - wide[-1] <= _WHISTLES else -1
        return float(hz[runs[last][-1]])


def is_narrow(one: Heard, high_hz: float) -> bool:
    """Whether a filter cut it off well below `high_hz` and below half its own rate."""
    felt = _NARROW * one.top_hz < min(one.rate_hz / 2, high_hz)
    return one.sharp and felt and one.top_hz > _LEAST_TOP_HZ


def narrow_ones(heard: Sequence[Heard], high_hz: float) -> list[bool]:
    """Of each whether a filter cut it off well below `high_hz` and below where others go on."""
    narrow = [is_narrow(one, high_hz) for one in heard]
    going_on = [one.top_hz for one, cut in zip(heard, narrow, strict=True) if not cut]
    if not going_on:
        return narrow
    reach_hz = min(high_hz, float(np.median(going_on)))
    return [is_narrow(one, reach_hz) for one in heard]


def _is_sharp(loud: np.ndarray, hz: np.ndarray, top_hz: float) -> bool:
    """Whether the spectrum falls off at `top_hz` faster than sound does, and is filled up to there.

    Between the overtones of a note there are gaps; where they end, no filter need have cut.
    """
    below = loud[(hz > top_hz / _AWAY) & (hz <= top_hz / _BESIDE)]
    above = loud[(hz > top_hz * _BESIDE) & (hz <= top_hz * _AWAY)]
    if not below.size or not above.size:
        return False
    return bool(np.median(above) < np.percentile(below, 10) * 10 ** (-_SHARP_DB / 10))


def _between(weights: np.ndarray, hz: np.ndarray, most: tuple[float, float]) -> tuple[float, float]:
    low, high = np.searchsorted(np.cumsum(weights) / weights.sum(), most)
    return float(hz[low]), float(hz[min(high, len(hz) - 1)])
