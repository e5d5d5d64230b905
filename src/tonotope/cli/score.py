"""`tonotope score`: predicted events against true ones: F1, error rate, average precision."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonotope.cli import language, terminal
from tonotope.cli.app import SOME_LEFT_OUT, AsJson, app, examples

if TYPE_CHECKING:
    from tonotope.evaluation.detection_result import Detection, DetectionRow, Judged

_DECIMALS = 3
_EXAMPLES = 5
_HEADS = ("true", "predicted", "precision", "recall", "F1", "low", "high", "error rate")


@app.command(
    epilog=examples(
        "tonotope score found/ labels/",
        "tonotope score events.csv truth.csv --collar 0.5 --onset-only",
        "tonotope score events.csv night.txt --json",
    )
)
def score(
    predicted: Annotated[
        Path,
        typer.Argument(
            metavar="PREDICTED",
            help="Events of a network: a label file or a folder of them.",
            show_default=False,
        ),
    ],
    truth: Annotated[
        Path,
        typer.Argument(
            metavar="TRUTH",
            help="What was there: a label file or a folder of them.",
            show_default=False,
        ),
    ],
    collar: Annotated[
        float, typer.Option(metavar="S", help="Seconds by which a beginning or an end may differ.")
    ] = 0.2,
    offset_share: Annotated[
        float,
        typer.Option(
            metavar="P", help="An end may differ by this share of the event's length, if more."
        ),
    ] = 0.5,
    onset_only: Annotated[
        bool, typer.Option("--onset-only", help="Only beginnings count, not ends.")
    ] = False,
    segment: Annotated[
        float, typer.Option(metavar="S", help="Length of a segment in seconds.")
    ] = 1.0,
    as_json: AsJson = False,
) -> None:
    """How well predicted events agree with true ones.

    Event by event, with a collar, and by segments of time; for each class and for all. The figures
    are those of sed_eval. Intervals are over recordings; of one recording, over blocks of its time.
    """
    import tonotope
    from tonotope.evaluation.detection_plan import DetectionPlan

    plan = DetectionPlan(
        segment_s=segment, collar_s=collar, offset_share=offset_share, offset=not onset_only
    )
    found = tonotope.score(predicted, truth, plan)
    if as_json:
        terminal.out_json(found.to_json())
        _end(found)
        return
    terminal.tell(_rule(found))
    _tell_table(found.by_event, found)
    terminal.tell("")
    terminal.tell(f"By segments of {plan.segment_s:g} s:")
    _tell_table(found.by_segment, found)
    for note in found.notes:
        terminal.say(terminal.soft(terminal.one_line(note), sys.stderr))
    _end(found)


def _end(found: Detection) -> None:
    """Name the lines that were left out; a status that says so."""
    if not found.skipped:
        return
    for line in found.skipped[:_EXAMPLES]:
        terminal.say(f"{terminal.bad('left out:', sys.stderr)} {terminal.one_line(line)}")
    if len(found.skipped) > _EXAMPLES:
        terminal.say(f"{len(found.skipped):,} lines were left out; --json names each")
    raise typer.Exit(SOME_LEFT_OUT)


def _rule(found: Detection) -> str:
    """When an event counts as found."""
    plan = found.plan
    if not plan.offset:
        return f"By events: found where the beginning is within {plan.collar_s:g} s:"
    if not plan.offset_share:
        return f"By events: found where beginning and end are within {plan.collar_s:g} s:"
    share = 100 * plan.offset_share
    return (
        f"By events: found where the beginning is within {plan.collar_s:g} s, and the end within "
        f"{plan.collar_s:g} s or {share:g} % of the length:"
    )


def _tell_table(judged: Judged, found: Detection) -> None:
    """A row for each class, then all together and the mean over the classes."""
    precise = any("average_precision" in one.figures for one in judged.classes)
    rows = [_cells(one, one.name, found, precise) for one in judged.classes]
    rows.append(_cells(judged.micro, language.told("all (micro)"), found, precise))
    macro = _cells(judged.macro, language.told("mean (macro)"), found, precise)
    rows.append(macro)
    heads = ("class", *_HEADS, *(("AP",) if precise else ()))
    for line in terminal.table(rows, tuple(map(language.word, heads)), decimals=_DECIMALS):
        terminal.out(line)


def _cells(row: DetectionRow, name: str, found: Detection, precise: bool) -> Sequence[object]:
    """One line of the table; the interval is that of F1, where it says anything."""
    f1 = row["f1"]
    low, high = (f1.low, f1.high) if found.tells(f1) else (None, None)
    values = [row[one].value for one in ("precision", "recall")]
    values += [f1.value, low, high, row["error_rate"].value]
    if precise:
        values.append(row["average_precision"].value)
    return (name, row.true, row.predicted, *values)
