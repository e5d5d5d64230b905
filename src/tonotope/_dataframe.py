"""Tables as pandas data frames (`to_dataframe`), where pandas is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tonotope._errors import DataError, MissingPackageError, did_you_mean

if TYPE_CHECKING:
    from pandas import DataFrame


def data_frame(
    rows: Iterable[Sequence[Any] | Mapping[str, Any]], columns: Sequence[str] | None = None
) -> DataFrame:
    """Rows as a pandas data frame.

    Args:
        rows: cells in the order of `columns`; or tables of names and cells.
        columns: the name of each column; None takes the names that the rows have.

    Raises:
        MissingPackageError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise MissingPackageError("pandas") from error
    return pandas.DataFrame(list(rows), columns=None if columns is None else list(columns))


def one_of(tables: Mapping[str, Iterable[Mapping[str, Any]]], name: str) -> DataFrame:
    """One of several tables as a pandas data frame.

    Raises:
        DataError: there is no table of this name; names those there are.
    """
    if name not in tables:
        guess = did_you_mean(name, tables)
        raise DataError(f"there is no table `{name}`; there are: {', '.join(tables)}{guess}")
    return data_frame(tables[name])
