"""The short form; `make reliability` runs the long ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.reliability.killed_run import faults_after
from tests.reliability.small_run import SmallRun, write_tones

ROOT = Path(__file__).parents[2]
SHORT = """
import json
from tests.reliability import faulty_disk, killed_run
print(json.dumps([killed_run.try_all(2, seed=1), faulty_disk.try_all(3, seed=1)]))
"""


def test_killed_or_failing_at_any_moment_it_loses_nothing_and_ends_with_the_same_weights() -> None:
    # In a process that has computed nothing: these fork.
    command = [sys.executable, "-c", SHORT]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=280, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    *said, last = done.stdout.splitlines()
    assert not said, said
    killed, failing = json.loads(last)
    assert set(killed) == {"killed", "finished alike"}
    assert killed["killed"] >= 2
    assert failing == {"ENOSPC": 1, "EIO": 1, "stop": 1, "finished alike": 3}


def test_what_is_lost_or_unreadable_would_be_seen(tmp_path: Path) -> None:
    run = SmallRun(tmp_path / "run", write_tones(tmp_path / "tones"))
    (run.folder / "err").write_text("tonotope: something went wrong inside tonotope (KeyError: 3)")
    part = run.folder / "runs" / "tones-s0" / "fold-1"
    part.mkdir(parents=True)
    (part / "checkpoint.safetensors").write_bytes(b"x" * 100)
    (part / "history.jsonl").write_text("{}\n{")
    wrong = faults_after(run, {"runs/tones-s0/split.csv", *run.files()}, 2)
    assert [one.partition(":")[0] for one in wrong] == [
        *("lost", "unreadable", "unreadable", "raw error")
    ]
