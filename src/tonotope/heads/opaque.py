"""A head written in Python, as it is stored in files: name and settings, never code.

In Python any `Task` may be the head of a model or an experiment: a cost and a decision of one's
own. Its code is never written to a file and none is ever run from one; what is kept is its name,
its settings and what it answers, so that predictions, evaluation and report can be read without
it. To ask the network again, the task is passed again.

A task of your own overrides what should be different: `loss` for the cost, `decide` for the
decision, `scores`, `target`, `build` for the rest::

    class Careful(tonotope.Regress):
        def decide(self, scores):
            return {"value": scores["value"].clamp(min=0.0)}

    run = tonotope.run(tonotope.Experiment(head=Careful(targets=("depth_m",)), ...))
    run.model(head=Careful(targets=("depth_m",)))  # what it learnt comes from the file
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from pydantic import Field

from tonotope._errors import ExperimentError
from tonotope._shapes import Axis, Description, Shape
from tonotope.answers import kind_word
from tonotope.heads.layer_row import LayerRow
from tonotope.heads.task import Answer, Task

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn


class SavedAnswer(Description):
    """One answer of the task: see `Answer`."""

    name: str
    kind: str
    columns: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    thresholds: tuple[float, ...] = ()
    temperature: float | None = Field(default=None, exclude_if=lambda value: value is None)


class OpaqueHead(Task):
    """What a file holds of a task written in Python.

    Attributes:
        name: the class, for whoever looks for it: `package.module:Class`.
        settings: its fields.
        reads: the columns of a table that its targets are read from.
        says: its answers.
    """

    kind: Literal["python"] = "python"
    name: str
    settings: dict[str, Any] = Field(default_factory=dict)
    reads: tuple[str, ...] = ()
    says: tuple[SavedAnswer, ...] = ()

    @classmethod
    def of(cls, task: Task) -> OpaqueHead:
        """What a file holds of `task`."""
        kind = type(task)
        return cls(
            name=f"{kind.__module__}:{kind.__qualname__}",
            settings=task.model_dump(mode="json"),
            reads=task.columns,
            says=tuple(
                SavedAnswer(**one._replace(kind=kind_word(one.kind))._asdict())
                for one in task.answers
            ),
        )

    def with_code(self, head: Task) -> Task:
        """The task: of the class of `head`, with the settings in the file, learnt ones too."""
        return type(head).model_validate(self.settings)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What the task answers."""
        return tuple(Answer(*(getattr(one, key) for key in Answer._fields)) for one in self.says)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the task reads."""
        return self.reads

    def check(self, rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> NoReturn:
        """Refused: a file cannot be trained from."""
        del rows, names
        self._refuse()

    def missing_methods(self) -> list[str]:
        """None: the class that is passed again has them."""
        return []

    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        """Refused: only the task knows."""
        del rows
        self._refuse()

    def out_shape(self, shape: Shape) -> Shape:
        """Its scores, one after the other."""
        del shape
        return Shape([Axis("score", sum(len(one.columns) for one in self.says))])

    def build(self, shape: Shape) -> nn.Module:
        """Refused: only the task knows."""
        del shape
        self._refuse()

    def layer_rows(self, shapes: Sequence[Shape]) -> tuple[LayerRow, ...]:
        """Its name; no file holds what it costs."""
        return (LayerRow(self.name, self.out_shape(shapes[-1])),)

    def scores(self, outputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Refused: only the task knows."""
        del outputs
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ExperimentError(
            f"this head was given in Python (`{self.name}`), and no code is run from a file: pass"
            " the task again, in an Experiment(head=...), or in run.model(head=...)"
        )
