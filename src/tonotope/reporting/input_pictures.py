"""Pictures of the network's input: the clip with the highest score, as the network got it.

If a recording is longer than a clip, the clip with the highest score of the predicted class is
drawn: the one that misled the network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tonotope._progress import SILENT, Progress
from tonotope.audio.padding import padded
from tonotope.datasets.manifest import Recording
from tonotope.experiment.run_folder import Run
from tonotope.reporting.recording_audio import RecordingAudio
from tonotope.reporting.spectrogram_png import day_and_night

if TYPE_CHECKING:
    from torch import Tensor

    from tonotope.model import Model, ModelDescription

_MOST_CLIPS = 64


@dataclass(frozen=True)
class PictureRequest:
    """A recording to draw.

    Attributes:
        number: its place in the page's list of clips.
        recording: the recording.
        fold: the fold whose network predicted it; None for a run without folds.
        predicted: the predicted class; empty if no class chooses the clip.
    """

    number: int
    recording: Recording
    fold: str | None
    predicted: str


@dataclass(frozen=True)
class Picture:
    """The picture of one clip.

    Attributes:
        number: its place in the page's list of clips.
        day: the picture as a data address, for light pages.
        night: the same for dark pages.
        start_s: where in the recording the clip begins.
        span_s: the duration of the clip; beyond the end of the recording it is padding.
    """

    number: int
    day: str
    night: str
    start_s: float
    span_s: float


def draw_inputs(
    run: Run,
    requests: Sequence[PictureRequest],
    audio: RecordingAudio,
    progress: Progress = SILENT,
) -> list[Picture]:
    """The pictures of the recordings whose sound can still be read."""
    pictures: list[Picture] = []
    models: dict[str | None, InputStage | Model | None] = {}
    progress.begin("pictures for the report", len(requests))
    for request in requests:
        wave = audio.network_input(request.recording)
        if wave is not None:
            if request.fold not in models:
                models[request.fold] = _model(run, request)
            model = models[request.fold]
            if model is not None:
                pictures.append(_picture(model, request, wave))
        progress.advance()
    progress.end()
    return pictures


class InputStage:
    """The representation of a model without its network."""

    def __init__(self, description: ModelDescription) -> None:
        clip = description.representation.clip_shape(description.clip_samples)
        self.description = description
        self.features = description.representation.build(clip)


def _model(run: Run, request: PictureRequest) -> InputStage | Model | None:
    """The model of a fold, or its representation alone if no class chooses the clip.

    The representation alone also serves if network or head were written in Python. None if the
    representation was, and its class is not given.
    """
    from tonotope.model.serialise import read_description
    from tonotope.representation import OpaqueRepresentation

    description, _ = read_description(run.part(request.fold))
    if isinstance(description.representation, OpaqueRepresentation):
        if run.representation is None:
            return None
        known = description.representation.with_code(run.representation)
        description = description.model_copy(update={"representation": known})
    kinds = {getattr(part, "kind", "") for part in (description.head, *description.network)}
    if request.predicted and "python" not in kinds:
        return run.judged_model(request.fold)
    return InputStage(description)


def _picture(model: InputStage | Model, request: PictureRequest, wave: np.ndarray) -> Picture:
    import torch

    samples, rate_hz = model.description.clip_samples, model.description.rate_hz
    starts = _starts(len(wave), samples)
    clips = np.stack(
        [padded(wave[start : start + samples], samples, model.description.fill) for start in starts]
    )
    with torch.inference_mode():
        features = model.features(torch.from_numpy(clips))
        best = 0
        if len(starts) > 1 and not isinstance(model, InputStage):
            best = _clip_with_highest_score(model, features, request.predicted)
        chosen = features[best].float().numpy()
    day, night = day_and_night(model.description.representation.picture(chosen))
    return Picture(request.number, day, night, starts[best] / rate_hz, samples / rate_hz)


def _clip_with_highest_score(model: Model, features: Tensor, predicted: str) -> int:
    classes = getattr(model.description.head, "classes", ())
    if predicted not in classes:
        return 0
    scores: Callable = model.description.head.scores
    (answer,) = scores(model.from_features(features)).values()
    return int(answer[:, classes.index(predicted)].argmax())


def _starts(length: int, samples: int) -> list[int]:
    """Where the clips of a recording begin: half a clip apart, the last one at the end."""
    last = max(length - samples, 0)
    count = min(-(-last // max(samples // 2, 1)) + 1, _MOST_CLIPS)
    return sorted({round(start) for start in np.linspace(0, last, count)})
