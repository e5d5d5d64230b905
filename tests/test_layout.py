"""The order of the packages is told three times, and the three agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import tonotope

ROOT = Path(__file__).parents[1]


def packages() -> set[str]:
    folder = Path(tonotope.__file__).parent
    return {path.parent.name for path in folder.glob("*/__init__.py")}


def in_docstring() -> list[str]:
    assert tonotope.__doc__ is not None
    return re.findall(r"^    (\w+)  +\S", tonotope.__doc__, flags=re.MULTILINE)


def in_contributing() -> list[str]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(\w+)/` \|", text, flags=re.MULTILINE)


def layers() -> list[set[str]]:
    """The layers of the contract, the lowest first; packages alone."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    assert contract["type"] == "layers"
    assert contract["exhaustive"] is True
    found = [set(re.findall(r"\w+", layer)) & packages() for layer in reversed(contract["layers"])]
    return [layer for layer in found if layer]


def test_the_docstring_and_the_guide_name_every_package_in_the_same_order() -> None:
    assert set(in_docstring()) == packages()
    assert in_docstring() == in_contributing()


def test_that_order_is_the_order_of_the_contract() -> None:
    rank = {name: at for at, layer in enumerate(layers()) for name in layer}
    ranks = [rank[name] for name in in_docstring()]
    assert ranks == sorted(ranks)
