"""From features to a decision: what is asked of the network, and how its answer is judged.

`Head` is the closed set of questions an experiment file may ask, told apart by `kind`. A further
one is a file beside `classify.py` and its name here. In Python any `Task` may be passed; files
hold a `Given` in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, WrapSerializer, WrapValidator

from tonotope.heads.classify import Classify
from tonotope.heads.denoise import Denoise
from tonotope.heads.loss_options import LossOptions
from tonotope.heads.multitask import Multitask, Part
from tonotope.heads.opaque import OpaqueHead
from tonotope.heads.regress import Regress
from tonotope.heads.tag import Tag
from tonotope.heads.task import Answer, Task

KINDS = (Classify, Regress, Tag, Multitask, Denoise, OpaqueHead)

Head = Annotated[
    Classify | Regress | Tag | Multitask | Denoise | OpaqueHead, Field(discriminator="kind")
]


def _told(head: Task, _: object) -> dict[str, object]:
    told = head if type(head) in KINDS else OpaqueHead.of(head)
    return told.model_dump(mode="json")


def _passed(head: object, read: Callable[[object], Task]) -> Task:
    return head if isinstance(head, Task) else read(head)


# A head of the vocabulary, or any task of one's own, which is written as a `Given`.
if TYPE_CHECKING:
    AnyHead = Task
else:
    AnyHead = Annotated[Head, WrapValidator(_passed), WrapSerializer(_told)]

__all__ = [
    "Answer", "AnyHead", "Classify", "Denoise", "Head", "LossOptions", "Multitask", "OpaqueHead",
    "Part", "Regress", "Tag", "Task",
]  # fmt: skip
