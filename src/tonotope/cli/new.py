"""`tonotope new`: writes an experiment file for given recordings; `--template`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tonotope.cli import language, terminal
from tonotope.cli.app import SOME_LEFT_OUT, Sets, app, examples, sources_and_templates
from tonotope.cli.messages import tell_notes, tell_skipped
from tonotope.cli.progress import watching


@app.command(
    cls=sources_and_templates,
    epilog=examples(
        "tonotope new recordings/ -o birds.toml",
        "tonotope new birds.csv -o birds.toml --set data.label=species",
        "tonotope new recordings/ -o small.toml --template lenet",
        "tonotope new birds.csv -o piczak.toml --template piczak-short",
    ),
)
def new(
    data: Annotated[
        str,
        typer.Argument(metavar="DATA", help="One of the sources below.", show_default=False),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write the file.")
    ] = Path("experiment.toml"),
    sets: Sets = None,
    template: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Begin with one of the templates below."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is there.")
    ] = False,
) -> None:
    """Write an experiment file for these recordings.

    It is complete, and commented: every choice was made for these recordings and says why.
    Recordings that `run` could not split are refused here too.
    """
    import tonotope
    from tonotope import _files
    from tonotope._errors import ExperimentError
    from tonotope.experiment.data_requirements import make_splits
    from tonotope.experiment.training_time import timed

    is_file = not _files.is_special(output)
    if is_file and output.exists() and not force:
        message = f"{output} is there already; name another with -o, or write over it with --force"
        raise ExperimentError(message)
    progress = watching()
    proposal = tonotope.propose(
        data, base=output.parent, sets=sets or [], template=template, name=output.stem,
        blocks=True, progress=progress,
    )  # fmt: skip
    splits = make_splits(proposal.experiment, proposal.manifest)  # no file that `run` would refuse
    proposal = timed(proposal, splits)
    progress.end()
    with _files.writing_text(output) as file:
        file.write(proposal.text(language.told))
    tell_notes(proposal.manifest)
    for doubt in proposal.doubts():
        terminal.say(doubt)
    tell_skipped(proposal.manifest.skipped, progress.said, kept_in="tonotope check --json")
    if is_file:
        terminal.say(f"Now: tonotope run {output}", whole=True)
        terminal.out(str(output))
    if proposal.manifest.skipped:
        raise typer.Exit(SOME_LEFT_OUT)
