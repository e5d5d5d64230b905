"""Before anything is run: `tonotope check` and `tonotope new`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonotope.cli import terminal
from tonotope.cli.app import SOME_LEFT_OUT, AsJson, Sets, app, examples
from tonotope.cli.messages import tell_notes, tell_skipped
from tonotope.cli.progress import watching

if TYPE_CHECKING:
    from tonotope.experiment.check_data import DataCheck

DataArgument = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="A folder of class folders, a table, orchestra, mirdata:NAME or soundata:NAME.",
        show_default=False,
    ),
]


@app.command(
    epilog=examples(
        "tonotope check recordings/",
        "tonotope check birds.csv --set data.label=species --json",
        "tonotope check experiment.toml",
    )
)
def check(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA|EXPERIMENT.toml",
            help="Recordings, or an experiment file that names some.",
            show_default=False,
        ),
    ],
    sets: Sets = None,
    as_json: AsJson = False,
) -> None:
    """What is there, what is broken, what leaks.

    Every recording is decoded once: unreadable, silent and clipped ones, the same sound twice,
    and whether they can be split so that no group is on two sides. Whatever `run` would refuse
    about the recordings is refused here too, with exit status 2.
    """
    from tonotope._errors import DataError
    from tonotope.experiment.check_data import check_data

    progress = watching()
    found = check_data(data, sets or [], progress)
    progress.end()
    if as_json:
        terminal.out_json(found.to_json())
    else:
        _tell(found)
    tell_skipped(found.report.skipped, progress.said)
    if found.refusals:
        raise DataError(found.refusals[0])
    if found.report.skipped:
        raise typer.Exit(SOME_LEFT_OUT)


@app.command(
    epilog=examples(
        "tonotope new recordings/ -o birds.toml",
        "tonotope new birds.csv -o birds.toml --set data.label=species",
        "tonotope new recordings/ -o small.toml --template lenet",
        "tonotope new birds.csv -o piczak.toml --template piczak-short",
    )
)
def new(
    data: DataArgument,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write the file.")
    ] = Path("experiment.toml"),
    sets: Sets = None,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Begin with: lenet, resnet, layers, spectrogram, waveform; or with what was "
            "published: lenet5, piczak-short, piczak-long, m5, crepe, tempo, cnn6, cnn10.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is there.")
    ] = False,
) -> None:
    """Write an experiment file for these recordings.

    It is complete, and commented: every choice was made for these recordings and says why.
    """
    from tonotope import _files
    from tonotope._errors import ExperimentError
    from tonotope.experiment.propose import propose

    if output.exists() and not force:
        message = f"{output} is there already; name another with -o, or write over it with --force"
        raise ExperimentError(message)
    progress = watching()
    proposal = propose(
        data, base=output.parent, sets=sets or [], template=template, name=output.stem,
        progress=progress,
    )  # fmt: skip
    progress.end()
    _files.write_text(output, proposal.text())
    tell_notes(proposal.manifest)
    tell_skipped(proposal.manifest.skipped, progress.said)
    terminal.say(f"Now: tonotope run {output}")
    terminal.out(str(output))
    if proposal.manifest.skipped:
        raise typer.Exit(SOME_LEFT_OUT)


def _tell(found: DataCheck) -> None:
    """What was found, for a person: the table of classes, then sentence by sentence."""
    report = found.report
    first, kinds, *_ = report.sentences()
    terminal.out(terminal.one_line(first))
    terminal.out(terminal.one_line(kinds))
    terminal.out()
    rows = [
        (one.label, one.recordings, one.groups, round(one.duration_s, 1)) for one in report.classes
    ]
    if rows:
        heads = (report.label, "recordings", "groups", "seconds")
        for line in terminal.table(rows, heads, indent=2):
            terminal.out(line)
        terminal.out()
    for sentence in (*report.notes, *found.rules):
        terminal.out(terminal.one_line(sentence))
    for sentence in (*report.warnings, *report.advice):
        terminal.out(f"{terminal.bad('look:')} {terminal.one_line(sentence)}")
    for sentence in found.refusals:
        terminal.out(f"{terminal.bad('refused:')} {terminal.one_line(sentence)}")
    if not found.refusals:
        terminal.out(
            terminal.good("No group and no sound would be heard on two sides of the split.")
        )
