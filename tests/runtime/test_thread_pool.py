"""Threads work side by side, results come in order, and cancelled work stops."""

from __future__ import annotations

import threading
import time

import pytest

from tonotope.runtime.thread_pool import Cancelled, check_cancelled, thread_pool


def test_results_come_in_order() -> None:
    def late(number: int) -> int:
        time.sleep(0.02 * (3 - number))
        return number

    with thread_pool(3, "test") as pool:
        assert list(pool.map(late, range(3))) == [0, 1, 2]


def test_threads_at_work_stop_and_the_rest_is_not_started() -> None:
    began, ended = threading.Event(), []

    def endless(number: int) -> None:
        began.set()
        try:
            while True:
                time.sleep(0.005)
                check_cancelled()
        except BaseException as error:
            ended.append((number, type(error)))
            raise

    def stopped() -> None:
        with thread_pool(1, "test") as pool:
            pool.map(endless, range(5))
            began.wait(10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert ended == [(0, Cancelled)]


def test_outside_a_pool_nothing_is_cancelled() -> None:
    check_cancelled()
    assert not issubclass(Cancelled, Exception)  # no handler of errors may take it for one
