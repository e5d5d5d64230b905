"""One process at a time in a run folder.

The lock is the operating system's own, on an open file: it falls when its holder ends, however
that happens, so there is no stale lock to clear away. The file also holds the number of the
process, for the message to whoever comes second.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from tonotope._errors import TonotopeError, TrainingError

LOCK = ".lock"
_LOOK_S = 0.1


@contextlib.contextmanager
def locked(folder: Path, *, patience_s: float = 0.0) -> Iterator[None]:
    """Hold a run folder for this process.

    Args:
        folder: is made where it is not there.
        patience_s: how long to wait for another process that is about to end.

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
        if not _taken(handle, time.monotonic() + patience_s):
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


def _taken(handle: int, until: float) -> bool:
    try:
        import fcntl
    except ImportError:  # not a Unix: nobody keeps watch
        return True
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_LOOK_S)
        except OSError:  # a file system without locks
            return True
        else:
            return True
