"""Sentences that several commands print: notes, skipped recordings, score against baseline."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from tonotope._wording import counted
from tonotope.cli import language, terminal
from tonotope.cli.grouped_messages import (
    EXAMPLES,
    FEW,
    MOST_KINDS,
    gathered,
    in_short,
    of_other_kinds,
)

if TYPE_CHECKING:
    from tonotope.answers.metric import Estimate
    from tonotope.datasets.manifest import Manifest, Skipped
    from tonotope.evaluation.result import Evaluation


def tell_notes(manifest: Manifest) -> None:
    """What was understood of the recordings, and what deserves a look."""
    for note in manifest.notes:
        terminal.say(terminal.soft(terminal.one_line(note), sys.stderr))
    for warning in manifest.warnings:
        terminal.say(f"{terminal.bad('look:', sys.stderr)} {terminal.one_line(warning)}")


def tell_skipped(
    skipped: Sequence[Skipped],
    said: Collection[str] = (),
    *,
    every: bool = False,
    kept_in: str = "--json",
) -> None:
    """The inputs left out that were not named before, and how many there are.

    Args:
        skipped: the inputs.
        said: what was said before.
        every: name each; otherwise many of one kind are one sentence with three names.
        kept_in: where the full list is.
    """
    rests = [[one for one in alike if one not in said] for alike in gathered(map(str, skipped))]
    rests = [rest for rest in rests if rest]
    shown = len(rests) if every or len(skipped) <= FEW else MOST_KINDS
    lines: list[str] = []
    for rest in rests[:shown]:
        lines += rest if every or len(rest) <= EXAMPLES else [in_short(rest)]
    lines += [of_other_kinds(rests[shown:])] if rests[shown:] else []
    for line in lines:
        terminal.say(f"{terminal.bad('left out:', sys.stderr)} {terminal.one_line(line)}")
    if skipped:
        some = "1 input was" if len(skipped) == 1 else f"{len(skipped)} inputs were"
        counts = [len(alike) for alike in gathered(map(str, skipped))]
        where = "each is named above with its reason"
        if len(skipped) == 1:
            where = "it is named above with its reason"
        if not every and (max(counts) > EXAMPLES or shown < len(rests)):
            where = f"every one is named with its reason in {kept_in}"
        terminal.say(f"{some} left out; {where}")


def sentences(evaluation: Evaluation) -> list[str]:
    """An evaluation in words: whole numbers first, the interval and the difference after.

    Of several tasks, each in turn under its name.
    """
    if evaluation.tasks:
        tasks = evaluation.tasks.items()
        return [f"{name}: {line}" for name, own in tasks for line in sentences(own)]
    verdict, better = evaluation.verdict, evaluation.difference
    second = f"{called(evaluation.metric)} {evaluation.text(evaluation.score)}"
    if evaluation.only_class:
        only = terminal.one_line(evaluation.only_class)
        second += f"; only {only} was tested, which says nothing of the other classes"
    elif better and better.value is not None:
        second += f", {_difference(better, evaluation)}"
    if evaluation.tells(evaluation.score) or (better and evaluation.tells(better, difference=True)):
        second += f" [{100 * evaluation.plan.confidence:.0f} % intervals]"
    if "correct" not in verdict:
        heard = counted(evaluation.n, "recording")
        first = f"It was judged on {heard} it never heard before."
        return [first, second, *_tempered(evaluation)]
    of = counted(evaluation.n, "recording")
    first = f"It names {verdict['correct']} of {of} it never heard before."
    if evaluation.best and not evaluation.only_class:
        first += f" The best simple baseline names {verdict['baseline_correct']}."
    return [first, second, *_tempered(evaluation)]


def _tempered(evaluation: Evaluation) -> list[str]:
    """That the temperature made scores worse on the test part, where it did, and why."""
    from tonotope.answers.calibration import FIGURES, worse_after
    from tonotope.evaluation.intervals import ROUGH_BELOW

    worse = worse_after(evaluation.details.get("calibration"))
    if not worse:
        return []
    figures = [
        f"{FIGURES[one]} from {before:.3f} to {after:.3f}" for one, (before, after) in worse.items()
    ]
    said = f"With the temperature, scores are worse on the test part: {', '.join(figures)}"
    if evaluation.groups >= ROUGH_BELOW:
        return [said]
    few = counted(evaluation.groups, "group")
    few += " is too few" if evaluation.groups == 1 else " are too few"
    return [f"{said}; {few} to fit one that suits others (head.temperature = 1 leaves it out)"]


def called(metric: str) -> str:
    """What the report calls a figure; one of the user's own is called as it is written."""
    return _in_report("metric", metric) or metric.replace("-", " ")


def _baseline(name: str | None) -> str:
    """What the report calls a baseline; one of the user's own is called as it is written."""
    return _in_report("baseline", str(name)) or str(name)


def _in_report(kind: str, name: str) -> str:
    from tonotope.reporting.i18n import Words

    known = Words(language.of_terminal()).sentences.get(f"{kind}.{name}")
    return known if isinstance(known, str) else ""


def _difference(better: Estimate, evaluation: Evaluation) -> str:
    """How much better it is than the best baseline: above it, or of an error less."""
    if evaluation.as_baseline:
        return f"on every recording the same answer as {_baseline(evaluation.best)}"
    ahead = better.value is None or better.value >= 0
    side = "above" if ahead else "below"
    if evaluation.lower_is_better:
        side = "less than" if ahead else "more than"
    chance = _chance(evaluation)
    if not ahead:  # the same difference, seen from the other side
        ends = None if better.low is None else -better.low, better.high and -better.high
        better = better._replace(value=-(better.value or 0), low=ends[1], high=ends[0])
    return f"{evaluation.text(better, difference=True)} {side} {_baseline(evaluation.best)}{chance}"


def _chance(evaluation: Evaluation) -> str:
    """That a difference may be chance, as the report says it; nothing where it is clear."""
    from tonotope.evaluation.warnings_on_scores import how_clear

    sure = evaluation.verdict["excludes_zero"]
    said = how_clear(evaluation.groups, evaluation.n, sure is True)
    return f"; {said}" if said else ""
