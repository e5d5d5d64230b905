"""All commands, in the order in which one needs them.

Each group has a file of its own; none of them imports PyTorch before a command needs it. Importing
a group puts its commands on the command line.
"""

# isort: off
from __future__ import annotations

from tonotope.cli.app import app
from tonotope.cli import running, planning, shapes, results, doctor

__all__ = ["app", "doctor", "planning", "results", "running", "shapes"]
