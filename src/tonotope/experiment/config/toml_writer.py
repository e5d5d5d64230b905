"""Writing TOML, which the standard library only reads.

Only what an experiment holds is needed: text, whole numbers, fractions, yes and no, lists and
tables. What is written and read again is equal to what went in; `None` has no word in TOML and is
left as a comment, so that a reader still sees that the key exists.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import TypeGuard

from tonotope._errors import ExperimentError

Comments = Mapping[tuple[str, ...], str]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_WIDTH = 100
_KEPT_SPACES = "\u00a0\u202f"


def dump(table: Mapping[str, object], comments: Comments | None = None) -> str:
    """The TOML text of `table`, with a comment beside each key that `comments` names.

    >>> print(dump({"seed": 3, "data": {"label": "species"}}, {("seed",): "any whole number"}))
    seed = 3                      # any whole number
    <BLANKLINE>
    [data]
    label = "species"
    <BLANKLINE>

    Raises:
        ExperimentError: a value that TOML has no word for.
    """
    return "\n".join(_table(table, (), comments or {})).strip("\n") + "\n"


def literal(value: object) -> str:
    r"""One value as TOML spells it.

    >>> literal(["conv 32 5x5", 0.5, True])
    '["conv 32 5x5", 0.5, true]'
    >>> literal({"network.dropout": 0})
    '{ "network.dropout" = 0 }'
    >>> literal("two\nlines")
    '"two\\nlines"'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {literal(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(item) for item in value)}]"
    message = f"{value!r} cannot be written in TOML: text, numbers, lists and tables can"
    raise ExperimentError(message)


def _table(table: Mapping[str, object], path: tuple[str, ...], comments: Comments) -> list[str]:
    """The lines of one table: its own values first, then the tables inside it."""
    lines: list[str] = []
    for key, value in table.items():
        if not _is_table(value) and not _is_tables(value):
            lines += _line(key, value, comments.get((*path, key), ""))
    for key, value in table.items():
        inner = (*path, key)
        name = ".".join(_key(part) for part in inner)
        if _is_table(value):
            lines += ["", *_above(comments.get(inner, "")), f"[{name}]"]
            lines += _table(value, inner, comments)
        elif _is_tables(value):
            for item in value:
                lines += ["", *_above(comments.get(inner, "")), f"[[{name}]]"]
                # A table inside a list is written on one line: its keys stay its own.
                lines += [part for k, v in item.items() for part in _line(k, v, "")]
    return lines


def _line(key: str, value: object, comment: str) -> list[str]:
    """`key = value`, the comment behind it where there is room and above it otherwise."""
    if value is None:
        return _above(f"{_key(key)} is not set" + (f": {comment}" if comment else ""))
    written = f"{_key(key)} = {literal(value)}"
    if len(written) > _WIDTH and isinstance(value, list | tuple):
        items = "".join(f"    {literal(item)},\n" for item in value)
        written = f"{_key(key)} = [\n{items}]"
    if not comment:
        return [written]
    beside = f"{written:<29} # {_one_line(comment)}"
    if len(beside) <= _WIDTH and "\n" not in written:
        return [beside]
    return [*_above(comment), written]


def _above(comment: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(_one_line(comment), _WIDTH - 2)]


def _one_line(comment: str) -> str:
    """A comment on one line: control characters may not stand in one.

    The spaces inside a number, at which no line is broken, stay.
    """
    return "".join(
        letter if letter.isprintable() or letter in _KEPT_SPACES else " " for letter in comment
    )


def _is_table(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping)


def _is_tables(value: object) -> TypeGuard[Sequence[Mapping[str, object]]]:
    """A list of tables; an empty list is written as a list."""
    if not isinstance(value, list | tuple) or not value:
        return False
    return all(isinstance(item, Mapping) and None not in item.values() for item in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        message = f"{text!r} is not whole Unicode and cannot be written in TOML: rename it"
        raise ExperimentError(message)
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if not letter.isprintable():  # also what no editor shows, and what some take for a new line
        code = ord(letter)
        return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
    return letter
