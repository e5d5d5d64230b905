"""`SplitPlan`, the table `[split]`: shares, folds, a column, blocks of time, a seed."""

from __future__ import annotations

from pydantic import Field, model_validator

from tonotope._shapes import Description
from tonotope.datasets.split_words import PARTS

_USUAL_VALIDATION = 0.10


class SplitPlan(Description):
    """How recordings are split: by shares, by folds, or as a column of the table says.

    Attributes:
        train: the share of the recordings for training.
        validation: the share for validation, which decides when training stops. By default 0.10,
            and none with folds or a column; if given with these, a share of what is not tested.
        test: the share for the test.
        folds: this many parts instead, each of them the test part once.
        column: the name of the column that says `train`, `validation` or `test`.
        blocks_s: events of one recording are put in groups by blocks of time of so many seconds,
            where there are no other groups; what is tested is then of the same recording. None
            leaves groups as they are.
        seed: another number deals the groups differently.

    >>> SplitPlan().shares
    (0.85, 0.1, 0.05)
    """

    train: float = Field(default=0.85, gt=0, lt=1)
    validation: float | None = Field(default=None, ge=0, lt=1)
    test: float = Field(default=0.05, gt=0, lt=1)
    folds: int | None = Field(default=None, ge=2, le=1_000_000)
    column: str | None = None
    blocks_s: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    seed: int = Field(default=0, ge=0, lt=2**31)

    @property
    def shares(self) -> tuple[float, float, float]:
        """The shares of train, validation and test, without folds or a column."""
        validation = _USUAL_VALIDATION if self.validation is None else self.validation
        return self.train, validation, self.test

    @property
    def asked_shares(self) -> str:
        """The shares that were set to others than usual, as they are written; else empty.

        >>> SplitPlan(train=0.7, test=0.2).asked_shares
        'split.train = 0.7, split.test = 0.2'
        """
        usual = type(self).model_fields
        asked = {"train": self.train, "test": self.test}
        return ", ".join(
            f"split.{part} = {share:g}"
            for part, share in asked.items()
            if share != usual[part].default
        )

    @model_validator(mode="after")
    def _consistent(self) -> SplitPlan:
        if self.folds is not None and self.column is not None:
            raise ValueError(
                f'folds = {self.folds} and column = "{self.column}" exclude each other: '
                "leave one of them out"
            )
        if self.folds is None and self.column is None and abs(sum(self.shares) - 1) > 1e-6:
            raise ValueError(self._wrong_sum())
        return self

    def _wrong_sum(self) -> str:
        named = zip(self.shares, PARTS, strict=True)
        message = " + ".join(f"{share:g} ({part})" for share, part in named)
        message += f" make {sum(self.shares):g}, but the three shares must make 1"
        left = round(1 - self.train - self.test, 6)
        return f"{message}: validation = {abs(left):g} would do" if left >= 0 else message
