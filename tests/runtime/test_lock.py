"""One process at a time in a run folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tonotope._errors import TonotopeError, TrainingError
from tonotope.runtime.lock import LOCK, locked

HOLDER = """
import sys
from pathlib import Path
from tonotope.runtime.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_second_process_is_refused_with_the_number_of_the_first(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(TrainingError, match=f"process {holder.pid} is training here"):
            locked(tmp_path).__enter__()
        holder.kill()
    with locked(tmp_path):  # killed: its lock fell with it
        assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"


def test_the_same_process_is_refused_too(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(TrainingError, match=f"process {os.getpid()}"):
        locked(tmp_path).__enter__()


def test_a_number_left_behind_means_nothing(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("1\n")
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TonotopeError, match=r"file.*cannot be written"):
        locked(tmp_path / "file").__enter__()
