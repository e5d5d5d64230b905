"""Standard output and error that are not UTF-8, closed or full: written anyway, or one sentence."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Any


class _Output(io.FileIO):
    """Standard output as a file or a pipe; remembers why it could not be written.

    Attributes:
        failed: the system's words; empty where all went well.
    """

    failed = ""

    def write(self, data: Any) -> int:
        """Write bytes."""
        try:
            return super().write(data)
        except BrokenPipeError:  # its reader has seen enough, which is no failure
            raise
        except OSError as error:
            self.failed = error.strerror or str(error)
            raise


def prepare() -> None:
    """Make both streams fit for every name of a file.

    What goes to a file or another program is UTF-8, as with `--out`, whatever the system's code
    page is: Windows would otherwise write `> out.csv` in one that lacks most letters. A terminal
    keeps its own encoding; letters that it lacks are spelled out.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller: `>&-`
            setattr(sys, name, _text(io.FileIO(os.devnull, "w"), "utf-8"))
        elif name == "stdout" and not stream.isatty():
            stream.flush()
            sys.stdout = _text(_Output(stream.fileno(), "w", closefd=False), "utf-8")
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def why_not_written() -> str:
    """Why standard output could not take what was given to it; empty where it could."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.failed if isinstance(raw, _Output) else ""


def drop_output() -> None:
    """Let go what standard output cannot take, so that Python does not try again at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _text(raw: io.FileIO, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors="backslashreplace")
