"""The command line: parsing, progress and presentation, and nothing else.

Standard output carries data, standard error carries messages and progress.
"""

from __future__ import annotations

# Nothing else is loaded before Ctrl-C is answered: `signal` and `typing` load many modules more.
import _signal  # pyright: ignore[reportMissingImports]
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the command line names, and end with its status."""
    # While modules are loaded, Ctrl-C would end inside one of them, with a traceback.
    quiet = _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler
    if quiet:
        _signal.signal(_signal.SIGINT, _stop)
    from tonotope.cli import decoder_messages
    from tonotope.cli.exit_status import status_of
    from tonotope.cli.standard_streams import prepare

    prepare()
    try:
        if quiet:
            _signal.signal(_signal.SIGINT, _signal.default_int_handler)
        words = sys.argv[1:] if arguments is None else arguments
        command = next((word for word in words if not word.startswith("-")), "")
        with decoder_messages.caught(command):
            status = status_of(arguments)
    except KeyboardInterrupt:  # before the command or after it
        _stop()
    sys.exit(status)


def _stop(*_: Any) -> NoReturn:
    """End at once: nothing has begun that would have to be put away."""
    os.write(2, b"Interrupted.\n")
    os._exit(130)
