"""The sampling rate of a representation, and rates mistyped in kilohertz.

Nothing here assumes that sound can be heard: a pulse at 32 Hz has a spectrogram as well as a bat
at 250 kHz. Only rates so low that kilohertz were surely meant are refused.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

LOWEST_HZ = 20
HIGHEST_HZ = 10_000_000
# What people write who think in kilohertz.
IN_KILOHERTZ = {8, 11, 11.025, 12, 16, 22, 22.05, 24, 32, 44, 44.1, 48, 88.2, 96, 176.4, 192}


def kilohertz_hint(rate_hz: float) -> str:
    """The end of a sentence that offers the rate in hertz, or nothing.

    >>> kilohertz_hint(16)
    '; did you mean 16000 (16 kHz)?'
    >>> kilohertz_hint(50)
    ''
    """
    if rate_hz in IN_KILOHERTZ:
        return f"; did you mean {round(rate_hz * 1000)} ({rate_hz:g} kHz)?"
    return ""


def _checked_rate(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if value != value or abs(value) == float("inf"):
        return value
    allowed = f"whole numbers from {LOWEST_HZ} to {HIGHEST_HZ:,} Hz are allowed"
    if not LOWEST_HZ <= value <= HIGHEST_HZ or value != int(value):
        given = f"{value:g}" if abs(value) < 1e15 else "such a number of"
        raise ValueError(f"{given} Hz: {allowed}{kilohertz_hint(value)}")
    return int(value)


RateHz = Annotated[int, Field(strict=True), BeforeValidator(_checked_rate)]
