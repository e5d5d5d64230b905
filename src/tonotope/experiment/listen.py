"""`tt.listen` and `tonotope listen`: live sound answered, or made clean, by a run's models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tonotope._errors import ExperimentError
from tonotope._progress import SILENT, Progress
from tonotope.experiment.predict_inputs import models_of
from tonotope.experiment.run_folder import Run
from tonotope.live.clean_sound import CleanSound
from tonotope.live.listening import Listening
from tonotope.live.sound_source import SoundSource
from tonotope.model import Model
from tonotope.prediction.denoiser import Denoiser
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.event_rule import Threshold

_AtRate = Callable[[int], SoundSource]


def listen(
    run: Run | Model | str | Path,
    source: SoundSource | None = None,
    *,
    hop_s: float | None = None,
    threshold: Threshold | None = None,
    progress: Progress = SILENT,
) -> Listening:
    """Answer live sound, window by window, as it comes.

    Args:
        run: a run, its folder, a folder with a model alone, or a model; not one that denoises.
        source: where the sound comes from: an `ArraySource` of blocks of samples, `RawPCM`, a
            `Microphone` of a certain name, or what else has the methods of a `SoundSource`; None
            is the system's own microphone.
        hop_s: seconds from one window to the next; None is 0.1 s, or a quarter of a shorter clip.
        threshold: from which score on a label is heard, as for events; None is `auto`.
        progress: is told what is odd: silence, clipping, windows left out.

    Returns:
        An iterator of `Reading`s, each made when enough sound has come; to be closed, or used in a
        `with`. Windows and scores are those of `predict` with `per="window"`.

    Raises:
        ExperimentError: no run lies there, it denoises, or what is asked for does not fit it.
        DataError: there is no microphone.
        MissingPackageError: a microphone is asked for, and miniaudio is not installed.
    """
    found = listen_or_clean(run, source, hop_s=hop_s, threshold=threshold, progress=progress)
    if isinstance(found, CleanSound):
        found.close()
        raise ExperimentError(
            "these models answer with sound: tt.Denoiser(run.models()).stream(blocks) gives it"
        )
    return found


def listen_or_clean(
    run: Run | Model | str | Path,
    source: SoundSource | _AtRate | None = None,
    *,
    hop_s: float | None = None,
    threshold: Threshold | None = None,
    progress: Progress = SILENT,
) -> Listening | CleanSound:
    """The same, or clean sound where the models denoise.

    `source` may also be a function that makes one, given the rate of the models.
    """
    models, data = models_of(run)
    denoises = models[0].description.head.denoises
    if denoises and (hop_s is not None or threshold is not None):
        what = "a hop" if hop_s is not None else "a threshold"
        raise ExperimentError(f"{what}: a denoiser gives back sound as a whole; leave it out")
    ears = Denoiser(models) if denoises else Ensemble(models, block=1)
    if isinstance(ears, Ensemble):
        ears.hop_steps(hop_s)  # refused before a device is opened
    if source is None:
        from tonotope.live.microphone import Microphone

        source = Microphone()
    elif not isinstance(source, SoundSource):
        source = source(ears.rate_hz)
    if isinstance(ears, Denoiser):
        return CleanSound(ears, source, data.channels, progress)
    return Listening(
        ears,
        source,
        channels=data.channels,
        hop_s=hop_s,
        threshold=threshold,
        progress=progress,
    )
