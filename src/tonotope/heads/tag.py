"""The head `tag`, multi-label: sigmoids, binary cross-entropy, a threshold for each label.

A recording may have no label, one, or many. Each label has a threshold of its own, chosen on the
validation recordings once the network is trained: the score with the highest F1. Without
validation recordings every threshold is 0.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from pydantic import model_validator

from tonotope._errors import DataError, ExperimentError, did_you_mean
from tonotope._shapes import Axis, Shape
from tonotope._wording import counted
from tonotope.heads.loss_options import LossOptions
from tonotope.heads.parse_targets import (
    filled_cells,
    find_separator,
    find_unsplit,
    is_missing,
    parse_number,
    parse_yes_no,
    refuse_undeclared,
    split_labels,
)
from tonotope.heads.task import Answer, Task

if TYPE_CHECKING:
    from torch import Tensor, nn

    from tonotope.heads.task import AnswerTargets, Outputs, Targets

TAGS = "tags"
THRESHOLD = 0.5


class Tag(Task):
    """Which of several labels a clip has.

    The output is called `tags`.

    Attributes:
        column: the column of labels, several of them in a cell.
        separator: what separates them; empty: recognised (the end of a line, `|`,
            `;` or `,`). A cell that holds
            nothing but the separator has no label; an empty cell is unknown.
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
    def _check_names(self) -> Tag:
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
            filled = filled_cells(rows, names, column)
            if not filled:
                raise DataError(
                    f"no recording has labels under `{column}`; known:"
                    f" {', '.join(known) or 'none'} (head.column names one column of labels,"
                    f" head.targets several columns of 0 and 1){did_you_mean(column, known)}"
                )
            if self.labels and not self.targets:
                self._refuse_slips(filled)
            if self.targets:
                _refuse_unsure(column, filled)
            elif all(parse_number(cell) is not None for _, cell in filled):
                raise DataError(
                    f"`{column}` holds numbers (`{filled[0][1]}`, ...), not labels; quantities fit"
                    f' `head.kind = "regress"` with `head.targets = ["{column}"]`, columns of 0 and'
                    " 1 fit `head.targets`"
                )
            else:
                self._refuse_unsplit(column, [cell for _, cell in filled])

    def _refuse_unsplit(self, column: str, cells: Sequence[str]) -> None:
        """Refuse cells with a mark that parts no labels yet, though its pieces are labels."""
        unsplit = None if self.separator else find_unsplit(cells, find_separator(cells))
        if unsplit:
            label, mark = unsplit
            usual = find_separator(cells)
            if any(usual in cell for cell in cells):
                raise DataError(
                    f"`{label}` under `{column}` would be one label, though each of its pieces is a"
                    f" label elsewhere, and other cells hold theirs between `{usual}`: write it so"
                    f' there too; head.separator = "{usual}" keeps it one label'
                )
            raise DataError(
                f"`{label}` under `{column}` would be one label, though each of its pieces is a"
                f' label elsewhere: `head.separator = "{mark}"` takes them apart, any other keeps'
                " them together"
            )

    def _refuse_slips(self, filled: Sequence[tuple[str, str]]) -> None:
        """Refuse labels that are spelt nearly like a declared one; others are left out."""
        mark = self.separator or find_separator(cell for _, cell in filled)
        given = [(name, label) for name, cell in filled for label in split_labels(cell, mark)]
        slips = [
            (name, label)
            for name, label in given
            if label in self.labels or did_you_mean(label, self.labels)
        ]
        refuse_undeclared(slips, self.labels, "head.labels")

    def fit_targets(self, rows: Sequence[Mapping[str, str]]) -> Self:
        """The same task with its labels, where they are not named yet."""
        return self if self.labels else self.fit_vocabulary(rows)

    def fit_vocabulary(self, rows: Sequence[Mapping[str, str]]) -> Self:
        """The same task with its labels, sorted, and the mark between them.

        A label that no training recording has is never predicted, and counts as a miss.

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
                f"no label at all under `{self.column}` among {counted(len(rows), 'recording')}:"
                " there is nothing to learn"
            )
        return self.model_copy(update={"labels": labels, "separator": separator})

    def calibrate(self, scores: Mapping[str, Tensor], targets: Targets) -> Self:
        """The same task with the threshold of each label that gave the highest F1."""
        predicted = scores[TAGS].double().cpu().numpy()
        target = targets[TAGS].double().cpu().numpy()
        found = [_threshold(predicted[:, at], target[:, at]) for at in range(len(self._known()))]
        return self.model_copy(update={"thresholds": tuple(found)})

    def take_calibration(self, trained: Sequence[Task]) -> Self:
        """The same task with the median of their thresholds, label by label."""
        found = [one.thresholds for one in trained if isinstance(one, Tag)
                 and one.labels == self.labels and one.thresholds]  # fmt: skip
        if not found:
            return self
        medians = np.median(np.array(found), axis=0)
        return self.model_copy(update={"thresholds": tuple(map(float, medians))})

    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        """1 where a label is given and 0 where not, `(recording, label)`; NaN where unknown.

        A label that is none of these is left out.
        """
        labels = self._known()
        target = np.full((len(rows), len(labels)), np.nan, np.float32)
        for at, row in enumerate(rows):
            if self.targets:
                answers = [parse_yes_no(row.get(name, "")) for name in labels]
                target[at] = [np.nan if one is None else one for one in answers]
            elif not is_missing(row.get(self.column)):
                mark = self.separator or find_separator([row[self.column]])
                own = set(split_labels(row[self.column], mark))
                target[at] = [float(name in own) for name in labels]
        return {TAGS: target}

    def answer_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, AnswerTargets]:
        """1 where a label is given, 0 where not, NaN where unknown, `(recording, label)`."""
        return {TAGS: self.encode_targets(rows)[TAGS]}

    def class_weights(self, targets: Targets) -> dict[str, Tensor]:
        """How much more the given ones of each label weigh: as many times as they are rarer."""
        target = targets[TAGS]
        yes = target.nan_to_num().sum(0)
        no = target.isnan().logical_not().sum(0) - yes
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

        target = targets[TAGS]
        known = target.isnan().logical_not()
        smoothing, weight = options.label_smoothing, options.class_weight
        soft = target.nan_to_num() * (1.0 - smoothing) + smoothing / 2
        cost = F.binary_cross_entropy_with_logits(
            outputs[TAGS].float(),
            soft,
            reduction="none",
            pos_weight=None if weight is None else weight[TAGS],
        )
        counts = known.to(cost.dtype)
        if options.sample_weight is not None:
            counts = counts * options.sample_weight[:, None]
        return (cost * counts).sum() / counts.sum().clamp(min=1e-12)

    def scores(self, outputs: Outputs) -> dict[str, Tensor]:
        """The probability of each label, `(batch, label)`; rows need not sum to 1."""
        return {TAGS: outputs[TAGS].float().sigmoid()}

    def decide(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Whether each label is given: its score reaches its threshold, `(batch, label)`."""
        predicted = scores[TAGS]
        thresholds = self.thresholds or [THRESHOLD] * predicted.shape[1]
        return {TAGS: predicted >= predicted.new_tensor(thresholds)}

    def metrics(self, scores: Mapping[str, Tensor], targets: Targets) -> dict[str, float]:
        """F1 over all labels together: 2 hits over all that are predicted and all that are true."""
        target = targets[TAGS]
        known = target.isnan().logical_not()
        if not bool(known.any()):
            return {}
        predicted, there = (scores[TAGS] >= THRESHOLD) & known, (target > THRESHOLD) & known
        total = float(predicted.sum() + there.sum())
        return {"f1": 2 * float((predicted & there).sum()) / total if total else 1.0}

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
        cure = "empty the cells where it is unknown (several labels in one cell fit head.column)"
        if len(wrong) == 1:
            raise DataError(
                f"1 of {len(cells)} cells under `{column}` is neither 0 nor 1: {shown}; {cure}"
            )
        raise DataError(
            f"{len(wrong)} of {len(cells)} cells under `{column}` are neither 0 nor 1: {shown};"
            f" {cure}"
        )


def _threshold(predicted: np.ndarray, target: np.ndarray) -> float:
    """Halfway between the two scores around the highest F1 of a label; 0.5 where unknown."""
    known = np.isfinite(target)
    predicted, there = predicted[known], target[known] > THRESHOLD
    if there.all() or not there.any():
        return THRESHOLD
    order = np.argsort(-predicted, kind="stable")
    predicted, hits = predicted[order], np.cumsum(there[order])
    f1 = 2 * hits / (np.arange(1, len(predicted) + 1) + there.sum())
    f1[:-1][predicted[:-1] == predicted[1:]] = -1.0  # equal scores cannot be separated
    last = int(f1.argmax())
    after = predicted[last + 1] if last + 1 < len(predicted) else 0.0
    return float((predicted[last] + after) / 2)
