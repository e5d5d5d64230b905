"""`SoundHash`: a hash of decoded samples, equal for equal sound in any file; silence is marked.

Samples are rounded to 16 bits, so that a copy in another coding is the same sound. Where that would
round most of a quiet recording away, they count as they are. What moves by no more than one step
of 16 bits, such as what is left of channels that cancel, is no sound that two recordings share.
"""

from __future__ import annotations

import hashlib

import numpy as np

_SILENCE = "silence-"
_STEP = 1 / 32_768
# Below 64 steps, rounding would make different quiet sounds alike.
_QUIET = 64 * _STEP


class SoundHash:
    """Hashes a recording block by block."""

    def __init__(self) -> None:
        self._rounded, self._exact = hashlib.sha256(), hashlib.sha256()
        self._low, self._high = np.inf, -np.inf

    def update(self, samples: np.ndarray) -> None:
        """Take a block of float32 samples, `(time,)`."""
        if not len(samples):
            return
        self._low = min(self._low, float(samples.min()))
        self._high = max(self._high, float(samples.max()))
        self._rounded.update(np.rint(np.clip(samples, -1, 1) * 32_767).astype("<i2").data)
        if self.peak < _QUIET:
            self._exact.update(np.ascontiguousarray(samples, "<f4").data)

    @property
    def peak(self) -> float:
        """The largest absolute sample so far."""
        return max(self._high, -self._low, 0.0)

    def digest(self, *more: object) -> str:
        """The hash of all blocks, and of what else decides: 32 hexadecimal digits.

        Those of silence have a mark before them, see `is_silence`.
        """
        found = (self._exact if self.peak < _QUIET else self._rounded).copy()
        found.update("".join(map(str, more)).encode())
        still = not self._high - self._low > _STEP
        return (_SILENCE if still else "") + found.hexdigest()[:32]


def is_silence(digest: str) -> bool:
    """Whether the sound with this hash moves by no more than one step of 16 bits.

    >>> quiet, silent = SoundHash(), SoundHash()
    >>> quiet.update(np.array([1e-4, -1e-4], np.float32)), silent.update(np.zeros(9, np.float32))
    (None, None)
    >>> is_silence(quiet.digest()), is_silence(silent.digest())
    (False, True)
    """
    return digest.startswith(_SILENCE)
