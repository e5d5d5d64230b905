"""The command line: parsing, progress and presentation, and nothing else.

demo, run, check, new, shapes, report, compare, predict, doctor   a command each
run_experiments  what `demo` and `run` have in common
app, commands    the command line, and all commands on it
exit_status      how a command ends; messages: what several say
terminal         what is shown and how; progress: bars

Standard output carries data, standard error carries messages and progress.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the command line names, and end with its status."""
    from tonotope.cli.exit_status import status_of

    sys.exit(status_of(arguments))
