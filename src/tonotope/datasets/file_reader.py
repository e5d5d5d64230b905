"""Recordings read in several threads, file by file: each file opened once for all events in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from tonotope._errors import DataError
from tonotope._progress import Progress
from tonotope.audio.kept_files import current_kept_files
from tonotope.audio.open_sound import failed_in_passing, with_sound
from tonotope.audio.sound_file import SoundFile
from tonotope.datasets.manifest import Recording, Skipped
from tonotope.runtime.thread_pool import thread_pool

Result = TypeVar("Result")
# Recordings of one file, and its bytes where they were kept: a result for each of them.
FileWork = Callable[[Sequence[Recording], bytes | None], Sequence[Result | Skipped]]


def read_files(
    recordings: Sequence[Recording],
    work: FileWork[Result],
    *,
    task: str,
    threads: int,
    progress: Progress,
) -> list[Result | Skipped]:
    """A result for every recording, in their order; `work` is done once for each file.

    Args:
        recordings: of any files.
        work: what is done with the recordings of one file, in a thread.
        task: what progress calls it.
        threads: how many files are read at once.
        progress: reports each recording, and of each that was left out.
    """
    files: dict[Path, list[Recording]] = {}
    for one in recordings:
        files.setdefault(one.path, []).append(one)
    kept = current_kept_files()

    def of_file(parts: Sequence[Recording]) -> list[Result | Skipped]:
        return [*work(parts, kept.take(parts[0].path, parts[0].sha256))]

    found: list[Result | Skipped] = []
    progress.begin(task, len(recordings))
    with thread_pool(threads, task) as pool:
        done = {path: pool.submit(of_file, parts) for path, parts in files.items()}
        for one in recordings:
            found.append(done[one.path].result().pop(0))
            if isinstance(found[-1], Skipped):
                progress.say(str(found[-1]))
            progress.advance()
    kept.clear()
    progress.end()
    return found


def read_parts(
    parts: Sequence[Recording],
    read: Callable[[SoundFile, Recording], Result],
    content: bytes | None,
    check: Callable[[SoundFile], None] = lambda _: None,
) -> list[Result | Skipped]:
    """What `read` gives for each recording of one file, or why it is left out.

    Args:
        parts: recordings of one file.
        read: reads one of them.
        content: the bytes of the file, where they were kept; then it is not opened.
        check: done at the end; refuses what was read by raising an `AudioError`.
    """

    def read_or_skip(file: SoundFile, one: Recording) -> Result | Skipped:
        try:
            return read(file, one)
        except DataError as error:
            if failed_in_passing(error):
                raise
            return left_out(one, error)

    def read_all(file: SoundFile) -> list[Result | Skipped]:
        found = [read_or_skip(file, one) for one in parts]
        if not all(isinstance(one, Skipped) for one in found):
            check(file)
        return found

    try:
        return with_sound(parts[0].path, read_all, content)
    except DataError as error:
        return [left_out(one, error) for one in parts]


def left_out(one: Recording, error: DataError) -> Skipped:
    """The recording with its reason; an `AudioError` has it without the file's name."""
    return Skipped(one.id, None, getattr(error, "reason", str(error)))
