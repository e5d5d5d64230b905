"""`tonotope compare`: which run is better, with the interval of each paired difference."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonotope._wording import counted
from tonotope.cli import language, terminal
from tonotope.cli.app import AsJson, app, examples
from tonotope.cli.messages import called

if TYPE_CHECKING:
    from tonotope.evaluation.compare import Comparison, Difference


_DECIMALS = 4
"""Of a score without a unit, in every row, noughts too."""


@app.command(
    epilog=examples("tonotope compare runs/small-* runs/large-*", "tonotope compare RUN RUN --json")
)
def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN RUN...", help="Two run folders or more.", show_default=False),
    ],
    as_json: AsJson = False,
) -> None:
    """Which run is better, and how sure that is.

    The comparison is paired, on the same recordings: what makes a recording hard for all runs
    drops out of the difference.
    """
    import tonotope

    found = tonotope.compare(*runs)
    if as_json:
        terminal.out_json(found.to_json())
        return
    rows = [
        (name, *_in_digits(score if found.tells(score) else (score.value, None, None), found))
        for name, score in found.runs
    ]
    heads = (language.word("run"), called(found.metric), *map(language.word, ("low", "high")))
    plain = found.lower_is_better or found.unit
    for line in terminal.table(rows, heads, decimals=None if plain else _DECIMALS):
        terminal.tell(line)
    for one in found.differences:
        terminal.tell(_in_words(one, found))
    for note in found.notes:
        terminal.say(terminal.soft(note, sys.stderr))


def _in_digits(score: Sequence[float | None], found: Comparison) -> list[float | None]:
    """A share and its ends to four decimals: no end of 6.4e-11; errors and levels as they are."""
    if found.lower_is_better or found.unit:
        return list(score)
    return [None if one is None else round(one, _DECIMALS) for one in score]


def _in_words(one: Difference, found: Comparison) -> str:
    """Two runs, their difference and its interval, what so many groups can tell, who is better."""
    from tonotope.evaluation.intervals import ROUGH_BELOW

    run, other = map(terminal.one_line, (one.run, one.other))
    if one.same:
        every = "the one recording" if one.n == 1 else f"all {one.n} recordings"
        return f"{run} over {other}: the same answer on {every}"
    if one.score.value is None or one.score.low is None:
        return f"{run} over {other}: cannot be told apart: the difference is undefined here"
    few = one.groups < ROUGH_BELOW and not one.excludes_zero  # a sentence of its own
    clear = f"{'; ' if few else ', '}{_how_clear(one)}"
    return f"{_figure(one, found, run, other)}{clear}; {_alone(one, found)}"


def _figure(one: Difference, found: Comparison, run: str, other: str) -> str:
    """The difference: with its interval where it tells, of an error by how much it is smaller."""
    value, unit = one.score.value or 0.0, found.unit
    low, high = (0.0 if end is None else end for end in one.score[1:])
    if found.lower_is_better:  # in as many digits as the table above
        if unit and one.tells:
            return (
                f"{run} over {other}: error less by {value:,.4g} {unit} "
                f"({low:,.4g} to {high:,.4g} {unit})"
            )
        if unit:
            return f"{run} over {other}: error less by {value:,.4g} {unit}"
        if one.tells:
            return f"{run} over {other}: error less by {value:,.4g} ({low:,.4g} to {high:,.4g})"
        return f"{run} over {other}: error less by {value:,.4g}"
    if unit and one.tells:
        return f"{run} over {other}: {value:+.3f} {unit} ({low:+.3f} to {high:+.3f} {unit})"
    if unit:
        return f"{run} over {other}: {value:+.3f} {unit}"
    if one.tells:
        return f"{run} over {other}: {value:+.3f} ({low:+.3f} to {high:+.3f})"
    return f"{run} over {other}: {value:+.3f}"


def _alone(one: Difference, found: Comparison) -> str:
    """On how many recordings each of the two is the better one."""
    on, other = counted(one.only_run, "recording"), one.only_other
    if found.lower_is_better:
        return f"on {on} it is nearer to the truth, on {other:,} the other"
    if found.right_or_wrong:
        return f"on {on} it alone is right, on {other:,} the other alone"
    return f"on {on} it is better, on {other:,} the other"


def _how_clear(one: Difference) -> str:
    """No difference is called clear on few groups, and one group tells nothing of others."""
    from tonotope.evaluation.intervals import ROUGH_BELOW
    from tonotope.evaluation.warnings_on_scores import how_clear

    if said := how_clear(one.groups, one.n, one.excludes_zero):
        return said
    if one.groups < ROUGH_BELOW:
        return f"a difference as far as {one.groups} groups can tell"
    return terminal.good("a clear difference")
