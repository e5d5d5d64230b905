"""Ctrl-C and SIGTERM: the first is noted (`StopRequest`), the second ends the work at once.

This is the only place that handles signals: a training asks its `StopRequest` after every step, and
an executor with several processes asks one and passes the request on to them.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Self

_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class Interrupted(KeyboardInterrupt):
    """Training was stopped on request; its state is saved, and the message says where."""


class StopRequest:
    """Inside this context a request to stop is noted and not obeyed at once.

    Signals reach the main thread only; in other threads nothing is noted. At the end the handlers
    are again those from before.

    Attributes:
        requested: somebody pressed Ctrl-C, or the system asked the process to end.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                # `nohup` makes a process ignore hang-ups, and they stay ignored.
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
