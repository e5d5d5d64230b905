"""SI-SDR in decibels and mean squared error: how near a sound is to the clean one.

The scale-invariant signal-to-distortion ratio of Le Roux, Wisdom, Erdogan and Hershey, "SDR:
half-baked or well done?" (ICASSP 2019): of an estimate e of a sound s, the part that lies along s
is the target, and all else is distortion::

    t = (<e, s> / <s, s>) s          SI-SDR = 10 log10( |t|² / |e - t|² )

It does not change with the level of the estimate. The mean squared error does: it is that of the
samples, where 1 is full scale.
"""

from __future__ import annotations

import numpy as np

MOST_DB = 100.0
"""Beyond this a ratio is of rounding errors."""


def si_sdr_db(estimate: np.ndarray, clean: np.ndarray) -> float:
    """SI-SDR in decibels of an estimate (time,), from -100 to 100; NaN where `clean` is silent.

    >>> clean = np.array([1.0, -1.0, 1.0, -1.0])
    >>> round(si_sdr_db(3.0 * clean + 0.3 * np.array([1.0, 1.0, -1.0, -1.0]), clean), 6)
    20.0
    """
    estimate, clean = (np.asarray(one, np.float64) for one in (estimate, clean))
    power = float(clean @ clean)
    if power <= 0.0:
        return float("nan")
    target = float(estimate @ clean) / power * clean
    along, beside = float(target @ target), float(np.sum((estimate - target) ** 2))
    if along <= 0.0:
        return -MOST_DB
    if beside <= 0.0:
        return MOST_DB
    return float(np.clip(10 * np.log10(along / beside), -MOST_DB, MOST_DB))


def mse(estimate: np.ndarray, clean: np.ndarray) -> float:
    """The mean squared difference of two sounds (time,); 1 is full scale, squared.

    >>> mse(np.array([0.5, 0.5]), np.array([0.5, 0.0]))
    0.125
    """
    away = np.asarray(estimate, np.float64) - np.asarray(clean, np.float64)
    return float(np.mean(away**2))
