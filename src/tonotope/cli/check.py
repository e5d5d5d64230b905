"""`tonotope check`: prints what is wrong with recordings; status 2 where `run` would refuse."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tonotope._wording import counted
from tonotope.cli import language, terminal
from tonotope.cli.app import SOME_LEFT_OUT, WRONG, AsJson, Sets, app, examples, sources
from tonotope.cli.messages import tell_skipped
from tonotope.cli.progress import watching
from tonotope.cli.wrapping import columns

if TYPE_CHECKING:
    from tonotope.datasets.check_report import CheckReport
    from tonotope.experiment.check_data import DataCheck

_INDENT = 2
_NUMBER = 9  # columns that a number may take
_MOST_CLASSES = 10  # rows of the table: more would fill a screen
# What `left out:` says too, file by file, with its row.
_NAMED_THERE = {"named in the table could not be found"}
# Advice on classes of one group, and what says the same with the names of the groups.
_ON_LONE = {"one group alone, so it can be", "one group each, so each can be"}
_SAYS_LONE = {"learnt and never tested", "belong to one group ("}


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
    try:
        found = tonotope.check(data, sets or [], progress=progress)
    finally:
        progress.end()
    if as_json:
        terminal.out_json(found.to_json())
    else:
        _print(found)
    tell_skipped(found.report.skipped, progress.said)
    if found.refusals and as_json:
        raise found.error or DataError(found.refusals[0])
    if found.refusals:
        _refuse(found.refusals)
        raise typer.Exit(WRONG)
    if found.report.skipped:
        raise typer.Exit(SOME_LEFT_OUT)


def _print(found: DataCheck) -> None:
    """What was found, for a person: the table of classes, then sentence by sentence."""
    report = found.report
    first, kinds, *_ = report.sentences()
    terminal.tell(terminal.one_line(first))
    terminal.tell(terminal.one_line(kinds))
    terminal.out()
    heads = (report.label, *map(language.word, ("recordings", "groups", "seconds")))
    names = _class_names(report, heads)
    rows = [
        (names[one.label], one.recordings, one.groups, round(one.duration_s, 1))
        for one in report.classes
    ]
    if rows:
        for line in terminal.table(_largest_and_smallest(rows), heads, indent=_INDENT):
            terminal.tell(line)
        if len(rows) > _MOST_CLASSES:
            terminal.tell(
                f"{counted(len(rows) - _MOST_CLASSES, 'class', 'classes')} between these in size "
                "are not in the table; every class: --json"
            )
        terminal.out()
    in_table = f"{counted(report.recordings, 'file')} in {counted(len(rows), 'class', 'classes')}: "
    # The table and the lines around it say so already.
    notes = [note for note in report.notes if len(rows) <= _MOST_CLASSES or in_table not in note]
    for sentence in (*notes, *found.rules_in_short):
        terminal.tell(terminal.one_line(sentence))
    for sentence in _doubts(found):
        terminal.tell(f"{terminal.bad('look:')} {terminal.one_line(sentence)}")
    if not found.refusals:
        terminal.tell(
            terminal.good("No group and no sound would be heard on two sides of the split.")
        )


def _class_names(report: CheckReport, heads: Sequence[str]) -> dict[str, str]:
    """The classes by their names, shortened where a row would not fit the terminal."""
    from tonotope.reporting.short_names import shortened

    names = [one.label for one in report.classes]
    width = columns(sys.stdout)
    if width is None:
        return dict(zip(names, names, strict=True))
    numbers = sum(2 + max(len(one), _NUMBER) for one in heads[1:])
    return shortened(names, max(_NUMBER, width - _INDENT - numbers))


def _largest_and_smallest(rows: Sequence[tuple[str, int, int, float]]) -> list[tuple[Any, ...]]:
    """All classes in their order; of many, the largest and the smallest."""
    if len(rows) <= _MOST_CLASSES:
        return [*rows]
    by_size = sorted(rows, key=lambda row: row[1])
    half = _MOST_CLASSES // 2
    shown = {row[0] for row in (*by_size[:half], *by_size[-half:])}
    return [row for row in rows if row[0] in shown]


def _refuse(refusals: Sequence[str]) -> None:
    """Each refusal once, as the end of the report; who reads only stderr is told where it is."""
    for sentence in refusals:
        terminal.tell(f"{terminal.bad('refused:')} {terminal.safe(sentence)}")
    if not terminal.one_place():
        terminal.complain("refused; the end of standard output says why")


def _doubts(found: DataCheck) -> list[str]:
    """The warnings and the advice, without what a refusal or `left out:` says anyway."""
    refused = "\n".join(found.refusals)
    known = set[str]()
    if found.report.skipped:
        known |= _NAMED_THERE
    if any(words in text for text in (refused, *found.report.warnings) for words in _SAYS_LONE):
        known |= _ON_LONE
    return [
        one
        for one in (*found.report.warnings, *found.report.advice)
        if one.partition("; ")[0] not in refused and not any(words in one for words in known)
    ]
