"""The short form; `make reliability` runs the long ones."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from tests.reliability import random_experiments
from tests.reliability.random_experiments import Drawn


def test_random_experiments_are_trained_or_refused_with_a_lesson(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("TONOTOPE_CACHE", "TONOTOPE_THREADS"):
        monkeypatch.setenv(name, "1")  # put back afterwards
    found = random_experiments.try_all(24, seed=2)
    assert set(found) == {"trained", "lesson"}
    assert min(found.values()) >= 5


def test_every_key_of_the_schema_is_drawn() -> None:
    drawn = Drawn(random.Random(0), 0.05)
    tables = [drawn.experiment() for _ in range(600)]
    for name in ("data", "split", "training", "evaluation"):
        model = random_experiments.Experiment.model_fields[name].annotation
        keys = {key for one in tables if isinstance(one[name], dict) for key in one[name]}
        assert set(getattr(model, "model_fields", {})) <= keys


@pytest.mark.parametrize(
    ("error", "result"), [(KeyError("x"), "raw error: KeyError('x')"), (None, "empty lesson")]
)
def test_a_raw_error_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception | None, result: str
) -> None:
    def run(*_: Any, **named: Any) -> None:
        raise error or random_experiments.TonotopeError("")

    monkeypatch.setattr(random_experiments.tonotope, "run", run)
    assert random_experiments.outcome({}, tmp_path, report=False) == result
