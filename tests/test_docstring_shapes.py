"""Public functions and classes that take, return or hold arrays name the axes in the docstring."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import tonotope

SOURCES = Path(tonotope.__file__).parent
ARRAY = re.compile(r"\b(?:ndarray|Tensor)\b")

# The names of axes. A new one is added here, so that one thing is called by one name everywhere.
AXES = {
    "band", "batch", "bin", "bit", "cell", "channel", "class", "clip", "coefficient", "colour",
    "column", "draw", "embedding", "event", "example", "feature", "figure", "filter", "frame",
    "frequency", "group", "height", "label", "mode", "n_samples", "n_times", "number", "output",
    "pair", "partial", "point", "prediction", "quantity", "recording", "resample", "resonance",
    "row", "sample", "segment", "shift", "size", "step", "sum", "tap", "target", "time", "track",
    "truth", "unit", "value", "window",
}  # fmt: skip
# What a docstring may say instead, where the shape is free or there is none.
INSTEAD = re.compile(r"\bany shape\b|\b(?:a|one|the) scalar\b")

WORD = re.compile(r"[a-z_]+")
LIST = re.compile(r"\(([^()]*)\)")


class Public(NamedTuple):
    """A public function, method or class; `owner` is the class of a method."""

    node: ast.FunctionDef | ast.ClassDef
    path: str
    owner: str = ""

    @property
    def name(self) -> str:
        return f"{self.owner}.{self.node.name}" if self.owner else self.node.name

    @property
    def has_arrays(self) -> bool:
        return any(ARRAY.search(ast.unparse(one)) for one in annotated(self.node))

    @property
    def docstring(self) -> str:
        return ast.get_docstring(self.node) or ""


class Scan:
    """All that is public in some modules, and what each class is built on.

    A class is known by its name and its file: several files may have one of the same name.
    """

    def __init__(self, files: dict[str, str]) -> None:
        self.found: list[Public] = []
        self.classes: dict[tuple[str, str], ast.ClassDef] = {}
        self.imports: dict[tuple[str, str], str] = {}
        for path, source in files.items():
            self._read(ast.parse(source), path, "")

    def _read(self, tree: ast.Module | ast.ClassDef, path: str, owner: str) -> None:
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module:
                file = node.module.removeprefix("tonotope.").replace(".", "/")
                self.imports.update({(path, one.name): f"{file}.py" for one in node.names})
            if not isinstance(node, ast.ClassDef | ast.FunctionDef):
                continue
            if isinstance(node, ast.ClassDef):
                self.classes[path, node.name] = node
                self._read(node, path, node.name)
            if not owner.startswith("_") and not node.name.startswith("_"):
                self.found.append(Public(node, path, owner))

    def inherited(self, one: Public, path: str, owner: str) -> Iterator[str]:
        """The docstrings that a method, or the fields of a class, have in the classes above."""
        for base in self.classes[path, owner].bases:
            name = ast.unparse(base).split("[")[0].split(".")[-1]
            files = [path, self.imports.get((path, name), "")]
            known = [file for file in files if (file, name) in self.classes]
            known = known or [file for file, own in self.classes if own == name]
            for file in known[:1]:
                for node in self.classes[file, name].body:
                    if isinstance(node, ast.FunctionDef) and node.name == one.node.name:
                        yield ast.get_docstring(node) or ""
                yield from self.inherited(one, file, name)

    def without_axes(self) -> list[str]:
        """Path and name of what has arrays, and says nowhere what their axes are."""
        found = []
        for one in self.found:
            above = self.inherited(one, one.path, one.owner) if one.owner else ()
            if one.has_arrays and not any(map(names_axes, [one.docstring, *above])):
                found.append(f"{one.path} {one.name}")
        return found


def annotated(node: ast.FunctionDef | ast.ClassDef) -> Iterator[ast.expr]:
    """Of what a function takes and returns; of the public fields of a class, and what makes it."""
    if isinstance(node, ast.ClassDef):
        for one in node.body:
            if isinstance(one, ast.AnnAssign) and not ast.unparse(one.target).startswith("_"):
                yield one.annotation
            elif isinstance(one, ast.FunctionDef) and one.name == "__init__":
                yield from annotated(one)
        return
    given = node.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    yield from (one.annotation for one in every if one and one.annotation)
    if node.returns:
        yield node.returns


def names_axes(docstring: str) -> bool:
    """Whether a docstring has a list of axes such as (batch, time), or says why it has none."""
    text = " ".join(docstring.split())
    return bool(INSTEAD.search(text)) or any(map(is_list_of_axes, LIST.findall(text)))


def is_list_of_axes(inside: str) -> bool:
    """Whether what stands between two brackets is a list of axes, at least one with a name."""
    words = set(WORD.findall(inside))
    return "," in inside and bool(words) and words <= AXES


def modules() -> dict[str, str]:
    """The source of every public module, by its path."""
    found = [path for path in sorted(SOURCES.rglob("*.py")) if not re.match("_[a-z]", path.stem)]
    return {
        path.relative_to(SOURCES).as_posix(): path.read_text(encoding="utf-8") for path in found
    }


def test_all_that_has_arrays_names_their_axes() -> None:
    scan = Scan(modules())
    assert sum(one.has_arrays for one in scan.found) > 450  # it sees them
    assert scan.without_axes() == []


@pytest.mark.parametrize(
    ("docstring", "named"),
    [
        ("The window weights, (sample,), float64.", True),
        ("From `(batch, 2 · channel, time', ...)` to (batch, channel = 1).", True),
        ("The corners in Hz: (band +\n        2,).", True),
        ("Takes any shape.", True),
        ("The mean cost: a scalar.", True),
        ("The window weights.", False),
        ("The window (sample) by sample.", False),
        ("A pair (x, y) of what is given.", False),
        ("Four values, (2, 2).", False),
        ("It is in shape (see Kish, 1965).", False),
    ],
)
def test_what_counts_as_named_axes(docstring: str, named: bool) -> None:
    assert names_axes(docstring) is named


_BASE = '''
class Base:
    def told(self, x: Tensor) -> None:
        """Of (batch, time)."""
    def untold(self) -> dict[str, np.ndarray]:
        """Nothing."""
    def _private(self, x: Tensor): ...
    def path(self, x: TensorFile) -> str: ...
class Held(NamedTuple):
    """A thing."""
    x: np.ndarray | None
class _Hidden:
    def untold(self, x: Tensor) -> None: ...
def function(*, x: Sequence[Tensor]): ...
'''
_OTHER = '''
from tonotope.base import Base
class Own(Base):
    def told(self, x: Tensor) -> None:
        """The same, twice."""
    def new(self, x: "Tensor") -> None:
        """Of a tensor."""
class Base2:
    def told(self, x: Tensor) -> None:
        """Not of the class above."""
'''


def test_what_the_scan_finds_in_two_files() -> None:
    expected = ["base.py Base.untold", "base.py Held", "base.py function"]
    expected += ["other.py Own.new", "other.py Base2.told"]
    assert Scan({"base.py": _BASE, "other.py": _OTHER}).without_axes() == expected
