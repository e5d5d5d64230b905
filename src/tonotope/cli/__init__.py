"""The command line: parsing, progress and presentation, and nothing else.

Standard output carries data, standard error carries messages and progress.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the command line names, and end with its status."""
    from tonotope.cli.exit_status import status_of

    sys.exit(status_of(arguments))
