"""The head `classify`: one class of several by softmax and cross-entropy; class weights.

Cross-entropy with label smoothing follows Szegedy et al., "Rethinking the Inception Architecture
for Computer Vision" (CVPR 2016), section 7. Scores are made honest by temperature scaling (Guo et
al., ICML 2017), fitted on validation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from tonotope._errors import DataError, ExperimentError, did_you_mean
from tonotope._shapes import Axis, Shape
from tonotope.heads.loss_options import LossOptions
from tonotope.heads.parse_targets import parse_number, refuse_undeclared
from tonotope.heads.rejection import reached_scores
from tonotope.heads.task import Answer, Task
from tonotope.heads.temperature import fit_temperature, temper

if TYPE_CHECKING:
    from torch import Tensor, nn

    from tonotope.heads.task import AnswerTargets, Outputs, Targets


LABEL = "label"
_MANY = 20  # fewer different numbers than this may well be classes


class Classify(Task):
    """Which one of several classes a clip belongs to.

    The target and the output are called `label`.

    Attributes:
        classes: the names, in the order of the scores; empty: the sorted labels of the training
            recordings.
        temperature: what the outputs are divided by before they become probabilities; left out: 1
            in training, then the one that is fitted on the validation recordings, or, in folds
            without validation, on the predictions for the other folds.
        reject_below: for each class the score below which a sound is none of the classes, for
            events; left out: the score that 95 % of the rightly named recordings of a class reach,
            of the recordings that the temperature is fitted on.

    >>> task = Classify().fit_targets([{"label": "oboe"}, {"label": "flute"}, {"label": "oboe"}])
    >>> task.classes
    ('flute', 'oboe')
    >>> task.encode_targets([{"label": "oboe"}, {}])["label"]
    array([[ 0.,  1.],
           [nan, nan]], dtype=float32)
    """

    kind: Literal["classify"] = "classify"
    classes: tuple[str, ...] = ()
    temperature: float | None = Field(default=None, ge=0.01, le=100)
    reject_below: tuple[Annotated[float, Field(ge=0, le=1)], ...] = ()

    @model_serializer(mode="wrap")
    def _without_unset(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # A file says nothing of what is not there, as files of earlier versions do.
        unset = {"temperature": self.temperature is None, "reject_below": not self.reject_below}
        return {key: one for key, one in dump(self).items() if not unset.get(key)}

    @field_validator("classes")
    @classmethod
    def _check_names(cls, classes: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({name for name in classes if classes.count(name) > 1})
        if twice:
            raise ValueError(f"the class `{twice[0]}` is named twice; name each class once")
        if len(classes) == 1:
            raise ValueError(f"one class alone (`{classes[0]}`): name two or more")
        return classes

    @model_validator(mode="after")
    def _check_rejection(self) -> Classify:
        if self.reject_below and len(self.reject_below) != len(self.classes):
            raise ValueError(
                f"{len(self.reject_below)} scores in reject_below for {len(self.classes)} classes:"
                " name the classes, and give one score for each"
            )
        return self

    @property
    def answers(self) -> tuple[Answer, ...]:
        """One class out of several."""
        return (Answer(LABEL, "class", self.classes, temperature=self.temperature),)

    @property
    def columns(self) -> tuple[str, ...]:
        """The one that `data.label` names."""
        return (LABEL,)

    def check(self, rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> None:
        """Refuse measured numbers, nearly every one of which would be a class of its own.

        Where classes are declared, refuse labels that are none of them.

        Raises:
            DataError: names the head that fits, or the recordings.
        """
        if self.classes:
            given = [(name, row[LABEL]) for name, row in zip(names, rows, strict=True)
                     if LABEL in row]  # fmt: skip
            refuse_undeclared(given, self.classes, "head.classes")
        labels = [row[LABEL] for row in rows if LABEL in row]
        found = set(labels)
        if len(found) <= max(_MANY, len(labels) / 2) or any(
            parse_number(one.replace(",", ".")) is None for one in found
        ):
            return
        raise DataError(
            f"the labels are {len(found)} different numbers among {len(labels)} recordings"
            f" (`{labels[0]}`, ...): measured quantities, not classes; name their column in"
            ' `head.targets` and take `head.kind = "regress"`, or name a column of classes'
            " (data.label)"
        )

    def fit_targets(self, rows: Sequence[Mapping[str, str]]) -> Self:
        """The same task with its classes: the sorted labels, where none were named.

        Raises:
            DataError: fewer than two different labels.
        """
        if self.classes:
            return self
        found = sorted({row[LABEL] for row in rows if LABEL in row})
        if len(found) < 2:
            held = f"only `{found[0]}`" if found else f"no value of `{LABEL}` at all"
            raise DataError(
                f"{held} among {len(rows)} training recordings: a classifier needs at least two"
                " classes; add recordings of another class, or name another label column"
            )
        return self.model_copy(update={"classes": tuple(found)})

    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        """One-hot rows `(recording, class)`; NaN where a recording has no label.

        Raises:
            DataError: a label that is none of the classes.
        """
        place = {name: index for index, name in enumerate(self._known())}
        target = np.zeros((len(rows), len(place)), np.float32)
        for index, row in enumerate(rows):
            label = row.get(LABEL)
            if label is None:
                target[index] = np.nan
            elif label in place:
                target[index, place[label]] = 1.0
            else:
                near = did_you_mean(label, place)
                known = ", ".join(f"`{name}`" for name in self.classes[:20])
                raise DataError(
                    f"recording {index}: the label `{label}` is none of the {len(place)} classes"
                    f" ({known}){near}"
                )
        return {LABEL: target}

    def answer_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, AnswerTargets]:
        """The labels as they are written; None where a recording has none."""
        return {LABEL: [row.get(LABEL) for row in rows]}

    def class_weights(self, targets: Targets) -> dict[str, Tensor]:
        """Inverse frequency, `n / (classes · n_c)`: a class of half the size weighs twice as much.

        A class without a single training recording weighs nothing.
        """
        counts = targets[LABEL].nan_to_num().sum(0)
        weights = counts.sum() / (len(counts) * counts.clamp(min=1.0))
        return {LABEL: weights * (counts > 0)}

    def out_shape(self, shape: Shape) -> Shape:
        """One score per class."""
        del shape
        return Shape([Axis("class", len(self._known()))])

    def build(self, shape: Shape) -> nn.Module:
        """Flatten, then one dense layer: `(batch, *shape)` to a mapping of `(batch, class)`."""
        from tonotope.heads.modules import DenseHead

        return DenseHead({LABEL: len(self._known())}, shape)

    def loss(
        self, outputs: Outputs, targets: Targets, options: LossOptions = LossOptions()
    ) -> Tensor:
        """Cross-entropy `-Σ_c t_c log p_c`, averaged over the clips that have a target."""
        logits, target = outputs[LABEL].float(), targets[LABEL]
        known = target.isnan().logical_not().all(1)
        target = target.nan_to_num()
        smoothing = options.label_smoothing
        soft = target * (1.0 - smoothing) + smoothing / target.shape[1]
        cost = -(soft * logits.log_softmax(1)).sum(1)
        counts = known.to(cost.dtype)
        if options.class_weight is not None:
            counts = counts * (target @ options.class_weight[LABEL])
        if options.sample_weight is not None:
            counts = counts * options.sample_weight
        return (cost * counts).sum() / counts.sum().clamp(min=1e-12)

    def scores(self, outputs: Outputs) -> dict[str, Tensor]:
        """Probabilities, `(batch, class)`, each row of sum 1."""
        logits = outputs[LABEL].float()
        return {LABEL: (logits / (self.temperature or 1.0)).softmax(1)}

    def fit_temperature(
        self,
        scores: Mapping[str, Tensor],
        recording: Tensor,
        targets: Targets,
        shares: Tensor | None = None,
    ) -> Self:
        """The same task with the temperature that suits the recordings; a given one is kept."""
        target = targets[LABEL].double().cpu().numpy()
        truth = np.where(np.isnan(target).any(axis=1), -1, np.nan_to_num(target).argmax(axis=1))
        given = scores[LABEL].double().cpu().numpy()
        share = None if shares is None else shares.double().cpu().numpy()
        found = self.temperature or fit_temperature(given, recording.cpu().numpy(), truth, share)
        return self.model_copy(update={"temperature": found})

    def take_calibration(self, trained: Sequence[Task]) -> Self:
        """The same task with the geometric mean of their temperatures; a given one is kept.

        Of `reject_below` it takes the median, class by class.
        """
        alike = [one for one in trained if isinstance(one, Classify)]
        update: dict[str, Any] = {}
        found = [one.temperature for one in alike if one.temperature is not None]
        if self.temperature is None and found:
            update["temperature"] = float(f"{np.exp(np.mean(np.log(found))):.4g}")
        limits = [
            one.reject_below for one in alike if one.reject_below and one.classes == self.classes
        ]
        if limits and not self.reject_below:
            update["reject_below"] = tuple(map(float, np.median(np.array(limits), axis=0)))
        return self.model_copy(update=update) if update else self

    @property
    def rejection(self) -> Mapping[str, tuple[float, ...]]:
        """The scores below which a sound is none of the classes."""
        return {LABEL: self.reject_below} if self.reject_below else {}

    def fit_rejection(self, scores: Mapping[str, Tensor], targets: Targets) -> Self:
        """The same task with the score that 95 % of the rightly named recordings reach.

        Class by class where ten or more are rightly named, else of all classes together; given
        ones are kept.
        """
        if self.reject_below:
            return self
        target = targets[LABEL].double().cpu().numpy()
        truth = np.where(np.isnan(target).any(axis=1), -1, np.nan_to_num(target).argmax(axis=1))
        found = reached_scores(scores[LABEL].double().cpu().numpy(), truth)
        return self.model_copy(update={"reject_below": found})

    def uncalibrated(self) -> Self:
        """The same task at temperature 1."""
        return self if self._one() else self.model_copy(update={"temperature": None})

    def temper(self, scores: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """Probabilities at temperature 1, `(clip, class)`, as probabilities at this one."""
        if self._one():
            return scores
        given = scores[LABEL]
        tempered = temper(given.double().cpu().numpy(), self.temperature or 1.0)
        return {LABEL: given.new_tensor(tempered)}

    def decide(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The index of the most probable class, `(batch,)`."""
        return {LABEL: scores[LABEL].argmax(1)}

    def metrics(self, scores: Mapping[str, Tensor], targets: Targets) -> dict[str, float]:
        """Accuracy over the rows that have a target."""
        target = targets[LABEL]
        known = target.isnan().logical_not().all(1)
        if not bool(known.any()):
            return {}
        right = scores[LABEL].argmax(1) == target.nan_to_num().argmax(1)
        return {"accuracy": float(right[known].float().mean())}

    def _one(self) -> bool:
        return self.temperature is None or self.temperature == 1.0

    def _known(self) -> tuple[str, ...]:
        if not self.classes:
            raise ExperimentError(
                "the head has no classes yet: name them (`head.classes`), or take them from the"
                " training recordings with `fit_targets`"
            )
        return self.classes
