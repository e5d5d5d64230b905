"""Detection judged: predicted events against true ones, by events and by segments, with intervals.

Intervals are by bootstrap over recordings. Where there is one recording only, its time is cut into
blocks and these are drawn: that tells how sure the figure is for this recording, and nothing of
others. The counts are summed first, so that empty recordings, in which nothing was to be found,
count by what was made up there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tonotope._errors import DataError, did_you_mean
from tonotope._wording import first_five, reading_order
from tonotope.annotations.event import Event
from tonotope.answers.metric import Estimate, effective_groups, known, mean_of_defined
from tonotope.evaluation.detection_figures import (
    FIGURES,
    SHARES,
    PrecisionCurve,
    mean_over_classes,
    of_all,
    of_classes,
)
from tonotope.evaluation.detection_plan import DetectionPlan
from tonotope.evaluation.detection_result import Detection, DetectionRow, Judged
from tonotope.evaluation.detection_units import units_over
from tonotope.evaluation.event_counts import (
    Counts,
    Sides,
    count_events,
    count_segments,
    rank_events,
)
from tonotope.evaluation.intervals import around_share, drawn, standard_error, students_t

_LATEST_S = 1e9  # 31 years


def judge_events(
    predicted: Iterable[Event],
    truth: Iterable[Event],
    plan: DetectionPlan | None = None,
    *,
    recordings: Iterable[str] = (),
    groups: Mapping[str, str] | None = None,
    seed: int = 0,
) -> Detection:
    """Judge predicted events against true ones.

    The order of the events counts where several are alike: as in `sed_eval`, it decides which of
    several pairs is made, and so how much counts as a substitution; no other figure depends on it
    unless the matching is greedy.

    Args:
        predicted: the events of the network; `score` is needed for average precision alone.
        truth: the events that were there, of the same recordings by the same names.
        plan: segment, collar, confidence.
        recordings: all that were listened to; those without an event count too.
        groups: the group of a recording, such as its site: groups are drawn as a whole. None draws
            recordings.
        seed: of the draws.

    Raises:
        DataError: there is no event at all, or one that ends after 31 years.
    """
    plan = plan or DetectionPlan()
    predicted, truth = tuple(predicted), tuple(truth)
    _refuse(predicted, truth)
    sides = _by_recording(predicted, truth, recordings)
    names = sorted({one.label for one in (*predicted, *truth)}, key=reading_order)
    labels = {name: at for at, name in enumerate(names)}
    units = units_over(sides, groups or {}, plan.segment_s)
    by_event = count_events(sides, labels, plan.collar, plan.matching, units.at, units.count)
    by_segment = count_segments(
        sides, labels, plan.segment_s, units.at, units.count, units.block_segments
    )
    scored = all(one.score is not None for one in predicted)
    curves = [
        PrecisionCurve(rank_events(sides, name, plan.collar, units.at), by_event.classes[:, at, 1])
        for name, at in (labels.items() if scored else ())
    ]
    draws = _Draws((by_event, by_segment), curves, plan, units.count, seed)
    return Detection(
        by_event=draws.judged(0, names),
        by_segment=draws.judged(1, names),
        plan=plan,
        recordings=len(sides),
        groups=units.groups,
        units=units.count,
        block_s=units.block_s,
        notes=(*_label_notes(by_event, names, plan), *_score_notes(predicted), *units.notes()),
    )


class _Draws:
    """The figures over all units and over draws of them."""

    def __init__(
        self,
        counts: Sequence[Counts],
        curves: Sequence[PrecisionCurve],
        plan: DetectionPlan,
        units: int,
        seed: int,
    ) -> None:
        self._counts, self._plan, self._units = counts, plan, units
        whole = np.ones((1, units))
        self._values = self._of(whole, curves)
        parts = [self._of(times, curves) for times in drawn(units, plan.resamples, seed)]
        self._draws = [
            tuple(np.concatenate(ones) for ones in zip(*own, strict=True))
            for own in zip(*parts, strict=True)
        ]

    def _of(
        self, times: np.ndarray, curves: Sequence[PrecisionCurve]
    ) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """By events and by segments: (draw, class, figure), micro and macro (draw, figure)."""
        found = []
        for at, one in enumerate(self._counts):
            wide = one.classes.shape[1]
            classes = (times @ one.classes.reshape(self._units, -1)).reshape(-1, wide, 3)
            never = self._plan.never_predicted
            each = of_classes(classes, never)
            micro, macro = of_all(classes, times @ one.errors, never), mean_over_classes(each)
            if at == 0 and curves:
                precision = np.stack([curve.average_precision(times) for curve in curves], axis=-1)
                each = np.concatenate([each, precision[..., None]], axis=-1)
                mean = np.asarray(mean_of_defined(precision))[:, None]
                macro = np.concatenate([macro, mean], axis=-1)
            found.append((each, micro, macro))
        return found

    def judged(self, at: int, names: Sequence[str]) -> Judged:
        """All rows, by events (0) or by segments (1)."""
        counts = self._counts[at].classes
        each, micro, macro = self._values[at]
        drawn_each, drawn_micro, drawn_macro = self._draws[at]
        rows = [
            self._row(name, counts[:, index], each[0, index], drawn_each[:, index])
            for index, name in enumerate(names)
        ]
        whole = counts.sum(axis=1)
        return Judged(
            tuple(rows),
            self._row("micro", whole, micro[0], drawn_micro),
            self._row("macro", whole, macro[0], drawn_macro),
        )

    def _row(
        self, name: str, counts: np.ndarray, values: np.ndarray, draws: np.ndarray
    ) -> DetectionRow:
        """The figures (figure,) of counts (unit, 3), with intervals from draws (draw, figure)."""
        hits, true, named = counts.sum(axis=0).astype(int).tolist()
        sizes = counts[:, 1] + counts[:, 2]
        figures = {
            figure: self._estimate(figure, values[at], draws[:, at], max(true, named), sizes)
            for at, figure in enumerate((*FIGURES, "average_precision")[: len(values)])
        }
        return DetectionRow(name, true, named, hits, figures)

    def _estimate(
        self, figure: str, value: float, draws: np.ndarray, items: int, sizes: np.ndarray
    ) -> Estimate:
        """A figure with its interval."""
        error = standard_error(draws, self._units)
        there = int((sizes > 0).sum())
        if figure not in SHARES:
            half = students_t(self._plan.confidence, there - 1) * error
            return Estimate(known(value), known(np.maximum(value - half, 0)), known(value + half))
        low, high = around_share(
            np.asarray(value),
            error,
            recordings=items,
            groups=there,
            effective_groups=effective_groups(sizes),
            confidence=self._plan.confidence,
        )
        if there < 2:  # one unit says nothing of others
            return Estimate(known(value), None, None)
        return Estimate(known(value), known(low), known(high))


def _by_recording(
    predicted: Sequence[Event], truth: Sequence[Event], recordings: Iterable[str]
) -> dict[str, Sides]:
    """The events of each recording in the order in which they were given."""
    names = {*recordings, *(one.file for one in (*predicted, *truth))}
    found: dict[str, tuple[list[Event], list[Event]]] = {name: ([], []) for name in sorted(names)}
    for side, events in enumerate((truth, predicted)):
        for one in events:
            found[one.file][side].append(one)
    return {name: Sides(*both) for name, both in found.items()}


def _refuse(predicted: Sequence[Event], truth: Sequence[Event]) -> None:
    if not (predicted or truth):
        raise DataError("neither the prediction nor the truth holds an event: nothing to judge")
    late = next((one for one in (*predicted, *truth) if one.end_s > _LATEST_S), None)
    if late is not None:
        raise DataError(
            f"{late.file}: an event ends at {late.end_s:g} s, after more than 31 years: times are "
            "seconds from the beginning of the recording"
        )


def _label_notes(by_event: Counts, names: Sequence[str], plan: DetectionPlan) -> list[str]:
    """Labels that only one side has."""
    _, true, named = by_event.classes.sum(axis=0).T
    missed = [name for at, name in enumerate(names) if not named[at]]
    strange = [name for at, name in enumerate(names) if not true[at]]
    known_labels = [name for at, name in enumerate(names) if true[at]]
    notes = []
    if missed:
        how = "F1 = 0" if plan.never_predicted == "zero" else "no F1"
        notes.append(f"Labels in the truth that were never predicted, with {how}: {_few(missed)}.")
    if strange:
        guess = did_you_mean(strange[0], known_labels) if len(strange) == 1 else ""
        notes.append(
            "Predicted labels that are never in the truth, without recall and F1 and outside "
            f"their means: {_few(strange)}{guess}."
        )
    return notes


def _few(names: Sequence[str]) -> str:
    return first_five([f"`{one}`" for one in names])


def _score_notes(predicted: Sequence[Event]) -> list[str]:
    without = sum(one.score is None for one in predicted)
    if not predicted or not without:
        return []
    if without == len(predicted):
        return ["No average precision: the predicted events have no scores."]
    return [
        "No average precision: every predicted event needs a score, and "
        f"{without:,} of {len(predicted):,} lack one."
    ]
