"""The list of all commands, in the order in which one needs them.

Each has a file of its own, called like the command; none of them imports PyTorch before a command
needs it. Importing a file puts its command on the command line.
"""

# isort: off
from __future__ import annotations

from tonotope.cli.app import app
from tonotope.cli import demo, run, check, new, shapes, report, compare, predict, merge, listen
from tonotope.cli import score
from tonotope.cli import pretrain, doctor

__all__ = [
    "app", "check", "compare", "demo", "doctor", "listen", "merge", "new", "predict", "pretrain",
    "report",
    "run", "score", "shapes",
]  # fmt: skip
