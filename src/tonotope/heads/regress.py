"""The head `regress`, one or several numbers: scaling, mean squared error or bins, units.

The network learns each quantity as a deviation from its mean over the training recordings, in
standard deviations, so that quantities of any unit weigh the same; its output is converted back
into the quantity's own unit. With `bins` it learns where between the lowest and the highest
of the training recordings each lies (see `bins.py`). All constants lie in the model.

Two parts of the usual training are off by default: bands are not moved,
because that changes the pitch and not the target, and clips are not mixed, because two notes
together do not have the mean of their pitches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from tonotope._errors import DataError, ExperimentError, did_you_mean
from tonotope._shapes import Axis, Shape
from tonotope._wording import counted
from tonotope.heads.loss_options import LossOptions
from tonotope.heads.parse_targets import (
    cure_of_units,
    filled_cells,
    is_missing,
    parse_number,
    unit_in_name,
    units_of_cells,
)
from tonotope.heads.task import Answer, Task

if TYPE_CHECKING:
    from torch import Tensor, nn

    from tonotope.heads.task import AnswerTargets, Outputs, Targets

VALUE = "value"
_NAMED = 3
_LARGEST = 1e30
_FEWEST_BINS = 16


class Regress(Task):
    """How large one or several quantities are.

    The output is called `value`; a recording may lack some of its targets.

    Attributes:
        targets: the columns that hold the quantities.
        units: of each; where none are given, what the name of the column ends with (`pitch_hz`).
        means: of each over the training recordings; empty until they were learned.
        spreads: the standard deviation of each; empty until they were learned.
        bins: into how many bins the range of each is divided, of which a softmax chooses: better
            than one linear output wherever a wrong answer may lie far off, as with pitch and its
            octaves. 0: one linear output.
        lows: the lowest of each over the training recordings; empty without bins.
        highs: the highest.

    >>> rows = [{"pitch_hz": "430"}, {"pitch_hz": "450"}]
    >>> task = Regress(targets=("pitch_hz",)).fit_targets(rows)
    >>> task.means, task.spreads, task.units
    ((440.0,), (10.0,), ('Hz',))
    >>> task.encode_targets([{"pitch_hz": "460"}, {}])["value"]
    array([[ 2.],
           [nan]], dtype=float32)
    """

    kind: Literal["regress"] = "regress"
    targets: tuple[str, ...] = Field(min_length=1)
    units: tuple[str, ...] = ()
    means: tuple[float, ...] = ()
    spreads: tuple[float, ...] = ()
    bins: int = Field(default=0, ge=0, le=8192)
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _with_units(cls, given: Any) -> Any:
        """The units in the names of the columns, where none were given."""
        if isinstance(given, Mapping) and not given.get("units"):
            targets = given.get("targets")
            if isinstance(targets, list | tuple) and all(isinstance(one, str) for one in targets):
                return {**given, "units": tuple(unit_in_name(one) for one in targets)}
        return given

    @model_validator(mode="after")
    def _one_of_each(self) -> Regress:
        twice = sorted({name for name in self.targets if self.targets.count(name) > 1})
        if twice:
            raise ValueError(f"the target `{twice[0]}` is named twice; name each target once")
        for name in ("units", "means", "spreads", "lows", "highs"):
            found = getattr(self, name)
            if found and len(found) != len(self.targets):
                raise ValueError(
                    f"{len(found)} {name} for {len(self.targets)} targets: give one for each"
                )
        if any(spread <= 0 for spread in self.spreads):
            raise ValueError("a spread must be above 0")
        numbers = (*self.means, *self.spreads, *self.lows, *self.highs)
        if any(abs(one) > _LARGEST for one in numbers) or any(
            spread < 1 / _LARGEST for spread in self.spreads
        ):
            raise ValueError(
                "means, spreads, lows and highs are numbers in single precision: at most"
                f" {_LARGEST:g}, and spreads at least {1 / _LARGEST:g}; take another unit"
            )
        if any(low >= high for low, high in zip(self.lows, self.highs, strict=True)):
            raise ValueError("the lowest of a quantity must lie below the highest")
        if 0 < self.bins < _FEWEST_BINS:
            raise ValueError(
                f"{self.bins} bins are too few: {_FEWEST_BINS} at least, or 0 for a linear output"
            )
        return self

    @property
    def training_defaults(self) -> Mapping[str, Any]:
        """Neither mixup nor shifts along frequency, which change the quantity, nor smoothing."""
        return {"mixup": 0.0, "frequency_roll": 0, "frequency_warp": 1.0, "label_smoothing": 0.0}

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The quantities, in their units."""
        return (Answer(VALUE, "numbers", self.targets, self.units),)

    @property
    def columns(self) -> tuple[str, ...]:
        """Those of the quantities."""
        return self.targets

    def check(self, rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> None:
        """Refuse a column that is not there, and cells that hold no number.

        Raises:
            DataError: names the column, the cells and what would fit.
        """
        known = sorted({name for row in rows for name in row})
        for target in self.targets:
            filled = filled_cells(rows, names, target)
            if not filled:
                raise DataError(
                    f"no recording has a number under `{target}`; known: "
                    f"{', '.join(known) or 'none'} (head.targets names the columns)"
                    f"{did_you_mean(target, known)}"
                )
            wrong = [(name, cell) for name, cell in filled if parse_number(cell) is None]
            if wrong:
                self._refuse(target, wrong, len(filled))

    def _refuse(self, target: str, wrong: Sequence[tuple[str, str]], given: int) -> None:
        """Refuse cells that hold no number, named with their recordings."""
        shown = ", ".join(f"{name} (`{cell}`)" for name, cell in wrong[:_NAMED])
        shown += ", ..." if len(wrong) > _NAMED else ""
        cells = [cell for _, cell in wrong]
        cure = "empty the cells where the number is unknown"
        if units := units_of_cells(cells):
            cure = cure_of_units(target, cells, units, every=len(wrong) == given)
        elif len(wrong) == given:
            cure = (
                f'classes fit `head.kind = "classify"` with `data.label = "{target}"`; for a'
                " regression name a column of numbers"
            )
        if len(wrong) == 1:
            raise DataError(f"1 of {given} cells under `{target}` holds no number: {shown}; {cure}")
        raise DataError(
            f"{len(wrong)} of {given} cells under `{target}` hold no number: {shown}; {cure}"
        )

    def fit_targets(self, rows: Sequence[Mapping[str, str]]) -> Self:
        """The same task with the mean and the standard deviation of each target.

        Raises:
            DataError: a target of which fewer than two different numbers are known.
        """
        if self._is_known:
            return self
        values = self._read(rows)
        means, spreads, ends = [], [], []
        for target, column in zip(self.targets, values.T, strict=True):
            known = column[~np.isnan(column)]
            if len(np.unique(known)) < 2:
                held = f"only {known[0]:g}" if len(known) else "no number at all"
                raise DataError(
                    f"{held} under `{target}` among {counted(len(rows), 'training recording')}: a"
                    " regression needs at least two different numbers"
                )
            means.append(float(known.mean()))
            spreads.append(float(known.std()))
            ends.append((float(known.min()), float(known.max())))
        learned = {"means": tuple(means), "spreads": tuple(spreads)}
        if self.bins:
            learned["lows"], learned["highs"] = zip(*ends, strict=True)
        return self.model_copy(update=learned)

    def encode_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, np.ndarray]:
        """Deviations from the training mean in standard deviations, `(recording, target)`.

        Raises:
            DataError: a cell that holds no number.
        """
        means, spreads = self._known()
        deviations = (self._read(rows) - np.array(means)) / np.array(spreads)
        return {VALUE: deviations.astype(np.float32)}

    def answer_targets(self, rows: Sequence[Mapping[str, str]]) -> dict[str, AnswerTargets]:
        """The quantities in their units, `(recording, target)`; NaN where missing."""
        return {VALUE: self._read(rows)}

    def out_shape(self, shape: Shape) -> Shape:
        """One number per target, or its bins."""
        del shape
        each = [Axis("bin", self.bins)] if self.bins else []
        return Shape([Axis("target", len(self.targets)), *each])

    def build(self, shape: Shape) -> nn.Module:
        """Flatten, then one dense layer: to `(batch, target)`, or `(batch, target, bin)`."""
        if self.bins:
            from tonotope.heads.bins import BinnedHead

            return BinnedHead(VALUE, len(self.targets), self.bins, shape)
        from tonotope.heads.modules import Float32Head

        return Float32Head({VALUE: len(self.targets)}, shape)

    def loss(
        self, outputs: Outputs, targets: Targets, options: LossOptions = LossOptions()
    ) -> Tensor:
        """Mean squared error, in variances of the training recordings; with bins cross-entropy.

        Of the options only the weights of the clips matter: there are no classes.
        """
        target = targets[VALUE]
        known = target.isnan().logical_not()
        each = self._cost(outputs[VALUE], target.nan_to_num()) * known
        counts = known.to(each.dtype)
        if options.sample_weight is not None:
            weight = options.sample_weight[:, None]
            each, counts = each * weight, counts * weight
        return each.sum() / counts.sum().clamp(min=1e-12)

    def scores(self, outputs: Outputs) -> dict[str, Tensor]:
        """The quantities in their units, `(batch, target)`."""
        means, spreads = self._known()
        predicted = outputs[VALUE].float()
        if self.bins:
            from tonotope.heads import bins

            first, width = self._bins(predicted)
            return {VALUE: first + width * bins.peak_position(predicted)}
        return {VALUE: predicted * predicted.new_tensor(spreads) + predicted.new_tensor(means)}

    def decide(self, scores: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The scores themselves."""
        return dict(scores)

    def metrics(self, scores: Mapping[str, Tensor], targets: Targets) -> dict[str, float]:
        """The share of the training variance explained, averaged over the targets given."""
        means, spreads = self._known()
        predicted, target = scores[VALUE], targets[VALUE]
        known = target.isnan().logical_not()
        if not bool(known.any()):
            return {}
        predicted = (predicted - predicted.new_tensor(means)) / predicted.new_tensor(spreads)
        away = predicted - target.nan_to_num()
        return {"r2": 1.0 - float((away.square() * known).sum() / known.sum())}

    def _cost(self, predicted: Tensor, target: Tensor) -> Tensor:
        """The loss of each output, `(batch, target)`, for targets in deviations."""
        if not self.bins:
            return (predicted.float() - target).square()
        from tonotope.heads import bins

        means, spreads = self._known()
        first, width = self._bins(predicted)
        value = target.float() * target.new_tensor(spreads) + target.new_tensor(means)
        return bins.bin_loss(predicted, (value - first) / width)

    def _bins(self, like: Tensor) -> tuple[Tensor, Tensor]:
        """The middle of the first bin and the width of all, `(target,)` each, in their units."""
        from tonotope.heads.bins import MARGIN

        lows, highs = like.new_tensor(self.lows).float(), like.new_tensor(self.highs).float()
        width = (highs - lows) / (self.bins - 1 - 2 * MARGIN)
        return lows - MARGIN * width, width

    def _read(self, rows: Sequence[Mapping[str, str]]) -> np.ndarray:
        """`(recording, target)` in double precision, NaN where missing."""
        found = np.full((len(rows), len(self.targets)), np.nan)
        for at, row in enumerate(rows):
            for column, target in enumerate(self.targets):
                cell = row.get(target)
                if cell is None or is_missing(cell):
                    continue
                value = parse_number(cell)
                if value is None:
                    self._refuse(target, [(f"recording {at}", cell)], len(rows))
                found[at, column] = value
        return found

    @property
    def _is_known(self) -> bool:
        ends = not self.bins or (self.lows and self.highs)
        return bool(self.means and self.spreads and ends)

    def _known(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        if not self._is_known:
            raise ExperimentError(
                "the head does not know the mean and the spread of its targets yet: take them"
                " from the training recordings with `fit_targets`"
            )
        return self.means, self.spreads
