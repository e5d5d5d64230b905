"""kill -9 at random moments of a run: the folder can be read, and the end is the same, bit for bit.

python -m tests.reliability.killed_run 200 [SEED]
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.reliability.small_run import RAW, SmallRun, ended, import_all, write_tones

MOST_IN_ONE_RUN = 4


def faults_after(run: SmallRun, before: set[str], status: int) -> list[str]:
    """What is wrong after a command ended: lost files, files that cannot be read, raw errors."""
    wrong = [f"lost: {name}" for name in sorted(before - run.files())]
    wrong += [f"unreadable: {said}" for said in run.unreadable()]
    if RAW in run.said:
        wrong.append(f"raw error: status {status}: {run.said[-300:]}")
    return wrong


def strike(run: SmallRun, after_s: float) -> int:
    """Give the command and kill it; how it ended."""
    child = run.start()
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    return ended(child)


def try_all(count: int, seed: int = 0) -> Counter[str]:
    """Kill `count` times, each run up to four times, and let it come to its end; the outcomes."""
    draw = random.Random(seed)
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        import_all(folder / "first")
        tones = write_tones(folder / "tones")
        whole = SmallRun(folder / "whole", tones)
        began = time.monotonic()
        assert whole.finish() == 0, whole.said
        takes_s = time.monotonic() - began
        expected = whole.result()
        while found["killed"] < count:
            run = SmallRun(folder / "struck", tones)
            for _ in range(draw.randint(1, MOST_IN_ONE_RUN)):
                before = run.files()
                status = strike(run, draw.uniform(0, 0.9 * takes_s))
                if status == -signal.SIGKILL:
                    found["killed"] += 1
                else:  # struck too late; a second run of one folder is short
                    takes_s *= 0.97
                _count(found, faults_after(run, before, status))
            before = run.files()
            status = run.finish()
            wrong = faults_after(run, before, status)
            wrong += [] if status == 0 else [f"not finished: status {status}: {run.said[-300:]}"]
            wrong += [] if wrong or run.result() == expected else ["other weights or predictions"]
            found["finished alike"] += not wrong
            _count(found, wrong)
    return found


def _count(found: Counter[str], wrong: list[str]) -> None:
    for one in wrong:
        found[one.partition(":")[0]] += 1
        print(one, flush=True)


if __name__ == "__main__":
    asked = int(sys.argv[1])
    print(asked, dict(try_all(asked, int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
