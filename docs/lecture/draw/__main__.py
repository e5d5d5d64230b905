"""Draws every picture of the lecture, or those that are named.

python -m docs.lecture.draw                    all of them, into docs/lecture/pictures
python -m docs.lecture.draw wave-and-plane     one of them
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from docs.lecture.draw import (
    convolutions,
    homework,
    lenet,
    normalising,
    optimisers,
    outputs,
    pooling,
    tensors,
    weights,
)

FOLDER = Path(__file__).resolve().parents[1] / "pictures"
PICTURES: dict[str, Callable[[], str]] = {
    **tensors.PICTURES,
    **convolutions.PICTURES,
    **pooling.PICTURES,
    **outputs.PICTURES,
    **lenet.PICTURES,
    **weights.PICTURES,
    **normalising.PICTURES,
    **optimisers.PICTURES,
    **homework.PICTURES,
}


def main(names: list[str]) -> None:
    """Draw the pictures of these names; all of them where none is given."""
    unknown = sorted(set(names) - set(PICTURES))
    if unknown:
        raise SystemExit(f"{unknown[0]}: no such picture; there are {', '.join(PICTURES)}")
    FOLDER.mkdir(exist_ok=True)
    for name in names or PICTURES:
        (FOLDER / f"{name}.svg").write_text(PICTURES[name](), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
