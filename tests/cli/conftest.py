"""A command line to type at, and the tones of the journey's tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from tests.experiment.conftest import QUICK
from tests.experiment.conftest import tones as tones

from tonotope.cli.ending import status_of


class Ended(NamedTuple):
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Runs a command line in this process."""

    def run(*arguments: object) -> Ended:
        capsys.readouterr()
        status = status_of([str(one) for one in arguments])
        return Ended(status, *capsys.readouterr())

    return run


@pytest.fixture
def quick() -> list[str]:
    """Options that make a run on the tones quick."""
    return [part for one in (*QUICK, "training.epochs=1") for part in ("--set", one)]
