"""Run every comparison, or those named, and write their pages beside them."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import bench
from tonotope._files import write_text


def main(wanted: list[str]) -> int:
    """Write `bench/<name>.md` for each wanted comparison; all of them where none is named."""
    folder = Path(__file__).parent
    names = sorted(found.name for found in pkgutil.iter_modules(bench.__path__))
    known = [name for name in names if not name.startswith("_")]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.stderr.write(f"no comparison `{unknown[0]}`; there are: {', '.join(known)}\n")
        return 2
    for name in wanted or known:
        sys.stderr.write(f"{name} ...\n")
        write_text(folder / f"{name}.md", importlib.import_module(f"bench.{name}").page())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
