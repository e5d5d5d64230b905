"""A command line to type at, and the tones of the journey's tests."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.experiment.conftest import QUICK, write_tones
from tests.experiment.conftest import tones as tones

from tonotope.cli.exit_status import status_of


class Ended(NamedTuple):
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


def ran(*arguments: object) -> Ended:
    """Runs a command line in this process, whose output is UTF-8 and nothing else."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = status_of([str(one) for one in arguments])
    texts = []
    for stream in (out, err):
        stream.seek(0)
        texts.append(stream.read())
    return Ended(status, *texts)


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Runs a command line in this process."""

    def run(*arguments: object) -> Ended:
        capsys.readouterr()
        status = status_of([str(one) for one in arguments])
        return Ended(status, *capsys.readouterr())

    return run


OPTIONS = [part for one in (*QUICK, "training.epochs=1") for part in ("--set", one)]


@pytest.fixture
def quick() -> list[str]:
    """Options that make a run on the tones quick."""
    return [*OPTIONS]


@pytest.fixture(scope="module")
def finished_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run on the tones, which lie beside its folder; not to be changed."""
    folder = tmp_path_factory.mktemp("finished")
    ended = ran("run", write_tones(folder / "tones"), *OPTIONS, "--out", folder / "runs")
    return Path(ended.out.strip()).parent


@pytest.fixture
def finished_run(finished_once: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return shutil.copytree(finished_once, tmp_path / finished_once.name)
