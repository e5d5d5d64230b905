"""The lock of a run folder: one process at a time writes in it.

It is a lock of the operating system on an open file, so it is released when its holder ends,
however that happens: no stale lock must ever be removed. The file contains the number of the
process, for the error message that a second process shows.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from tonotope._errors import TonotopeError, TrainingError

LOCK = ".lock"
_POLL_S = 0.1
# Errors of file systems without locks: there the folder is used without one.
_NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP}


@contextlib.contextmanager
def locked(folder: Path, *, patience_s: float = 0.0, name: str = LOCK) -> Iterator[None]:
    """Hold a run folder for this process.

    Args:
        folder: created if it does not exist.
        patience_s: how long to wait for another process to end, in seconds.
        name: of the lock's file.

    Raises:
        TrainingError: another process holds the folder; names its number.
        TonotopeError: the folder cannot be written, or its `.lock` is not a plain file.
    """
    path = folder / name
    lock = FileLock(path, mode=0o644, thread_local=False, fallback_to_soft=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_plain_file(path)
        lock.acquire(timeout=patience_s, poll_interval=_POLL_S)
        _write_process_number(path)
    except Timeout as error:
        raise TrainingError(
            f"{folder}: {holder(path)} is training here; wait for it, or choose another folder"
        ) from error
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            why = error.strerror or error
            raise TonotopeError(f"{folder}: cannot be written ({why})") from error
    try:
        yield
    finally:
        lock.release()


def _check_plain_file(path: Path) -> None:
    """Refuse a link: through it a file outside the run folder would be overwritten."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        raise TonotopeError(
            f"{path}: is a link or not a plain file, so it is not used as a lock; remove it"
        )


def _write_process_number(path: Path) -> None:
    """Write who holds the lock; on a full disk the number is missing and the lock still holds."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0))
        try:
            status = os.fstat(handle)
            if stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
                os.ftruncate(handle, 0)
                os.write(handle, f"{os.getpid()}\n".encode("ascii"))
        finally:
            os.close(handle)


def holder(path: Path) -> str:
    """The process that holds the lock, as far as it can be read."""
    try:
        number = path.read_text(encoding="ascii", errors="replace")[:20].strip()
    except OSError:  # Windows does not let anybody read a locked file
        number = ""
    return f"process {number}" if number else "another process"
