"""All sentences of the source, each as the template under which its translation stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import tonotope

SOURCE = Path(tonotope.__file__).parent

# Read by programmers alone, never on the terminal of a command nor on the page of a report.
NOT_SHOWN = (
    *("reference", "sklearn", "testing", "__init__.py", "_dataframe.py", "_translation.py"),
    *("heads/names_of_0_1.py", "reporting/parameter_text.py", "reporting/svg.py"),
    "network/architectures/",
)
_ONLY_NAMES = "audio/coding_names.py"  # its plain texts are names of codings
# Texts that only look like sentences: what is searched for, what a layer is called, HTML.
_TEXTS = {
    *("field limit", "system volume information", "network trash folder", "temporary items"),
    *("says the same as row", "is the test part;", "folds is the test part", "Value error,"),
    *("sample_rate sampling_rate sr fs", "path folder", "val valid", "architecture type name"),
    *("can't allocate memory", "not enough memory", "out of memory", "No such command"),
    *("was not used as group", "it shares its", "they share a", "it is", "they are", "per second"),
    *("column is", "columns are", "has no", "and no", "evaluation.{1}, or"),
    *(
        "an evaluation is no dictionary any more: write {1}",
        "up {1}{2}, conv {3} {4}, batchnorm, relu",
    ),
    # columns of label files
    *("Scientific name", "Common name", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)"),
    *("High Freq (Hz)", "Begin Path", "File Offset (s)", "begin path", "begin file"),
    *("file offset (s)", "begin time (s)", "end time (s)", "low freq (hz)", "high freq (hz)"),
    *("common name", "scientific name", "species code", "sound type", "call type"),
    *("in file", "manual id"),
    *("Input should be a valid number.*", "Input should be a valid integer.*"),
}
# Arguments of these calls are commands, patterns and names.
_NO_SENTENCES = {
    *("examples", "compile", "sub", "search", "fullmatch", "match", "type", "getLogger"),
    *(
        "frozenset",
        "startswith",
        "endswith",
        "TypeVar",
        "NewType",
        "AttributeError",
        "NotImplementedError",
        "namedtuple",
    ),
}
_TWO_WORDS = re.compile(r"(?<![\w`{./\\-])[A-Za-z][a-z]+(?![\w`}/_=])")
_NOUN = re.compile(r"an? [a-z]{3,}")  # said of a value: `a microphone`
_PATTERN = re.compile(r"\\[dSsw]|\(\?|\]\*|\\1")
_LAYERS = re.compile(
    r"(?:conv|globalpool|dense|deltas|(?:residual|parallel) \[)[ a-z0-9+.x{}:,\[\]]*"
)


class Sentence(NamedTuple):
    """A template, and where it stands."""

    template: str
    place: str
    demanded: bool  # its translation; a phrase of one word, `{1} of {2}`, may have one

    @property
    def catalogue(self) -> str:
        """The file that has its translation."""
        package = self.place.split(":")[0].split("/")[0]
        return f"{package.removesuffix('.py').strip('_')}.json"


def sentences() -> list[Sentence]:
    """Every sentence of the source that a person may read."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith(NOT_SHOWN):
            found += [
                Sentence(text, f"{name}:{line}", demanded) for text, line, demanded in of_file(path)
            ]
    return found


def of_file(path: Path) -> Iterator[tuple[str, int, bool]]:
    """The templates of one file, each with its line, and whether it needs a translation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = set(map(id, _passed_over(tree)))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and _is_command(node):
            for paragraph in (ast.get_docstring(node) or "").split("\n\n"):
                yield " ".join(paragraph.split()), node.lineno, True
        if id(node) in passed:
            continue
        if isinstance(node, ast.Call) and _called(node) == "counted":
            yield from ((text, node.lineno, True) for text in _nouns(node))
        elif isinstance(node, ast.JoinedStr | ast.Constant):
            text = _trimmed(template(node))
            if isinstance(node, ast.Constant) and path.as_posix().endswith(_ONLY_NAMES):
                continue
            demanded = _is_sentence(text, "cli" in path.parts)
            if demanded or (isinstance(node, ast.JoinedStr) and _TWO_WORDS.search(text)):
                yield text, node.lineno, demanded


def template(node: ast.JoinedStr | ast.Constant) -> str:
    """An f-string with its values numbered: `{1}`, and `{1:n}` for a number."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    text, known = "", dict[str, int]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            number = known.setdefault(ast.unparse(part), len(known) + 1)
            text += f"{{{number}{':n' if _is_number(part.format_spec) else ''}}}"
    return text


def _is_number(spec: ast.expr | None) -> bool:
    """Whether a format is one of numbers: `,`, `.1f`, `+.3g`."""
    if not isinstance(spec, ast.JoinedStr):
        return False
    text = "".join(str(one.value) if isinstance(one, ast.Constant) else "1" for one in spec.values)
    return bool(re.fullmatch(r"[+,\d.]*[efgd%]|[+]?,", text))


def _trimmed(text: str) -> str:
    return re.sub(r"^(?:[\s;,:]+|#\s+)", "", text).rstrip()


def _is_sentence(text: str, on_terminal: bool) -> bool:
    if text in _TEXTS or _PATTERN.search(text) or _LAYERS.fullmatch(text):
        return False
    if text.startswith(("tonotope ", "<", "default-src")):
        return False
    if " " not in text:
        return on_terminal and bool(re.fullmatch(r"[A-Za-z][a-z]+[.:]", text))
    return len(_TWO_WORDS.findall(text)) >= 2 or bool(_NOUN.fullmatch(text))


def _nouns(node: ast.Call) -> Iterator[str]:
    nouns = [one.value for one in node.args[1:] if isinstance(one, ast.Constant)]
    if nouns:
        yield f"{{1:n}} {nouns[0]}"
        yield f"{{1:n}} {nouns[1] if len(nouns) > 1 else str(nouns[0]) + 's'}"


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _is_command(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(one, ast.Call) and _called(one) in ("command", "callback")
        for one in node.decorator_list
    )


def _passed_over(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, the inside of f-strings, names that are looked for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from _inside(node)
        elif isinstance(node, ast.Call):
            yield from _arguments(node)
        elif isinstance(node, ast.Set):
            yield from node.elts
        elif isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "Literal":
            yield from ast.walk(node.slice)


def _inside(node: ast.JoinedStr) -> Iterator[ast.AST]:
    for part in node.values:
        if isinstance(part, ast.Constant):
            yield part
        elif isinstance(part, ast.FormattedValue) and part.format_spec:
            yield from ast.walk(part.format_spec)


def _arguments(node: ast.Call) -> Iterator[ast.AST]:
    """The arguments of a call that are no sentences."""
    if _called(node) == "counted":
        yield from node.args[1:]
    elif _called(node) in _NO_SENTENCES:
        yield from (one for inner in node.args for one in ast.walk(inner))
