"""Any of several labels: a sigmoid for each and binary cross-entropy.

A recording may bear no label, one, or many. Each label has a threshold of its own, chosen on the
validation recordings once the network is trained: the score that parts them with the highest F1.
Without validation recordings every threshold is 0.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from pydantic import model_validator

from tonotope._errors import DataError, ExperimentError, did_you_mean
from tonotope._shapes import Axis, Shape
from tonotope.heads.loss_options import LossOptions
from tonotope.heads.parse_targets import (
    filled_cells,
    find_separator,
    is_missing,
    parse_number,
    parse_yes_no,
    split_labels,
)
from tonotope.heads.task import Answer, Task

if TYPE_CHECKING:
    from torch import Tensor, nn

    from tonotope.heads.task import AnswerTargets, Outputs, Targets

TAGS = "tags"
THRESHOLD = 0.5


class Tag(Task):
    """Which of several labels a clip bears.

    The output is called `tags`.

    Attributes:
        column: the column of labels, several of them in a cell.
        separator: what parts them; empty: recognised (`|`, `;` or `,`). A cell that holds nothing
            but the separator bears no label; an empty cell is unknown.
        targets: in place of that, columns of 0 and 1, one for each label; an empty cell is
            unknown.
        labels: the names, in the order of the scores; empty: the sorted labels of the
            recordings, or the columns.
        thresholds: the score from which each label is given; empty: 0.5 each.

    >>> task = Tag().fit_targets([{"tags": "rain;wind"}, {"tags": "rain"}, {"tags": "wind"}])
    >>> task.labels, task.separator
    (('rain', 'wind'), ';')
    >>> task.encode_targets([{"tags": "wind"}, {"tags": ";"}, {}])["tags"]
    array([[ 0.,  1.],
           [ 0.,  0.],
           [nan, nan]], dtype=float32)
    """

    kind: Literal["tag"] = "tag"
    column: str = TAGS
    separator: str = ""
    targets: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    thresholds: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _told_apart(self) -> Tag:
        for names in (self.targets, self.labels):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"the label `{twice[0]}` is named twice; name each label once")
        if self.targets and self.labels and self.targets != self.labels:
            raise ValueError("labels that stand in columns of their own are called like these")
        if self.thresholds and len(self.thresholds) != len(self.labels or self.targets):
            raise ValueError(
                f"{len(self.thresholds)} thresholds for {len(self.labels or self.targets)} labels:"
                " give one for each"
            )
        return self

    @property
    def training_defaults(self) -> Mapping[str, Any]:
        """No label smoothing."""
        return {"label_smoothing": 0.0}

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The labels."""
        return (Answer(TAGS, "tags", self.labels or self.targets, (), self.thresholds),)

    @property
    def columns(self) -> tuple[str, ...]:
        """One for each label, or the one that holds them all."""
        return self.targets or (self.column,)

    def check(self, rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> None:
        """Refuse columns that are not there, and cells that are neither yes nor no.

        Raises:
            DataError: names the column, the cells and what would fit.
        """
        known = sorted({name for row in rows for name in row})
        for column in self.columns:
            said = filled_cells(rows, names, column)
            if not said:
                raise DataError(
                    f"no recording has labels under `{column}`{did_you_mean(column, known)}; known:"
                    f" {', '.join(known) or 'none'} (head.column names one column of labels,"
                    " head.targets several columns of 0 and 1)"
                )
            if self.targets:
                _refuse_unsure(column, said)
            elif all(parse_number(cell) is not None for _, cell in said):
                raise DataError(
                    f"`{column}` holds numbers (`{said[0][1]}`, ...), not labels; quantities fit"
                    f' `head.kind = "regress"` with `head.targets = ["{column}"]`, columns of 0 and'
                    " 1 fit `head.targets`"
                )

    def fit_targets(self, rows: Sequence[Mapping[str, str]]) -> Self:
        """The same task with its labels, where they are not named yet."""
        return self if self.labels else self.fit_vocabulary(rows)

    def fit_vocabulary(self, rows: Sequence[Mapping[str, str]]) -> Self:
        """The same task with its labels, sorted, and the mark between them.

        A label that no training recording bears is never given, and counts as a miss.

        Raises:
            DataError: no label at all.
        """
        if self.targets:
            return self.model_copy(update={"labels": self.targets})
        cells = [row[self.column] for row in rows if not is_missing(row.get(self.column))]
        separator = self.separator or find_separator(cells)
        labels = self.labels or tuple(
            sorted({x for cell in cells for x in split_labels(cell, separator)})
        )
        if not labels:
            raise DataError(
                f"no label at all under `{self.column}` among {len(rows)} recordings:"
                " there is nothing to learn"
            )
        return self.model_copy(update={"labels": labels, "separator": separator})

    def calibrate(self, scores: Mapping[str, Tensor], targets: Targets) -> Self:
        """The same task with the threshold of each label that gave the highest F1."""
        said = scores[TAGS].double().cpu().numpy()
        wanted = targets[TAGS].double().cpu().numpy()
        found = [_threshold(said[:, at], wanted[:, at]) for at in range(len(self._known()))]
        return self.model_copy(update={"thresholds": tuple(found)})

    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        """1 where a label is given and 0 where not, `(recording, label)`; NaN where unknown.

        A label that is none of these is left out.
        """
        labels = self._known()
        wanted = np.full((len(rows), len(labels)), np.nan, np.float32)
        for at, row in enumerate(rows):
            if self.targets:
                answers = [parse_yes_no(row.get(name, "")) for name in labels]
                wanted[at] = [np.nan if one is None else one for one in answers]
            elif not is_missing(row.get(self.column)):
                mark = self.separator or find_separator([row[self.column]])
                own = set(split_labels(row[self.column], mark))
                wanted[at] = [float(name in own) for name in labels]
        return {TAGS: wanted}

    def answer_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, AnswerTargets]:
        """1 where a label is given, 0 where not, NaN where unknown, `(recording, label)`."""
        return {TAGS: self.encode_targets(rows)[TAGS]}

    def class_weights(self, targets: Targets) -> dict[str, Tensor]:
        """How much more the given ones of each label weigh: as many times as they are rarer."""
        wanted = targets[TAGS]
        yes = wanted.nan_to_num().sum(0)
        no = wanted.isnan().logical_not().sum(0) - yes
        return {TAGS: (no / yes.clamp(min=1.0)).clamp(min=1e-3)}

    def out_shape(self, shape: Shape) -> Shape:
        """One score per label."""
        del shape
        return Shape([Axis("label", len(self._known()))])

    def build(self, shape: Shape) -> nn.Module:
        """Flatten, then one dense layer: `(batch, *shape)` to `(batch, label)`."""
        from tonotope.heads.modules import DenseHead

        return DenseHead({TAGS: len(self._known())}, shape)

    def loss(
        self, outputs: Outputs, targets: Targets, options: LossOptions = LossOptions()
    ) -> Tensor:
        """Binary cross-entropy `-t log p - (1 - t) log(1 - p)`, averaged over what is known."""
        from torch.nn import functional as F

        wanted = targets[TAGS]
        given = wanted.isnan().logical_not()
        smoothing, weight = options.label_smoothing, options.class_weight
        soft = wanted.nan_to_num() * (1.0 - smoothing) + smoothing / 2
        cost = F.binary_cross_entropy_with_logits(
            outputs[TAGS].float(),
            soft,
            reduction="none",
            pos_weight=None if weight is None else weight[TAGS],
        )
        counts = given.to(cost.dtype)
        if options.sample_weight is not None:
            counts = counts * options.sample_weight[:, None]
        return (cost * counts).sum() / counts.sum().clamp(min=1e-12)

    def scores(self, outputs: Outputs) -> dict[str, Tensor]:
        """The probability of each label, `(batch, label)`; rows need not sum to 1."""
        return {TAGS: outputs[TAGS].float().sigmoid()}

    def decide(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Whether each label is given: its score reaches its threshold, `(batch, label)`."""
        said = scores[TAGS]
        return {TAGS: said >= said.new_tensor(self.thresholds or [THRESHOLD] * said.shape[1])}

    def metrics(self, scores: Mapping[str, Tensor], targets: Targets) -> dict[str, float]:
        """F1 over all labels together: 2 hits over all given and all wanted."""
        wanted = targets[TAGS]
        known = wanted.isnan().logical_not()
        if not bool(known.any()):
            return {}
        said, there = (scores[TAGS] >= THRESHOLD) & known, (wanted > THRESHOLD) & known
        total = float(said.sum() + there.sum())
        return {"f1": 2 * float((said & there).sum()) / total if total else 1.0}

    def _known(self) -> tuple[str, ...]:
        labels = self.labels or self.targets
        if not labels:
            raise ExperimentError(
                "the head has no labels yet: name them (`head.labels`), or take them from the"
                " training recordings with `fit_targets`"
            )
        return labels


def _refuse_unsure(column: str, cells: Sequence[tuple[str, str]]) -> None:
    wrong = [f"{name} (`{cell}`)" for name, cell in cells if parse_yes_no(cell) is None]
    if wrong:
        shown = ", ".join(wrong[:3]) + (", ..." if len(wrong) > 3 else "")
        raise DataError(
            f"{len(wrong)} of {len(cells)} cells under `{column}` are neither 0 nor 1: {shown};"
            " empty the cells where it is unknown (several labels in one cell fit head.column)"
        )


def _threshold(said: np.ndarray, wanted: np.ndarray) -> float:
    """Halfway between the two scores that part a label with the highest F1; 0.5 where unknown."""
    known = np.isfinite(wanted)
    said, there = said[known], wanted[known] > THRESHOLD
    if there.all() or not there.any():
        return THRESHOLD
    order = np.argsort(-said, kind="stable")
    said, hits = said[order], np.cumsum(there[order])
    f1 = 2 * hits / (np.arange(1, len(said) + 1) + there.sum())
    f1[:-1][said[:-1] == said[1:]] = -1.0  # equal scores cannot be parted
    last = int(f1.argmax())
    after = said[last + 1] if last + 1 < len(said) else 0.0
    return float((said[last] + after) / 2)
