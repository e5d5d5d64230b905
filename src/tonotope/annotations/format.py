"""`Format`: what every format of label files must offer, to read it and to write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

if TYPE_CHECKING:
    from tonotope.annotations.collector import Collector
    from tonotope.annotations.event import Event


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How label files are written.

    Attributes:
        frequencies: Audacity's second line of a label, with its frequencies; Audacity 3 writes it,
            whether version 4 keeps it was not tried.
        score_in_text: a score behind the label, `curlew 0.93`, where a format has no other place.
        durations: the length of each recording in seconds, by the name in its events; for `raven`
            of several recordings in the order in which they are opened.
    """

    frequencies: bool = False
    score_in_text: bool = True
    durations: Mapping[str, float] = field(default_factory=dict)


@runtime_checkable
class Format(Protocol):
    """Reads and writes the events of one file; made anew for each.

    Attributes:
        name: as in `FORMATS`.
        holds: which of `file`, `score`, `frequencies`, `columns`, `any_text` and `formulas` it has
            a place for: `any_text` means labels with line ends and tabs, `formulas` labels that
            begin as a spreadsheet's formula does, which elsewhere get an apostrophe.
        decimals: of times in seconds; None where they are written as they are.
        score_decimals: the same of scores.
        is_text: False where the file is no text; `read` is given its bytes then, `begin` a path.
    """

    name: ClassVar[str]
    holds: ClassVar[frozenset[str]]
    decimals: ClassVar[int | None]
    score_decimals: ClassVar[int | None]
    is_text: ClassVar[bool]

    def fits(self, content: Any, path: Path, /) -> bool:
        """Whether a file is of this format, by its content (text, or bytes) and its name."""
        ...

    def read(self, content: Any, events: Collector, /) -> None:
        """Give each label to `events.add`, and what cannot be read to `events.skip`."""
        ...

    def begin(self, out: Any, options: WriteOptions, /) -> None:
        """The file is open: write a header, if there is one."""
        ...

    def write(self, event: Event, /) -> None:
        """Write one event."""
        ...

    def end(self) -> None:
        """There are no more events."""
        ...
