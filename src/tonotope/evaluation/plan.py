"""How a run is judged: one figure, the baselines beside it, and how sure its interval shall be."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tonotope._shapes import Description

MetricName = Literal["accuracy", "balanced-accuracy", "macro-f1"]
BaselineName = Literal["majority", "mfcc-logistic-regression"]


class EvaluationPlan(Description):
    """The figure that counts, and what it is held against.

    Attributes:
        metric: the figure that counts: `accuracy`, `balanced-accuracy` (each class weighs the
            same) or `macro-f1`.
        baselines: what a plain method reaches on the same recordings: `majority` always names the
            most frequent class, `mfcc-logistic-regression` knows how the spectrum looks on average.
        confidence: an interval of 0.95 holds the true figure in 95 of 100 such experiments.
        resamples: how often the groups are drawn anew to find the interval.
    """

    metric: MetricName = "accuracy"
    baselines: tuple[BaselineName, ...] = ("majority", "mfcc-logistic-regression")
    confidence: float = Field(default=0.95, ge=0.5, lt=1)
    resamples: int = Field(default=2000, ge=100, le=100_000)
