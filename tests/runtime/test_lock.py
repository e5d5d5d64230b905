"""One process at a time in a run folder."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tonotope._errors import TonotopeError, TrainingError
from tonotope.runtime import lock
from tonotope.runtime.lock import LOCK, locked

HOLDER = """
import sys
import time
from pathlib import Path
from tonotope.runtime.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
    time.sleep(0.5)
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


def test_the_folder_is_released_at_the_end_and_not_by_the_garbage_collector(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock.FileLock, "__del__", lambda _: None)
    with locked(tmp_path):
        pass
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        raise ZeroDivisionError
    with locked(tmp_path):
        pass


def test_a_number_left_behind_means_nothing(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("1\n")
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TonotopeError, match=r"file.*cannot be written"):
        locked(tmp_path / "file").__enter__()


@pytest.mark.parametrize("kind", ["symbolic link", "hard link", "folder", "pipe"])
def test_a_lock_that_is_no_plain_file_is_refused_and_its_target_kept(
    kind: str, tmp_path: Path
) -> None:
    """A run folder from a stranger must not overwrite a file elsewhere."""
    target, folder = tmp_path / "target", tmp_path / "run"
    target.write_text("precious")
    folder.mkdir()
    {
        "symbolic link": lambda path: path.symlink_to(target),
        "hard link": lambda path: path.hardlink_to(target),
        "folder": Path.mkdir,
        "pipe": os.mkfifo,
    }[kind](folder / LOCK)
    with pytest.raises(TonotopeError, match=r"\.lock: is a link or not a plain file.*remove it"):
        locked(folder).__enter__()
    assert target.read_text() == "precious"


def test_a_dangling_link_makes_no_file(tmp_path: Path) -> None:
    (tmp_path / LOCK).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TonotopeError, match="is a link"):
        locked(tmp_path).__enter__()
    assert not (tmp_path / "elsewhere").exists()


def test_patience_waits_for_a_process_that_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        holder.stdin.close()
        with locked(tmp_path, patience_s=60):
            pass


def test_a_file_system_without_locks_is_used_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object, **__: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock.FileLock, "acquire", unsupported)
    with locked(tmp_path):
        pass
