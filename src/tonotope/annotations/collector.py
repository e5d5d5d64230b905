"""`Collector`: labels become events; what cannot be read is told with its row. `EventFile`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tonotope._errors import DataError
from tonotope._wording import counted, first_five
from tonotope.annotations.cells import number, score_apart, shown
from tonotope.annotations.event import Event

_NOTHING = frozenset({"", "na", "nan", "none", "null", "-"})


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row of a label file that was left out, and why.

    Attributes:
        file: the label file.
        row: the row, the first is 1; None where a file has no rows.
        reason: what is wrong.
    """

    file: str
    row: int | None
    reason: str

    def __str__(self) -> str:
        return shown(f"{self.file}{f' (row {self.row})' if self.row else ''}: {self.reason}")


@dataclass(frozen=True, slots=True)
class EventFile:
    """What a label file holds.

    Attributes:
        path: the file.
        format: its name in `FORMATS`.
        events: in the order of the file.
        skipped: the rows that were left out, each with its reason.
        notes: sentences on how the rest was understood.
        rows: the row of each event; None where a file has no rows.
    """

    path: Path
    format: str
    events: tuple[Event, ...]
    skipped: tuple[SkippedRow, ...]
    notes: tuple[str, ...]
    rows: tuple[int | None, ...] = ()


class Collector:
    """Takes the labels of a file as text or numbers.

    Args:
        name: the label file, for sentences.
        sound: the recording, where the file names none.
        label: the column that holds the label, where a format leaves that open.
        score_in_text: whether a number such as 0.93 behind a label is its score.
        durations: the length of each recording in seconds.
    """

    def __init__(
        self,
        name: str,
        *,
        sound: str = "",
        label: str | None = None,
        score_in_text: bool = True,
        durations: Mapping[str, float] | None = None,
    ) -> None:
        self.name, self.sound, self.label = name, sound, label
        self.score_in_text = score_in_text
        self.durations = durations or {}
        self.events: list[Event] = []
        self.rows: list[int | None] = []
        self.skipped: list[SkippedRow] = []
        self.notes: list[str] = []
        self._seen: Counter[str] = Counter()

    def error(self, reason: str) -> DataError:
        """An error about the file as a whole."""
        return DataError(f"{self.name}: {reason}")

    def skip(self, row: int | None, reason: str) -> None:
        """Leave a row out."""
        self.skipped.append(SkippedRow(self.name, row, reason))

    def note(self, sentence: str) -> None:
        """Say something about the file, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def number(self, value: object, what: str) -> float:
        """A number, given as text or as a number.

        Raises:
            DataError: it is none; says which one.
        """
        if isinstance(value, str):
            text = value.strip()
            try:
                found = number(text)
            except ValueError:
                if not text:
                    raise DataError(f"has no {what}") from None
                raise DataError(f"its {what} `{text[:40]}` is no number") from None
            self._seen["comma" if "," in text else "point" if "." in text else "whole"] += 1
            if not math.isfinite(found):
                raise DataError(f"its {what} `{text[:40]}` is no finite number")
            return found
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DataError(f"has no {what}" if value is None else f"its {what} is no number")
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if not math.isfinite(found):
            raise DataError(f"its {what} is no finite number")
        return found

    def optional(self, value: object, what: str) -> float | None:
        """A number, or None where there is none, as pandas and R write that too."""
        empty = value is None or (isinstance(value, str) and value.strip().lower() in _NOTHING)
        nan = isinstance(value, float) and math.isnan(value)
        return None if empty or nan else self.number(value, what)

    def add(
        self,
        row: int | None,
        start: object,
        end: object,
        label: object,
        *,
        file: str = "",
        score: object = None,
        low: object = None,
        high: object = None,
        columns: Mapping[str, str] | None = None,
        in_text: bool = False,
    ) -> None:
        """An event, or a row that is skipped with the reason.

        Args:
            row: its row in the file.
            start: in seconds, as text or as a number; as are the others.
            end: in seconds.
            label: what is heard.
            file: the recording.
            score: 0 to 1.
            low: the lowest frequency in Hz.
            high: the highest.
            columns: what else the row says.
            in_text: whether the score may stand behind the label.
        """
        try:
            start_s, end_s = self.number(start, "start time"), self.number(end, "end time")
            text = self._label(label)
            value = self.optional(score, "score value")
            if in_text and self.score_in_text and value is None:
                text, value = score_apart(text)
                self._seen["score_in_text"] += value is not None
            extra = dict(columns or {})
            if value is not None and not 0 <= value <= 1:
                self._seen["score_beyond"] += 1
                extra["score"], value = str(score), None
            bounds = (
                self.optional(low, "lowest frequency"),
                self.optional(high, "highest frequency"),
            )
            event = Event(file or self.sound, start_s, end_s, text, value, *bounds, extra)
        except DataError as error:
            self.skip(row, str(error))
        else:
            self._seen["moment"] += event.end_s == event.start_s
            self.events.append(event)
            self.rows.append(row)

    def _label(self, label: object) -> str:
        if not isinstance(label, str):
            raise DataError("its label is empty" if label is None else "its label is no text")
        text = label.strip()
        if not text:
            raise DataError("its label is empty")
        self._seen["spaces"] += text != label
        return text

    def finish(self, path: Path, form: str) -> EventFile:
        """All of it, with the sentences that count what was seen."""
        seen = self._seen
        if seen["comma"]:
            points = f", a point in {seen['point']:,}" if seen["point"] else ""
            found = counted(seen["comma"], "number")
            self.note(f"a decimal comma in {found}{points}: 1,5 is read as 1.5")
        if seen["score_in_text"]:
            found = counted(seen["score_in_text"], "label")
            self.note(f"a number behind the text is read as the score (`curlew 0.93`): {found}")
        if seen["score_beyond"]:
            found = counted(seen["score_beyond"], "score")
            self.note(f"not between 0 and 1, so not read, but kept in `columns`: {found}")
        if seen["spaces"]:
            found = counted(seen["spaces"], "label")
            self.note(f"spaces at the ends are left out: {found}")
        if seen["moment"]:
            found = counted(seen["moment"], "label")
            self.note(f"a moment, whose end is its start: {found}")
        kept = list(dict.fromkeys(name for event in self.events for name in event.columns))
        if kept:
            self.note(f"further columns are kept in `columns`: {first_five(kept)}")
        if not self.events and not self.skipped:
            self.note("it holds no labels")
        found = tuple(self.events), tuple(self.skipped), tuple(self.notes), tuple(self.rows)
        return EventFile(path, form, *found)


def is_score(text: str) -> bool:
    """Whether a text is a number from 0 to 1.

    >>> is_score("0.93"), is_score("93"), is_score("curlew")
    (True, False, False)
    """
    try:
        value = number(text.strip())
    except ValueError:
        return False
    return math.isfinite(value) and 0 <= value <= 1
