"""What `tonotope check` shows of many recordings: one screen, the most pressing first."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tonotope._wording import counted, first_three
from tonotope.cli import language, terminal
from tonotope.cli.cut_sentences import first_words
from tonotope.cli.grouped_messages import EXAMPLES, MOST_KINDS, gathered, of_other_kinds
from tonotope.cli.one_screen import (
    LINES,
    Entry,
    alike,
    fitted,
    in_lines,
    in_one_line,
    kind_in_one_line,
    kind_whole,
    made_whole,
    screen_width,
    with_longer,
    with_short_names,
)
from tonotope.cli.wrapping import width_of
from tonotope.datasets.manifest import left_out_by_wish

if TYPE_CHECKING:
    from tonotope.datasets.check_report import CheckReport
    from tonotope.experiment.check_data import DataCheck

_LEAST_TABLE = 8  # lines that are kept for classes before sentences are told whole
_DECODER = 1  # line in which the MP3 decoder's messages are counted at the end
_REFUSALS = 2  # that are told; the others are counted
_REFUSED_LINES, _GOOD_LINES = 3, 2
# What a table, a doubt or the first sentence says too.
_SAID_BY_TABLE = re.compile(r"^[\d,]+ files? in [\d,]+ class(es)?: ")
_SAID_BY_DOUBT = (
    (re.compile("each file is its own$"), re.compile("^every recording is its own group", re.M)),
    (re.compile(" the (bytes|sound) of another one: "), re.compile(" there twice \\(")),
)
_HEAD, _REFUSED, _LEFT_OUT, _DOUBT, _RULE, _NOTE = range(6)  # the most pressing first


def tell_on_one_screen(
    found: DataCheck,
    doubts: Sequence[str],
    table: Callable[[int], list[str]],
    lines: int = 0,
) -> None:
    """What was found, each kind in a line or more as there is room; the rest is counted.

    Args:
        found: what was found.
        doubts: what deserves a look, most pressing first.
        table: the table of classes in so many lines; none where there is too little room.
        lines: how many lines of the screen are taken.
    """
    width = screen_width()
    mp3 = any("MPEG" in one for one in found.report.formats)
    stderr = not terminal.one_place() and bool(found.refusals)
    room = LINES - lines - _DECODER * mp3 - stderr - 1
    left_out = _left_out(found, width)
    told = [*_first(found, width), *_notes(found, doubts, width), *_doubts(doubts, width)]
    shown, room = fitted([*left_out, *told], room - bool(left_out), width, _RULE)
    entries = [*left_out, *told]
    kept = min(room, _LEAST_TABLE)
    shown, room = made_whole(entries, shown, room - kept, width)
    classes = table(room + kept)
    has_table = bool(classes)
    shown, _ = made_whole(entries, shown, room + kept - len(classes), width)
    for line in _lines(shown[: len(left_out)]):
        terminal.say(line)
    if left_out:
        many = len(found.report.skipped)
        if many == 1:
            terminal.say("1 input was left out; it is named above with its reason")
        else:
            terminal.say(
                f"{many} inputs were left out; every one is named with its reason in --json"
            )
    shown = shown[len(left_out) :]
    for entry, line in zip(told, shown, strict=True):
        if entry.rank > _HEAD and classes:
            for row in classes:
                terminal.tell(row)
            classes = []
        if line:
            terminal.tell(line)
    missing = [entry.rank for entry, line in zip(told, shown, strict=True) if not line]
    kinds = zip(alike(doubts), shown[len(shown) - len(alike(doubts)) :], strict=True)
    missing += [_DOUBT for kind, line in kinds if not line for _ in kind[1:]]
    missing += [_REFUSED] * len(found.refusals[_REFUSALS:])
    terminal.tell(
        _where(missing, 0 if has_table else len(found.report.classes or found.report.tags))
    )
    if stderr:
        terminal.complain("refused; standard output says why")


def _lines(shown: Sequence[str]) -> list[str]:
    return [line for text in shown if text for line in text.split("\n")]


def _left_out(found: DataCheck, width: int) -> list[Entry]:
    """A line for each kind of input that is left out, the most frequent first."""
    prefix = f"{terminal.bad('left out:', sys.stderr)} "
    kinds = sorted(gathered(map(str, found.report.skipped)), key=len, reverse=True)
    entries = [
        _entry(_LEFT_OUT, prefix, kind_whole(alike), partial(kind_in_one_line, alike), width)
        for alike in kinds[:MOST_KINDS]
    ]
    if others := kinds[MOST_KINDS:]:
        said = of_other_kinds(others)
        entries.append(_entry(_LEFT_OUT, prefix, [said], partial(in_one_line, said), width))
    return entries


def closing(report: CheckReport) -> str:
    """That nothing leaks, so far as it was looked for."""
    if report.similar:
        return (
            "No group would be heard on two sides of the split; "
            "a sound might be, in the pairs that sound nearly the same."
        )
    if report.not_compared:
        they = counted(len(report.not_compared), "recording was", "recordings were")
        return (
            f"No group and no equal sound would be heard on two sides of the split; {they} not "
            f"compared for copies that are cut or coded anew: {first_three(report.not_compared)}"
        )
    return "No group and no sound would be heard on two sides of the split."


def _first(found: DataCheck, width: int) -> list[Entry]:
    """Whether they can be trained on, and what there is."""
    counts, kinds, *_ = found.report.sentences()
    if found.refusals:
        prefix = f"{terminal.bad('refused:')} "
        start = _told_prefix(prefix)
        answer = [
            Entry(
                _HEAD,
                f"{prefix}{terminal.one_line(one)}",
                prefix + in_lines(partial(with_short_names, one), _REFUSED_LINES, width, start),
            )
            for one in found.refusals[:_REFUSALS]
        ]
    else:
        good = in_lines(partial(in_one_line, closing(found.report)), _GOOD_LINES, width)
        answer = [Entry(_HEAD, terminal.good(good), terminal.good(good))]
    return [
        *answer,
        *(Entry(_HEAD, one, first_words(language.told(one), width)) for one in (counts, kinds)),
    ]


def _notes(found: DataCheck, doubts: Sequence[str], width: int) -> list[Entry]:
    """How they would be split and what was understood of them, unless it is said elsewhere."""
    known = "\n".join(doubts)
    notes = [
        one
        for one in found.report.notes
        if not _SAID_BY_TABLE.match(one)
        and not any(note.search(one) and doubt.search(known) for note, doubt in _SAID_BY_DOUBT)
    ]
    # What was left out by wish is known to whoever wished it, and to nobody else.
    left_out = left_out_by_wish(notes)
    others = [one for one in notes if one not in left_out]
    return [
        _entry(rank, "", [one], partial(in_one_line, one), width)
        for rank, said in (
            (_RULE, found.rules_in_short),
            (_LEFT_OUT, left_out),
            (_NOTE, others),
        )
        for one in said
    ]


def _doubts(doubts: Sequence[str], width: int) -> list[Entry]:
    """An entry for each kind of doubt: many that differ in names and numbers are counted."""
    prefix = f"{terminal.bad('look:')} "
    entries = []
    for kind in alike(doubts):
        count = f"{language.number(f'{len(kind):,}')} × " if len(kind) > 1 else ""
        whole = kind if len(kind) <= EXAMPLES else [f"{count}{kind[0]}"]
        entries.append(_entry(_DOUBT, prefix, whole, partial(_counted, count, kind[0]), width))
    return entries


def _counted(count: str, said: str, room: int) -> str:
    return count + in_one_line(said, room - width_of(count))


def _entry(
    rank: int, prefix: str, whole: Sequence[str], shortened: Callable[[int], str], width: int
) -> Entry:
    """Something to tell: whole, cut to one line, and in two where one says too little."""
    lines = "\n".join(f"{prefix}{terminal.one_line(one)}" for one in whole)
    start = _told_prefix(prefix)
    short = shortened(width - width_of(start))
    longer = with_longer(short, whole[0], shortened, width, start)
    return Entry(
        rank,
        lines,
        f"{prefix}{terminal.one_line(short)}",
        longer and f"{prefix}{terminal.one_line(longer)}",
    )


def _told_prefix(prefix: str) -> str:
    """What stands before a sentence, in the language of the terminal.

    A sentence is told with its prefix: `look: ` is longer in Spanish.
    """
    return language.told(f"{prefix}x")[:-1] if prefix else ""


def _where(missing: Sequence[int], classes: int) -> str:
    """How much there was no room for, and where all of it is."""
    refusals, doubts = missing.count(_REFUSED), missing.count(_DOUBT)
    notes = len(missing) - refusals - doubts
    more = [counted(classes, "class", "classes")] if classes else []
    more += [counted(refusals, "more refusal")] if refusals else []
    more += [counted(doubts, "more doubt")] if doubts else []
    more += [counted(notes, "more note")] if notes else []
    return "; ".join([*more, "all of it in full: --json"])
