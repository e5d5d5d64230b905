"""A disk that is full, fails, or a machine that stops, at the n-th write, rename or sync of a run.

python -m tests.reliability.faulty_disk 2000 [SEED]

Every n with every fault is tried once, if COUNT is large enough; else so many, evenly spread.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.reliability.killed_run import faults_after
from tests.reliability.small_run import SmallRun, import_all, write_tones

from tonotope._files import LEFTOVER

STOPPED = 77
NEVER = 10**9
LOG = "operations"
TOLD_EVERY = 100


class Fault(NamedTuple):
    """What goes wrong at the n-th operation.

    `ENOSPC` lasts: a full disk stays full. `EIO` happens once. `stop` ends the process. Of what is
    written at that moment one half arrives.
    """

    at: int
    kind: str


class FaultyDisk:
    """Counts what a process does to the disk, keeps a log of it, and lets one operation fail."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.done = 0
        self.lock = threading.Lock()
        self.log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        self.write = os.write

    def install(self) -> None:
        """Put the counting functions in the place of the system's."""
        disk = self

        class Raw(io.FileIO):
            def write(self, data: Any) -> int:
                half = memoryview(data).cast("B")[: max(1, memoryview(data).nbytes // 2)]
                disk.operation("write", self.name, lambda: super(Raw, self).write(half))
                return super().write(data)

        real = io.open

        def opened(
            file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **named: Any
        ) -> Any:
            if isinstance(file, int) or not set(mode) & set("wax+"):
                return real(file, mode, buffering, *rest, **named)
            raw = Raw(file, mode.replace("b", "").replace("t", ""))
            buffer = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            if "b" in mode:
                return buffer
            text = dict(zip(("encoding", "errors", "newline"), rest, strict=False)) | named
            return io.TextIOWrapper(buffer, **text)

        builtins.open = io.open = opened  # pyright: ignore[reportAttributeAccessIssue]
        for name in ("fsync", "replace", "rename", "unlink", "remove", "mkdir", "write"):
            setattr(os, name, self.counted(name, getattr(os, name)))

    def counted(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """A function of `os` that asks first whether it may."""

        def ask(path: Any, *rest: Any, **named: Any) -> Any:
            self.operation(name, path)
            return call(path, *rest, **named)

        return ask

    def operation(self, name: str, path: Any, before: Callable[[], object] = lambda: None) -> None:
        """Count one operation; raises, or ends the process, if it is the one."""
        if name in ("unlink", "remove") and not os.path.lexists(path):
            return
        with self.lock:
            self.write(self.log, f"{name} {path}\n".encode())
            self.done += 1
            if not self._fails(name):
                return
            before()
            if self.fault.kind == "stop":
                os._exit(STOPPED)
            code = getattr(errno, self.fault.kind)
            raise OSError(code, os.strerror(code), str(path))

    def _fails(self, name: str) -> bool:
        if self.fault.kind == "ENOSPC":  # on a full disk there is always room to remove
            return self.done >= self.fault.at and name not in ("unlink", "remove")
        return self.done == self.fault.at


def operations(run: SmallRun) -> list[str]:
    """What the last command did to the disk, one line each."""
    return (run.folder / LOG).read_text(encoding="utf-8").splitlines()


def removed(run: SmallRun) -> set[str]:
    """What the last command removed, apart from files it had not finished."""
    lines = (one.partition(" ") for one in operations(run))
    paths = [path for name, _, path in lines if name in ("unlink", "remove")]
    found = {os.path.relpath(run.folder / path, run.folder) for path in paths}
    return {path for path in found if LEFTOVER not in path and not path.endswith(".lock")}


def leftovers(run: SmallRun) -> set[str]:
    """Files that a process had begun to write."""
    return {path.name for path in run.folder.rglob(f"{LEFTOVER}*")}


def strike(run: SmallRun, fault: Fault) -> list[str]:
    """Give the command on a disk with this fault; what is wrong afterwards."""
    before, left_before = run.files(), leftovers(run)
    status = run.finish(lambda: FaultyDisk(fault).install())
    wrong = faults_after(run, before | removed(run), status)
    if fault.kind == "stop":
        return wrong if status in (STOPPED, 0) else [*wrong, f"other status: {status}"]
    if status not in (0, 2) or (status == 2 and "cannot be " not in run.said):
        wrong.append(f"no sentence: status {status}: {run.said[-300:]}")
    # What an earlier process left may stay where this one failed before it could tidy up.
    return [*wrong, *(f"left behind: {name}" for name in leftovers(run) - left_before)]


def try_all(count: int, seed: int = 0) -> Counter[str]:
    """Strike `count` runs, each twice, and let them come to their end; the outcomes."""
    draw = random.Random(seed)
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        import_all(folder / "first")
        tones = write_tones(folder / "tones")
        whole = SmallRun(folder / "whole", tones)
        assert whole.finish(lambda: FaultyDisk(Fault(NEVER, "EIO")).install()) == 0, whole.said
        expected, most = whole.result(), len(operations(whole))
        faults = [Fault(at + 1, kind) for kind in ("ENOSPC", "EIO", "stop") for at in range(most)]
        count = min(count, len(faults))
        for number in range(count):
            fault = faults[number * len(faults) // count]
            run = SmallRun(folder / "struck", tones)
            wrong = strike(run, fault)
            struck = operations(run)[-1 if fault.kind == "stop" else fault.at - 1 :][:1]
            second = Fault(draw.randint(1, most), draw.choice(("ENOSPC", "EIO", "stop")))
            wrong += strike(run, second)
            before = run.files()
            status = run.finish()
            wrong += faults_after(run, before, status)
            wrong += [] if status == 0 else [f"not finished: status {status}: {run.said[-300:]}"]
            wrong += [f"left at the end: {name}" for name in leftovers(run)]
            wrong += [] if wrong or run.result() == expected else ["other weights or predictions"]
            found[fault.kind] += 1
            found["finished alike"] += not wrong
            for one in wrong:
                found[one.partition(":")[0]] += 1
                print(f"{fault} {struck}, then {second}: {one}", flush=True)
            if (number + 1) % TOLD_EVERY == 0:
                print(f"{number + 1} of {count}: {dict(found)}", flush=True)
    return found


if __name__ == "__main__":
    asked = int(sys.argv[1])
    print(asked, dict(try_all(asked, int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
