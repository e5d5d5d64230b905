"""The journey itself: `tonotope demo` and `tonotope run`."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonotope.cli import terminal
from tonotope.cli.app import INTERRUPTED, SOME_LEFT_OUT, AsJson, Sets, app, examples
from tonotope.cli.messages import sentences, tell_skipped
from tonotope.cli.progress import watching

if TYPE_CHECKING:
    from tonotope.experiment.request import Request
    from tonotope.experiment.run_folder import Run

Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where run folders go; runs otherwise.")
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="Decides every draw.")]


@app.command(epilog=examples("tonotope demo", "tonotope demo --out /tmp/runs --seed 3"))
def demo(context: typer.Context, out: Out = None, seed: Seed = None) -> None:
    """Train on the embedded toy orchestra.

    Sixteen instruments are synthesised, a network learns to name them, is judged on players it
    never heard, and the report is written: about a minute on two cores. Nothing is downloaded.
    """
    from tonotope.experiment.demo import toy_orchestra

    _carry_out([toy_orchestra(seed=seed or 0)], out, _line(context))


@app.command(
    epilog=examples(
        "tonotope run recordings/",
        "tonotope run experiment.toml --set training.epochs=40 --seed 3",
        "tonotope run birds.csv --set data.label=species --out results --name birds",
    )
)
def run(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT.toml|DATA",
            help="An experiment file; or recordings: class folders, a table, orchestra.",
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
    from tonotope.experiment.request import requested

    progress = watching()
    request = requested(source, sets=sets or [], seed=seed, name=name, progress=progress)
    progress.end()
    _carry_out(request.variants(), out, _line(context), progress.said, as_json=as_json)


def _carry_out(
    requests: Sequence[Request],
    out: Path | None,
    line: str,
    said: Collection[str] = (),
    *,
    as_json: bool = False,
) -> None:
    """Run one experiment after the other, say what came of each, and end with the right status."""
    finished = [_one(request, out, line, set(said)) for request in requests]
    if as_json:
        told = [{"folder": str(one.folder), **one.evaluation} for one in finished]
        terminal.out_json(told[0] if len(told) == 1 else told)
    if len(finished) > 1:
        _side_by_side(finished)
    for one in finished if not as_json else ():
        terminal.out(str(one.folder / "report.html"))
    if any(one.skipped for one in finished):
        raise typer.Exit(SOME_LEFT_OUT)


def _line(context: typer.Context) -> str:
    """The command as it was given, ready to be given again."""
    return shlex.join(["tonotope", *context.obj["line"]])


def _one(request: Request, out: Path | None, line: str, said: set[str]) -> Run:
    """One experiment from its begin, or from where it stopped, to its report."""
    import tonotope
    from tonotope.datasets.manifest import Skipped

    progress = watching()
    try:
        finished = tonotope.run(request, out=out, command=line, progress=progress)
    except KeyboardInterrupt as stop:  # while it trains, an `Interrupted` that tells how far it is
        progress.end()
        terminal.say(terminal.safe(str(stop) or "Interrupted; what was done is kept."))
        terminal.say(f"The same command goes on from there:  {line}")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        progress.end()
    tell_skipped([Skipped(**one) for one in finished.skipped], said | progress.said)
    for line in sentences(finished.evaluation):
        terminal.say(line)
    return finished


def _side_by_side(finished: Sequence[Run]) -> None:
    rows = []
    for one in finished:
        told = one.evaluation
        rows.append((one.experiment.name, told["value"], told["low"], told["high"], told["n"]))
    for line in terminal.table(rows, ("experiment", "value", "low", "high", "n")):
        terminal.say(line)
