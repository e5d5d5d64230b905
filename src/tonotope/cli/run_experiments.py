"""Experiments and their variants run one after the other: what `run` and `demo` share."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonotope.cli import language, terminal
from tonotope.cli.app import INTERRUPTED, SOME_LEFT_OUT
from tonotope.cli.messages import sentences, tell_skipped
from tonotope.cli.progress import Watching, watching

if TYPE_CHECKING:
    from tonotope.experiment.request import Request
    from tonotope.experiment.run_folder import Run

Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where run folders go; runs otherwise.")
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="Decides every draw.")]


def command_line(context: typer.Context) -> str:
    """The command as it was given, ready to be given again."""
    return shlex.join(["tonotope", *context.obj["line"]])


def run_all(
    requests: Sequence[Request],
    out: Path | None,
    line: str,
    before: Watching | None = None,
    *,
    as_json: bool = False,
) -> None:
    """Run one experiment after the other, say how each came out, and end with the right status.

    Args:
        requests: the experiments.
        out: where run folders go.
        line: the command line.
        before: what watched until now, and may hold messages back; it goes on with the first.
        as_json: say how each came out on standard output.
    """
    from tonotope.reporting.i18n import Words

    Words(language.of_page())  # refused now, where it is not known, and not after training
    first = before or watching(holding=True)
    finished = [
        _one(one, out, line, first.said, watching(holding=True) if at else first)
        for at, one in enumerate(requests)
    ]
    if as_json:
        found = [{"folder": str(one.folder), **one.evaluation.to_json()} for one in finished]
        terminal.out_json(found[0] if len(found) == 1 else found)
    if len(finished) > 1:
        rows = [(one.experiment.name, *one.evaluation.score, one.evaluation.n) for one in finished]
        heads = map(language.word, ("experiment", "value", "low", "high", "n"))
        for row in terminal.table(rows, tuple(heads)):
            terminal.say(row)
    for one in finished if not as_json else ():
        terminal.out(str(one.folder / "report.html"))
    if any(one.skipped for one in finished):
        raise typer.Exit(SOME_LEFT_OUT)


def _one(request: Request, out: Path | None, line: str, said: set[str], progress: Watching) -> Run:
    """One experiment from its begin, or from where it stopped, to its report."""
    import tonotope
    from tonotope.datasets.manifest import Skipped
    from tonotope.experiment.run_files import SKIPPED

    try:
        finished = tonotope.run(
            request, out=out, command=line, lang=language.of_page(), progress=progress
        )
    except KeyboardInterrupt as stop:  # while it trains, an `Interrupted` that tells how far it is
        progress.end()
        progress.release()
        terminal.say(terminal.safe(str(stop) or "Interrupted; what was done is kept."))
        terminal.say(f"The same command goes on from there:  {line}", whole=True)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        progress.end()
        progress.release()
    skipped = [Skipped(**one) for one in finished.skipped]
    tell_skipped(skipped, said | progress.said, kept_in=str(finished.folder / SKIPPED))
    for sentence in sentences(finished.evaluation):
        terminal.say(sentence)
    return finished
