"""Which column of a table tells the group, and which unknown ones may: values that come again.

Of several columns with known names the first is taken that parts the recordings: none that says one
thing everywhere, or another in every file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from tonotope._wording import first_three
from tonotope.datasets.labels import is_blank
from tonotope.datasets.sources.counting_names import only_counts
from tonotope.datasets.sources.csv_dialect import CsvTable
from tonotope.datasets.sources.grouping import Grouping
from tonotope.datasets.split_words import side_told
from tonotope.datasets.vocabulary import GROUP_COLUMNS, is_attribute, looks_like, role_of
from tonotope.datasets.who_words import in_order

_FRACTION = re.compile(r"[-+]?\d*[.,]\d+(?:e[-+]?\d+)?", re.IGNORECASE)
_MOST_SHOWN = 3


class _Cells(NamedTuple):
    """What a column says.

    Attributes:
        values: in the order of their first rows; none that is blank.
        files: in which files each value stands.
        labels: with which classes each value stands.
        again: values that stand in several files of one class.
        total: how many files say something.
    """

    values: list[str]
    files: Mapping[str, set[str]]
    labels: Mapping[str, set[str]]
    again: set[str]
    total: int


def find_group_column(
    table: CsvTable, free: Mapping[str, int], file: int, label: int | None
) -> tuple[int | None, list[str]]:
    """The column of groups by its name, and notes on others that come first and part nothing.

    One that holds parts or folds (train, test) is none, whatever it is called.

    Args:
        table: the table.
        free: the columns that hold nothing else, by their bare names.
        file: the column of files.
        label: the column of classes; None where targets are no classes.

    Returns:
        The place of the column, None where no name is known; and the notes.
    """
    named = [free[name] for name in in_order(free, GROUP_COLUMNS, first="recordist")]
    cells = _cells(table, named, file, label)
    known = [at for at in named if not side_told(cells[at].values)]
    if len(known) < 2:
        return (known[0] if known else None), []
    why = {at: _why_passed_over(cells[at]) for at in known}
    group = min(known, key=lambda at: (why[at][0], known.index(at)))
    passed = known[: known.index(group)]
    return group, [
        f"`{table.columns[at]}` {why[at][1]}: groups are from `{table.columns[group]}` instead"
        for at in passed
    ]


def _why_passed_over(cells: _Cells) -> tuple[int, str]:
    """How bad a column is, and why: 0 where it can be used."""
    if len(cells.values) < 2:
        return 3, f"says `{cells.values[0]}` everywhere" if cells.values else "says nothing"
    if all(len(found) == 1 for found in cells.files.values()):
        return 2, "says something else in every file"
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for value, labels in cells.labels.items():
        for label in labels:
            classes[label].add(value)
    if len(classes) > 1 and all(len(found) == 1 for found in classes.values()):
        return 1, "says one thing in each class"
    return 0, ""


def columns_coming_again(
    table: CsvTable, left: Mapping[str, int], file: int, label: int | None
) -> tuple[str, ...]:
    """Columns of unknown names whose values come again, in several classes: `plot`.

    Numbers must come again within a class.

    Args:
        table: the table.
        left: the columns that are not used, by their names.
        file: the column of files.
        label: the column of classes; None where targets are no classes.

    Returns:
        Each with some of its values: `` `plot` (p0, p1, p2 and 3 more) ``.
    """
    asked = {
        name: at
        for name, at in left.items()
        if name and not (role_of(name) or looks_like(name) or is_attribute(name))
    }
    if not asked:
        return ()
    cells = _cells(table, asked.values(), file, label)
    in_order = sorted(asked.items(), key=lambda one: one[1])
    found = [name for name, at in in_order if _may_be_a_source(cells[at], label is not None)]
    said = []
    for name in found[:_MOST_SHOWN]:
        values = sorted(cells[asked[name]].values, key=lambda one: (len(one), one))
        said.append(f"`{name}` ({first_three(values)})")
    return tuple(said)


def _may_be_a_source(cells: _Cells, classes: bool) -> bool:
    values = cells.values
    if not 3 <= len(values) <= cells.total / 2 or any(map(_FRACTION.fullmatch, values)):
        return False
    across = sum(len(labels) > 1 for labels in cells.labels.values())
    # a running number is in each class, and says nothing
    counts = all(map(only_counts, values))
    again = cells.again if counts else [one for one, found in cells.files.items() if len(found) > 1]
    return len(again) > len(values) / 2 and (across > len(values) / 2 or not classes)


def with_columns(grouping: Grouping, columns: Sequence[str]) -> Grouping:
    """The grouping, with a question on columns of unknown names.

    Args:
        grouping: each file its own group.
        columns: as from `columns_coming_again`.
    """
    if not columns:
        return grouping
    first = columns[0].split("`")[1]
    doubt = (
        f"the values of {' and '.join(columns)} come again in several files, and each file is its "
        "own group: "
        f'if that is who, where or when it was recorded, group = "{first}" in [data] takes it'
    )
    warning = f"{grouping.warning}. {doubt}" if grouping.warning else doubt
    return grouping._replace(warning=warning)


def _cells(
    table: CsvTable, places: Collection[int], file: int, label: int | None
) -> dict[int, _Cells]:
    """What columns say in all rows."""
    files: dict[int, defaultdict[str, set[str]]] = {at: defaultdict(set) for at in places}
    labels: dict[int, defaultdict[str, set[str]]] = {at: defaultdict(set) for at in places}
    within: dict[int, defaultdict[tuple[str, str], set[str]]] = {
        at: defaultdict(set) for at in places
    }
    for _, row, _ in table.rows():
        if row is None:
            continue
        for at in places:
            if is_blank(value := row[at].strip()):
                continue
            said = "" if label is None else row[label].strip()
            files[at][value].add(row[file])
            labels[at][value].add(said)
            within[at][value, said].add(row[file])
    return {
        at: _Cells(
            [*files[at]],
            files[at],
            labels[at],
            {value for (value, _), names in within[at].items() if len(names) > 1},
            len({name for names in files[at].values() for name in names}),
        )
        for at in places
    }
