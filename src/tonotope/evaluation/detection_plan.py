"""`DetectionPlan`: what counts as found (segments, collars), and how intervals are made."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tonotope._errors import ExperimentError
from tonotope.evaluation.detection_figures import NeverPredicted
from tonotope.evaluation.event_matching import Collar, Matching

_SHORTEST_S, _LONGEST_S = 0.001, 3600.0


@dataclass(frozen=True)
class DetectionPlan:
    """How detection is judged; the defaults are those of `sed_eval` 0.2.1, but for the last.

    Attributes:
        segment_s: the length of a segment in seconds; a class is in a segment where an event of it
            touches the segment.
        collar_s: by how much the beginning of a predicted event may differ, in seconds, and at
            least its end.
        offset_share: the end may differ by this share of the true event's length where that is
            more than the collar.
        onset: whether beginnings count.
        offset: whether ends count.
        matching: `optimal` makes as many pairs as possible; `greedy` gives each true event the
            first that fits.
        confidence: an interval of 0.95 holds the true figure in 95 of 100 such cases.
        resamples: how often recordings are drawn anew to find the interval.
        never_predicted: `zero` gives a class that is there and never predicted a precision and an
            F1 of 0; `undefined`, the default of `sed_eval`, leaves it out of the mean, which
            rewards a network for saying nothing.

    Raises:
        ExperimentError: a value that cannot be.
    """

    segment_s: float = 1.0
    collar_s: float = 0.2
    offset_share: float = 0.5
    onset: bool = True
    offset: bool = True
    matching: Matching = "optimal"
    confidence: float = 0.95
    resamples: int = 2000
    never_predicted: NeverPredicted = "zero"

    def __post_init__(self) -> None:
        lengths = {"segment": self.segment_s, "collar": self.collar_s}
        for name, value in lengths.items():
            if not _SHORTEST_S <= value <= _LONGEST_S:  # NaN is not
                raise ExperimentError(
                    f"a {name} of {value:g} s: {_SHORTEST_S:g} to {_LONGEST_S:,.0f} s would fit"
                )
        if not (math.isfinite(self.offset_share) and 0 <= self.offset_share <= 1):
            raise ExperimentError(
                f"an end within {self.offset_share:g} of the event's length: 0 to 1 would fit"
            )
        if not (self.onset or self.offset):
            raise ExperimentError("neither beginnings nor ends count: at least one is needed")
        if self.matching not in ("optimal", "greedy"):
            raise ExperimentError(f"matching `{self.matching}`: optimal or greedy would fit")
        if self.never_predicted not in ("zero", "undefined"):
            raise ExperimentError(
                f"`never_predicted` = `{self.never_predicted}`: zero or undefined would fit"
            )
        if not 0.5 <= self.confidence < 1:
            raise ExperimentError(
                f"a confidence of {self.confidence:g}: 0.5 to less than 1 would fit"
            )
        if not 100 <= self.resamples <= 100_000:
            raise ExperimentError(f"{self.resamples} resamples: 100 to 100,000 would fit")

    @property
    def collar(self) -> Collar:
        """How near a predicted event must be to a true one."""
        return Collar(self.collar_s, self.offset_share, self.onset, self.offset)
