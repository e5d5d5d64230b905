"""What the network was given of a recording: the very array, as a picture, and where it lies.

Of a recording longer than the network's clip, the clip is taken that speaks loudest for the
answer the network gave: the moment that misled it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope.audio import decoding
from tonotope.audio.padding import padded
from tonotope.datasets.manifest import Recording
from tonotope.experiment.run_folder import Run
from tonotope.reporting.spectrogram_png import both

if TYPE_CHECKING:
    from torch import Tensor

    from tonotope.model import Model, ModelDescription

_MOST_CLIPS = 64
_SEARCHED_S = 600.0
_FLOOR_DB = -80.0


@dataclass(frozen=True)
class Glance:
    """A recording of which the page would like a picture.

    Attributes:
        number: its place in the page's list of clips.
        recording: where its sound is.
        fold: the fold whose network heard it; None where there is one network.
        heard: the class it was taken for.
    """

    number: int
    recording: Recording
    fold: str | None
    heard: str


@dataclass(frozen=True)
class Picture:
    """What the network was given.

    Attributes:
        number: its place in the page's list of clips.
        day: the picture as a data address, for light pages.
        night: the same for dark pages.
        start_s: where in the recording the clip begins.
        span_s: how much time the picture spans; what lies beyond the recording is padding.
    """

    number: int
    day: str
    night: str
    start_s: float
    span_s: float


def look(run: Run, glances: Iterable[Glance], progress: Progress = SILENT) -> list[Picture]:
    """The pictures of those recordings whose sound is still there and can be read."""
    glances = list(glances)
    pictures: list[Picture] = []
    models: dict[str | None, Ears | Model] = {}
    progress.begin("pictures for the report", len(glances))
    for glance in glances:
        wave = _wave(run, glance.recording)
        if wave is not None:
            if glance.fold not in models:
                models[glance.fold] = _ears(run, glance)
            pictures.append(_picture(models[glance.fold], glance, wave))
        progress.advance()
    progress.end()
    return pictures


class Ears:
    """What a model hears of a wave, where it is not asked for an answer."""

    def __init__(self, description: ModelDescription) -> None:
        clip = description.representation.clip_shape(description.clip_samples)
        self.description = description
        self.features = description.representation.build(clip)


def _ears(run: Run, glance: Glance) -> Ears | Model:
    """The model that heard a recording; its features alone where no class is asked or known."""
    from tonotope.model.serialise import read_description

    description, _ = read_description(run.part(glance.fold))
    kinds = {getattr(part, "kind", "") for part in (description.head, *description.network)}
    if glance.heard and "python" not in kinds:
        return run.model(glance.fold)
    return Ears(description)


def drawable(features: np.ndarray, kind: str) -> np.ndarray:
    """The (time, frequency) matrix to draw for features (channel, time, frequency).

    Magnitudes, and the two numbers of a complex spectrum, are drawn in decibels down to 80 below
    the loudest; cepstral coefficients each on their own scale; a waveform as what it sweeps over.

    >>> drawable(np.ones((2, 5, 3)), "complex").shape
    (5, 3)
    """
    if kind == "waveform":
        return _swept(features[0])
    if kind in ("magnitude", "complex"):
        size = np.sqrt((features.astype(np.float64) ** 2).sum(axis=0))
        decibels = 20 * np.log10(np.maximum(size, 1e-12) / max(float(size.max()), 1e-12))
        return np.maximum(decibels, _FLOOR_DB)
    matrix = features[0].astype(np.float64)
    if kind == "mfcc":
        spread = matrix.std(axis=0)
        return (matrix - matrix.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return matrix


def _swept(wave: np.ndarray, columns: int = 600, rows: int = 121) -> np.ndarray:
    """A waveform as a (time, height) matrix: 1 where the wave passes, from its peak downwards."""
    edges = np.linspace(0, len(wave), min(columns, len(wave)) + 1).astype(int)[:-1]
    top, bottom = np.maximum.reduceat(wave, edges), np.minimum.reduceat(wave, edges)
    peak = max(float(np.abs(wave).max()), 1e-9)
    heights = np.linspace(-peak, peak, rows)
    half = peak / (rows - 1)
    return ((heights >= bottom[:, None] - half) & (heights <= top[:, None] + half)) * 1.0


def _wave(run: Run, recording: Recording) -> np.ndarray | None:
    """The recording as the network's input hears it: one channel, at its rate; or None."""
    data = run.experiment.data
    length = min(recording.duration_s, _SEARCHED_S)
    try:
        clip, _ = decoding.read(recording.path, recording.start_s, length, repair=data.repair)
        return clip.mono(data.channels).resampled(run.experiment.representation.rate_hz).samples[0]
    except DataError:
        return None


def _picture(model: Ears | Model, glance: Glance, wave: np.ndarray) -> Picture:
    import torch

    samples, rate_hz = model.description.clip_samples, model.description.rate_hz
    starts = _starts(len(wave), samples)
    clips = np.stack(
        [padded(wave[start : start + samples], samples, model.description.fill) for start in starts]
    )
    with torch.inference_mode():
        features = model.features(torch.from_numpy(clips))
        best = 0
        if len(starts) > 1 and not isinstance(model, Ears):
            best = _loudest_answer(model, features, glance.heard)
        chosen = features[best].float().numpy()
    day, night = both(drawable(chosen, model.description.representation.kind))
    return Picture(glance.number, day, night, starts[best] / rate_hz, samples / rate_hz)


def _loudest_answer(model: Model, features: Tensor, heard: str) -> int:
    classes = getattr(model.description.head, "classes", ())
    if heard not in classes:
        return 0
    scores: Callable = model.description.head.scores
    (answer,) = scores(model.from_features(features)).values()
    return int(answer[:, classes.index(heard)].argmax())


def _starts(length: int, samples: int) -> list[int]:
    """Where clips of a recording begin: half a clip apart, the last against the end."""
    last = max(length - samples, 0)
    count = min(-(-last // max(samples // 2, 1)) + 1, _MOST_CLIPS)
    return sorted({round(start) for start in np.linspace(0, last, count)})
