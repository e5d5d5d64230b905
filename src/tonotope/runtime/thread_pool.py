"""Many files at once, in threads that stop when the work is cancelled.

A thread cannot be interrupted from outside. Code that reads sound therefore asks at every block
whether its work is still needed; otherwise Ctrl-C would wait until a day-long recording is decoded.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

_own = threading.local()


class Cancelled(BaseException):
    """Nobody waits for the result of this thread; not an `Exception`, so no handler swallows it."""


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
        except BaseException:  # Ctrl-C too: work that has not started need not be waited for
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def check_cancelled() -> None:
    """Return if the work of this thread is still needed; always outside a pool.

    Raises:
        Cancelled: it is not.
    """
    stop = getattr(_own, "stop", None)
    if stop is not None and stop.is_set():
        raise Cancelled


def _start_thread(stop: threading.Event) -> None:
    _own.stop = stop
