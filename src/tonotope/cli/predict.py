"""`tonotope predict`: label recordings of any length; or take their noise away."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tonotope.cli import terminal
from tonotope.cli.app import SOME_LEFT_OUT, app, examples
from tonotope.cli.grouped_messages import EXAMPLES
from tonotope.cli.messages import tell_skipped
from tonotope.cli.progress import watching
from tonotope.cli.run_argument import RunArgument, is_run, one_run
from tonotope.prediction.writers import WRITERS

_ALL_NAMED = "`tonotope check AUDIO --json`"


@app.command(
    epilog=examples(
        "tonotope predict runs/birds-1a2b3c4d-s0 night.wav > night.csv",
        "tonotope predict RUN recordings/ --windows --hop 1 --to jsonl --out h.jsonl",
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
        str, typer.Option("--to", metavar="|".join(WRITERS), help="The form of the rows.")
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
    import tonotope
    from tonotope._errors import DataError, ExperimentError

    if to not in WRITERS:
        raise ExperimentError(f"--to {to}: {' or '.join(WRITERS)} would fit")
    folders = [one for one in audio if is_run(one)]
    run = one_run("predict", [run, *folders], [one for one in audio if one not in folders])
    progress = watching()
    per = "window" if windows else "recording"
    rows = tonotope.predict(run, audio, per=per, hop_s=hop, sounds=sounds, progress=progress)
    nothing: DataError | None = None
    try:
        rows.write(output or sys.stdout, to)
    except DataError as error:
        nothing = error
    progress.end()
    if nothing and len(rows.skipped) <= EXAMPLES:  # the error names them all
        raise nothing
    tell_skipped(rows.skipped, progress.said, kept_in=_ALL_NAMED)
    if nothing:
        raise nothing
    if output is not None:
        terminal.say(f"written: {output}")
    if rows.skipped:
        raise typer.Exit(SOME_LEFT_OUT)
