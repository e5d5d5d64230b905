"""Figures of detection: precision, recall, F1 and error rates of counts; average precision."""

from __future__ import annotations

from typing import Literal

import numpy as np

from tonotope.answers.metric import mean_of_defined, ratio
from tonotope.evaluation.event_counts import Ranked

NeverPredicted = Literal["zero", "undefined"]

FIGURES = (
    *("precision", "recall", "f1"),
    *("error_rate", "substitution_rate", "deletion_rate", "insertion_rate"),
)
SHARES = ("precision", "recall", "f1", "average_precision")
"""Those that lie between 0 and 1; the others have no upper end."""


def of_classes(classes: np.ndarray, never_predicted: NeverPredicted) -> np.ndarray:
    """The figures of each class; NaN where undefined.

    A class that is never true has no recall, no F1 and no error rate. One that is true and never
    predicted has a precision and an F1 of 0, or none, as `never_predicted` says. A class has no
    substitutions: what is confused is missed in one class and made up in another.

    Args:
        classes: (..., class, 3) hits, truly there, predicted.
        never_predicted: `zero` or `undefined`.

    Returns:
        (..., class, figure), in the order of `FIGURES`.
    """
    hits, true, named = np.moveaxis(classes, -1, 0)
    missed, made_up = true - hits, named - hits
    return np.stack(
        [
            *_agreement(hits, true, named, never_predicted),
            ratio(missed + made_up, true),
            np.full(hits.shape, np.nan),
            ratio(missed, true),
            ratio(made_up, true),
        ],
        axis=-1,
    )


def of_all(classes: np.ndarray, errors: np.ndarray, never_predicted: NeverPredicted) -> np.ndarray:
    """The figures over all classes together (micro): every event or segment weighs the same.

    Args:
        classes: (..., class, 3) hits, truly there, predicted.
        errors: (..., 3) substitutions, deletions, insertions.
        never_predicted: `zero` or `undefined`.

    Returns:
        (..., figure), in the order of `FIGURES`.
    """
    hits, true, named = np.moveaxis(classes.sum(axis=-2), -1, 0)
    return np.stack(
        [
            *_agreement(hits, true, named, never_predicted),
            ratio(errors.sum(axis=-1), true),
            *(ratio(one, true) for one in np.moveaxis(errors, -1, 0)),
        ],
        axis=-1,
    )


def mean_over_classes(figures: np.ndarray) -> np.ndarray:
    """The mean of each figure over the classes that have it (macro): every class weighs the same.

    Of figures (..., class, figure) the axis of classes goes.
    """
    return mean_of_defined(np.moveaxis(figures, -2, -1))


def _agreement(
    hits: np.ndarray, true: np.ndarray, named: np.ndarray, never_predicted: NeverPredicted
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall and F1, each of the shape of the counts."""
    f1 = np.where((true > 0) & (named > 0), ratio(2 * hits, true + named), np.nan)
    precision = np.asarray(ratio(hits, named))
    if never_predicted == "zero":
        silent = (true > 0) & (named <= 0)
        precision, f1 = np.where(silent, 0.0, precision), np.where(silent, 0.0, f1)
    return precision, np.asarray(ratio(hits, true)), f1


class PrecisionCurve:
    """Average precision of one class: the mean precision at each true event that is found.

    The threshold goes down from the highest score; events with equal scores come at once. At each
    threshold as many pairs are made as possible. True events that are never found have a precision
    of 0.

    Args:
        ranked: the predicted events with their scores.
        true: (unit,) how many true events each unit has.
    """

    def __init__(self, ranked: Ranked, true: np.ndarray) -> None:
        order = np.argsort(-ranked.scores, kind="stable")
        scores = ranked.scores[order]
        self._units, self._gained = ranked.units[order], ranked.gained[order]
        self._ends = np.append(np.flatnonzero(scores[1:] != scores[:-1]), len(scores) - 1)
        self._true = true

    def average_precision(self, times: np.ndarray) -> np.ndarray:
        """(draw,) of draws (draw, unit), how often each unit was drawn; NaN without a true event.

        >>> ranked = Ranked(np.array([0.9, 0.5]), np.array([False, True]), np.array([0, 0]))
        >>> PrecisionCurve(ranked, np.array([1.0])).average_precision(np.ones((1, 1)))
        array([0.5])
        """
        true = times @ self._true
        if not len(self._units):
            return np.where(true > 0, 0.0, np.nan)
        rows = max(1, 2**21 // len(self._units))
        parts = [self._found(times[first : first + rows]) for first in range(0, len(times), rows)]
        return np.asarray(ratio(np.concatenate(parts), true))

    def _found(self, times: np.ndarray) -> np.ndarray:
        """(draw,) the sum of the precision at each true event found."""
        own = times[:, self._units]
        hits = (own * self._gained).cumsum(axis=1)[:, self._ends]
        named = own.cumsum(axis=1)[:, self._ends]
        more = np.diff(hits, axis=1, prepend=0.0)
        return (more * np.nan_to_num(ratio(hits, named))).sum(axis=1)
