"""One process at a time in a run folder.

The lock is the operating system's own, on an open file: it falls when its holder ends, however
that happens, so there is no stale lock to clear away. The file also holds the number of the
process, for the message to whoever comes second.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from tonotope._errors import TonotopeError, TrainingError

LOCK = ".lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a run folder for this process.

    Raises:
        TrainingError: another process holds it; names its number.
        TonotopeError: the folder may not be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise TonotopeError(f"{folder}: cannot be written ({error.strerror or error})") from error
    try:
        if not _taken(handle):
            holder = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            raise TrainingError(
                f"{folder}: process {holder} is training here; wait for it, or give this one"
                " another folder"
            )
        with contextlib.suppress(OSError):  # a full disk: the number is a courtesy, the lock holds
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode("ascii"))
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # not a Unix: nobody keeps watch
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
