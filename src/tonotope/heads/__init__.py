"""From features to a decision: what is asked of the network, and how its answer is judged.

`Head` is the closed set of questions an experiment file may ask. A further one is a file beside
`classify.py` and its name here; it becomes a union told apart by `kind` with the second member.
"""

from __future__ import annotations

from tonotope.heads.classify import Classify
from tonotope.heads.task import Task

Head = Classify

__all__ = ["Classify", "Head", "Task"]
