"""Bad days: a full disk, a closed folder, Ctrl-C, files that vanish. Nothing saved is ever lost."""

from __future__ import annotations

import errno
import itertools
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.cli.conftest import OPTIONS, ran

import tonotope
from tonotope._files import LEFTOVER
from tonotope._progress import Progress
from tonotope.audio import decoding, file_type, kept_files
from tonotope.experiment.run_folder import load
from tonotope.heads import Classify
from tonotope.runtime.thread_pool import check_cancelled

SETS = [one for one in OPTIONS if one != "--set"]


@pytest.fixture
def home(tones: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with the tones and a cache of its own."""
    monkeypatch.chdir(tones.parent)
    monkeypatch.setenv("TONOTOPE_CACHE", str(tones.parent / "cache"))
    return tones.parent


def leftovers(folder: Path) -> list[Path]:
    return list(folder.rglob(f"{LEFTOVER}*"))


FILES = (
    *("manifest.csv", "experiment.toml", "environment.json", ".npy", "split.csv", "skipped.jsonl"),
    *("checkpoint.safetensors", "history.jsonl", "model.safetensors", "model.json"),
    *("predictions.csv", "evaluation.json", "environment.json", "report.json", "report.html"),
)


def test_a_disk_that_is_full_at_any_file_loses_nothing(
    home: Path, finished_once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run that fails at every kind of file in turn and goes on from there each time."""
    replace = Path.replace
    for name in FILES:

        def full(self: Path, target: Path, name: str = name) -> Path:
            if Path(target).name.endswith(name):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return replace(self, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", full)
            ended = ran("run", "tones", *OPTIONS)
        assert (ended.status, ended.out) == (2, "")
        last = ended.err.splitlines()[-1]
        assert last.endswith(
            "cannot be written (No space left on device); what was there is intact"
        )
        assert name in last.split(": ")[1]
        assert not leftovers(home)
    assert ran("run", "tones", *OPTIONS).status == 0
    (run,) = (home / "runs").iterdir()
    expected = load(finished_once).predictions.scores
    np.testing.assert_array_equal(load(run).predictions.scores, expected)


@pytest.mark.parametrize("command", [["run", "tones", "--out"], ["new", "tones", "-o"]])
def test_a_place_that_cannot_be_written_is_named(home: Path, command: list[str]) -> None:
    (home / "file").write_text("mine")
    ended = ran(*command, "file/inside")
    assert (ended.status, ended.out) == (2, "")
    assert "cannot be written (a file stands where a folder should be)" in ended.err
    assert (home / "file").read_text() == "mine"


@pytest.mark.skipif(os.name != "posix", reason="needs links and pipes")
def test_an_experiment_file_is_written_through_a_link_or_into_a_pipe(home: Path) -> None:
    link, pipe = home / "link.toml", home / "pipe"
    link.symlink_to("kept.toml")
    assert ran("new", "tones", "-o", "link.toml").status == 0
    assert link.is_symlink()
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    ended = ran("new", "tones", "-o", "pipe")
    reader.join()
    assert (ended.status, ended.out) == (0, "")  # its name on standard output is that of a file
    assert pipe.is_fifo()
    assert "[representation]" in read[0]
    assert "[representation]" in (home / "kept.toml").read_text()


def test_a_closed_folder_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = home / "runs"
    closed.mkdir(mode=0o555)
    make = Path.mkdir

    def refusing(path: Path, *rest: Any, **named: Any) -> None:
        """As the system refuses it; root is refused nothing."""
        if closed in path.resolve().parents:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        make(path, *rest, **named)

    monkeypatch.setattr(Path, "mkdir", refusing)
    ended = ran("run", "tones", *OPTIONS)
    assert (ended.status, ended.out) == (2, "")
    assert "manifest.csv: cannot be written (Permission denied)" in ended.err


@pytest.mark.parametrize("command", ["check", "run", "new"])
@pytest.mark.parametrize("inside", ["", "/low"])
def test_recordings_that_may_not_be_looked_at_are_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: str, inside: str
) -> None:
    """Refused by the system's own calls: tests may run as root, who is refused nothing."""
    closed = home / f"tones{inside}"

    def refusing(call: Any) -> Any:
        def ask(path: Any, *rest: Any) -> Any:
            if isinstance(path, str | Path) and closed.samefile(path):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return call(path, *rest)

        return ask

    for name in ("listdir", "scandir"):
        monkeypatch.setattr(os, name, refusing(getattr(os, name)))
    ended = ran(command, "tones", *(OPTIONS if command == "run" else []))
    assert ended.status == (1 if inside else 2)
    assert "a folder that cannot be read (Permission denied)" in ended.err
    assert "went wrong inside" not in ended.err


@pytest.mark.parametrize("name", ["x" * 300, "x/" * 3000])
def test_a_name_that_no_disk_can_hold(home: Path, finished_once: Path, name: str) -> None:
    for line in (
        ["check", name],
        ["run", name],
        ["report", name],
        ["predict", finished_once, name],
    ):
        ended = ran(*line)
        assert ended.status == 2
        assert "ile name too long" in ended.err
        assert "went wrong inside" not in ended.err
        assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("command", "where"), [("run", file_type), ("run", decoding), ("check", decoding)]
)
def test_ctrl_c_does_not_wait_for_a_long_recording(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: str, where: Any
) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 8000 * 100)
    soundfile.write(home / "tones/low/long.wav", noise, 8000)
    monkeypatch.setattr(decoding, "_BLOCK", 800)
    monkeypatch.setattr(file_type, "_BLOCK", 1600)
    asked: list[float] = []
    calls = itertools.count()

    def slow() -> None:
        if next(calls) == 40:
            asked.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.02)
        check_cancelled()

    with monkeypatch.context() as patch:
        patch.setattr(where, "check_cancelled", slow)
        ended = ran(command, "tones", *(OPTIONS if command == "run" else []))
    assert time.monotonic() - asked[0] < 12  # of 20 s that the thousand blocks would take
    assert (ended.status, ended.out) == (130, "")
    assert "Interrupted" in ended.err
    assert "done in" not in ended.err
    assert "Traceback" not in ended.err
    assert not leftovers(home)
    (home / "tones/low/long.wav").unlink()
    assert ran(command, "tones", *(OPTIONS if command == "run" else [])).status in (0, 2)


class Meddling(Progress):
    """Changes the recordings once they have been looked at and before they are decoded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, task: str, total: int) -> None:
        if task == "decode":
            (self.folder / "aaa.wav").unlink()
            (self.folder / "bbb.wav").write_bytes(b"")
            shutil.copy(self.folder / "ddd.wav", self.folder / "ccc.wav")


def test_files_that_change_after_they_were_looked_at(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_files, "MOST_BYTES", 0)  # as if they were too large to be kept
    low = home / "tones" / "low"
    kept = {name: (low / name).read_bytes() for name in ("aaa.wav", "bbb.wav", "ccc.wav")}
    changed = tonotope.run("tones", sets=SETS, out="runs", progress=Meddling(low))
    assert {one["file"]: one["reason"].split(" (")[0].split(";")[0] for one in changed.skipped} == {
        "low/aaa.wav": "no such file",
        "low/bbb.wav": "empty file",
        "low/ccc.wav": "was changed while it was read",
    }
    assert changed.finished
    for name, data in kept.items():
        (low / name).write_bytes(data)
    whole = tonotope.run("tones", sets=SETS, out="again")  # nothing false was kept of them
    assert whole.skipped == []
    assert "ccc.wav" not in " ".join(whole.environment["warnings"])


def test_kept_files_may_change_after_they_were_looked_at(home: Path) -> None:
    before = tonotope.run("tones", sets=SETS, out="before")
    shutil.rmtree(home / "cache")
    low = home / "tones" / "low"
    contents = {name: (low / name).read_bytes() for name in ("aaa.wav", "bbb.wav", "ccc.wav")}
    run = tonotope.run("tones", sets=SETS, out="runs", progress=Meddling(low))
    assert run.skipped == []
    assert run.evaluation == before.evaluation  # trained on what was looked at
    for name, data in contents.items():
        (low / name).write_bytes(data)


def test_what_the_dead_left_is_swept_up_and_the_living_are_let_be(home: Path) -> None:
    assert ran("run", "tones", *OPTIONS).status == 0
    (run,) = (home / "runs").iterdir()
    ended = subprocess.Popen(["true"])
    ended.wait()
    # The first fold is trained once more, the second one is whole.
    places = (run, run / "fold-1", run / "fold-2", next((home / "cache" / "waveforms").iterdir()))
    dead = [place / f"{LEFTOVER}{ended.pid}-0a" for place in places]
    living = [place / f"{LEFTOVER}{os.getppid()}-0a" for place in places]
    for path in (*dead, *living):
        path.write_bytes(b"half")
    for name in ("evaluation.json", "fold-1/model.json"):
        (run / name).unlink()
    assert ran("run", "tones", *OPTIONS).status == 0
    assert set(leftovers(home)) == set(living)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            float("nan"),
            r"training stopped at step 1 of epoch 1: the loss is nan \(learning rate .*",
        ),
        (RuntimeError("[enforce fail] can't allocate memory"), "training.batch_size = 4, fewer"),
        (MemoryError(), "memory ran out with a batch_size of 8: try training.batch_size = 4"),
    ],
    ids=("NaN", "RuntimeError", "MemoryError"),
)
def test_training_that_cannot_go_on_says_why_and_can_be_gone_on_with(
    home: Path, monkeypatch: pytest.MonkeyPatch, fault: Any, said: str
) -> None:
    loss = Classify.loss

    def broken(*arguments: Any, **named: Any) -> Any:
        if isinstance(fault, Exception):
            raise fault
        return loss(*arguments, **named) * fault

    with monkeypatch.context() as patch:
        patch.setattr(Classify, "loss", broken)
        ended = ran("run", "tones", *OPTIONS)
    assert (ended.status, ended.out) == (2, "")
    assert "Traceback" not in ended.err
    assert re.search(said, ended.err)
    assert "checkpoint.safetensors" in ended.err
    assert ran("run", "tones", *OPTIONS).status == 0
