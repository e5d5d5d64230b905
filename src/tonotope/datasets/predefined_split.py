"""Folds or parts given in a table: taken as they are, refused where a group lies in two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tonotope._errors import DataError, did_you_mean
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
        raise DataError(
            f"one fold alone ({first_five(list(folds))}): nothing would be left to learn from; "
            "leave data.fold out, or name the column that holds two folds or more"
        )
    _refuse_leaks(recordings, lambda one: one.fold, "fold", "leave data.fold out")
    return {fold: folds[fold] for fold in sorted(folds, key=natural_order)}, without


def predefined_parts(
    recordings: Sequence[Recording], column: str
) -> tuple[dict[str, list[str]], list[str]]:
    """The groups of train, validation and test, and the ids of recordings that have no part.

    Raises:
        DataError: an unknown part, no train or test part, or a group in two parts.
    """

    def part(one: Recording) -> str | None:
        text = one.part or one.targets.get(column) or None
        return text and _part(text, one.id, column)

    parts, without = _gathered(recordings, part)
    if not parts:
        raise DataError(
            f"no recording has a part in the column `{column}` (split.column): it should "
            "say train, validation or test"
        )
    for needed in ("train", "test"):
        if needed not in parts:
            raise DataError(
                f"the column `{column}` names no `{needed}` part, only "
                f"{' and '.join(sorted(parts))}: leave split.column out to have parts made"
            )
    _refuse_leaks(recordings, part, "part", "leave split.column out")
    return {name: parts.get(name, []) for name in PARTS}, without


def _part(text: str, name: str, column: str) -> str:
    known = part_of(text)
    if known is None:
        raise DataError(
            f"{name}: the column `{column}` says `{text}`; it may say "
            f"train, validation or test{did_you_mean(text.casefold(), PARTS)}"
        )
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
    """Refuse a group in two parts: what was trained on would be tested."""
    sides: dict[str, dict[str, list[str]]] = {}
    for one in recordings:
        where = side(one)
        if where is not None:
            sides.setdefault(one.group, {}).setdefault(where, []).append(one.id)
    leaks = sorted(group for group, found in sides.items() if len(found) > 1)
    if not leaks:
        return
    named = []
    for group in leaks[:_NAMED_LEAKS]:
        parts = sorted(sides[group].items(), key=lambda item: natural_order(item[0]))
        where = " and ".join(f"{part} ({first_five(sorted(ids))})" for part, ids in parts)
        named.append(f"`{group}` in {where}")
    more = f"; and {len(leaks) - _NAMED_LEAKS} more" if len(leaks) > _NAMED_LEAKS else ""
    raise DataError(
        "a group would be in two parts of the split, so what was trained on would be tested: "
        f"{'; '.join(named)}{more}. Give each group one {word} in the table, or {way_out} to have "
        "the parts made by group"
    )
