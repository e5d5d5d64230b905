"""Statistics of a recording's sound: level, silence, clipping, offset; its fingerprint.

The fingerprint is coarse on purpose. The sound is cut into 17 pieces of time and 17 bands of
frequency, and each bit says whether the energy rises or falls from band to band more than it did
a piece before (J. Haitsma and T. Kalker, "A highly robust audio fingerprinting system", 2002).
Another codec or level leaves nearly all 256 bits as they are; another sound turns half of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tonotope.audio.channels import ChannelMix, Channels
from tonotope.audio.clip import Clip
from tonotope.audio.sound_file import SoundFile
from tonotope.datasets.manifest import Recording

FULL_SCALE = 0.999  # of full scale: at least this loud is clipped
_SILENT = 1 / 32_768  # the smallest step of 16 bits
_BLOCK_S = 30.0
_PIECES = 17
_LOW_HZ, _HIGH_HZ = 200.0, 3600.0  # what every rate from 8 kHz on can hold
_FRAME_S = 0.032


@dataclass(frozen=True, slots=True)
class AudioStats:
    """What was measured of one recording.

    Attributes:
        peak: the largest absolute sample.
        rms_db: the level, in decibels below full scale (minus infinity: silence).
        offset: the mean of the samples, which should be 0.
        clipped: the share of samples at full scale.
        sound: a number for the one channel that the network hears, rounded to 16 bits.
        bits: 256 bits of fingerprint as ±1 (0: silence there), or None where there is
            too little sound.
        doubts: what decoding warned of.
        format: container and coding of the file, as libsndfile names them: `WAV PCM_16`.
    """

    peak: float
    rms_db: float
    offset: float
    clipped: float
    sound: str
    bits: np.ndarray | None
    doubts: tuple[str, ...]
    format: str

    @property
    def silent(self) -> bool:
        """Whether it is silence."""
        return self.peak < _SILENT

    @property
    def constant(self) -> bool:
        """Whether every sample is the same, and not 0: a broken cable, not a sound."""
        return not self.silent and self.rms_db < 20 * np.log10(_SILENT)


def measure_audio(
    file: SoundFile, one: Recording, *, repair: str = "refuse", channels: Channels = "mean"
) -> AudioStats:
    """Measure a recording, in blocks.

    Args:
        file: the file it is in.
        one: the recording.
        repair: NaN and infinite samples `refuse` the recording or become `zero`.
        channels: how several channels become the one that the network hears, and whose sound is
            compared with that of others.

    Raises:
        DataError: it cannot be decoded, or has no such channel.
    """
    digest = hashlib.sha256()
    peak = total = power = 0.0
    clipped = samples = 0
    heard: list[np.ndarray] = []
    doubts: list[str] = []
    mixed = ChannelMix(channels)
    for clip in _clips(file, one, repair, doubts):
        wave = clip.samples
        peak = max(peak, float(np.abs(wave).max()))
        total += float(wave.sum(dtype=np.float64))
        power += float(np.einsum("ct,ct->", wave, wave, dtype=np.float64))
        clipped += int((np.abs(wave) >= FULL_SCALE).sum())
        samples += wave.size
        mono = mixed.mix(wave)[0]
        digest.update(np.rint(np.clip(mono, -1, 1) * 32_767).astype("<i2").data)
        if len(heard) < 2:
            heard.append(clip.mono("mean").samples[0])
    doubts += filter(None, [mixed.note()])
    digest.update(f"{one.rate_hz}".encode())
    offset = total / samples
    variance = max(0.0, power / samples - offset**2)
    rms_db = 10 * float(np.log10(variance)) if variance > 0 else float("-inf")
    bits = fingerprint(np.concatenate(heard), one.rate_hz) if peak >= _SILENT else None
    return AudioStats(
        *(peak, rms_db, offset, clipped / samples, digest.hexdigest(), bits, tuple(doubts)),
        format=file.facts.format,
    )


def fingerprint(wave: np.ndarray, rate_hz: int) -> np.ndarray | None:
    """256 bits as ±1 of a sound (time,); None where it is too short or its rate too low."""
    size = 1 << round(np.log2(_FRAME_S * rate_hz)) if rate_hz > 100 else 0
    hop = min(size // 2, (len(wave) - size) // (2 * _PIECES))
    if rate_hz < 2 * _HIGH_HZ or hop < 16:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(wave, size)[::hop]
    edges = np.geomspace(_LOW_HZ, _HIGH_HZ, _PIECES + 1) * size / rate_hz
    bands = np.unique(np.maximum(1, edges.round().astype(int)))
    if len(bands) < _PIECES + 1:  # bands narrower than a bin: spread them evenly
        bands = np.linspace(edges[0], edges[-1], _PIECES + 1).round().astype(int)
    pieces = np.linspace(0, len(frames), _PIECES + 1).round().astype(int)
    window = np.hanning(size).astype(np.float32)
    energy = np.empty((_PIECES, _PIECES))
    for number, (start, end) in enumerate(pairwise(pieces)):
        power = np.abs(np.fft.rfft(frames[start:end] * window)) ** 2
        energy[number] = np.add.reduceat(power.mean(axis=0)[: bands[-1]], bands[:-1])
    # Digital silence rises nowhere: what lies 80 dB below the loudest piece says nothing.
    audible = energy > 1e-8 * energy.max()
    rises = np.diff(np.diff(np.log(np.where(audible, energy, 1.0)), axis=1), axis=0)
    said = audible[1:, 1:] & audible[1:, :-1] & audible[:-1, 1:] & audible[:-1, :-1]
    return np.where(said, np.sign(rises), 0).astype(np.int8).ravel()


def _clips(file: SoundFile, one: Recording, repair: str, doubts: list[str]) -> Iterator[Clip]:
    """The recording in blocks of `_BLOCK_S`."""
    left_s = one.duration_s
    start_s = one.start_s
    whole_s = 4 * _BLOCK_S
    if left_s <= whole_s:
        wave, rate_hz, said = file.read(start_s, left_s, repair=repair)
        doubts += said
        yield Clip(wave, rate_hz)
    elif not start_s:
        for wave, rate_hz in file.blocks(_BLOCK_S, repair=repair, doubts=doubts):
            clip = Clip(wave, rate_hz)
            yield clip
            left_s -= clip.duration_s
            if left_s < -1 / one.rate_hz:  # an event; a whole file is read to its very end
                return
    else:
        while left_s > 0:
            wave, rate_hz, said = file.read(start_s, min(left_s, _BLOCK_S), repair=repair)
            clip = Clip(wave, rate_hz)
            doubts += said
            yield clip
            start_s += clip.duration_s
            left_s -= clip.duration_s
