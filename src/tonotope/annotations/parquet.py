"""Parquet, for archives: the columns of `csv` with their types; needs the package pyarrow."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from tonotope._errors import MissingPackageError
from tonotope.annotations.collector import Collector
from tonotope.annotations.event import Event
from tonotope.annotations.format import WriteOptions

_TEXTS = ("file", "label")
_NAMES = ("file", "start_s", "end_s", "label", "score", "low_hz", "high_hz")
_AT_ONCE = 10_000  # events of a row group


class Parquet:
    """A table of columns with types."""

    name: ClassVar[str] = "parquet"
    holds: ClassVar[frozenset[str]] = frozenset(
        {"file", "score", "frequencies", "any_text", "formulas"}
    )
    decimals: ClassVar[int | None] = None
    score_decimals: ClassVar[int | None] = None
    is_text: ClassVar[bool] = False

    def fits(self, content: bytes, path: Path) -> bool:
        """Whether it begins as Parquet does."""
        return content.startswith(b"PAR1")

    def read(self, content: bytes, events: Collector) -> None:
        """Read each row.

        Raises:
            DataError: it is damaged, or columns are missing.
            MissingPackageError: pyarrow is not installed.
        """
        arrow, parquet = _pyarrow()
        try:
            table = parquet.read_table(arrow.BufferReader(content))
            names: list[str] = table.column_names
            missing = [name for name in ("start_s", "end_s", "label") if name not in names]
            rows = [] if missing else table.select([n for n in _NAMES if n in names]).to_pylist()
        except (arrow.ArrowException, OSError, ValueError, OverflowError) as error:
            raise events.error("it is no whole Parquet file") from error
        if missing:
            raise events.error(f"there is no column {missing[0]}; there are: {', '.join(names)}")
        further = [name for name in names if name not in _NAMES]
        if further:
            events.note(f"further columns are not read: {', '.join(further)}")
        for row, found in enumerate(rows, start=1):
            file = found.get("file")
            events.add(
                row,
                found["start_s"],
                found["end_s"],
                found["label"],
                file=file if isinstance(file, str) else "",
                score=found.get("score"),
                low=found.get("low_hz"),
                high=found.get("high_hz"),
            )

    def begin(self, out: Path, options: WriteOptions) -> None:
        """Open the file.

        Raises:
            MissingPackageError: pyarrow is not installed.
        """
        arrow, parquet = _pyarrow()
        fields = [(one, arrow.string() if one in _TEXTS else arrow.float64()) for one in _NAMES]
        self.arrow, self.schema = arrow, arrow.schema(fields)
        self.file = parquet.ParquetWriter(out, self.schema)
        self.events: list[Event] = []

    def write(self, event: Event) -> None:
        """Keep one event; every ten thousand are written."""
        self.events.append(event)
        if len(self.events) == _AT_ONCE:
            self._flush()

    def end(self) -> None:
        """Write the rest, and the table of contents."""
        self._flush()
        self.file.close()

    def _flush(self) -> None:
        rows = [{name: _fit(getattr(event, name)) for name in _NAMES} for event in self.events]
        self.file.write_table(self.arrow.Table.from_pylist(rows, schema=self.schema))
        self.events.clear()


def _fit(value: object) -> object:
    """A value as the file can hold it: bytes of a name that are no UTF-8 are spelled."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value


def _pyarrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise MissingPackageError("pyarrow") from error
