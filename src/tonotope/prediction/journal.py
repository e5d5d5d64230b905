"""`journal.jsonl` of a job: one line for each recording that is finished or left out.

Lines are appended, so that a process may be killed at any moment: perhaps a part of its last line
is there, and is dropped. Each shard writes a journal of its own; all of them are read.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

from tonotope._errors import TonotopeError
from tonotope.prediction.shard import Shard

NAME = re.compile(r"journal(?:-(\d+)-of-(\d+))?\.jsonl")


class Entry(NamedTuple):
    """What became of one recording.

    Attributes:
        key: the recording, from the folder that all of them lie below.
        file: the recording, as it was named.
        size: in bytes, when it was heard; None where it could not be opened.
        mtime_ns: when it was last changed.
        part: the file of its rows, from the job's folder; empty where there is none.
        rows: how many rows that holds.
        heard_s: how much was heard, in seconds.
        silent_s: how much of that is digital silence; known of events alone.
        reason: why it is left out, perhaps from some moment on; empty where all is well.
        at: when it was finished, in seconds since 1970.
    """

    key: str
    file: str
    size: int | None
    mtime_ns: int | None
    part: str = ""
    rows: int = 0
    heard_s: float = 0.0
    silent_s: float = 0.0
    reason: str = ""
    at: float = 0.0


@dataclass
class Journals:
    """All journals of a job, read.

    Attributes:
        entries: for each recording what became of it last, by key.
        shards: of each shard that was begun, how many recordings it has, and whether it has ended.
        torn: how many lines could not be read.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    shards: dict[Shard, tuple[int, bool]] = field(default_factory=dict)
    torn: int = 0

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read what lies in a job's folder; a line that is no whole one is dropped."""
        found = cls()
        for path in sorted(folder.glob("journal*.jsonl")):
            named = NAME.fullmatch(path.name)
            if named:
                shard = Shard(int(named[1]), int(named[2])) if named[1] else Shard()
                for line in _lines(path):
                    found._take(shard, line)
        return found

    def _take(self, shard: Shard, line: dict[str, Any] | None) -> None:
        try:
            if line is None:
                self.torn += 1
            elif "begun" in line:
                self.shards[shard] = (int(line["begun"]), False)
            elif "ended" in line:
                self.shards[shard] = (int(line["ended"]), True)
            else:
                entry = _entry(line)
                before = self.entries.get(entry.key)
                if before is None or before.at <= entry.at:
                    self.entries[entry.key] = entry
        except (TypeError, ValueError):
            self.torn += 1


def _entry(line: dict[str, Any]) -> Entry:
    entry = Entry(**line)
    texts = (entry.key, entry.file, entry.part, entry.reason)
    numbers = (entry.size, entry.mtime_ns, entry.rows, entry.heard_s, entry.silent_s, entry.at)
    known = all(isinstance(one, str) for one in texts) and entry.key
    if not known or not all(one is None or isinstance(one, int | float) for one in numbers):
        raise ValueError(line)
    if os.path.isabs(entry.part) or ".." in Path(entry.part).parts:  # noqa: PTH117
        raise ValueError(line)  # nothing outside of the folder is read
    return entry


def _lines(path: Path) -> Iterator[dict[str, Any] | None]:
    """The lines of a journal, None for each that is none."""
    try:
        with path.open("rb") as file:
            for line in file:
                found = None
                if line.endswith(b"\n"):
                    with contextlib.suppress(ValueError, RecursionError):
                        found = json.loads(line)
                yield found if isinstance(found, dict) else None
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror or error})"
        raise TonotopeError(message) from error


class Journal:
    """The journal of one shard, open for what comes next.

    Raises:
        TonotopeError: it cannot be written.
    """

    def __init__(self, folder: Path, shard: Shard) -> None:
        self.path = folder / f"journal{shard.label}.jsonl"
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        try:
            self._file = self.path.open("ab")
            _drop_torn(self.path)
        except OSError as error:
            raise self._refused(error) from error
        return self

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.fsync(self._file.fileno())
            with contextlib.suppress(OSError):
                self._file.close()

    def write(self, entry: Entry) -> None:
        """Add what became of a recording."""
        self._append(entry._replace(at=round(time.time(), 3))._asdict())

    def begin(self, recordings: int) -> None:
        """The shard begins, or goes on, and has so many recordings."""
        self._append({"begun": recordings})

    def end(self, recordings: int) -> None:
        """All of its recordings are finished or left out."""
        self._append({"ended": recordings})

    def _append(self, line: dict[str, Any]) -> None:
        assert self._file is not None
        try:
            # At once and unbuffered by this process: only the system's fall could lose it.
            self._file.write(json.dumps(line).encode("ascii") + b"\n")
            self._file.flush()
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> TonotopeError:
        return TonotopeError(
            f"{self.path}: cannot be written ({error.strerror or error}); what is finished stays,"
            " and the same command goes on from there"
        )


def _drop_torn(path: Path) -> None:
    """Cut off a last line that has no end: what comes next would be glued to it."""
    with path.open("rb+") as file:
        size = end = file.seek(0, os.SEEK_END)
        while end > 0:
            begin = max(0, end - 4096)
            file.seek(begin)
            found = file.read(end - begin).rfind(b"\n")
            end = begin + found + 1 if found >= 0 else begin
            if found >= 0:
                break
        if end < size:
            file.truncate(end)
