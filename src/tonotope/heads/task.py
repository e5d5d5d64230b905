"""`Task`: what every head must offer, from targets and loss to the decision.

A head answers with a mapping from output name to tensor (one entry for a classifier, several for
a head of several tasks). Targets are a mapping with the same names, one row of real numbers per
recording. One rule serves all heads: **a NaN is a missing target**, and it costs
nothing. Real rows rather than indices, because real rows can be mixed: the mean of two targets
is the target of the mean of two clips, and a mean with a missing one is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, Self

from tonotope._shapes import Shape, Stage
from tonotope.answers.answer import Answer
from tonotope.audio.noise import NoiseName
from tonotope.heads import names_of_0_1
from tonotope.heads.layer_row import LayerRow, dense_row
from tonotope.heads.loss_options import LossOptions

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

    Outputs = Mapping[str, Tensor]
    Targets = Mapping[str, Tensor]
    AnswerTargets = np.ndarray | list[str | None]


class Noise(NamedTuple):
    """The noise that is mixed into the samples of each clip.

    Attributes:
        kinds: such as `white`; each is drawn equally often.
        snr_db: how far the sound lies above the noise in decibels, from and to.
        seed: decides the noise of validation and test recordings.
    """

    kinds: tuple[NoiseName, ...]
    snr_db: tuple[float, float]
    seed: int


class FeatureKind(Protocol):
    """What a head may ask of the representation, which it does not know otherwise."""

    @property
    def kind(self) -> str:
        """Its name, such as `log-mel`."""
        ...

    def limited_amplitudes(self, values: Tensor) -> Tensor:
        """The output of a network, `(batch, channel, time, ...)`, as amplitudes."""
        ...

    def apply_mask(self, amplitudes: Tensor, mask: Tensor) -> Tensor:
        """Amplitudes, `(batch, channel, time, ...)`, turned down by a mask of the same shape."""
        ...


class Task(Stage):
    """A question put to a network: its targets, the cost of an answer, the decision.

    `build(shape)` returns a module from features `(batch, *shape)` to a mapping of outputs, each
    `(batch, ...)`. `out_shape` is the shape of the output where there is only one.

    Attributes:
        denoises: whether the output is sound. Then `build_on` builds the module, which reads the
            output of every layer of the network, and training mixes noise into each clip.
    """

    denoises: ClassVar[bool] = False

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        names_of_0_1.understand(cls)

    @property
    def training_defaults(self) -> Mapping[str, Any]:
        """Keys of a training plan, with the values that suit this question.

        Each holds where the experiment does not set the key.
        """
        return {}

    @property
    def experiment_defaults(self) -> Mapping[str, Any]:
        """Tables of an experiment, such as `network`, that suit this question.

        Each holds where the experiment has no table of that name.
        """
        return {}

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What is predicted for every recording and evaluated; none by default."""
        return ()

    @property
    def noise(self) -> Noise | None:
        """The noise that is mixed into each clip, whose clean sound is the target; None: none."""
        return None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a table that the targets are read from."""
        return ()

    def build_on(self, shapes: Sequence[Shape], representation: FeatureKind) -> nn.Module:
        """The module for a network whose layers make these shapes, the features first.

        Args:
            shapes: the shape of the features, and the one after each layer.
            representation: what the features are.
        """
        del representation
        return self.build(shapes[-1])

    def incompatible_layer(
        self, shapes: Sequence[Shape], representation: FeatureKind
    ) -> tuple[int, str] | None:
        """The first layer after which the question cannot be answered, from 1, and why.

        Layer 0 is the representation. None where every layer fits.
        """
        del shapes, representation
        return None

    def layer_rows(self, shapes: Sequence[Shape]) -> tuple[LayerRow, ...]:
        """What the head adds to a table of layers: by default one dense layer for all outputs.

        Args:
            shapes: the shape of the features, and the one after each layer of the network.
        """
        return (dense_row(shapes[-1], self.out_shape(shapes[-1])),)

    def incompatible_training(self, plan: Mapping[str, Any]) -> str:
        """What of a training plan would make the question a wrong one; empty where nothing."""
        del plan
        return ""

    def check(self, rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> None:
        """Refuse targets that do not fit the question, before any recording is decoded.

        Args:
            rows: the targets of each recording as written in the table.
            names: what each recording is called, for the message.

        Raises:
            DataError: the targets do not fit; the message names recordings, and a head that does.
        """
        del rows, names

    def fit_vocabulary(self, rows: Sequence[Mapping[str, str]]) -> Self:
        """This task with the names that occur anywhere in a table, where they were left open.

        Args:
            rows: the targets of all recordings, those that judge included: so every fold answers
                in the same columns. Nothing else is taken from them.
        """
        del rows
        return self

    def fit_targets(self, rows: Sequence[Mapping[str, str]]) -> Self:
        """This task with what is known from the training recordings alone, such as the classes.

        Args:
            rows: the targets of each training recording as written in the table.
        """
        del rows
        return self

    def missing_methods(self) -> list[str]:
        """The methods that a run needs, a `Task` cannot have by itself, and this one lacks."""
        needed = ["out_shape", "encode_targets", "loss", "scores", "decide"]
        if type(self).build_on is Task.build_on:
            needed.append("build")
        return [name for name in needed if getattr(type(self), name) is getattr(Task, name)]

    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        """The targets as numbers: for each output `(recording, ...)` float32, NaN where missing."""
        raise NotImplementedError(type(self).__name__)

    def calibrate(self, scores: Mapping[str, Tensor], targets: Targets) -> Self:
        """This task with what is known from a trained network alone, such as thresholds.

        Args:
            scores: of the validation recordings, from `scores`; never of the test part.
                `(recording, column)` each.
            targets: those of the same recordings, `(recording, ...)` each.
        """
        del scores, targets
        return self

    def fit_temperature(
        self,
        scores: Mapping[str, Tensor],
        recording: Tensor,
        targets: Targets,
        shares: Tensor | None = None,
    ) -> Self:
        """This task with what makes its scores honest: probabilities that come true.

        Args:
            scores: of clips that the network did not learn from, `(clip, column)` each, from
                `scores` of `uncalibrated()`; never of the test part.
            recording: `(clip,)` which recording each clip comes from, from 0.
            targets: those of the recordings, `(recording, ...)` each.
            shares: `(clip,)` of each clip in the answer for its recording, 1 together; without
                them, equal ones.
        """
        del scores, recording, targets, shares
        return self

    def uncalibrated(self) -> Self:
        """This task without what `fit_temperature` found; itself where it found nothing."""
        return self

    def temper(self, scores: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """The scores of clips as this task gives them, from those of `uncalibrated()`.

        `(clip, column)` each, in and out.
        """
        return scores

    def take_calibration(self, trained: Sequence[Task]) -> Self:
        """This task with what `calibrate` and `fit_temperature` found for networks trained alike.

        A network that has learnt from every recording has none left to be calibrated on.

        Args:
            trained: this task as it came out of each of those trainings.
        """
        del trained
        return self

    @property
    def rejection(self) -> Mapping[str, tuple[float, ...]]:
        """For each answer the scores below which it is none of these, one for each column.

        Only of answers that have them. Nothing is decided by them but where events begin.
        """
        return {}

    def fit_rejection(self, scores: Mapping[str, Tensor], targets: Targets) -> Self:
        """This task with the scores that recordings of each class reach, see `rejection`.

        Args:
            scores: of recordings that the network did not learn from, `(recording, column)` each.
            targets: those of the same recordings, `(recording, ...)` each.
        """
        del scores, targets
        return self

    def answer_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, AnswerTargets]:
        """What is true of each recording, in the terms of each of the `answers`.

        Of a `class` the label in words, `(recording,)`, None where missing; of `numbers` and
        `tags` a row of real numbers, `(recording, column)`, NaN where missing.
        """
        del rows
        return {}

    def class_weights(self, targets: Targets) -> dict[str, Tensor]:
        """How much each class of an output should weigh, so that rare ones count as much.

        `(class,)` from targets `(recording, class)`. Empty where a task knows no classes.
        """
        del targets
        return {}

    def prepare_batch(self, features: Tensor, targets: Targets) -> tuple[Tensor, Targets]:
        """The question as it is put in training; a denoiser hides part of the features here.

        Called once per step, after the clips were altered and mixed. What it draws at random it
        draws from PyTorch's own generator, which is seeded for every step.
        Features are `(batch, channel, time, ...)`, targets `(batch, ...)` each.
        """
        return features, targets

    def episodes(self, targets: Targets, batch_size: int, seed: int) -> list[Tensor] | None:
        """Batches of recordings for one epoch, where a head needs its own; None: any order does.

        Each is `(batch,)`: rows of `targets`, which are `(recording, ...)` each.
        """
        del targets, batch_size, seed
        return None

    def loss(
        self, outputs: Outputs, targets: Targets, options: LossOptions = LossOptions()
    ) -> Tensor:
        """The mean cost of the answers: one number to be made smaller.

        Args:
            outputs: of the network, `(batch, ...)` each.
            targets: `(batch, ...)` each, with the names of the outputs; NaN costs nothing.
            options: the weights of clips and classes, and the smoothing of targets.
        """
        raise NotImplementedError(type(self).__name__)

    def scores(self, outputs: Outputs) -> dict[str, Tensor]:
        """What may be averaged over the clips of a recording, such as probabilities.

        `(batch, column)` for each output.
        """
        raise NotImplementedError(type(self).__name__)

    def decide(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The decision for each row of scores, `(batch, column)`, such as the index of a class."""
        raise NotImplementedError(type(self).__name__)

    def metrics(self, scores: Mapping[str, Tensor], targets: Targets) -> dict[str, float]:
        """How good the decisions are, by name, higher is better; absent where nothing was asked.

        The first is the one a training run goes by. Meant for following a training run; a result
        worth quoting comes from the evaluation. Scores and targets are `(batch, ...)` each.
        """
        del scores, targets
        return {}


names_of_0_1.understand(Task)
