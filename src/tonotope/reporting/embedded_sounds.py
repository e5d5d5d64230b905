"""Sounds embedded in the page: which excerpt, which rate, which encoding.

MP3 plays in every browser and is small. Its frames smear an onset over some 50 ms, so short sounds
are WAV. Both give the same bytes for the same clip; Ogg, with its random serial number, does not.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope.audio.clip import Clip
from tonotope.datasets.manifest import Recording
from tonotope.reporting.recording_audio import RecordingAudio

BUDGET_BYTES = 5_500_000  # as base64 on the page, a third more: the whole stays below 8 MB
LONGEST_S = 10.0
SHORT_S = 1.2

# Rates of MP3; higher ones make the page larger, and a laptop does not play the difference.
_RATES_HZ = (8000, 11025, 12000, 16000, 22050, 24000)
_SEARCHED_S = 120.0
_STEP_S = 0.05
_LEVEL = 0.6  # of LAME's variable rate: about 45 kbit/s at 22 kHz


@dataclass(frozen=True)
class SoundRequest:
    """A recording to embed.

    Attributes:
        number: its place in the page's list of clips.
        recording: the recording.
        start_s: where the part to play begins in the recording; None: at its loudest part.
        duration_s: how long that part is; None: the whole recording, up to `LONGEST_S`.
    """

    number: int
    recording: Recording
    start_s: float | None = None
    duration_s: float | None = None


@dataclass(frozen=True)
class EmbeddedSound:
    """An encoded sound.

    Attributes:
        number: its place in the page's list of clips.
        kind: `audio/mpeg` or `audio/wav`.
        body: the file.
        start_s: where in the recording it begins.
        duration_s: how long it is.
    """

    number: int
    kind: str
    body: bytes
    start_s: float
    duration_s: float


def embed_sounds(
    requests: Sequence[SoundRequest],
    audio: RecordingAudio,
    budget_bytes: int = BUDGET_BYTES,
    progress: Progress = SILENT,
) -> list[EmbeddedSound]:
    """Encode the sounds in the order of the requests until the budget is spent.

    A file that is gone or cannot be read is left out; the numbers of the run do not need it.
    """
    sounds: list[EmbeddedSound] = []
    spent = 0
    progress.begin("sounds for the report", len(requests))
    for request in requests:
        sound = _sound(request, audio)
        progress.advance()
        if sound is None:
            continue
        spent += len(sound.body)
        if spent > budget_bytes:
            break
        sounds.append(sound)
    progress.end()
    return sounds


def encode(clip: Clip) -> tuple[str, bytes]:
    """The media type and the bytes of a mono sound file that browsers play.

    >>> encode(Clip(np.zeros(800), 8000))[0]
    'audio/wav'
    """
    import soundfile

    mono = clip.mono()
    mono = mono.resampled(played_rate_hz(mono.rate_hz))
    samples = np.clip(mono.samples[0], -1.0, 1.0)
    file = io.BytesIO()
    if mono.duration_s <= SHORT_S:
        soundfile.write(file, samples, mono.rate_hz, format="WAV", subtype="PCM_16")
        return "audio/wav", file.getvalue()
    soundfile.write(
        file, samples, mono.rate_hz, format="MP3", subtype="MPEG_LAYER_III",
        bitrate_mode="VARIABLE", compression_level=_LEVEL,
    )  # fmt: skip
    return "audio/mpeg", file.getvalue()


def played_rate_hz(rate_hz: int) -> int:
    """The rate in Hz at which the page plays a recording of `rate_hz`.

    >>> played_rate_hz(8000), played_rate_hz(9000), played_rate_hz(44100)
    (8000, 11025, 22050)
    """
    fitting = [rate for rate in _RATES_HZ if rate >= rate_hz]
    return fitting[0] if fitting else _RATES_HZ[-2]


def loudest(clip: Clip, duration_s: float) -> float:
    """Where the loudest `duration_s` of a clip begin, in seconds, to a twentieth of a second.

    >>> late = Clip(np.concatenate([np.zeros(3000), np.ones(1000)]), 1000)
    >>> loudest(late, 1.0)
    3.0
    """
    step = max(round(_STEP_S * clip.rate_hz), 1)
    steps = clip.samples.shape[1] // step
    span = round(duration_s / _STEP_S)
    if steps <= span:
        return 0.0
    blocks = clip.samples[:, : steps * step].reshape(clip.channels, steps, step)
    energy = np.concatenate([[0.0], np.cumsum((blocks.astype(np.float64) ** 2).sum((0, 2)))])
    return float(np.argmax(np.round(energy[span:] - energy[:-span], 9))) * _STEP_S


def _sound(request: SoundRequest, audio: RecordingAudio) -> EmbeddedSound | None:
    recording, start = request.recording, request.start_s
    length = recording.duration_s
    duration = min(request.duration_s or LONGEST_S, length)
    try:
        if start is None and length > duration:
            start = loudest(audio.original(recording, 0.0, min(length, _SEARCHED_S)), duration)
        start = min(start or 0.0, max(length - duration, 0.0))
        rate_hz = played_rate_hz(recording.rate_hz)
        kind, body = encode(audio.original(recording, start, duration, rate_hz))
    except DataError:
        return None
    return EmbeddedSound(request.number, kind, body, start, duration)
