"""The short form; `make reliability` runs the long ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reliability import planted_duplicates

from tonotope.datasets import data_checks


@pytest.mark.data
def test_planted_copies_of_real_recordings_are_named_and_nothing_else(real_data: Path) -> None:
    found = planted_duplicates.try_all(24, seed=3, most=24)
    assert found["planted, named"] >= 23
    assert not found["false alarms"]
    assert found["named without copies"] == found["of these true"]


@pytest.mark.data
def test_missed_copies_and_false_alarms_would_be_seen(
    real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        data_checks, "near_duplicates", lambda prints, waves: [(0, len(prints) - 1)]
    )
    found = planted_duplicates.try_all(4, seed=1, most=4)
    assert found["planted, missed"] >= 3
    assert found["false alarms"] == 1 - found["planted, named"]
