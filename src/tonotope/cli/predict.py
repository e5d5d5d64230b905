"""`tonotope predict`: label recordings of any length; or take their noise away."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tonotope.cli import events_page, terminal
from tonotope.cli.app import SOME_LEFT_OUT, app, examples
from tonotope.cli.grouped_messages import EXAMPLES
from tonotope.cli.messages import tell_skipped
from tonotope.cli.predict_folder import hear_into_folder, is_folder, refuse_without_folder
from tonotope.cli.progress import watching
from tonotope.cli.run_argument import RunArgument, is_run, one_run
from tonotope.cli.run_experiments import command_line
from tonotope.cli.thresholds import thresholds_of
from tonotope.prediction.writers import EVENT_FORMATS, WRITERS

if TYPE_CHECKING:
    from tonotope.prediction.event_stream import PredictedEvents
    from tonotope.prediction.row_stream import PredictedRows

_FORMS = f"The form of rows: csv or jsonl; of events also {', '.join(EVENT_FORMATS[2:])}."
_ALL_NAMED = "`tonotope check AUDIO --json`"


@app.command(
    epilog=examples(
        "tonotope predict runs/birds-1a2b3c4d-s0 night.wav > night.csv",
        "tonotope predict RUN recordings/ --windows --hop 1 --to jsonl --out h.jsonl",
        "tonotope predict RUN night.wav --events --to audacity --out night.txt",
        "tonotope predict RUN archive/ --events --out heard/ --jobs 4",
        "tonotope predict runs/denoise-1a2b3c4d-s0 noisy/ --sounds clean/ > clean.csv",
    )
)
def predict(
    context: typer.Context,
    run: RunArgument,
    audio: Annotated[
        list[Path],
        typer.Argument(
            metavar="AUDIO...", help="Sound files, or folders of them.", show_default=False
        ),
    ],
    to: Annotated[
        str,
        typer.Option("--to", metavar="csv|jsonl|FORMAT", help=_FORMS),
    ] = "csv",
    hop: Annotated[
        float | None,
        typer.Option(
            "--hop",
            metavar="S",
            help="Seconds between windows; else half a clip, for events a quarter.",
        ),
    ] = None,
    windows: Annotated[bool, typer.Option("--windows", help="A row for each window.")] = False,
    events: Annotated[
        bool, typer.Option("--events", help="What is heard, from when to when.")
    ] = False,
    threshold: Annotated[
        list[str] | None,
        typer.Option(
            "--threshold",
            metavar="auto|P|CLASS=P",
            help="From which score on an event is one; auto is drawn from validation.",
            show_default=False,
        ),
    ] = None,
    min_length: Annotated[
        float | None, typer.Option("--min-length", metavar="S", help="Drop shorter events.")
    ] = None,
    merge: Annotated[
        float | None,
        typer.Option(
            "--merge", metavar="S", help="Join events nearer than this; else half a clip."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="FILE|DIR/",
            help="Write here, not to stdout; in a folder (it is there, or ends with a slash) a file"
            " for each recording, and the same command goes on where it stopped.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", metavar="N", help="So many processes side by side, into a folder."),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            "--shard", metavar="I/N", help="Hear the Ith of N shares only, into a folder."
        ),
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            "--precision",
            metavar="float32|bfloat16",
            help="How a folder's rows are computed; else float32.",
        ),
    ] = None,
    sounds: Annotated[
        Path | None,
        typer.Option(
            "--sounds", metavar="DIR", help="Where a denoiser writes; beside --out, or here."
        ),
    ] = None,
    no_page: Annotated[
        bool, typer.Option("--no-page", help="No page beside the events that --out gets.")
    ] = False,
) -> None:
    """Label recordings of any length; or take their noise away.

    One row for each recording, or for each window of it, in constant memory. Where the run has
    folds, their models answer together. In place of a run it may be a model that was saved alone.
    Of a head that answers with sound, each recording becomes a file NAME.denoised.wav.
    """
    from tonotope._errors import ExperimentError

    known = EVENT_FORMATS if events else WRITERS
    if to not in known:
        cure = "; it is a form of --events" if to in EVENT_FORMATS else ""
        raise ExperimentError(f"--to {to}: {' or '.join(known)} would fit{cure}")
    of_events = {"--threshold": threshold or None, "--min-length": min_length, "--merge": merge}
    _refuse_strays(of_events, {"--windows": windows or None, "--sounds": sounds}, events)
    folders = [one for one in audio if is_run(one)]
    run = one_run("predict", [run, *folders], [one for one in audio if one not in folders])
    asked: dict[str, Any] = {"per": "window" if windows else "recording", "hop_s": hop}
    if events:
        asked |= {"per": "event", "threshold": thresholds_of(threshold),
                  "min_length_s": min_length, "merge_s": merge}  # fmt: skip
    of_folders = {"--jobs": jobs, "--shard": shard, "--precision": precision}
    if output is not None and is_folder(output, audio, to, of_folders):
        asked |= {"to": to, "jobs": 1 if jobs is None else jobs, "shard": shard or "1/1",
                  "precision": precision or "float32"}  # fmt: skip
        found = hear_into_folder(run, audio, output, sounds, command_line(context), asked)
        if events:
            terminal.say(_told(found.settings))
            events_page.of_job(Path(output), wanted=not no_page)
        if found.skipped:
            raise typer.Exit(SOME_LEFT_OUT)
        return
    refuse_without_folder(of_folders)
    if not events:
        asked["sounds"] = sounds
    _write(run, audio, asked, output, to, page=not no_page)


def _write(
    run: Path,
    audio: Sequence[Path],
    asked: Mapping[str, Any],
    output: str | None,
    to: str,
    *,
    page: bool,
) -> None:
    """Write one table, to a file or to standard output, and say what came of it."""
    import tonotope
    from tonotope._errors import DataError
    from tonotope.prediction.event_stream import PredictedEvents

    out = None if output is None else Path(output)
    progress = watching()
    rows: PredictedRows | PredictedEvents
    rows = tonotope.predict(run, audio, progress=progress, **asked)
    followed = events_page.begin(rows, out, wanted=page)
    nothing: DataError | None = None
    notes: list[str] = []
    try:
        notes = rows.write(out or sys.stdout, to) or []
    except DataError as error:
        nothing = error
    progress.end()
    if nothing and len(rows.skipped) <= EXAMPLES:  # the error names them all
        raise nothing
    tell_skipped(rows.skipped, progress.said, kept_in=_ALL_NAMED)
    if nothing:
        raise nothing
    for note in notes:
        terminal.say(terminal.soft(terminal.one_line(note), sys.stderr))
    if out is not None:
        terminal.say(f"written: {out}")
        events_page.end(followed, out)
    elif isinstance(rows, PredictedEvents):
        terminal.say(_told(rows.settings))
    if rows.skipped:
        raise typer.Exit(SOME_LEFT_OUT)


def _refuse_strays(
    of_events: Mapping[str, object], of_rows: Mapping[str, object], events: bool
) -> None:
    """Refuse what says nothing of what was asked for: of events without them, and the reverse."""
    from tonotope._errors import ExperimentError

    for option, value in (of_rows if events else of_events).items():
        if value is not None and events:
            raise ExperimentError(f"{option} says nothing of --events; leave one of them out")
        if value is not None:
            raise ExperimentError(f"{option} says what is an event; add --events")


def _told(settings: Mapping[str, Any]) -> str:
    """What the events were found by, in a line."""
    shares = settings["thresholds"].values()
    least, most = min(shares, default=0.5), max(shares, default=0.5)
    first = f"events: threshold {least:.3g}"
    if least != most:
        first = f"events: thresholds from {least:.3g} to {most:.3g}"
    return (
        f"{first}; left below {settings['leave_share']:g} of it, hop"
        f" {settings['hop_s']:.3g} s of a clip of {settings['clip_s']:.3g} s, joined nearer than"
        f" {settings['merge_s']:.3g} s, at least"
        f" {max(settings['min_length_s'], settings['min_heard_s']):.3g} s long"
    )
