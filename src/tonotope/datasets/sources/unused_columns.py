"""Columns that are not used though they look like part, fold, group or times: each is named.

A known name is named in a note. What would change the split, by its name (`is_test`,
`validation_fold`, `bird_id`) or by its cells (train, test), is a warning with what would take it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from tonotope._wording import first_five, first_three
from tonotope.datasets.sources.csv_dialect import CsvTable
from tonotope.datasets.split_words import parts_of, side_told
from tonotope.datasets.vocabulary import bare, looks_like, role_of

# Nothing else is called so, whatever the cells say; a `part` or a `set` may be anything.
_SURE = {*("split", "datasplit", "splitname", "subset", "partition", "traintest"), "aufteilung"}
_MOST_PARTS, _MOST_FOLDS = 6, 30
_YES_OR_NO = {"0", "1", "true", "false", "yes", "no", "y", "n", "t", "f", "sí", "si", "ja", "nein"}


def unused_columns(
    table: CsvTable,
    sample: Sequence[Sequence[str]],
    used: Collection[int | None],
    roles: Collection[str],
) -> tuple[list[str], list[str]]:
    """Notes and warnings on columns that are not used.

    Args:
        table: the table.
        sample: cells of some of its rows.
        used: the places of the columns that are used.
        roles: which of `part`, `fold`, `group` and `time` a column was found for.

    Returns:
        The notes, and the warnings.
    """
    known: list[str] = []
    cures: dict[str, str] = {}
    warnings: list[str] = []
    groups: list[tuple[str, list[str]]] = []
    for at, name in enumerate(table.columns):
        if at in used or not name:
            continue
        words = _words(sample, at)
        role = _looks(name, words, sum(bool(row[at].strip()) for row in sample))
        free = role not in roles and not (role == "fold" and "part" in roles)
        if role == "group" and free:
            groups.append((name, words))
        elif role and role != "time" and free:
            warnings.append(_warning(name, role, words))
        elif known_role := side_told(words) or role_of(name) or role:
            known.append(f"`{name}` (a {known_role})")
            if known_role not in cures and (cure := _cure_of_known(name, known_role, words, roles)):
                cures[known_role] = cure
    warnings += _group_warnings(groups)
    if not known:
        return [], warnings
    said = "; ".join([", ".join(known), *cures.values()])
    return [f"not used, though the name is known: {said}"], warnings


def _cure_of_known(
    name: str, role: str, words: Sequence[str], roles: Collection[str]
) -> str | None:
    """What takes a column of a known name all the same; None where nothing would."""
    if role == "group" and len(words) > 1:
        return f'group = "{name}" in [data] takes it'
    few = 1 < len(words) <= _MOST_PARTS
    return _cure(name, role, words) if role == "part" and role not in roles and few else None


def _group_warnings(groups: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """One sentence on all columns that look like groups, each with some of its cells."""
    if len(groups) < 2:
        return [_warning(name, "group", words) for name, words in groups]
    shown = [f"`{name}` ({first_three(_in_order(words))})" for name, words in groups]
    cure = f'group = "{groups[0][0]}" in [data] takes it'
    return [f"{first_three(shown)} look like groups and are not used: {cure}"]


def is_side(name: str, sample: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a column looks like parts or folds, and so is not the one of labels."""
    words = _words(sample, at)
    return _looks(name, words, len(words)) in ("part", "fold")


def _words(sample: Sequence[Sequence[str]], at: int) -> list[str]:
    return [*dict.fromkeys(text for row in sample if (text := row[at].strip()))]


def _looks(name: str, words: Sequence[str], rows: int) -> str | None:
    """What a column looks like by its name and its cells."""
    if told := side_told(words):
        return told
    if bare(name) in _SURE and 1 < len(words) <= _MOST_PARTS:
        return "part"
    role = looks_like(name)
    fits = {
        "part": 1 < len(words) <= _MOST_PARTS and any(map(_is_part, words)),
        "fold": 1 < len(words) <= _MOST_FOLDS,
        "group": 1 < len(words) < rows,
        "time": bool(words) and all(map(_is_number, words)),
    }
    return role if role and fits[role] else None


def _is_part(text: str) -> bool:
    return text.casefold() in _YES_OR_NO or looks_like(text) == "part" or bool(parts_of([text]))


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[-+]?[\d.,:]+(?:e[-+]?\d+)?", text, re.IGNORECASE))


def _warning(name: str, role: str, words: Sequence[str]) -> str:
    said = first_five(_in_order(words))
    return f"`{name}` looks like a {role} ({said}) and is not used: {_cure(name, role, words)}"


def _cure(name: str, role: str, words: Sequence[str]) -> str:
    """What takes a column, and what its cells must say before."""
    cure = f'{role} = "{name}" in [data] takes it'
    if role != "part":
        return cure
    meant = parts_of(words)
    if len(meant) < len(words):
        if {word.casefold() for word in words} <= _YES_OR_NO:
            cells = " and ".join(_in_order(words))
            return f"write train, validation or test in place of its {cells}; then {cure}"
        return f"write train, validation or test in place of its cells; then {cure}"
    absent = next((part for part in ("train", "test") if part not in meant.values()), None)
    if absent:
        return f"a split needs train and test: write {absent} in some of its cells; then {cure}"
    return cure


def _in_order(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda one: (len(one), one))
