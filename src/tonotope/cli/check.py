"""`tonotope check`: prints what is wrong with recordings; status 2 where `run` would refuse."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tonotope._wording import by_kind, counted, reading_order
from tonotope.cli import language, terminal
from tonotope.cli.app import SOME_LEFT_OUT, WRONG, AsJson, Sets, app, examples, sources
from tonotope.cli.check_screen import closing, tell_on_one_screen
from tonotope.cli.decoder_messages import damaged_files
from tonotope.cli.grouped_messages import gathered
from tonotope.cli.messages import tell_skipped
from tonotope.cli.one_screen import LINES, MANY, kind_whole, lines_of, screen_width
from tonotope.cli.progress import watching
from tonotope.cli.wrapping import columns

if TYPE_CHECKING:
    from tonotope.datasets.check_report import CheckReport
    from tonotope.experiment.check_data import DataCheck

_INDENT = 2
_NUMBER = 9  # columns that a number may take
_MOST_CLASSES = 10  # rows of the table: more would fill a screen
_LEAST_HIDDEN = 2  # a line that counts so few says less than they would
_AROUND = 3  # lines of the table besides its rows: its head, an empty one above and one below
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

    progress = watching(holding=True)
    try:
        found = tonotope.check(data, sets or [], progress=progress)
    except BaseException:
        progress.end()
        progress.release()
        raise
    progress.end()
    found = _with_damaged_mp3s(found, data)
    if as_json:
        terminal.out_json(found.to_json())
        tell_skipped(found.report.skipped)
    else:
        _tell(found, progress.lines)
    if found.refusals and as_json:
        raise found.error or DataError(found.refusals[0])
    if found.refusals:
        raise typer.Exit(WRONG)
    if found.report.skipped:
        raise typer.Exit(SOME_LEFT_OUT)


def _with_damaged_mp3s(found: DataCheck, data: str) -> DataCheck:
    """The same with a doubt about each MP3 that its decoder met damage in."""
    report = found.report
    folder = Path(data) if Path(data).is_dir() else Path(data).parent
    left_out = {one.file for one in report.skipped}
    names = {Path(os.path.relpath(path, folder)).as_posix() for path in damaged_files()} - left_out
    if not names:
        return found
    doubts = [(name, "the MP3 decoder met damage; copy or download it again") for name in names]
    doubtful, advice = (
        (*report.doubtful, *sorted(doubts)),
        (*by_kind(sorted(doubts)), *report.advice),
    )
    return replace(found, report=replace(report, doubtful=doubtful, advice=advice))


def _tell(found: DataCheck, lines: int) -> None:
    """What was found, for a person; who reads only stderr is told where a refusal is."""
    if not _fits(found, lines):
        tell_on_one_screen(found, _doubts(found), partial(_table, found), lines)
        return
    tell_skipped(found.report.skipped)
    for line in _whole(found):
        terminal.tell(line)
    if found.refusals and not terminal.one_place():
        terminal.complain("refused; the end of standard output says why")


def _whole(found: DataCheck) -> list[str]:
    """What was found, for a person: the table of classes, then sentence by sentence."""
    report = found.report
    first, kinds, *_ = report.sentences()
    table = _table(found, 2 * LINES)
    in_table = f"{counted(report.recordings, 'file')} in "
    in_table += f"{counted(len(report.classes), 'class', 'classes')}: "
    # The table and the lines around it say so already.
    many = len(report.classes) > _MOST_CLASSES
    notes = [note for note in report.notes if not many or in_table not in note]
    end = [f"{terminal.bad('refused:')} {terminal.safe(one)}" for one in found.refusals]
    good = terminal.good(closing(report))
    return [
        terminal.one_line(first),
        terminal.one_line(kinds),
        *(table or [""]),
        *(terminal.one_line(sentence) for sentence in (*notes, *found.rules_in_short)),
        *(f"{terminal.bad('look:')} {terminal.one_line(one)}" for one in _doubts(found)),
        *(end or [good]),
    ]


def _fits(found: DataCheck, lines: int) -> bool:
    """Whether all of it is told: of few recordings always, of many where it fits on one screen."""
    report = found.report
    if report.recordings + len(report.skipped) <= MANY:
        return True
    width = screen_width()
    whole = sum(lines_of(line, width) for line in _whole(found))
    left_out = [line for alike in gathered(map(str, report.skipped)) for line in kind_whole(alike)]
    whole += sum(lines_of(f"left out: {line}", width) for line in left_out) + 2 * bool(left_out)
    return lines + whole <= LINES


def _table(found: DataCheck, lines: int) -> list[str]:
    """The table of classes in so many lines, an empty one above and below; empty if too few."""
    report = found.report
    counts = report.classes or report.tags
    first = "label" if report.label == "label" else report.label or "tag"
    own = report.label not in ("", "label")  # a column that the user named
    heads = (first if own else language.word(first),
             *map(language.word, ("recordings", "groups", "seconds")))  # fmt: skip
    names = _class_names(report, heads)
    rows = [
        (names[one.label], one.recordings, one.groups, round(one.duration_s, 1))
        for one in sorted(counts, key=lambda one: reading_order(one.label))
    ]
    most = min(_MOST_CLASSES, lines - _AROUND if len(rows) > lines - _AROUND else len(rows))
    if len(rows) <= min(_MOST_CLASSES + _LEAST_HIDDEN, lines - _AROUND):
        most = len(rows)
    if most < len(rows):
        most -= 1 if most < _MOST_CLASSES else 0  # for the line that counts the others
    if most < min(2, len(rows)) or not rows:
        return []
    shown = terminal.table(_largest_and_smallest(rows, most), heads, indent=_INDENT)
    if most < len(rows):
        shown.append(_not_shown(len(rows) - most, tags=not report.classes))
    return ["", *shown, ""]


def _not_shown(number: int, *, tags: bool) -> str:
    are = "is" if number == 1 else "are"
    if tags:
        return (
            f"{counted(number, 'tag')} between these in size {are} not in the table; every tag: "
            "--json"
        )
    return (
        f"{counted(number, 'class', 'classes')} between these in size {are} not in the table; "
        "every class: --json"
    )


def _class_names(report: CheckReport, heads: Sequence[str]) -> dict[str, str]:
    """The classes by their names, shortened where a row would not fit the terminal."""
    from tonotope.reporting.short_names import shortened

    names = [one.label for one in report.classes or report.tags]
    width = columns(sys.stdout)
    if width is None:
        return dict(zip(names, names, strict=True))
    numbers = sum(2 + max(len(one), _NUMBER) for one in heads[1:])
    return shortened(names, max(_NUMBER, width - _INDENT - numbers))


def _largest_and_smallest(
    rows: Sequence[tuple[str, int, int, float]], most: int
) -> list[tuple[Any, ...]]:
    """All classes in their order; of many, the largest and the smallest."""
    if len(rows) <= most:
        return [*rows]
    by_size = sorted(rows, key=lambda row: row[1])
    small = most // 2
    shown = {row[0] for row in (*by_size[:small], *by_size[len(rows) - (most - small) :])}
    return [row for row in rows if row[0] in shown]


def _doubts(found: DataCheck) -> list[str]:
    """The warnings and the advice, without what a refusal or `left out:` says anyway."""
    refused = "\n".join(found.refusals)
    known = set[str]()
    in_all = re.search(r"; (\d+) such in all: ", refused)
    if in_all:  # the refusal names three of them; copies that contradict are copies too
        known |= {"with different labels (", f"{in_all[1]} recordings are there twice ("}
    if found.report.skipped:
        known |= _NAMED_THERE
    if any(words in text for text in (refused, *found.report.warnings) for words in _SAYS_LONE):
        known |= _ON_LONE
    return [
        one
        for one in (*found.report.warnings, *found.report.advice)
        if one.partition("; ")[0] not in refused and not any(words in one for words in known)
    ]
