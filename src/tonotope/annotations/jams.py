"""JAMS, the JSON of music research: labels as `tag_open`; other namespaces of texts are read too.

Written without the package `jams`, which reads it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar, TextIO

from tonotope._errors import DataError
from tonotope.annotations.cells import added, lasting
from tonotope.annotations.collector import Collector
from tonotope.annotations.event import Event
from tonotope.annotations.format import WriteOptions

_READ = ("tag_", "segment_")  # how the namespaces begin whose values are labels


class Jams:
    """One JSON object for one recording, which also says how long that lasts."""

    name: ClassVar[str] = "jams"
    holds: ClassVar[frozenset[str]] = frozenset({"score", "any_text", "formulas"})
    decimals: ClassVar[int | None] = 9
    score_decimals: ClassVar[int | None] = None
    is_text: ClassVar[bool] = True

    def fits(self, content: str, path: Path) -> bool:
        """Whether it is a JSON object that is called so or has annotations."""
        named = path.suffix.lower() == ".jams"
        return content.lstrip().startswith("{") and (named or '"annotations"' in content)

    def read(self, content: str, events: Collector) -> None:
        """Read the annotations whose values are labels.

        Raises:
            DataError: it is no JSON object with annotations.
        """
        try:
            found: Any = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise events.error("it is no JSON, so no JAMS either: is it whole?") from error
        annotations = found.get("annotations") if isinstance(found, dict) else None
        if not isinstance(annotations, list):
            raise events.error("a JAMS file has a list of `annotations`; this has none")
        file = _named(found)
        for at, annotation in enumerate(annotations, start=1):
            space = annotation.get("namespace") if isinstance(annotation, dict) else None
            data = annotation.get("data") if isinstance(annotation, dict) else None
            if not isinstance(space, str) or not isinstance(data, list | dict):
                events.skip(None, f"annotation {at} has no namespace or no data")
            elif not space.startswith(_READ):
                events.note(f"annotations of the namespace `{space}` hold no labels: passed over")
            else:
                self._read(_sparse(data), file, events)

    def _read(self, data: list[Any], file: str, events: Collector) -> None:
        for row, one in enumerate(data, start=1):
            if not isinstance(one, dict):
                events.skip(row, "is no JSON object")
                continue
            try:
                start_s = events.number(one.get("time"), "start time")
                end_s = added(start_s, events.number(one.get("duration"), "given duration"))
            except (DataError, ValueError) as error:
                events.skip(row, str(error))
                continue
            score = one.get("confidence")
            score = score if isinstance(score, int | float) else None
            events.add(row, start_s, end_s, one.get("value"), file=file, score=score)

    def begin(self, out: TextIO, options: WriteOptions) -> None:
        """Wait for the events: the length of their recording stands first."""
        self.out, self.durations = out, options.durations
        self.events: list[Event] = []

    def write(self, event: Event) -> None:
        """Keep one event."""
        self.events.append(event)

    def end(self) -> None:
        """Write everything.

        Raises:
            DataError: the length of the recording is not given.
        """
        file = self.events[0].file if self.events else next(iter(self.durations), "")
        if file not in self.durations:
            raise DataError(
                f"jams: the file says how long {file or 'the recording'} lasts; give its length in "
                "seconds (durations=…)"
            )
        duration = float(self.durations[file])
        data = [
            {
                "time": float(event.start_s),
                "duration": lasting(event.start_s, event.end_s),
                "value": event.label,
                "confidence": None if event.score is None else float(event.score),
            }
            for event in self.events
        ]
        annotation = {
            "namespace": "tag_open",
            "annotation_metadata": {"annotation_tools": "tonotope"},
            "data": data,
            "sandbox": {},
            "time": 0.0,
            "duration": duration,
        }
        identifiers = {"file": file}
        told = {"duration": duration, "jams_version": "0.3.5", "identifiers": identifiers}
        whole = {"annotations": [annotation], "file_metadata": told, "sandbox": {}}
        json.dump(whole, self.out, indent=1)
        self.out.write("\n")


def _named(found: dict[str, Any]) -> str:
    """The recording, where it is named as `end` names it."""
    told = found.get("file_metadata")
    identifiers = told.get("identifiers") if isinstance(told, dict) else None
    file = identifiers.get("file") if isinstance(identifiers, dict) else None
    return file if isinstance(file, str) else ""


def _sparse(data: list[Any] | dict[str, Any]) -> list[Any]:
    """Observations one by one, where the file keeps times, durations and values as lists."""
    if isinstance(data, list):
        return data
    lists = [data.get(name) for name in ("time", "duration", "value", "confidence")]
    columns = [one if isinstance(one, list) else [] for one in lists]
    names = ("time", "duration", "value", "confidence")
    longest = max(map(len, columns))
    full = [one + [None] * (longest - len(one)) for one in columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*full, strict=True)]
