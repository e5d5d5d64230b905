"""Samples that are no numbers: counted, and refused or made silence."""

from __future__ import annotations

import numpy as np

from tonotope._wording import counted
from tonotope.audio.file_type import Refused

_LOUDEST = 1e10


def repair_samples(wave: np.ndarray, repair: str) -> int:
    """How many samples were no numbers; they are zero now.

    >>> wave = np.array([0.5, np.nan], np.float32)
    >>> repair_samples(wave, "zero"), wave.tolist()
    (1, [0.5, 0.0])

    Args:
        wave: samples of any shape, changed in place.
        repair: `refuse` such samples, or make them `zero`.

    Raises:
        Refused: there are some, or samples that are much too large to be sound.
    """
    low, high = (float(wave.min()), float(wave.max())) if wave.size else (0.0, 0.0)
    if low >= -_LOUDEST and high <= _LOUDEST:  # NaN fails both
        return 0
    wrong = ~np.isfinite(wave)
    number = int(wrong.sum())
    if not number:
        reason = f"samples as large as {max(-low, high):.0e}, where sound lies between -1 and 1"
        raise Refused(reason)
    if repair != "zero":
        reason = f'{_found(number)}; repair = "zero" makes them silence'
        raise Refused(reason)
    wave[wrong] = 0.0
    repair_samples(wave, "refuse")  # what is left may still be no sound
    return number


def repair_note(number: int) -> list[str]:
    """The sentence on how many samples were made zero; none where there were none.

    >>> repair_note(2)
    ['2 non-finite samples (NaN or infinite) made zero']
    """
    return [f"{_found(number)} made zero"] if number else []


def _found(number: int) -> str:
    return f"{counted(number, 'non-finite sample')} (NaN or infinite)"
