"""Statistics of a recording's sound: level, silence, clipping, offset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tonotope.audio.channels import ChannelMix, Channels
from tonotope.audio.clip import Clip
from tonotope.audio.file_header import AudioFacts
from tonotope.audio.lossy_peaks import FAR_BEYOND, is_lossy
from tonotope.audio.sound_file import SoundFile
from tonotope.audio.sound_hash import SoundHash
from tonotope.datasets.fingerprint import Fingerprint, fingerprint
from tonotope.datasets.heard import Heard, Listener
from tonotope.datasets.heard_sample import rounding_bits
from tonotope.datasets.manifest import Recording

FULL_SCALE = 0.999  # of full scale: at least this loud is clipped
_FLOAT_STEP = 1e-9  # 180 dB below full scale: smaller float samples are no sound
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
        silent: whether no sample reaches the smallest step that its coding has.
        constant: whether every sample is the same, and not 0: a broken cable, not a sound.
        samples: of one channel.
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
    silent: bool = False
    constant: bool = False
    samples: int = 0


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
    digest, low, high = SoundHash(), float("inf"), float("-inf")
    peak = total = power = 0.0
    clipped = samples = frames = 0
    heard: list[np.ndarray] = []
    doubts: list[str] = []
    mixed = ChannelMix(channels)
    listener = Listener(one.rate_hz, rounding_bits(file.facts), one.duration_s)
    for clip in _clips(file, one, repair, doubts):
        wave = clip.samples
        listener.hear(wave)
        low, high = min(low, float(wave.min())), max(high, float(wave.max()))
        total += float(wave.sum(dtype=np.float64))
        power += float(np.einsum("ct,ct->", wave, wave, dtype=np.float64))
        clipped += int((np.abs(wave) >= FULL_SCALE).sum())
        samples += wave.size
        frames += wave.shape[1]
        mono = mixed.mix(wave)[0]
        digest.update(mono)
        if len(heard) < 2:
            heard.append(mono)
    peak = max(abs(low), abs(high))
    if not (is_lossy(file.facts.format) and peak > FAR_BEYOND):  # a burst decides all powers
        doubts += filter(None, [mixed.note()])
    step = smallest_step(file.facts)
    audible = digest.peak >= step and mixed.cancelled() is None
    offset = total / samples
    variance = max(0.0, power / samples - offset**2)
    rms_db = 10 * float(np.log10(variance)) if variance > 0 else float("-inf")
    found = fingerprint(np.concatenate(heard), one.rate_hz) if audible else None
    sound = digest.digest(one.rate_hz)
    return AudioStats(
        *(peak, rms_db, offset, clipped / samples, sound, found, tuple(doubts)),
        silent=peak < step,
        constant=step <= peak and high - low < step,
        format=file.facts.format,
        samples=frames,
        heard=listener.heard(),
    )


def smallest_step(facts: AudioFacts) -> float:
    """The smallest step of a coding: what lies below it is no sound."""
    if facts.format.endswith((" FLOAT", " DOUBLE")):
        return _FLOAT_STEP
    bits = rounding_bits(facts) or (32 if facts.format.endswith(" PCM_32") else 16)
    return 0.99 / 2 ** (bits - 1)


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
