"""`tonotope compare`: which run is better, with the interval of each paired difference."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
        names = f"{terminal.one_line(one.run)} over {terminal.one_line(one.other)}"
        terminal.tell(f"{names}: {_in_words(one, found)}")
    for note in found.notes:
        terminal.say(terminal.soft(note, sys.stderr))


def _in_digits(score: Sequence[float | None], found: Comparison) -> list[float | None]:
    """A share and its ends to four decimals: no end of 6.4e-11; errors and levels as they are."""
    if found.lower_is_better or found.unit:
        return list(score)
    return [None if one is None else round(one, _DECIMALS) for one in score]


def _in_words(one: Difference, found: Comparison) -> str:
    """A difference with its interval, what so many groups can tell, and who is right alone."""
    value, low, high = one.score
    if one.same:
        return f"the same answer on {_every(one.n)}"
    if value is None or low is None:
        return "cannot be told apart: the difference is undefined here"
    figure = f"{value:+.3f}{f' {found.unit}' if found.unit else ''}"
    if one.tells:
        figure += f" ({low:+.3f} to {high:+.3f})"
    if found.lower_is_better:  # of an error, the difference is by how much it is smaller
        figure = f"error less by {figure}"
    alone = "right alone" if found.right_or_wrong else "better on"
    if found.lower_is_better:
        alone = "nearer to the truth"
    return f"{figure}, {_how_clear(one)}; {alone}: {one.only_run} and {one.only_other}"


def _every(recordings: int) -> str:
    return "the one recording" if recordings == 1 else f"all {recordings} recordings"


def _how_clear(one: Difference) -> str:
    """No difference is called clear on few groups, and one group tells nothing of others."""
    from tonotope.evaluation.intervals import ROUGH_BELOW

    if one.groups == 1:
        return "which one group alone cannot tell from chance"
    if not one.tells:
        return f"which {one.groups} groups cannot tell from chance"
    if not one.excludes_zero:
        return "may be chance"
    if one.groups < ROUGH_BELOW:
        return f"a difference as far as {one.groups} groups can tell"
    return terminal.good("a clear difference")
