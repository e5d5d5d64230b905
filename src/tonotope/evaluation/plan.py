"""How a run is judged: one figure, the baselines beside it, and how sure its interval shall be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from tonotope._shapes import Description
from tonotope.heads import Answer
from tonotope.heads.task import Kind

MetricName = Literal[
    "accuracy", "balanced-accuracy", "macro-f1", "map", "mae", "rmse", "r2", "median-error",
    "si-sdr", "si-sdr-gain", "mse",
]  # fmt: skip
BaselineName = Literal[
    "majority", "mean", "prevalence", "mfcc-logistic-regression", "mfcc-ridge", "autocorrelation",
    "noisy", "wiener", "spectral-subtraction",
]  # fmt: skip

# What fits each kind of answer, the usual one first.
METRICS_OF: Mapping[Kind, tuple[MetricName, ...]] = {
    "class": ("accuracy", "balanced-accuracy", "macro-f1"),
    "numbers": ("mae", "rmse", "median-error", "r2"),
    "tags": ("macro-f1", "map"),
    "sound": ("si-sdr", "si-sdr-gain", "mse"),
}
BASELINES_OF: Mapping[Kind, tuple[BaselineName, ...]] = {
    "class": ("majority", "mfcc-logistic-regression"),
    "numbers": ("mean", "mfcc-ridge", "autocorrelation"),
    "tags": ("prevalence", "mfcc-logistic-regression"),
    "sound": ("noisy", "wiener", "spectral-subtraction"),
}
LOWER_IS_BETTER: frozenset[MetricName] = frozenset({"mae", "rmse", "median-error", "mse"})
IN_DECIBELS: frozenset[MetricName] = frozenset({"si-sdr", "si-sdr-gain"})


class EvaluationPlan(Description):
    """The figure that counts, and what it is held against.

    Attributes:
        metric: the figure that counts: `accuracy`, `balanced-accuracy` (each class weighs the
            same) or `macro-f1` of classes; `macro-f1` or `map` (mean average precision) of tags;
            `mae`, `rmse`, `median-error` (in the unit of the one quantity) or `r2` (of one or the
            mean of several) of numbers; `si-sdr` (scale-invariant signal-to-distortion ratio in
            dB), `si-sdr-gain` (by how much that rose) or `mse` (of the samples) of sounds.
        baselines: what a plain method reaches on the same recordings: `majority` always names the
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
        metric = self.metric
        if metric not in METRICS_OF[answer.kind]:
            metric = usual_metric(answer)
        fitting = tuple(one for one in self.baselines if one in BASELINES_OF[answer.kind])
        return self.model_copy(update={"metric": metric, "baselines": fitting})


def usual_metric(answer: Answer) -> MetricName:
    """The figure that counts where nothing is said.

    >>> usual_metric(Answer("value", "numbers", ("pitch_hz",)))
    'mae'
    """
    # The errors of several quantities have no unit in common.
    several = answer.kind == "numbers" and len(answer.columns) > 1
    return "r2" if several else METRICS_OF[answer.kind][0]


def suited(answers: Sequence[Answer]) -> dict[str, Any]:
    """The figure and the baselines of a head that are taken where nothing else is said."""
    # A third one is there for the asking: of numbers it knows of nothing but pitch.
    baselines = [name for one in answers for name in BASELINES_OF[one.kind][:2]]
    return {
        "metric": usual_metric(answers[0]) if answers else "accuracy",
        "baselines": tuple(dict.fromkeys(baselines)),
    }


def misfit(plan: EvaluationPlan, answers: Sequence[Answer]) -> str:
    """Why a plan does not fit what a head answers, and what would; empty where it fits."""
    if not answers:
        return ""
    first = answers[0]
    fitting = METRICS_OF[first.kind]
    if first.kind == "numbers" and len(first.columns) > 1:
        fitting = ("r2",)
    if plan.metric not in fitting:
        why = (
            "several quantities have no unit in common"
            if plan.metric in METRICS_OF[first.kind]
            else f"the head answers with {_WORDS[first.kind]}"
        )
        return f"`evaluation.metric` = {plan.metric!r}: {why}; {' or '.join(fitting)} would fit"
    known = [name for one in answers for name in BASELINES_OF[one.kind]]
    strange = [name for name in plan.baselines if name not in known]
    if strange:
        return (
            f"`evaluation.baselines`: {strange[0]!r} does not answer with {_WORDS[first.kind]};"
            f" {', '.join(dict.fromkeys(known))} would fit"
        )
    return ""


_WORDS: Mapping[Kind, str] = {
    "class": "a class",
    "numbers": "numbers",
    "tags": "tags",
    "sound": "sound",
}
