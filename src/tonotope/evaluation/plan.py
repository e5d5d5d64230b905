"""`EvaluationPlan`, the table `[evaluation]`: metric, baselines, confidence, draws; defaults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, PlainSerializer, WrapValidator

from tonotope._shapes import Description
from tonotope.answers import KINDS, Answer, is_known, table_of


def _or_outside(name: object, check: Callable[[object], str]) -> str:
    """A name of the vocabulary; or `KIND:NAME`, of a kind of answer written outside the package."""
    return name if isinstance(name, str) and ":" in name else check(name)


if TYPE_CHECKING:
    MetricName = str
    BaselineName = str
else:
    _OUTSIDE = (WrapValidator(_or_outside), PlainSerializer(str))
    _METRICS = dict.fromkeys(one for kind in KINDS.values() for one in kind.choices(()))
    _BASELINES = dict.fromkeys(one.name for kind in KINDS.values() for one in kind.baselines)
    MetricName = Annotated[Literal[tuple(_METRICS)], *_OUTSIDE]
    BaselineName = Annotated[Literal[tuple(_BASELINES)], *_OUTSIDE]


class EvaluationPlan(Description):
    """The figure that counts, and what it is held against.

    Attributes:
        metric: the figure that counts: `accuracy`, `balanced-accuracy` (each class weighs the
            same) or `macro-f1` of classes; `macro-f1` or `map` (mean average precision) of tags;
            `mae`, `rmse`, `median-error` (in the unit of the one quantity) or `r2` (of one or the
            mean of several) of numbers; `si-sdr` (scale-invariant signal-to-distortion ratio in
            dB), `si-sdr-gain` (by how much that rose) or `mse` (of the samples) of sounds.
        baselines: what a simple method reaches on the same recordings: `majority` always names the
            most frequent class, `mean` the mean of the training recordings, `prevalence` how
            frequent each tag is; `mfcc-logistic-regression` (classes, tags) and `mfcc-ridge`
            (numbers) know how the spectrum looks on average; `autocorrelation` (of pitch, in Hz
            or cents) knows at which lag a sound is most like itself; `noisy` leaves a sound as it
            is, `wiener` and `spectral-subtraction` turn down what is no louder than the noise.
        confidence: an interval of 0.95 holds the true figure in 95 of 100 such experiments.
        resamples: how often the groups are drawn anew to find the interval.
    """

    metric: MetricName = "accuracy"
    baselines: tuple[BaselineName, ...] = ("majority", "mfcc-logistic-regression")
    confidence: float = Field(default=0.95, ge=0.5, lt=1)
    resamples: int = Field(default=2000, ge=100, le=100_000)

    def of(self, answer: Answer) -> EvaluationPlan:
        """This plan for one answer of several: its own figure, and the baselines that fit it."""
        table = table_of(answer)
        metric = self.metric
        if metric not in [one.name for one in table.metrics if one.choosable]:
            metric = usual_metric(answer)
        fitting = tuple(one for one in self.baselines if one in _baselines([answer]))
        return self.model_copy(update={"metric": metric, "baselines": fitting})


def usual_metric(answer: Answer) -> str:
    """The figure that counts where the experiment names none.

    >>> usual_metric(Answer("value", "numbers", ("pitch_hz",)))
    'mae'
    """
    return table_of(answer).choices(answer.columns)[0]


def usual_evaluation(answers: Sequence[Answer]) -> dict[str, Any]:
    """The figure and the baselines of a head that are taken where the experiment names none."""
    if not all(map(is_known, answers)):
        return {}
    baselines = [one.name for answer in answers for one in table_of(answer).baselines if one.usual]
    return {
        "metric": usual_metric(answers[0]) if answers else "accuracy",
        "baselines": tuple(dict.fromkeys(baselines)),
    }


def why_not(plan: EvaluationPlan, answers: Sequence[Answer]) -> str:
    """Why a plan does not fit what a head answers, and what would; empty where it fits.

    Of a kind of answer whose class is not at hand nothing can be said.
    """
    if not answers or not all(map(is_known, answers)):
        return ""
    first, table = answers[0], table_of(answers[0])
    fitting = table.choices(first.columns)
    if plan.metric not in fitting:
        known = plan.metric in [one.name for one in table.metrics if one.choosable]
        why = table.no_choice() if known else f"the head answers with {table.phrase}"
        return f"`evaluation.metric` = {plan.metric!r}: {why}; {' or '.join(fitting)} would fit"
    known = _baselines(answers)
    strange = [name for name in plan.baselines if name not in known]
    if strange:
        return (
            f"`evaluation.baselines`: {strange[0]!r} does not answer with {table.phrase};"
            f" {', '.join(dict.fromkeys(known))} would fit"
        )
    return ""


def _baselines(answers: Sequence[Answer]) -> list[str]:
    return [one.name for answer in answers for one in table_of(answer).baselines]
