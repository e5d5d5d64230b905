"""JSON lines: an object a line, with the names of `Event`; it loses nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, ClassVar, TextIO, cast

from tonotope.annotations.collector import Collector
from tonotope.annotations.event import Event
from tonotope.annotations.format import WriteOptions

_LINE_END = re.compile(r"\r\n|\n|\r")


class JsonLines:
    """One JSON object a line."""

    name: ClassVar[str] = "jsonl"
    holds: ClassVar[frozenset[str]] = frozenset(
        {"file", "score", "frequencies", "columns", "any_text", "formulas"}
    )
    decimals: ClassVar[int | None] = None
    score_decimals: ClassVar[int | None] = None
    is_text: ClassVar[bool] = True

    def fits(self, content: str, path: Path) -> bool:
        """Whether the first line is an object with a start; or it is called so and empty."""
        first = content.strip().partition("\n")[0]
        if not first:
            return path.suffix.lower() == ".jsonl"
        return first.startswith("{") and '"start_s"' in first

    def read(self, content: str, events: Collector) -> None:
        """Read each line."""
        for row, line in enumerate(_LINE_END.split(content), start=1):
            if not line.strip():
                continue
            try:
                found: Any = json.loads(line)
            except (ValueError, RecursionError):
                events.skip(row, "is no JSON")
                continue
            if not isinstance(found, dict):
                events.skip(row, "is no JSON object")
                continue
            file, columns = found.get("file"), found.get("columns")
            events.add(
                row,
                found.get("start_s"),
                found.get("end_s"),
                found.get("label"),
                file=file if isinstance(file, str) else "",
                score=found.get("score"),
                low=found.get("low_hz"),
                high=found.get("high_hz"),
                columns=_texts(columns) | _texts({k: v for k, v in found.items() if k not in _OWN}),
            )

    def begin(self, out: TextIO, options: WriteOptions) -> None:
        """There is no header."""
        self.out = out

    def write(self, event: Event) -> None:
        """Write one line."""
        found: dict[str, Any] = {name: _plain(getattr(event, name)) for name in _OWN[:-1]}
        if event.columns:
            found["columns"] = dict(event.columns)
        self.out.write(json.dumps(found) + "\n")

    def end(self) -> None:
        """Nothing is left to write."""


_OWN = ("file", "start_s", "end_s", "label", "score", "low_hz", "high_hz", "columns")


def _plain(value: object) -> object:
    """Numbers of any kind, NumPy's too, as JSON knows them."""
    return value if value is None or isinstance(value, str) else float(cast("float", value))


def _texts(columns: object) -> dict[str, str]:
    if not isinstance(columns, dict):
        return {}
    return {
        str(name): value if isinstance(value, str) else json.dumps(value)
        for name, value in columns.items()
    }
