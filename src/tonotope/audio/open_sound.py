"""A sound file opened by its path or from its bytes; again where a disk failed in passing."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from tonotope._errors import AudioError, DataError
from tonotope.audio import decoding, file_type
from tonotope.audio.mp3_notices import announced
from tonotope.audio.sound_file import SoundFile

_PASSING = {errno.EIO, errno.EAGAIN, errno.EBUSY, errno.ETIMEDOUT, errno.ESTALE, errno.EINTR}

Result = TypeVar("Result")


@contextlib.contextmanager
def open_sound(path: Path | str, content: bytes | None = None) -> Iterator[SoundFile]:
    """Open a sound file, or the `content` of it that was kept.

    libsndfile gets a handle: it never sees the name or its ending.

    Raises:
        AudioError: it is no sound file that can be read; the message says why and what to do.
    """
    path = Path(path)
    with contextlib.ExitStack() as after:
        with decoding.only_audio_errors(path):
            if content is None:
                handle, status = file_type.open_regular_file(path)
                size = status.st_size
            else:
                handle, size = _in_memory(content), len(content)
            after.callback(os.close, handle)
            after.enter_context(announced(path, handle))
            sound = SoundFile(path, handle, size)
            after.callback(sound.close)
        yield sound


def with_sound(
    path: Path | str, work: Callable[[SoundFile], Result], content: bytes | None = None
) -> Result:
    """Do `work` on the opened file; once more where a disk or a network failed in passing.

    Raises:
        AudioError: the file cannot be read; the message says why and what to do.
    """
    try:
        with open_sound(path, content) as sound:
            return work(sound)
    except AudioError as error:
        if not failed_in_passing(error):
            raise
    time.sleep(0.05)
    with open_sound(path, content) as sound:
        return work(sound)


def failed_in_passing(error: DataError) -> bool:
    """Whether a disk or a network failed, which may work the next time."""
    cause = error.__cause__
    return getattr(cause, "errno", None) in _PASSING or getattr(cause, "code", 0) == 2


def _in_memory(content: bytes) -> int:
    """A handle on these bytes."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("sound")
    else:
        with tempfile.TemporaryFile() as file:
            handle = os.dup(file.fileno())
    with open(handle, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(handle, 0, os.SEEK_SET)
    return handle
