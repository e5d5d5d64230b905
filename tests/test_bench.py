"""The comparisons and recipes of `bench/` can still be begun: nothing they need has moved."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(path.stem for path in (ROOT / "bench").glob("*.py"))


@pytest.mark.parametrize("name", [one for one in MODULES if one not in ("__init__", "__main__")])
def test_each_can_be_imported_and_has_what_it_is_asked_for(name: str) -> None:
    asked = "" if name.startswith("_") else "; assert callable(found.page)"
    command = [sys.executable, "-c", f"import bench.{name} as found{asked}"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
