"""`tonotope run`: split, train, evaluate and report."""

from __future__ import annotations

from typing import Annotated

import typer

from tonotope.cli.app import AsJson, Sets, app, examples, sources
from tonotope.cli.progress import watching
from tonotope.cli.run_experiments import Out, Seed, command_line, run_all


@app.command(
    cls=sources,
    epilog=examples(
        "tonotope run recordings/",
        "tonotope run experiment.toml --set training.epochs=40 --seed 3",
        "tonotope run birds.csv --set data.label=species --out results --name birds",
    ),
)
def run(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT.toml|DATA",
            help="An experiment file, or recordings: one of the sources below.",
            show_default=False,
        ),
    ],
    sets: Sets = None,
    out: Out = None,
    seed: Seed = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What to call the run.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Split, train, evaluate and report.

    The same command again continues where it stopped, or returns the finished run. Variants in
    the experiment file are run one after the other, each in a folder of its own.
    """
    from tonotope.audio.kept_files import kept_files
    from tonotope.experiment.request import make_request

    progress = watching(holding=True)
    with kept_files():  # what is looked at to choose settings is not opened again to be decoded
        try:
            request = make_request(source, sets=sets or [], seed=seed, name=name, progress=progress)
            progress.end()
            variants, line = request.variants(), command_line(context)
            run_all(variants, out, line, progress, as_json=as_json)
        finally:
            progress.end()
            progress.release()
