"""Folds or parts given in a table: taken as they are, refused where a group lies in two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tonotope._errors import DataError, did_you_mean
from tonotope._wording import first_five
from tonotope.datasets.folds import natural_order
from tonotope.datasets.manifest import Recording
from tonotope.datasets.split_words import PARTS, part_of
from tonotope.datasets.stratify import LabelCounts

_NAMED_LEAKS = 3
_FOLDS = 5  # what is offered where those of a table cannot be used
_MISSING = {
    "train": "call what is to be learnt from `train` there",
    "test": "call what is to be judged on `test` there",
}


def predefined_folds(
    recordings: Sequence[Recording], folds_from: str | None = None
) -> tuple[dict[str, list[str]], list[str]]:
    """The groups of every fold, and the ids of recordings that have none.

    Args:
        recordings: the recordings.
        folds_from: what the folds were read from, as `Manifest.folds_from`.

    Raises:
        DataError: a group lies in two folds, or there is one fold alone.
    """
    folds, without = _gathered(recordings, lambda one: one.fold)
    if len(folds) < 2:
        told = folds_from or "the table"
        raise DataError(
            f"{told} tells one fold alone ({first_five(list(folds))}): nothing would be left to "
            f"learn from; split.folds = {_FOLDS} has folds made, or leave data.fold out, or name "
            "the column that holds two folds or more"
        )
    # As many folds as are given would be the given ones.
    others = _FOLDS if len(folds) != _FOLDS else _FOLDS + 1
    _refuse_leaks(recordings, lambda one: one.fold, "fold", f"set split.folds = {others}")
    return {fold: folds[fold] for fold in sorted(folds, key=natural_order)}, without


def predefined_parts(
    recordings: Sequence[Recording], column: str, parts_from: str | None = None
) -> tuple[dict[str, list[str]], list[str], str]:
    """The groups of train, validation and test, the ids that have no part, and what tells it.

    Args:
        recordings: the recordings.
        column: as `split.column` names it: `part` for the parts that were read, or a target.
        parts_from: what the parts were read from, as `Manifest.parts_from`.

    Raises:
        DataError: an unknown part, no train or test part, a group in two parts, or parts that were
            read from another column than the one that is asked for.
    """
    named = f"the column `{column}`"
    read = any(one.part for one in recordings)
    as_target = any(column in one.targets for one in recordings)
    as_target = as_target and named != parts_from and not (column == "part" and read)
    if read and not as_target and parts_from not in (None, named) and column != "part":
        raise DataError(
            f'split.column = "{column}", but the parts are told by {parts_from}: take column = '
            f'"part" in [split] for these, or name the other one in [data] (part = "{column}")'
        )
    told = parts_from if parts_from and not as_target else named

    def part(one: Recording) -> str | None:
        text = (one.targets.get(column) if as_target else one.part) or None
        return text and _part(text, one.id, told)

    parts, without = _gathered(recordings, part)
    if not parts and any(one.fold for one in recordings):
        raise DataError(
            f"no recording has a part in the column `{column}` (split.column), but the table tells "
            "folds: they are taken where split.column is left out"
        )
    if not parts:
        raise DataError(
            f"no recording has a part in the column `{column}` (split.column): it should "
            f'say train, validation or test, and be named in [data] too (part = "{column}")'
        )
    for needed in ("train", "test"):
        if needed not in parts:
            raise DataError(
                f"{told} {verb(told, 'name')} no `{needed}` part, only "
                f"{' and '.join(sorted(parts))}: {_MISSING[needed]}, or have folds made "
                f"(split.folds = {_FOLDS}, in place of split.column)"
            )
    _refuse_leaks(recordings, part, "part", f"set split.folds = {_FOLDS}")
    return {name: parts.get(name, []) for name in PARTS}, without, told


def unused_sides(
    recordings: Sequence[Recording],
    column: str | None,
    count: int | None,
    parts_from: str | None,
    folds_from: str | None = None,
    shares: str = "",
) -> list[str]:
    """Sentences on published parts or folds that a plan does not use.

    Args:
        recordings: the recordings.
        column: `split.column`.
        count: `split.folds`.
        parts_from: what the parts were read from, as `Manifest.parts_from`.
        folds_from: what the folds were read from, as `Manifest.folds_from`.
        shares: the shares that were asked for, as `SplitPlan.asked_shares`.
    """
    folds = len({one.fold for one in recordings} - {None})
    notes: list[str] = []
    if column is None and any(one.part for one in recordings):
        told = parts_from or "the table"
        taken = f"{count or folds} folds were" if count or folds else "a split by shares was"
        named = {known for one in recordings if (known := one.part and part_of(one.part))}
        if {"train", "test"} <= named:
            notes.append(
                f"{told} {verb(told, 'say')} which recordings train and which test, but {taken} "
                'taken; column = "part" in [split] takes what is said there'
            )
        else:
            known = " and ".join(sorted(named)) or "no part that is known"
            notes.append(f"{told} {verb(told, 'name')} only {known}, so {taken} taken")
    if shares and (column is not None or count or folds):
        asked = f"the {folds} given folds are"
        if column is not None:
            asked = f'split.column = "{column}" is'
        elif count is not None:
            asked = f"split.folds = {count} is"
        notes.append(
            f"the shares that were asked for ({shares}) are not used, since {asked}; without that "
            "the split is by shares"
        )
    if folds and (column is not None or count not in (None, folds)):
        asked = f"split.folds = {count}" if column is None else f'split.column = "{column}"'
        if column == "part" and parts_from:
            asked = f"the parts come from {parts_from}"
        if folds == 1:
            notes.append(f"{folds_from or 'the table'} tells one fold alone, so it is not used")
        else:
            notes.append(
                f"the {folds} given folds are not used, since {asked}; split.folds = {folds} in "
                "its place takes them"
            )
    return notes


def refuse_unlearnt(
    groups: Mapping[str, LabelCounts], parts: Mapping[str, Sequence[str]], told: str
) -> None:
    """Refuse parts that test or watch a class that their training part lacks.

    Raises:
        DataError: names the classes.
    """
    classes = {part: {label for group in parts[part] for label in groups[group]} for part in parts}
    unlearnt = sorted((classes["test"] | classes["validation"]) - classes["train"])
    if unlearnt:
        raise DataError(
            f"as {told} {verb(told, 'say')}, there is nothing in its train part to learn these "
            f"from: {first_five(unlearnt)}. Move a group of each to train, or leave their rows out"
        )


def untested_classes(groups: Mapping[str, LabelCounts], test: Sequence[str]) -> list[str]:
    """A sentence on classes of which the given test part holds nothing."""
    tested = {label for group in test for label in groups[group]}
    untested = sorted({label for census in groups.values() for label in census} - tested)
    if not untested:
        return []
    return [
        f"not in the test part that is given: {first_five(untested)}; how well they are recognised "
        "stays unknown"
    ]


def verb(told: str, word: str) -> str:
    """`word` as it follows what tells the parts: a column says, folders say."""
    return word if told.startswith("the folders") else f"{word}s"


def _part(text: str, name: str, told: str) -> str:
    known = part_of(text)
    if known is None:
        raise DataError(
            f"{name}: {told} says `{text}`; it may say "
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
        "folds made by group"
    )
