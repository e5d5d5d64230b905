"""The head `multitask`: several heads on one trunk, their losses weighted and added.

The cost is the sum of the tasks' costs, each times its weight; a recording without a target for
one task teaches the others and costs that one nothing. So one network learnt the quality and the
rhythm of a pulse at once, with weights 0.2 and 5 (Torres-Soto and Ashley, "Multi-task deep
learning for cardiac rhythm detection in wearable devices", npj Digital Medicine 2020).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from tonotope._errors import DataError
from tonotope._shapes import Axis, Description, Shape
from tonotope.heads.classify import LABEL, Classify
from tonotope.heads.loss_options import LossOptions
from tonotope.heads.regress import Regress
from tonotope.heads.tag import Tag
from tonotope.heads.task import Answer, Task

if TYPE_CHECKING:
    from torch import Tensor, nn

    from tonotope.heads.task import AnswerTargets, Outputs, Targets

Single = Annotated[Classify | Regress | Tag, Field(discriminator="kind")]


class Part(Description):
    """One task of several.

    Attributes:
        name: what it is called; a classifier's labels stand in the column of this name.
        head: the question.
        weight: how much its cost counts.
        column: a classifier's column of labels, where that is not called like the task.
    """

    name: str = Field(min_length=1, max_length=60, pattern=r"^[\w -]+$")
    head: Single
    weight: float = Field(default=1.0, gt=0)
    column: str = ""

    @property
    def output(self) -> str:
        """What the head calls its output."""
        return self.head.answers[0].name

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a table that the head reads."""
        return tuple(self.column or self.name if c == LABEL else c for c in self.head.columns)

    def rows(self, rows: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
        """The targets as the head knows them."""
        if not isinstance(self.head, Classify):
            return list(rows)
        column = self.column or self.name
        return [{LABEL: row[column]} if column in row else {} for row in rows]


class Multitask(Task):
    """Several questions on one trunk.

    The outputs are called like the tasks.

    Attributes:
        tasks: the questions; the first is the one that the headline of an evaluation is about.

    >>> task = Multitask(tasks=(
    ...     Part(name="family", head=Classify(classes=("blown", "struck"))),
    ...     Part(name="pitch", head=Regress(targets=("pitch_hz",)), weight=2.0),
    ... ))
    >>> task.columns
    ('family', 'pitch_hz')
    """

    kind: Literal["multitask"] = "multitask"
    tasks: tuple[Part, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _check_names(self) -> Multitask:
        names = [part.name for part in self.tasks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two tasks are called `{twice[0]}`: give each a name of its own")
        return self

    @property
    def training_defaults(self) -> Mapping[str, Any]:
        """The defaults of every task; of two for the same key, that of the later task."""
        return {k: value for part in self.tasks for k, value in part.head.training_defaults.items()}

    @property
    def answers(self) -> tuple[Answer, ...]:
        """That of each task."""
        return tuple(part.head.answers[0]._replace(name=part.name) for part in self.tasks)

    @property
    def columns(self) -> tuple[str, ...]:
        """Those of every task."""
        return tuple(dict.fromkeys(name for part in self.tasks for name in part.columns))

    def check(self, rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> None:
        """Refuse columns that are not there, all of them at once, then what a task refuses.

        Raises:
            DataError: names every missing column and the task that asked for it.
        """
        known = sorted({name for row in rows for name in row})
        lacking = [
            f"`{column}` (task `{part.name}`)"
            for part in self.tasks
            for column in part.columns
            if column not in known
        ]
        if lacking:
            raise DataError(
                f"no recording has anything under {', '.join(lacking)}; known:"
                f" {', '.join(known) or 'none'}; name the columns of the table in head.tasks"
            )
        for part in self.tasks:
            try:
                part.head.check(part.rows(rows), names)
            except DataError as error:
                raise DataError(f"task `{part.name}`: {error}") from error

    def fit_vocabulary(self, rows: Sequence[Mapping[str, str]]) -> Self:
        """The same task, each head with the names that its table holds."""
        return self._each(lambda part: part.head.fit_vocabulary(part.rows(rows)))

    def fit_targets(self, rows: Sequence[Mapping[str, str]]) -> Self:
        """The same task, each head fitted to its training recordings."""
        return self._each(lambda part: part.head.fit_targets(part.rows(rows)))

    def calibrate(self, scores: Mapping[str, Tensor], targets: Targets) -> Self:
        """The same task, each head calibrated on its validation recordings."""
        return self._each(
            lambda part: part.head.calibrate(_of(part, scores), _of(part, targets)),
        )

    def fit_temperature(
        self,
        scores: Mapping[str, Tensor],
        recording: Tensor,
        targets: Targets,
        shares: Tensor | None = None,
    ) -> Self:
        """The same task, each head with its own temperature."""
        return self._each(
            lambda p: p.head.fit_temperature(_of(p, scores), recording, _of(p, targets), shares),
        )

    @property
    def rejection(self) -> Mapping[str, tuple[float, ...]]:
        """Those of each task, under its name."""
        return {
            part.name: part.head.rejection[part.output]
            for part in self.tasks
            if part.output in part.head.rejection
        }

    def fit_rejection(self, scores: Mapping[str, Tensor], targets: Targets) -> Self:
        """The same task, each head with its own."""
        return self._each(lambda p: p.head.fit_rejection(_of(p, scores), _of(p, targets)))

    def take_calibration(self, trained: Sequence[Task]) -> Self:
        """The same task, each head calibrated as the heads of the same task are."""
        parts = [part for one in trained if isinstance(one, Multitask) for part in one.tasks]
        return self._each(
            lambda own: own.head.take_calibration(
                [part.head for part in parts if part.name == own.name]
            )
        )

    def uncalibrated(self) -> Self:
        """The same task, each head without a temperature."""
        heads = [part.head.uncalibrated() for part in self.tasks]
        same = all(one is part.head for one, part in zip(heads, self.tasks, strict=True))
        return self if same else self._each(lambda part: part.head.uncalibrated())

    def temper(self, scores: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """The scores of each task at its own temperature."""
        return {p.name: p.head.temper(_of(p, scores))[p.output] for p in self.tasks}

    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        """The targets of every task under its name; NaN where a recording lacks one."""
        return {
            part.name: part.head.encode_targets(part.rows(rows))[part.output] for part in self.tasks
        }

    def answer_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, AnswerTargets]:
        """What is true, for every task under its name."""
        return {p.name: p.head.answer_targets(p.rows(rows))[p.output] for p in self.tasks}

    def class_weights(self, targets: Targets) -> dict[str, Tensor]:
        """How much each class of a task should weigh."""
        found = {part.name: part.head.class_weights(_of(part, targets)) for part in self.tasks}
        return {part.name: found[part.name][part.output]
                for part in self.tasks if found[part.name]}  # fmt: skip

    def out_shape(self, shape: Shape) -> Shape:
        """The scores of all tasks, one after the other."""
        return Shape([Axis("score", sum(p.head.out_shape(shape).sizes[0] for p in self.tasks))])

    def build(self, shape: Shape) -> nn.Module:
        """The heads side by side: `(batch, *shape)` to one output per task."""
        from tonotope.heads.modules import ParallelHeads

        return ParallelHeads({part.name: part.head.build(shape) for part in self.tasks})

    def loss(
        self, outputs: Outputs, targets: Targets, options: LossOptions = LossOptions()
    ) -> Tensor:
        """The weighted sum of the tasks' costs, each a mean over the clips that have its target."""
        total = None
        for part in self.tasks:
            weight = (options.class_weight or {}).get(part.name)
            own = options._replace(class_weight=None if weight is None else {part.output: weight})
            cost = part.weight * part.head.loss(_of(part, outputs), _of(part, targets), own)
            total = cost if total is None else total + cost
        assert total is not None
        return total

    def scores(self, outputs: Outputs) -> dict[str, Tensor]:
        """The scores of each task under its name."""
        return {p.name: p.head.scores(_of(p, outputs))[p.output] for p in self.tasks}

    def decide(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The decision of each task under its name."""
        return {p.name: p.head.decide(_of(p, scores))[p.output] for p in self.tasks}

    def metrics(self, scores: Mapping[str, Tensor], targets: Targets) -> dict[str, float]:
        """The mean of the tasks' first figures, then every figure under its task's name."""
        found = {p.name: p.head.metrics(_of(p, scores), _of(p, targets)) for p in self.tasks}
        firsts = [next(iter(own.values())) for own in found.values() if own]
        if not firsts:
            return {}
        every = {f"{name}_{key}": x for name, own in found.items() for key, x in own.items()}
        return {"mean": sum(firsts) / len(firsts), **every}

    def _each(self, change: Callable[[Part], Task]) -> Self:
        parts = tuple(part.model_copy(update={"head": change(part)}) for part in self.tasks)
        return self.model_copy(update={"tasks": parts})


def _of(part: Part, named: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What is kept under a task's name, under the name that its head knows."""
    return {part.output: named[part.name]}
