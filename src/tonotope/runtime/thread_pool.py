"""Many files at once, in threads that stop when somebody says stop.

A thread cannot be interrupted from outside. So whoever reads sound asks at every block whether
its work is still wanted; otherwise Ctrl-C would wait until a day-long recording is decoded.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

_own = threading.local()


class Cancelled(BaseException):
    """Nobody waits any more for what this thread does; no handler of errors may swallow it."""


@contextlib.contextmanager
def thread_pool(threads: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """A pool of threads whose work is given up where this block ends by an exception.

    >>> with thread_pool(2, "double") as pool:
    ...     print(*pool.map(lambda number: 2 * number, [1, 2, 3]))
    2 4 6
    """
    stop = threading.Event()
    with ThreadPoolExecutor(threads, name, _began, (stop,)) as pool:
        try:
            yield pool
        except BaseException:  # Ctrl-C too: what is not begun need not be waited for
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def check_cancelled() -> None:
    """Return where the work of this thread is still wanted.

    Raises:
        GivenUp: it is not.
    """
    stop = getattr(_own, "stop", None)
    if stop is not None and stop.is_set():
        raise Cancelled


def _began(stop: threading.Event) -> None:
    _own.stop = stop
