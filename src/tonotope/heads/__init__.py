"""Heads: from features to a decision, with the targets and the loss; `Head` lists all kinds.

`Head` is the closed set of kinds that an experiment file may name. A further one is a file beside
`classify.py` and its name in `Head`. In Python any `Task` may be passed; files hold an `OpaqueHead`
in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, get_args

from pydantic import Field, PlainSerializer, WrapValidator

from tonotope.heads.classify import Classify
from tonotope.heads.denoise import Denoise
from tonotope.heads.loss_options import LossOptions
from tonotope.heads.multitask import Multitask, Part
from tonotope.heads.opaque import OpaqueHead
from tonotope.heads.regress import Regress
from tonotope.heads.tag import Tag
from tonotope.heads.task import Answer, Task

Head = Annotated[
    Classify | Regress | Tag | Multitask | Denoise | OpaqueHead, Field(discriminator="kind")
]

KINDS: tuple[type[Task], ...] = get_args(get_args(Head)[0])


def _for_file(head: Task) -> dict[str, object]:
    saved = head if type(head) in KINDS else OpaqueHead.of(head)
    return saved.model_dump(mode="json")


def _checked(head: object, read: Callable[[object], Task]) -> Task:
    return head if isinstance(head, Task) else read(head)


# A kind that files know, or any task of your own, which is written as an `OpaqueHead`.
if TYPE_CHECKING:
    AnyHead = Task
else:
    AnyHead = Annotated[Head, WrapValidator(_checked), PlainSerializer(_for_file)]

__all__ = [
    "Answer", "AnyHead", "Classify", "Denoise", "Head", "LossOptions", "Multitask", "OpaqueHead",
    "Part", "Regress", "Tag", "Task",
]  # fmt: skip
