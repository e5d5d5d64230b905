"""Folds and parts that a table prescribes: read as they stand, and refused where they leak."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tonotope._errors import DataError, did_you_mean
from tonotope._escape import escaped
from tonotope._wording import first_five
from tonotope.datasets.folds import natural_order
from tonotope.datasets.manifest import Recording
from tonotope.datasets.vocabulary import PARTS, part_of

_NAMED_LEAKS = 3


def predefined_folds(recordings: Sequence[Recording]) -> tuple[dict[str, list[str]], list[str]]:
    """The groups of every fold, and the ids of recordings that have none.

    Raises:
        DataError: a group lies in two folds, or there is one fold alone.
    """
    folds, without = _gathered(recordings, lambda one: one.fold)
    if len(folds) < 2:
        message = (
            f"one fold alone ({first_five(list(folds))}): nothing would be left to learn from; "
            "leave data.fold out, or name the column that holds two folds or more"
        )
        raise DataError(message)
    _refuse_leaks(recordings, lambda one: one.fold, "fold", "leave data.fold out")
    return {fold: folds[fold] for fold in sorted(folds, key=natural_order)}, without


def predefined_parts(
    recordings: Sequence[Recording], column: str
) -> tuple[dict[str, list[str]], list[str]]:
    """The groups of train, validation and test, and the ids of recordings that have no part.

    Raises:
        DataError: an unknown part, none to learn from or to judge by, or a group in two parts.
    """

    def part(one: Recording) -> str | None:
        text = one.part or one.targets.get(column) or None
        return text and _part(text, one.id, column)

    parts, without = _gathered(recordings, part)
    if not parts:
        message = (
            f"no recording has a part in the column `{escaped(column)}` (split.column): it should "
            "say train, validation or test"
        )
        raise DataError(message)
    for needed in ("train", "test"):
        if needed not in parts:
            message = (
                f"the column `{escaped(column)}` names no `{needed}` part, only "
                f"{' and '.join(sorted(parts))}: leave split.column out to have parts made"
            )
            raise DataError(message)
    _refuse_leaks(recordings, part, "part", "leave split.column out")
    return {name: parts.get(name, []) for name in PARTS}, without


def _part(text: str, name: str, column: str) -> str:
    known = part_of(text)
    if known is None:
        message = (
            f"{escaped(name)}: the column `{escaped(column)}` says `{escaped(text)}`; it may say "
            f"train, validation or test{did_you_mean(text.casefold(), PARTS)}"
        )
        raise DataError(message)
    return known


def _gathered(
    recordings: Iterable[Recording], side: Callable[[Recording], str | None]
) -> tuple[dict[str, list[str]], list[str]]:
    """The groups on each side, sorted, and the ids on none."""
    groups: dict[str, set[str]] = {}
    without: list[str] = []
    for one in recordings:
        where = side(one)
        if where is None:
            without.append(one.id)
        else:
            groups.setdefault(where, set()).add(one.group)
    return {where: sorted(members) for where, members in groups.items()}, sorted(without)


def _refuse_leaks(
    recordings: Iterable[Recording],
    side: Callable[[Recording], str | None],
    word: str,
    way_out: str,
) -> None:
    """A group on two sides would be met in training and judged all the same."""
    sides: dict[str, dict[str, list[str]]] = {}
    for one in recordings:
        where = side(one)
        if where is not None:
            sides.setdefault(one.group, {}).setdefault(where, []).append(one.id)
    leaks = sorted(group for group, found in sides.items() if len(found) > 1)
    if not leaks:
        return
    named = "; ".join(f"`{escaped(group)}` in {_where(sides[group])}" for group in leaks[:3])
    more = f"; and {len(leaks) - _NAMED_LEAKS} more" if len(leaks) > _NAMED_LEAKS else ""
    message = (
        f"a group would be on both sides of the split, so that what is learnt is judged: {named}"
        f"{more}. Give each group one {word} in the table, or {way_out} to have the parts made "
        "by group"
    )
    raise DataError(message)


def _where(found: dict[str, list[str]]) -> str:
    ordered = sorted(found.items(), key=lambda item: natural_order(item[0]))
    return " and ".join(f"{escaped(side)} ({first_five(sorted(ids))})" for side, ids in ordered)
