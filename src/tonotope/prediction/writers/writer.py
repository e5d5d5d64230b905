"""`Writer`: what every format of predictions must offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TextIO, runtime_checkable

if TYPE_CHECKING:
    from tonotope.prediction.rows import PredictedRow
    from tonotope.prediction.score_layout import Layout


@runtime_checkable
class Writer(Protocol):
    """Writes rows of predictions to a text file, one after the other."""

    def begin(self, out: TextIO, layout: Layout, /) -> None:
        """The file is open: write a header, if there is one."""
        ...

    def write(self, row: PredictedRow, /) -> None:
        """Write one row."""
        ...

    def end(self) -> None:
        """There are no more rows."""
        ...
