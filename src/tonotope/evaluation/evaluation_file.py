"""What `evaluation.json` must hold to be read: every entry the report uses, and of which type.

The file may have been edited, cut or sent by somebody; what does not fit is named by its entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tonotope._errors import DataError

_Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
_Count = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
_Text = Annotated[str, Field(strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow")


class _Estimate(_Part):
    value: _Number | None
    low: _Number | None
    high: _Number | None


class _Score(_Estimate):
    name: _Text
    correct: _Count | None = None
    n: _Count
    groups: _Count


class _Difference(_Estimate):
    baseline: _Text


class _Column(_Part):
    """One class or one quantity: its name, its counts, and its metrics under their names."""

    __pydantic_extra__: dict[  # pyright: ignore[reportIncompatibleVariableOverride]
        str, _Number | _Text | bool | None
    ] = Field(init=False)

    name: _Text
    n: _Count
    groups: _Count

    @model_validator(mode="after")
    def _numbers(self) -> _Column:
        entries = self.model_dump()
        for low in (key for key in entries if key.endswith("_low")):
            metric = low.removesuffix("_low")
            for key in (metric, low, f"{metric}_high"):
                if isinstance(entries.get(key), str | bool):
                    raise ValueError(f"`{key}` should be a number")
        return self


class _Confusion(_Part):
    classes: list[_Text]
    counts: list[list[_Count]]

    @model_validator(mode="after")
    def _square(self) -> _Confusion:
        sizes = {len(self.counts), *map(len, self.counts)}
        if self.classes and sizes != {len(self.classes)}:
            raise ValueError("a row and a column of counts belong to each class")
        return self


class _Bin(_Part):
    low: _Number
    high: _Number
    n: _Count
    score: _Number
    right: _Number


class _Reliability(_Part):
    ece: _Number
    brier: _Number
    log_loss: _Number
    bins: list[_Bin]


class _Calibration(_Part):
    before: _Reliability | None
    after: _Reliability


class _NoneOfThese(_Part):
    n: _Count
    named: _Count
    right: _Count
    groups: _Count
    groups_named: _Count
    accuracy: _Estimate
    coverage: _Estimate
    accuracy_of_named: _Estimate


class _File(_Estimate):
    metric: _Text
    n: _Count
    groups: _Count
    confidence: Annotated[float, Field(strict=True, gt=0, lt=1)]
    resamples: _Count
    metrics: dict[str, _Estimate]
    baselines: list[_Score]
    difference: _Difference | None
    folds: list[_Score]
    notes: list[_Text]
    # What belongs to one kind of answer.
    correct: _Count | None = None
    unit: _Text = ""
    lower_is_better: Annotated[bool, Field(strict=True)] = False
    per_class: list[_Column] = []
    per_column: list[_Column] = []
    confusion: _Confusion | None = None
    calibration: _Calibration | None = None
    none_of_these: _NoneOfThese | None = None
    tasks: dict[str, _File] | None = None

    @model_validator(mode="after")
    def _alike(self) -> _File:
        for table in (self.per_class, self.per_column):
            entries = [one.model_dump().keys() for one in table]
            for place, found in enumerate(entries):
                if found != entries[0]:
                    other = sorted(found ^ entries[0])[0]
                    raise ValueError(f"row {place} has other entries than the first: `{other}`")
        if self.difference and self.difference.baseline not in {one.name for one in self.baselines}:
            raise ValueError(f"there is no baseline called {self.difference.baseline!r}")
        return self


def check_content(content: Mapping[str, Any], file: object) -> None:
    """Refuse a table that is no evaluation.

    Raises:
        DataError: names the file, the first entry that does not fit, and what is wrong with it.
    """
    try:
        _File.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        entry = ".".join(map(str, first["loc"])) or "the whole"
        reason = first["msg"].removeprefix("Value error, ")
        raise DataError(
            f"{file}: cannot be read as an evaluation (`{entry}`: {reason}); was it edited?"
        ) from error
