"""The list of all source files in CONTRIBUTING.md: what each one's docstring begins with."""

from __future__ import annotations

import ast
from itertools import groupby
from pathlib import Path

import tonotope

SOURCE = Path(tonotope.__file__).parent
LONGEST = 97
"""Characters of a sentence: with three quotes it fits one line."""


def source_files() -> list[Path]:
    """Every module but the `__init__.py`: single files first, then the packages in their order."""
    assert tonotope.__doc__ is not None
    order = {line.split()[0]: at for at, line in enumerate(tonotope.__doc__.split("\n    "))}
    paths = [path for path in SOURCE.rglob("*.py") if path.name != "__init__.py"]

    def place(path: Path) -> tuple[int, Path, Path]:
        package = path.relative_to(SOURCE).parts[0]
        return order.get(package, -1), path.parent, path

    return sorted(paths, key=place)


def first_sentences(path: Path) -> str:
    """The first paragraph of a file's docstring, on one line."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def list_of_files() -> str:
    """A table for each folder: what it is for, its files, and what is in each."""
    tables = []
    for folder, paths in groupby(source_files(), key=lambda path: path.parent):
        title = folder.relative_to(SOURCE.parent).as_posix()
        rows = [f"| **{title}/** | {first_sentences(folder / '__init__.py')} |", "|---|---|"]
        rows += [f"| `{path.name}` | {first_sentences(path)} |" for path in paths]
        tables.append("\n".join(rows))
    return "\n\n".join(tables)
