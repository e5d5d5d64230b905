"""Folds side by side: the same weights as one after the other, cut off, struck down, refused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tests.experiment.conftest import QUICK
from tests.experiment.test_run import Listening

from tonotope._errors import ExperimentError, TonotopeError, TrainingError
from tonotope.experiment import parallel_folds, run_files
from tonotope.experiment.eta import ParallelFoldProgress
from tonotope.experiment.request import ResolvedExperiment, make_request
from tonotope.experiment.run import run
from tonotope.experiment.run_folder import Run
from tonotope.runtime.executor import Event

SETS = (*QUICK, "training.precision=float32", "training.memory_format=channels_last")


@pytest.fixture
def one_after_the_other(tones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A finished run whose folds were trained in this process."""
    monkeypatch.setenv("TONOTOPE_THREADS", "1")
    monkeypatch.setenv(parallel_folds.VARIABLE, "1")
    found = run(tones, sets=SETS, out=tmp_path / "plain")
    monkeypatch.setenv(parallel_folds.VARIABLE, "2")
    return found


def same_weights(one: Run, other: Run) -> bool:
    """Whether every fold of two runs learnt the same numbers."""
    for fold in one.folds:
        here, there = (load_file(found.part(fold) / "model.safetensors") for found in (one, other))
        if not all(np.array_equal(here[name], there[name]) for name in here | there):
            return False
    return True


def test_side_by_side_they_learn_the_same(
    one_after_the_other: Run, tones: Path, tmp_path: Path
) -> None:
    heard = Listening()
    found = run(tones, sets=SETS, out=tmp_path / "beside", progress=heard)
    assert found.finished
    assert same_weights(one_after_the_other, found)
    assert found.evaluation == one_after_the_other.evaluation
    assert (found.folder / run_files.PREDICTIONS).read_bytes() == (
        one_after_the_other.folder / run_files.PREDICTIONS
    ).read_bytes()
    assert "train 2 folds, 2 at a time" in heard.tasks
    assert {one["fold"] for one in heard.facts if "fold" in one} == {"1", "2"}
    assert sum("training on the processor" in line for line in heard.said) == 1
    for fold in found.folds:
        assert found.history(fold)[0]["threads"] == 1


def test_cut_off_by_ctrl_c_and_struck_down_the_same_command_goes_on(
    one_after_the_other: Run, tones: Path, tmp_path: Path
) -> None:
    out = tmp_path / "beside"
    options = [word for one in SETS for word in ("--set", one)]
    command = [sys.executable, "-m", "tonotope", "run", str(tones), "--out", str(out), *options]
    for number in (signal.SIGINT, signal.SIGKILL):
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        _wait_for(out, "*/fold-*/checkpoint.safetensors")
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
        if number == signal.SIGINT:
            assert process.returncode == 130, told
            assert "the same command goes on from there" in told
            for path in out.glob("*/fold-*/checkpoint.safetensors"):
                path.unlink()  # so that the next turn sees when training has begun again
    found = run(tones, sets=SETS, out=out)
    assert same_weights(one_after_the_other, found)


def _wait_for(folder: Path, pattern: str) -> None:
    until = time.monotonic() + 60
    while not any(folder.glob(pattern)):
        assert time.monotonic() < until, "nothing was trained"
        time.sleep(0.02)


def test_what_stops_one_fold_stops_the_others_and_is_told(
    tones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(parallel_folds.VARIABLE, "2")
    opened = make_request(tones, sets=SETS).resolve()
    folder = tmp_path / opened.experiment.folder_name
    folder.mkdir()
    (folder / "fold-2").write_text("a file where a folder should be")
    with pytest.raises(TonotopeError, match="fold-2: cannot be written"):
        run(tones, sets=SETS, out=tmp_path)
    assert not Run(folder).finished


def test_a_fold_that_the_system_ends_is_told_with_what_to_do(
    tones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(parallel_folds.VARIABLE, "2")
    _replaced(tmp_path, monkeypatch, "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(TrainingError, match=r"signal 9.*TONOTOPE_FOLDS=1 trains one"):
        run(tones, sets=SETS, out=tmp_path / "out")


def test_a_fold_that_crashes_tells_where(
    tones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(parallel_folds.VARIABLE, "2")
    _replaced(tmp_path, monkeypatch, "raise ZeroDivisionError('by nought')")
    with pytest.raises(RuntimeError, match="by nought") as found:
        run(tones, sets=SETS, out=tmp_path / "out")
    assert "Traceback" in found.value.__notes__[0]


def _replaced(folder: Path, patch: pytest.MonkeyPatch, line: str) -> None:
    """Have every worker do something else than its work."""
    program = folder / "python"
    program.write_text(f'#!{sys.executable}\nimport sys\nsys.stdout.write("noise\\n")\n{line}\n')
    program.chmod(0o755)
    patch.setattr(sys, "executable", str(program))


def test_how_many_at_a_time(
    tones: Path, one_after_the_other: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = make_request(tones, sets=SETS).resolve()
    long = make_request(tones, sets=(*SETS, "training.epochs=100000")).resolve()

    def counted(opened: ResolvedExperiment, folds: int = 4) -> int:
        return parallel_folds.folds_at_once(one_after_the_other, opened, folds)

    monkeypatch.setenv("TONOTOPE_THREADS", "3")
    assert counted(small) == 2  # as TONOTOPE_FOLDS says
    monkeypatch.delenv(parallel_folds.VARIABLE)
    assert counted(small) == 1  # it does not pay
    assert counted(long) == 3
    assert counted(long, folds=2) == 2
    assert counted(long, folds=1) == 1
    for wrong in ("0", "two", "-1"):
        monkeypatch.setenv(parallel_folds.VARIABLE, wrong)
        with pytest.raises(
            ExperimentError, match=f"{parallel_folds.VARIABLE}={wrong}: a whole number"
        ):
            counted(small)


def test_steps_of_all_folds_are_one_task() -> None:
    heard = _Steps()
    pace = ParallelFoldProgress(heard, 3, 2)
    for fold in "ab":
        pace.receive(Event(fold, "begin", ["features", 7]))
        pace.receive(Event(fold, "advance", [7, {}]))
        pace.receive(Event(fold, "begin", ["train", 10]))
        pace.receive(Event(fold, "advance", [4, {"loss": 1.0, "clips_per_s": 100.0}]))
    assert heard.told == [("train 3 folds, 2 at a time", 30), 4, 4]
    assert heard.facts[-1]["clips_per_s"] == 200.0
    pace.over("a")  # early: its other six steps will not come
    pace.receive(Event("b", "advance", [6, {}]))
    pace.over("b")
    pace.receive(Event("c", "begin", ["train", 20]))  # longer than the first
    pace.receive(Event("c", "advance", [20, {}]))
    pace.over("c")
    assert sum(one for one in heard.told if isinstance(one, int)) == 30


class _Steps(Listening):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    def begin(self, task: str, total: int) -> None:
        self.told.append((task, total))

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        self.told.append(steps)
        self.facts.append(facts)


def test_a_worker_ends_with_the_one_that_waits_for_it(one_after_the_other: Run) -> None:
    command = [sys.executable, "-m", "tonotope.experiment.fold_worker"]
    command += [str(one_after_the_other.folder), "1"]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.stdout is not None
    with worker.stdout as stream:
        out = stream.read()
    assert worker.wait(timeout=60) == 1
    assert "done" not in [json.loads(line)[0] for line in out.splitlines()]
