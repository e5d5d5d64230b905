"""What `import tonotope` offers: complete, sorted, light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tonotope


def test_all_is_sorted_and_true() -> None:
    assert tonotope.__all__ == sorted(tonotope.__all__)
    assert len(set(tonotope.__all__)) == len(tonotope.__all__)
    for name in tonotope.__all__:
        assert getattr(tonotope, name) is not None
    assert set(tonotope.__all__) <= set(dir(tonotope))


def test_the_stub_names_the_same() -> None:
    stub = Path(tonotope.__file__).with_suffix(".pyi")
    named: set[str] = set()
    for node in ast.parse(stub.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            named |= {alias.asname for alias in node.names if alias.asname}
        elif isinstance(node, ast.FunctionDef):
            named.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            named.add(node.target.id)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named.add(node.targets[0].id)
    named = {name for name in named if not name.startswith("_") or name == "__version__"}
    assert named - set(tonotope._RENAMED) == set(tonotope.__all__)  # pyright: ignore


def test_what_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Elephant'"):
        tonotope.Elephant  # noqa: B018  # pyright: ignore


def test_importing_it_imports_nothing_heavy() -> None:
    code = (
        "import sys, tonotope, tonotope.cli.commands; "
        "heavy = {'torch', 'sklearn', 'soundfile', 'numpy', 'jinja2', 'rich.progress'}; "
        "print(*sorted(heavy & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
