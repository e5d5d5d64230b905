"""Measured quantities: what was said of each, what is true, and in which unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tonotope.answers.columns_table import Grid


@dataclass(frozen=True, eq=False)
class Quantities(Grid):
    """Numbers with units, one column for each quantity.

    Attributes:
        units: of each column; empty where it has none.

    >>> heard = Quantities(
    ...     ids=("a.wav", "b.wav"), truth=[[440.0], [220.0]], said=[[441.0], [218.0]],
    ...     groups=("s1", "s2"), folds=("", ""), columns=("pitch_hz",), units=("Hz",),
    ... )
    >>> heard.errors.ravel()
    array([ 1., -2.])
    """

    units: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        units = tuple(self.units) or ("",) * len(self.columns)
        if len(units) != len(self.columns):
            message = f"{len(units)} units for {len(self.columns)} quantities"
            raise ValueError(message)
        object.__setattr__(self, "units", units)

    @property
    def errors(self) -> np.ndarray:
        """(recording, column) how far above the truth each number lies; NaN where unknown."""
        return self.said - self.truth

    @property
    def wrongness(self) -> np.ndarray:
        """(recording,) how far off, in standard deviations of the truth, over what is known."""
        truth = np.where(self.known, self.truth, np.nan)
        spread = np.array([np.std(own[np.isfinite(own)]) if np.isfinite(own).any() else 1.0
                           for own in truth.T])  # fmt: skip
        off = np.where(self.known, np.abs(self.errors) / np.where(spread > 0, spread, 1.0), 0.0)
        return off.sum(axis=1) / np.maximum(self.known.sum(axis=1), 1)

    @property
    def _constants(self) -> dict[str, Any]:
        return {"columns": self.columns, "units": self.units}

    @property
    def _headed(self) -> tuple[str, ...]:
        """Each quantity with its unit in brackets."""
        return tuple(
            f"{name} [{unit}]" if unit or name.endswith("]") else name
            for name, unit in zip(self.columns, self.units, strict=True)
        )

    @classmethod
    def _of_header(cls, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        parts = [_parted(name) for name in names]
        return {
            "columns": tuple(name for name, _ in parts),
            "units": tuple(unit for _, unit in parts),
        }


def _parted(name: str) -> tuple[str, str]:
    """A quantity and its unit.

    >>> _parted("pitch_hz [Hz]"), _parted("valence")
    (('pitch_hz', 'Hz'), ('valence', ''))
    """
    if not name.endswith("]"):
        return name, ""
    quantity, _, unit = name[:-1].rpartition(" [")
    return quantity, unit
