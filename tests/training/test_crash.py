"""kill -9, Ctrl-C and SIGTERM at random moments: the weights come out the same.

A handful of times here; `TONOTOPE_KILLS=20 pytest tests/training/test_crash.py` for more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

KILLS = int(os.environ.get("TONOTOPE_KILLS", "6"))


def test_struck_down_at_random_it_ends_with_the_same_weights(tmp_path: Path) -> None:
    script = Path(__file__).with_name("crash.py")
    command = [sys.executable, str(script), str(tmp_path), str(KILLS), "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["struck"] >= KILLS
    assert told["finished"] >= 1
    assert told["equal"], told
