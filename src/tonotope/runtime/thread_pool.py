"""A thread pool whose work stops when it is cancelled, as by Ctrl-C; for reading files.

A thread cannot be interrupted from outside. So code that reads sound calls `check_cancelled` for
every block; otherwise Ctrl-C would wait until a day-long recording is decoded.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

_own = threading.local()


class Cancelled(BaseException):
    """This thread must end; not an `Exception`, so that no handler catches it by mistake."""


@contextlib.contextmanager
def thread_pool(threads: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """A pool of threads whose work is cancelled if this block ends with an exception.

    >>> with thread_pool(2, "double") as pool:
    ...     print(*pool.map(lambda number: 2 * number, [1, 2, 3]))
    2 4 6
    """
    stop = threading.Event()
    with ThreadPoolExecutor(threads, name, _start_thread, (stop,)) as pool:
        try:
            yield pool
        except BaseException:  # Ctrl-C too: nobody waits for work that has not started
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def check_cancelled() -> None:
    """Return if the work of this thread is still needed; outside a pool always.

    Raises:
        Cancelled: the block of its `thread_pool` ended with an exception.
    """
    stop = getattr(_own, "stop", None)
    if stop is not None and stop.is_set():
        raise Cancelled


def _start_thread(stop: threading.Event) -> None:
    _own.stop = stop
