"""Float files whose samples are whole numbers up to 32,767: what they are divided by."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

# Up to where samples of so many bits go, and what they are divided by. What is as small as samples
# of 8 bits are may be faint sound of 16 just as well, and is not made louder on a guess.
_LOUDEST = ((8, 1 << 7), (16, 1 << 15), (24, 1 << 23), (32, 1 << 31))
_FULL_SCALES = {8: 1 << 15, 16: 1 << 15, 24: 1 << 23, 32: 1 << 31}


def integer_bits(blocks: Iterable[np.ndarray]) -> int | None:
    """How many bits the whole numbers in a float file had; None where they are no whole numbers.

    The least number that fits: 8 bits, which may be faint sound of 16.

    `wave.astype(float)` of 16-bit samples, written without dividing them, is a float file between
    -32,768 and 32,767, where players and networks expect -1 to 1. A sample that is no whole number
    ends the search, so that an ordinary file costs one block. Blocks have any shape.

    >>> integer_bits([np.array([0.0, 0.0]), np.array([-12.0, 20_000.0])])
    16
    >>> integer_bits([np.array([0.0, 1.0, -1.0])]) is None
    True
    """
    loudest = 0.0
    for block in blocks:
        with np.errstate(invalid="ignore"):  # a NaN that signals
            whole = np.rint(block)
        if not np.array_equal(block, whole):  # NaN is no whole number either
            return None
        loudest = max(loudest, float(np.abs(block).max(initial=0.0)))
    if loudest <= 1:
        return None
    return next((bits for bits, most in _LOUDEST if loudest <= most), None)


def full_scale(bits: int | None) -> int:
    """What samples are divided by.

    >>> full_scale(8), full_scale(16), full_scale(None)
    (32768, 32768, 1)
    """
    return _FULL_SCALES.get(bits or 0, 1)


def integer_note(bits: int) -> str:
    """What was found and done.

    >>> integer_note(16)
    'its float samples are 16-bit whole numbers, and float sound ends at 1: divided by 32,768'
    """
    if bits == 8:
        return (
            "its float samples are whole numbers up to 128, faint sound of 16 bits or sound of 8: "
            f"divided by {full_scale(bits):,}, as if of 16; divide those of 8 by 128"
        )
    return (
        f"its float samples are {bits}-bit whole numbers, and float sound ends at 1: divided by "
        f"{full_scale(bits):,}"
    )
