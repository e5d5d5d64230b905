"""`write_events`: events to a file in any of the formats; what that has no place for is told."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from tonotope import _files
from tonotope._errors import DataError, ExperimentError
from tonotope._wording import counted, first_five
from tonotope.annotations.cells import guarded, on_one_line, score_apart
from tonotope.annotations.event import Event
from tonotope.annotations.format import Format, WriteOptions
from tonotope.annotations.read import find


def write_events(
    events: Iterable[Event],
    out: str | Path | TextIO,
    to: str | Format,
    *,
    frequencies: bool = False,
    score_in_text: bool = True,
    durations: Mapping[str, float] | None = None,
) -> list[str]:
    """Write each event as soon as it is made (JAMS: all at the end).

    Args:
        events: in the order in which they are to stand.
        out: the file, which is there when it is whole; or an open text file.
        to: a name in `FORMATS`, or a `Format` of your own.
        frequencies: Audacity's second line of a label, with its frequencies.
        score_in_text: a score behind the label, `curlew 0.93` (Audacity, SRT).
        durations: the length of each recording in seconds: `jams` needs it; `raven` too where there
            are several recordings, in the order in which they are opened.

    Returns:
        Sentences on what the format has no place for, and on what was changed to fit.

    Raises:
        DataError: the format holds one recording and there are several, or a length is missing.
        ExperimentError: no format has this name, or it is no text and `out` is a stream.
        MissingPackageError: the format is Parquet, and pyarrow is not installed.
        TonotopeError: the file cannot be written.
    """
    form = find(to)
    options = WriteOptions(frequencies, score_in_text, {} if durations is None else durations)
    if not isinstance(out, str | Path):
        if not form.is_text:
            raise ExperimentError(f"`{form.name}` is no text: give the path of a file")
        return _write(events, out, form, options)
    if form.is_text:
        with _files.writing_text(out) as file:
            return _write(events, file, form, options)
    with _files.writing(_files.link_target(out)) as aside:
        return _write(events, aside, form, options)


def _write(
    events: Iterable[Event], out: TextIO | Path, form: Format, options: WriteOptions
) -> list[str]:
    fitting = _Fitting(form, options)
    form.begin(out, options)
    for event in events:
        form.write(fitting.fitted(event))
    form.end()
    return fitting.notes()


class _Fitting:
    """Makes events fit a format, and counts what that loses."""

    def __init__(self, form: Format, options: WriteOptions) -> None:
        self.form, self.options = form, options
        self.lost: Counter[str] = Counter()
        self.columns: dict[str, None] = {}
        self.file: str | None = None
        holds = form.holds
        self.any_text = "any_text" in holds
        in_text = form.score_decimals is not None
        self.scores = "score" in holds and (options.score_in_text or not in_text)
        self.in_text = in_text
        self.bounds = "frequencies" in holds and (options.frequencies or form.name != "audacity")

    def fitted(self, event: Event) -> Event:
        """The event as it is written."""
        self._one_recording(event)
        holds = self.form.holds
        if not self.any_text:
            event = self._on_one_line(event)
        self.lost["formula"] += "formulas" not in holds and guarded(event.label) != event.label
        if not event.label.strip():
            self.lost["label"] += 1
        if event.score is not None and not (math.isfinite(event.score) and self.scores):
            self.lost["score"] += 1
            event = replace(event, score=None)
        elif event.score is not None and self.form.score_decimals is not None:
            rounded = round(event.score, self.form.score_decimals)
            self.lost["score_digits"] += rounded != event.score
        if self.in_text and event.score is None and self.options.score_in_text:
            self.lost["like_a_score"] += score_apart(event.label)[1] is not None
        if not self.bounds and (event.low_hz is not None or event.high_hz is not None):
            self.lost["bounds"] += 1
        decimals = self.form.decimals
        if decimals is not None:
            times = event.start_s, event.end_s
            self.lost["digits"] += any(round(time, decimals) != time for time in times)
        if "columns" not in self.form.holds:
            self.columns |= dict.fromkeys(event.columns)
        return event

    def _one_recording(self, event: Event) -> None:
        """Refuse a second recording where the file is about one.

        Raises:
            DataError: names both.
        """
        if "file" in self.form.holds:
            return
        if self.file is None:
            self.file = event.file
        elif event.file != self.file:
            raise DataError(
                f"`{self.form.name}` holds the labels of one recording, and here are "
                f"{self.file} and {event.file}: write a file for each, or csv, jsonl or raven"
            )

    def _on_one_line(self, event: Event) -> Event:
        label, file = on_one_line(event.label), on_one_line(event.file)
        if label == event.label and (file == event.file or "file" not in self.form.holds):
            return event
        self.lost["breaks"] += 1
        return replace(event, label=label, file=file)

    def notes(self) -> list[str]:
        """What was lost and changed, in sentences."""
        lost, name = self.lost, self.form.name
        cure = " (frequencies=True writes them)" if "frequencies" in self.form.holds else ""
        sentences = {
            "score": f"`{name}` has no place here for scores",
            "bounds": f"frequencies are not written to `{name}`{cure}",
            "digits": f"times are rounded to {self.form.decimals} decimals",
            "score_digits": f"scores are rounded to {self.form.score_decimals} decimals",
            "breaks": "tabs and line ends in a label or a name of a file became spaces",
            "formula": "an apostrophe before a label keeps spreadsheets from running it",
            "like_a_score": "a label without a score that ends like one will be read as one",
            "label": "an empty label will be left out on reading",
        }
        told = [
            f"{sentence}: {counted(lost[what], 'event')}"
            for what, sentence in sentences.items()
            if lost[what]
        ]
        if self.columns:
            told.append(f"further columns are not written: {first_five([*self.columns])}")
        return told
