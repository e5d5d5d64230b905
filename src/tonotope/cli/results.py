"""After a run: `tonotope report`, `tonotope compare`, `tonotope predict`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tonotope.cli import terminal
from tonotope.cli.app import SOME_LEFT_OUT, AsJson, app, examples
from tonotope.cli.messages import called, tell_skipped
from tonotope.cli.progress import watching
from tonotope.reporting.i18n import LANGUAGES

if TYPE_CHECKING:
    from tonotope._progress import Progress
    from tonotope.datasets.data import Data
    from tonotope.datasets.manifest import Skipped
    from tonotope.datasets.sources.scan_folder import FoundFile
    from tonotope.experiment.run_folder import Run
    from tonotope.model import Model

RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)
]


@app.command(
    epilog=examples("tonotope report runs/birds-1a2b3c4d-s0", "tonotope report RUN --lang es")
)
def report(
    run: RunArgument,
    lang: Annotated[
        str,
        typer.Option(
            metavar="|".join((*LANGUAGES, "FILE")),
            help="The language of the page, or a words file (JSON) with its sentences.",
        ),
    ] = "en",
) -> None:
    """Write the report of a finished run.

    It is one page, and its numbers as JSON. They come from the run's own files; nothing is
    computed again.
    """
    from tonotope.experiment.run_folder import load
    from tonotope.reporting import write_report

    found = load(run)
    progress = watching()
    page = write_report(found.folder, lang=lang, progress=progress)
    progress.end()
    terminal.out(str(page))


@app.command(
    epilog=examples("tonotope compare runs/small-* runs/large-*", "tonotope compare RUN RUN --json")
)
def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN RUN...", help="Two run folders or more.", show_default=False),
    ],
    as_json: AsJson = False,
) -> None:
    """Which run is better, and how sure that is.

    The comparison is paired, on the same recordings: what makes a recording hard for all runs
    drops out of the difference.
    """
    from tonotope.evaluation.compare import compare as compared
    from tonotope.experiment.run_folder import load

    found = [load(run) for run in runs]
    names = _names(found)
    plan = found[0].experiment.evaluation
    comparison = compared(
        {name: one.predictions for name, one in zip(names, found, strict=True)}, plan
    ).to_json()
    if as_json:
        terminal.out_json(comparison)
        return
    _tell(comparison)


@app.command(
    epilog=examples(
        "tonotope predict runs/birds-1a2b3c4d-s0 night.wav > night.csv",
        "tonotope predict RUN recordings/ --windows --hop 1 --to jsonl --out heard.jsonl",
        "tonotope predict runs/denoise-1a2b3c4d-s0 noisy/ --sounds clean/ > clean.csv",
    )
)
def predict(
    run: RunArgument,
    audio: Annotated[
        list[Path],
        typer.Argument(
            metavar="AUDIO...", help="Sound files, or folders of them.", show_default=False
        ),
    ],
    to: Annotated[
        str, typer.Option("--to", metavar="csv|jsonl", help="The form of the rows.")
    ] = "csv",
    hop: Annotated[
        float | None,
        typer.Option("--hop", metavar="S", help="Seconds between windows; half a clip otherwise."),
    ] = None,
    windows: Annotated[bool, typer.Option("--windows", help="A row for each window.")] = False,
    output: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write here, not to stdout.")
    ] = None,
    sounds: Annotated[
        Path | None,
        typer.Option(
            "--sounds", metavar="DIR", help="Where a denoiser writes; beside --out, or here."
        ),
    ] = None,
) -> None:
    """Label recordings of any length; or take their noise away.

    One row for each recording, or for each window of it, in constant memory. Where the run has
    folds, their models answer together. In place of a run it may be a model that was saved alone.
    Of a head that answers with sound, each recording becomes a file NAME.denoised.wav.
    """
    from tonotope._errors import DataError, ExperimentError

    if to not in ("csv", "jsonl"):
        message = f"--to {to}: csv or jsonl would fit"
        raise ExperimentError(message)
    models, data = _models_of(run)
    progress = watching()
    paths, refused = _files_of(audio)
    denoises = models[0].description.head.denoises
    if denoises:
        _refuse_windows(hop, windows=windows)
        folder = sounds or (output.parent if output else Path())
        skipped = _cleaned(models, paths, folder, output, to, data, progress)
    else:
        if sounds is not None:
            message = f"--sounds {sounds}: these models answer with words and numbers, not sound"
            raise ExperimentError(message)
        hop_s = data.hop_s if hop is None else hop
        per = "window" if windows else "recording"
        skipped = _labelled(models, paths, hop_s, per, output, to, data, progress)
    progress.end()
    tell_skipped([*refused, *skipped], progress.said)
    if len(skipped) == len(paths):
        message = f"not one recording could be {'denoised' if denoises else 'labelled'}"
        raise DataError(message)
    if output is not None:
        terminal.say(f"written: {output}")
    if refused or skipped:
        raise typer.Exit(SOME_LEFT_OUT)


def _labelled(
    models: Sequence[Model],
    paths: list[Path],
    hop_s: float | None,
    per: Literal["recording", "window"],
    output: Path | None,
    to: str,
    data: Data,
    progress: Progress,
) -> list[Skipped]:
    """Write a row for each recording or window; what was left out comes back."""
    from tonotope.prediction.ensemble import Ensemble
    from tonotope.prediction.stream import predict as heard_in
    from tonotope.prediction.writers import write_file, write_rows

    ensemble = Ensemble(models, "auto")
    rows = heard_in(
        ensemble,
        paths,
        hop_s=hop_s,
        per=per,
        channels=data.channels,
        repair=data.repair,
        progress=progress,
    )
    form: Any = to
    if output is None:
        return write_rows(rows, sys.stdout, ensemble.layout, form)
    return write_file(rows, output, ensemble.layout, form)


def _cleaned(
    models: Sequence[Model],
    paths: list[Path],
    folder: Path,
    output: Path | None,
    to: str,
    data: Data,
    progress: Progress,
) -> list[Skipped]:
    """Write each recording without its noise, and a row that says where it is."""
    from tonotope._files import writing
    from tonotope.prediction.denoise_files import clean_files, write_cleaned
    from tonotope.prediction.denoiser import Denoiser

    rows = clean_files(
        Denoiser(models),
        paths,
        folder,
        channels=data.channels,
        repair=data.repair,
        progress=progress,
    )
    if output is None:
        return write_cleaned(rows, sys.stdout, to)
    with writing(output) as aside, aside.open("w", encoding="utf-8", newline="") as file:
        return write_cleaned(rows, file, to)


def _refuse_windows(hop: float | None, *, windows: bool) -> None:
    from tonotope._errors import ExperimentError

    if windows or hop is not None:
        asked = "--windows" if windows else "--hop"
        message = f"{asked}: a denoiser gives back each recording as a whole; leave it out"
        raise ExperimentError(message)


def _models_of(run: Path) -> tuple[tuple[Model, ...], Data]:
    """The models of a run and what it says of its data; or a model that lies there alone."""
    from tonotope.datasets.data import Data
    from tonotope.experiment.run_folder import ENVIRONMENT, EXPERIMENT, MODEL_FILES, load
    from tonotope.model import Model

    # A run that lost its experiment is damaged: it may have had more models than this one.
    of_a_run = any((run / name).is_file() for name in (EXPERIMENT, ENVIRONMENT))
    if (run / MODEL_FILES[0]).is_file() and not of_a_run:
        return (Model.load(run),), Data.model_validate({})
    found = load(run)
    return found.models(), found.experiment.data


def _files_of(audio: list[Path]) -> tuple[list[Path], list[Skipped]]:
    """The sound files that were named, folders looked through, and what in them was refused."""
    from tonotope.datasets.sources.scan_folder import scan_folder

    paths: list[Path] = []
    refused: list[Skipped] = []
    for path in audio:
        if path.is_dir():
            walked = scan_folder(path)
            paths += [found.path for found in walked.sounds]
            refused += walked.refused or _nothing_in(path, walked.sounds)
        else:
            paths.append(path)
    return paths, refused


def _nothing_in(folder: Path, sounds: list[FoundFile]) -> list[Skipped]:
    from tonotope._escape import escaped
    from tonotope.datasets.manifest import Skipped

    return [] if sounds else [Skipped(escaped(str(folder)), None, "no sound files are in it")]


def _tell(comparison: dict[str, Any]) -> None:
    """A table of the runs, best first, then one line for each difference."""
    rows = [(one["name"], one["value"], one["low"], one["high"]) for one in comparison["runs"]]
    for line in terminal.table(rows, ("run", called(comparison["metric"]), "low", "high")):
        terminal.out(line)
    for one in comparison["differences"]:
        told = _sure(one, comparison["lower_is_better"])
        terminal.out(
            f"{terminal.one_line(one['run'])} over {terminal.one_line(one['other'])}: {told}"
        )
    for note in comparison["notes"]:
        terminal.say(terminal.soft(note, sys.stderr))


def _sure(one: dict[str, Any], lower_is_better: bool) -> str:
    if one["value"] is None or one["low"] is None:
        return "cannot be told apart: the difference is undefined here"
    told = f"{one['value']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})"
    if lower_is_better:  # of an error, the difference is by how much it is smaller
        told = f"error less by {told}"
    alone = "nearer to the truth" if lower_is_better else "right alone"
    alone += f": {one['only_run']} and {one['only_other']}"
    sure = terminal.good("a clear difference") if one["excludes_zero"] else "may be chance"
    return f"{told}, {sure}; {alone}"


def _names(runs: list[Run]) -> list[str]:
    """The runs by their folders, with the folder around them where two are called alike."""
    names = [run.name for run in runs]
    if len(set(names)) == len(names):
        return names
    names = [str(run.folder) for run in runs]
    return [
        f"{name} ({number})" if names.count(name) > 1 else name
        for number, name in enumerate(names, 1)
    ]
