"""What every evaluation shares: a named figure, and predictions laid side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tonotope._errors import DataError
from tonotope.evaluation.measure import Estimate
from tonotope.sound.names import first_five

if TYPE_CHECKING:
    from tonotope.prediction.quantities import Quantities
    from tonotope.prediction.table import Predictions
    from tonotope.prediction.tagged import Tagged

T = TypeVar("T", "Predictions", "Quantities", "Tagged")


@dataclass(frozen=True)
class Judged:
    """A baseline or a fold: its name, its figure, and how many of how many were right.

    Where nothing is right or wrong, as of measured quantities, `correct` is None.
    """

    name: str
    score: Estimate
    correct: int | None
    n: int
    groups: int


def aligned(wanted: T, other: T, name: str) -> T:
    """The rows of `other` in the order of `wanted`.

    Raises:
        DataError: they are not about the same recordings, or disagree on what is true.
    """
    place = {one: row for row, one in enumerate(other.ids)}
    lacking = [one for one in wanted.ids if one not in place]
    extra = sorted(set(other.ids) - set(wanted.ids))
    if lacking or extra:
        parts = [
            f"{len(ids)} {words} ({first_five(ids)})"
            for ids, words in ((lacking, "it has not judged"), (extra, "only it has judged"))
            if ids
        ]
        message = (
            f"{name} is about other recordings: {'; '.join(parts)}. Scores can be held against "
            "each other only on the same recordings: use the same data, split and seed of the split"
        )
        raise DataError(message)
    other = other.take([place[one] for one in wanted.ids])
    apart = [
        f"{one}: `{our}` or `{their}`"
        for one, our, their in zip(wanted.ids, wanted.truths, other.truths, strict=True)
        if our != their
    ]
    if apart:
        message = f"{name} was told another truth for {len(apart)} recordings: {first_five(apart)}"
        raise DataError(message)
    return other


def excludes_zero(difference: Estimate | None) -> bool | None:
    """Whether a difference's interval lies wholly on one side of zero; None where unknown."""
    if difference is None or difference.low is None or difference.high is None:
        return None
    return difference.low > 0 or difference.high < 0


def by_number(name: str) -> tuple[int, str]:
    """What sorts fold 10 after fold 9."""
    return (int(name), name) if name.isdecimal() else (10**9, name)


def judged_json(one: Judged) -> dict[str, object]:
    """Plain numbers; `correct` only where something is right or wrong."""
    right = {} if one.correct is None else {"correct": one.correct}
    return {"name": one.name, **one.score._asdict(), **right, "n": one.n, "groups": one.groups}
