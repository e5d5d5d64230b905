"""Statistics of a recording's sound: level, silence, clipping, offset."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tonotope.audio.channels import ChannelMix, Channels
from tonotope.audio.clip import Clip
from tonotope.audio.sound_file import SoundFile
from tonotope.datasets.fingerprint import Fingerprint, fingerprint
from tonotope.datasets.heard import Heard, Listener
from tonotope.datasets.heard_sample import rounding_bits
from tonotope.datasets.manifest import Recording

FULL_SCALE = 0.999  # of full scale: at least this loud is clipped
_SILENT = 1 / 32_768  # the smallest step of 16 bits
_BLOCK_S = 30.0


@dataclass(frozen=True, slots=True)
class AudioStats:
    """What was measured of one recording.

    Attributes:
        peak: the largest absolute sample.
        rms_db: the level, in decibels below full scale (minus infinity: silence).
        offset: the mean of the samples, which should be 0.
        clipped: the share of samples at full scale.
        sound: a number for the one channel that the network hears, rounded to 16 bits.
        fingerprint: of the sound; None where there is too little of it.
        doubts: what decoding warned of.
        format: container and coding of the file, as libsndfile names them: `WAV PCM_16`.
        heard: where its spectrum ends and where its sound lies; None where it is silent.
    """

    peak: float
    rms_db: float
    offset: float
    clipped: float
    sound: str
    fingerprint: Fingerprint | None
    doubts: tuple[str, ...]
    format: str
    heard: Heard | None = None

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
    listener = Listener(one.rate_hz, rounding_bits(file.facts), one.duration_s)
    for clip in _clips(file, one, repair, doubts):
        wave = clip.samples
        listener.hear(wave)
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
    found = fingerprint(np.concatenate(heard), one.rate_hz) if peak >= _SILENT else None
    return AudioStats(
        *(peak, rms_db, offset, clipped / samples, digest.hexdigest(), found, tuple(doubts)),
        format=file.facts.format,
        heard=listener.heard(),
    )


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
            doubts += [one for one in said if one not in doubts]
            yield clip
            start_s += clip.duration_s
            left_s -= clip.duration_s
