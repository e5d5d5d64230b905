"""`Experiment`: all settings in one frozen value; digest, folder name, checks across tables.

Its digest names the run folder, so two runs have two folders exactly when something that decides
the result differs. The seed stands beside the digest: replicas differ in nothing else.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from tonotope._errors import ExperimentError
from tonotope._shapes import Description, Shape
from tonotope.datasets.data import Data
from tonotope.datasets.split_plan import SplitPlan
from tonotope.evaluation.plan import EvaluationPlan, usual_evaluation, why_not
from tonotope.experiment.config.errors import Trail, refuse_mistaken_types, refused
from tonotope.experiment.head_needs import background_misfit
from tonotope.experiment.start import StartField
from tonotope.heads import AnyHead, Classify, OpaqueHead, Task
from tonotope.network import VGG, AnyNetwork, Custom
from tonotope.network.layer_report import LayerReport
from tonotope.representation import AnyRepresentation, LogMel, OpaqueRepresentation
from tonotope.representation.representation import LONGEST_CLIP_SAMPLES
from tonotope.training.plan import OF_A_PROBE, TrainingPlan

LONGEST_NAME = 80
_PLAIN = re.compile(r"[^\w.+-]+")
# Keys that came after the first release, each with the value that means none.
_LATER: tuple[tuple[Any, ...], ...] = (
    ("start", None),
    ("network", "summary_blocks", 1),
    ("network", "statistics", "mean+max"),
    ("data", "annotations", None),
    ("data", "background", "none"),
    ("split", "blocks_s", None),
    ("training", "nesterov", False),
    ("training", "final", "none"),
    ("training", "minutes", 0.0),
    ("head", "bins", 0),
    ("head", "lows", []),
    ("head", "highs", []),
)


class Variant(Description):
    """A small difference from the experiment it stands in.

    Attributes:
        name: its difference in a few words: `no dropout`.
        set: the keys that differ, dotted: `{"network.dropout": 0}`.
    """

    name: str = Field(min_length=1, max_length=60)
    set: dict[str, Any]


class Experiment(Description):
    """Question, recordings, split, representation, network, head, training, evaluation.

    Attributes:
        name: of the run folder; it decides nothing.
        question: that the experiment shall answer.
        hypothesis: the expected answer, written before anything is run.
        seed: decides the first weights, the order of the clips and all other random numbers.
        data: where the recordings are.
        split: which of them are for training, validation and test.
        representation: of the sound, the input of the network.
        network: the layers.
        head: targets, loss and decision.
        start: an earlier run whose weights are the beginning; None: new weights.
        training: optimiser, schedule, augmentation.
        evaluation: the main metric, and the baselines to compare with.
        variants: small differences that are run beside it.
    """

    name: str = Field(default="", max_length=LONGEST_NAME)
    question: str = ""
    hypothesis: str = ""
    seed: int = Field(default=0, ge=0, lt=2**31)
    data: Data = Data.model_validate({})
    split: SplitPlan = SplitPlan()
    representation: AnyRepresentation = LogMel()
    network: AnyNetwork = VGG()
    head: AnyHead = Classify()
    start: StartField = None
    training: TrainingPlan = TrainingPlan()
    evaluation: EvaluationPlan = EvaluationPlan()
    variants: tuple[Variant, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _fill_in_defaults_of_head(cls, given: Any) -> Any:
        """Fill in the head's defaults for training and evaluation."""
        if not isinstance(given, Mapping) or "head" not in given:
            return given
        given = dict(given)
        if isinstance(given["head"], Mapping) and set(given["head"]) <= {"classes"}:
            given["head"] = {"kind": "classify", **given["head"]}
        try:
            head = _HEAD.validate_python(given["head"])
        except ValidationError:
            return given  # the field itself refuses it
        if not isinstance(head, Classify):
            given = {**head.experiment_defaults, **given}
            given["training"] = _filled_training(given.get("training", {}), head)
            given["evaluation"] = _filled(
                given.get("evaluation", {}), usual_evaluation(head.answers)
            )
        return given

    @model_validator(mode="after")
    def _check_fit(self) -> Experiment:
        wrong = self._misfit()
        if wrong:
            raise ValueError(wrong)
        return self

    def _misfit(self) -> str:
        """Why evaluation or training do not fit the head, or the hop the clip; empty if they do."""
        if wrong := self.data.lost_source or self._too_long_hop():
            return wrong
        head = self.head
        if missing := head.missing_methods():
            names = " and no ".join(f"`{name}`" for name in missing)
            return (
                f"the head `{type(head).__name__}` has no method {names}: `Task` says what they do"
            )
        if self.data.background == "unlabelled" and (wrong := background_misfit(head)):
            return wrong
        if self.training.optimizer == "lbfgs" and not (
            self.start and self.start.frozen and self.start.part == "network"
        ):
            return (
                'training.optimizer = "lbfgs" fits the head alone, to a network that stays as it '
                "is: set start.run (tonotope:ear, or a run) and start.frozen = true, or take "
                'optimizer = "adamw"'
            )
        return why_not(self.evaluation, head.answers) or head.incompatible_training(
            self.training.model_dump()
        )

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits that change with everything but the name and the seed.

        >>> one = Experiment(question="Who is calling?")
        >>> one.digest == one.model_copy(update={"name": "owls", "seed": 7}).digest
        True
        >>> one.digest == Experiment(question="Who is singing?").digest
        False
        """
        content = self.model_dump(mode="json", exclude={"name", "seed"})
        # Later keys count only where they are set, so the folders of earlier runs keep their names.
        for *tables, key, nothing in _LATER:
            table = content
            for name in tables:
                table = table[name]
            if key in table and table[key] == nothing:
                del table[key]
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:8]

    def with_code_of(self, other: Experiment) -> Experiment:
        """The same with the classes of `other` that are written in Python: no table holds them.

        Raises:
            ExperimentError: the evaluation or the training does not fit its head.
        """
        code: dict[str, Any] = {"data": self.data.with_source_of(other.data)}
        if isinstance(self.head, OpaqueHead):
            code["head"] = other.head
        if isinstance(self.network, Custom) and isinstance(other.network, Custom):
            code["network"] = self.network.with_code(other.network)
        if isinstance(self.representation, OpaqueRepresentation):
            code["representation"] = self.representation.with_code(other.representation)
        updated = self.model_copy(update=code)
        wrong = updated._misfit()  # could not be known while the table held the head's name alone
        if wrong:
            raise ExperimentError(wrong)
        return updated

    @property
    def folder_name(self) -> str:
        """The name of the run folder: `<name>-<digest>-s<seed>`.

        >>> Experiment(name="Owls & others", seed=3).folder_name.startswith("Owls-others-")
        True
        """
        name = _PLAIN.sub("-", self.name).strip("-.") or "experiment"
        return f"{name}-{self.digest}-s{self.seed}"

    @property
    def clip_samples(self) -> int:
        """The length of a clip in samples.

        Raises:
            ExperimentError: it is still to be chosen from the recordings, or is shorter than one
                sample or longer than memory.
        """
        if self.data.clip_s is None:
            raise ExperimentError(
                "data.clip_s is not known yet: it is chosen from the recordings, or set it"
            )
        rate_hz = self.representation.rate_hz
        if self.data.clip_s * rate_hz < 1:
            raise ExperimentError(
                f"data.clip_s = {self.data.clip_s:g} is less than one sample at {rate_hz} Hz:"
                f" use at least {1 / rate_hz:.2g} s"
            )
        if self.data.clip_s > LONGEST_CLIP_SAMPLES / rate_hz:
            raise ExperimentError(
                f"data.clip_s = {self.data.clip_s:g} s at {rate_hz} Hz are"
                f" {float(self.data.clip_s) * rate_hz:.3g} samples; at most"
                f" {LONGEST_CLIP_SAMPLES:,} ({LONGEST_CLIP_SAMPLES * 4 / 1e9:.2g} GB of memory)"
                f" are one clip: use at most {LONGEST_CLIP_SAMPLES / rate_hz:.0f} s, or a lower"
                " representation.rate_hz"
            )
        return round(self.data.clip_s * rate_hz)

    def with_weights_named(self) -> Experiment:
        """The same; a network written in Python gets the digest of its weights.

        Raises:
            ShapeError: the network cannot be built or run for clips of this length.
        """
        if not isinstance(self.network, Custom):
            return self
        network = self.network.with_weights(self._feature_shape())
        return self.model_copy(update={"network": network})

    def _feature_shape(self) -> Shape:
        clip = self.representation.clip_shape(self.clip_samples)
        return self.representation.out_shape(clip)

    def _too_long_hop(self) -> str:
        hop_s, clip_s = self.data.hop_s, self.data.clip_s
        if hop_s is None or clip_s is None or hop_s <= clip_s:
            return ""
        return (
            f"data.hop_s = {hop_s:g} is longer than a clip of {clip_s:g} s, and the sound between"
            f" two clips would not be heard: use at most {clip_s:g}, or leave it out for half a"
            " clip"
        )

    @property
    def hop_steps(self) -> int:
        """From one clip of a long recording to the next, in steps of the features' time axis.

        Raises:
            ExperimentError: it is longer than a clip, so that sound would be left out.
        """
        if too_long := self._too_long_hop():
            raise ExperimentError(too_long)
        hop_s = self.data.hop_s or (self.data.clip_s or 0.0) / 2
        representation = self.representation
        return max(1, round(hop_s * representation.rate_hz / representation.hop_samples))

    def trace(self) -> list[LayerReport]:
        """Every layer of the network with its shapes, before any sound is read.

        Raises:
            ShapeError: a size reaches zero, a layer does not fit, the network is too large, or the
                head can make no answer of what comes out.
        """
        from tonotope.model.compatibility import check_compatibility

        return check_compatibility(
            self.network, self.head, self.representation, self._feature_shape()
        )


_HEAD: TypeAdapter[Task] = TypeAdapter(AnyHead)


def _filled(given: Any, defaults: Mapping[str, Any]) -> Any:
    """A table of the experiment, with defaults for missing keys."""
    if isinstance(given, Description):
        given = given.model_dump(mode="json", exclude_unset=True)
    return {**defaults, **given} if isinstance(given, Mapping) else given


def _filled_training(given: Any, head: Task) -> Any:
    """The training with the defaults of a head; a probe has its own."""
    whole = _filled(given, head.training_defaults)
    if not isinstance(whole, Mapping) or whole.get("optimizer") != "lbfgs":
        return whole
    return _filled(given, {key: one for key, one in whole.items() if key not in OF_A_PROBE})


def checked(table: Mapping[str, Any], trail: Trail) -> Experiment:
    """The experiment that `table` describes; `trail` knows where each value was written.

    Raises:
        ExperimentError: a key or a value does not fit.
    """
    try:
        experiment = Experiment.model_validate(dict(table))
    except ValidationError as error:
        raise refused(Experiment, table, error.errors(include_url=False), trail) from error
    except RecursionError as error:
        raise ExperimentError(
            f"{trail.where(())}the tables lie inside one another too deeply"
        ) from error
    except ExperimentError as error:
        first, *others = error.args
        error.args = (f"{trail.where(())}{first}", *others)
        raise
    refuse_mistaken_types(Experiment, table, trail)
    return experiment
