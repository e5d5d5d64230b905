"""`tt.predict` and `tonotope predict`: sound files labelled or denoised by a run's models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, overload

from tonotope import __version__
from tonotope._errors import ExperimentError
from tonotope._progress import SILENT, Progress
from tonotope.datasets.manifest import Skipped
from tonotope.experiment.predict_inputs import models_of, name_of, say_hop, sound_files
from tonotope.experiment.run_folder import Run
from tonotope.model import Model
from tonotope.prediction import stream
from tonotope.prediction.denoise_files import LAYOUT, clean_files
from tonotope.prediction.denoiser import Denoiser
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.event_rule import Threshold, rule_of
from tonotope.prediction.event_stream import PredictedEvents
from tonotope.prediction.row_stream import PredictedRows
from tonotope.prediction.rows import PredictedRow


@overload
def predict(
    run: Run | Model | str | Path,
    audio: str | Path | Iterable[str | Path],
    *,
    per: Literal["recording", "window"] = "recording",
    hop_s: float | None = None,
    sounds: str | Path | None = None,
    progress: Progress = SILENT,
) -> PredictedRows: ...


@overload
def predict(
    run: Run | Model | str | Path,
    audio: str | Path | Iterable[str | Path],
    *,
    per: Literal["event"],
    threshold: Threshold = "auto",
    min_length_s: float | None = None,
    merge_s: float | None = None,
    hop_s: float | None = None,
    progress: Progress = SILENT,
) -> PredictedEvents: ...


def predict(
    run: Run | Model | str | Path,
    audio: str | Path | Iterable[str | Path],
    *,
    per: Literal["recording", "window", "event"] = "recording",
    hop_s: float | None = None,
    sounds: str | Path | None = None,
    threshold: Threshold | None = None,
    min_length_s: float | None = None,
    merge_s: float | None = None,
    progress: Progress = SILENT,
) -> PredictedRows | PredictedEvents:
    """Label recordings of any length, in constant memory; or take their noise away.

    Where the run has folds, their models answer together.

    Args:
        run: a run, its folder, a folder with a model alone, or a model.
        audio: a sound file, a folder of them, or several.
        per: a row for each `recording`, for each `window` of it, or for each `event`: what is
            heard, from when to when.
        hop_s: seconds from one window to the next; None takes the run's own, or half a clip; for
            events a quarter.
        sounds: of a denoiser: the folder its WAV files go to; None is beside the table of rows,
            or the current folder.
        threshold: of events: the evidence that one reaches, for every class, or for each that a
            mapping names (`*` is the rest). `auto` is what 95 % of the rightly named validation
            recordings reach, of tags their threshold.
        min_length_s: of events: shorter ones are dropped; None drops what is heard for less
            than half a clip.
        merge_s: of events: those of a class nearer than this become one; None is half a clip.
        progress: follows the work.

    Returns:
        With `per="event"` a `PredictedEvents`, each found when it is taken. Otherwise:
        Rows, each made when it is taken. `write` writes them, `to_dataframe` collects them. Of a
        denoiser each names the file that it has written, in `row.outcomes["sound"]`.

    Raises:
        ExperimentError: no run lies there, or what is asked for does not fit it.
        ModelFileError: the model cannot be read.
    """
    of_events = {"threshold": threshold, "min_length_s": min_length_s, "merge_s": merge_s}
    asked = [name for name, value in of_events.items() if value is not None]
    if asked and per != "event":
        raise ExperimentError(
            f"{', '.join(asked)} decides what is an event: with --events (per = 'event'), or leave"
            " it out"
        )
    models, data = models_of(run)
    given = [audio] if isinstance(audio, str | Path) else list(audio)
    paths, refused = sound_files([Path(one) for one in given])
    options: dict[str, Any] = {
        "channels": data.channels,
        "repair": data.repair,
        "progress": progress,
    }
    if models[0].description.head.denoises:
        if per != "recording" or hop_s is not None:
            wrong = f"{per}s" if per != "recording" else f"a hop of {hop_s:g} s"
            message = f"{wrong}: a denoiser gives back each recording as a whole; leave it out"
            raise ExperimentError(message)
        denoise = Denoiser(models)

        def begin(beside: Path) -> Iterator[PredictedRow | Skipped]:
            folder = beside if sounds is None else Path(sounds)
            if sounds is None:
                progress.say(f"the denoised sounds are written into {folder.resolve()}")
            for one in clean_files(denoise, paths, folder, **options):
                yield one if isinstance(one, Skipped) else one.to_row()

        return PredictedRows(begin, LAYOUT, len(paths), refused, "denoised")
    if sounds is not None:
        raise ExperimentError(
            f"a folder for sounds ({sounds}): these models answer with words and numbers, not"
            " sound; leave it out"
        )
    if per not in ("recording", "window", "event"):
        message = f"per = {per!r}: a row for each `recording`, `window` or `event` would fit"
        raise ExperimentError(message)
    ensemble = Ensemble(models, "auto")
    say_hop(ensemble, hop_s, progress)
    if per == "event":
        found = rule_of(
            ensemble,
            threshold="auto" if threshold is None else threshold,
            min_length_s=min_length_s,
            merge_s=merge_s,
            hop_s=hop_s,
            progress=progress,
        )
        of_run = {"run": name_of(run), "models": len(models), "tonotope": __version__}
        return PredictedEvents(
            lambda: stream.events(ensemble, paths, found.rule, found.hop_steps, **options),
            found.settings | of_run,
            [str(path) for path in paths],
            refused,
        )
    hop_s = data.hop_s if hop_s is None else hop_s
    found = stream.predict(ensemble, paths, hop_s=hop_s, per=per, **options)
    rows = (one for one in found if not isinstance(one, stream.RecordingEnd))
    return PredictedRows(lambda _: rows, ensemble.layout, len(paths), refused)
