"""Outside `answers`, and the one section of the report that each kind has, nobody asks the kind.

A fork is found in the source: a table of one kind imported, or compared with by class; a word for a
kind compared with, matched, or the key of a table; the key of `evaluation.json` that one kind alone
has; a field of one kind's table asked for by name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tonotope
from tonotope.answers import KINDS

SOURCE = Path(tonotope.__file__).parent
TABLES = {table.__name__ for table in KINDS.values()} | {"ColumnTable"}
MODULES = {table.__module__ for table in KINDS.values()} | {"tonotope.answers.columns_table"}
OWN_KEYS = {"per_class", "per_column", "confusion"}
# Shapes have an axis `class`; `kind` of other things (a layer, a file) has other words.
AXES = {"names"}


def texts(node: ast.AST) -> set[str]:
    """The texts that stand there alone or side by side; none of a longer expression."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return {one for item in node.elts for one in texts(item)}
    return set()


def names(node: ast.AST) -> set[str]:
    """The names of variables and attributes in an expression."""
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def words_compared(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    if any(isinstance(one, ast.Attribute) and one.attr in AXES for one in sides):
        return False
    found = {word for side in sides for word in texts(side)}
    if found & KINDS.keys() and any(mentions_kind(side) for side in sides):
        return True
    if found & OWN_KEYS:
        return True
    return any(asks_kind(side) for side in sides)


def mentions_kind(node: ast.AST) -> bool:
    keys = {key for one in ast.walk(node) for key in keys_taken(one)}
    return bool((names(node) | keys) & {"kind", "kind_word"})


def asks_kind(node: ast.AST) -> bool:
    """`answer.kind`, `table.kind`, `kind_word(...)`: of an answer, and of nothing else."""
    if isinstance(node, ast.Attribute) and node.attr == "kind":
        return bool(names(node.value) & {"answer", "answers", "table", "predictions"})
    return isinstance(node, ast.Call) and "kind_word" in names(node.func)


def table_by_kind(node: ast.Dict) -> bool:
    keys = [key for key in node.keys if key is not None]
    words = [key.value for key in keys if isinstance(key, ast.Constant)]
    classes = [key for key in keys if names(key) & TABLES]
    return bool(classes) or len(KINDS.keys() & set(words)) > 1


def class_asked(node: ast.Call) -> bool:
    called = names(node.func)
    if called & {"isinstance", "issubclass"}:
        return len(node.args) > 1 and bool(names(node.args[1]) & TABLES)
    asked = len(node.args) > 1 and called & {"hasattr", "getattr"}
    return bool(asked and texts(node.args[1]) & {"per_class", "per_column", "thresholds"})


def keys_taken(node: ast.AST) -> set[str]:
    """The keys of `evaluation[key]` and `evaluation.get(key)`."""
    if isinstance(node, ast.Subscript):
        return texts(node.slice)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        return texts(node.args[0]) if node.func.attr in {"get", "pop"} else set()
    return set()


def fork(node: ast.AST) -> str:
    """What is wrong about one node; empty where nothing."""
    if isinstance(node, ast.ImportFrom) and node.module in MODULES:
        return f"imports {node.module}"
    if isinstance(node, ast.Import) and {one.name for one in node.names} & MODULES:
        return "imports the module of a kind"
    if isinstance(node, ast.Call) and class_asked(node):
        return "asks for the class of a table"
    if isinstance(node, ast.Compare):
        if any(isinstance(op, ast.Is | ast.IsNot | ast.Eq) for op in node.ops) and any(
            names(side) & TABLES for side in (node.left, *node.comparators)
        ):
            return "compares the class of a table"
        return "compares with the word for a kind" if words_compared(node) else ""
    if isinstance(node, ast.Dict) and table_by_kind(node):
        return "a table by kind"
    if isinstance(node, ast.match_case):
        found = [one for one in ast.walk(node.pattern) if isinstance(one, ast.Constant)]
        by_word = len({one.value for one in found} & KINDS.keys()) > 0
        return "matches a kind" if by_word or names(node.pattern) & TABLES else ""
    return "takes the key of one kind alone" if keys_taken(node) & OWN_KEYS else ""


def forks(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        found = fork(node)
        if found:
            yield f"{getattr(node, 'lineno', '?')}: {found}"


def outside() -> list[Path]:
    own = (SOURCE / "answers", SOURCE / "reporting" / "sections")
    return [path for path in sorted(SOURCE.rglob("*.py")) if own[0] not in path.parents
            and own[1] not in path.parents]  # fmt: skip


def test_nobody_asks_which_kind_an_answer_is() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{one}"
        for path in outside()
        for one in forks(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "planted",
    [
        "from tonotope.answers.classes import Predictions",
        "import tonotope.answers.tags",
        "isinstance(table, tt.Predictions)",
        "isinstance(table, (Quantities, Restored))",
        "issubclass(table_of(answer), Tagged)",
        "type(table) is Predictions",
        "table_of(answer) == tt.Tagged",
        'answer.kind == "class"',
        'kind in ("tags", "numbers")',
        'evaluation["kind"] != "sound"',
        'run.evaluation.get("kind") in ("tags", "sound")',
        "predictions.kind == mine",
        'kind_word(one.kind) == "embedding"',
        'WRITERS = {"class": 1, "numbers": 2}',
        "WRITERS = {Predictions: 1}",
        'match answer.kind:\n    case "tags" | "sound":\n        pass',
        "match table:\n    case Quantities():\n        pass",
        'evaluation["per_class"]',
        '"per_column" in evaluation',
        'getattr(table, "thresholds", ())',
    ],
)
def test_a_planted_fork_is_found(planted: str) -> None:
    assert list(forks(planted))


@pytest.mark.parametrize(
    "allowed",
    [
        'shape.names == ("class",)',
        'Answer("label", "class", ("a", "b"))',
        'network.kind == "cnn6"',
        'facts = {"sound": digest, "warnings": []}',
        'isinstance(target, np.ndarray) and name == "class"',
        "table_of(answer).one_label",
        '("verdict", "confusion", "columns")',
    ],
)
def test_what_is_no_fork_is_left_alone(allowed: str) -> None:
    assert not list(forks(allowed))
