"""`tonotope check`: prints what is wrong with recordings; status 2 where `run` would refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tonotope.cli import language, terminal
from tonotope.cli.app import SOME_LEFT_OUT, AsJson, Sets, app, examples, sources
from tonotope.cli.messages import tell_skipped
from tonotope.cli.progress import watching

if TYPE_CHECKING:
    from tonotope.experiment.check_data import DataCheck


@app.command(
    cls=sources,
    epilog=examples(
        "tonotope check recordings/",
        "tonotope check birds.csv --set data.label=species --json",
        "tonotope check experiment.toml",
    ),
)
def check(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA|EXPERIMENT.toml",
            help="One of the sources below, or an experiment file that names one.",
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
    import tonotope
    from tonotope._errors import DataError

    progress = watching()
    found = tonotope.check(data, sets or [], progress=progress)
    progress.end()
    if as_json:
        terminal.out_json(found.to_json())
    else:
        _print(found)
    tell_skipped(found.report.skipped, progress.said)
    if found.refusals:
        raise found.error or DataError(found.refusals[0])
    if found.report.skipped:
        raise typer.Exit(SOME_LEFT_OUT)


def _print(found: DataCheck) -> None:
    """What was found, for a person: the table of classes, then sentence by sentence."""
    report = found.report
    first, kinds, *_ = report.sentences()
    terminal.tell(terminal.one_line(first))
    terminal.tell(terminal.one_line(kinds))
    terminal.out()
    rows = [
        (one.label, one.recordings, one.groups, round(one.duration_s, 1)) for one in report.classes
    ]
    if rows:
        heads = (report.label, *map(language.word, ("recordings", "groups", "seconds")))
        for line in terminal.table(rows, heads, indent=2):
            terminal.tell(line)
        terminal.out()
    for sentence in (*report.notes, *found.rules_in_short):
        terminal.tell(terminal.one_line(sentence))
    for sentence in (*report.warnings, *report.advice):
        terminal.tell(f"{terminal.bad('look:')} {terminal.one_line(sentence)}")
    for sentence in found.refusals:
        terminal.tell(f"{terminal.bad('refused:')} {terminal.safe(sentence)}")
    if not found.refusals:
        terminal.tell(
            terminal.good("No group and no sound would be heard on two sides of the split.")
        )
