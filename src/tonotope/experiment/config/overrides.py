"""Small changes to a described experiment: `--set key=value`, `extends`, `[[variants]]`.

All three merge one table into another. Inner tables are merged key by key, and lists are replaced.
Where the `kind` of a table changes, keys that the new kind does not have are dropped.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from tonotope._errors import ExperimentError
from tonotope.experiment.config import schema

Table = dict[str, Any]


def merged(
    model: type[BaseModel], below: Mapping[str, Any], above: Mapping[str, Any], at: schema.Path = ()
) -> Table:
    """`below` with the values of `above`; both describe (a part of) a `model`."""
    result: Table = copy.deepcopy(dict(below))
    changed = "kind" in above and "kind" in below and above["kind"] != below["kind"]
    if changed and isinstance(above["kind"], str):
        known = schema.place(model, placed(at, dict(above)), (*at, "kind")).known
        result = {key: value for key, value in result.items() if key in known}
    for key, value in above.items():
        old = result.get(key)
        if isinstance(value, Mapping) and isinstance(old, dict):
            result[key] = merged(model, old, value, (*at, key))
        else:
            result[key] = copy.deepcopy(value)
    return result


def parse(
    model: type[BaseModel], table: Mapping[str, Any], text: str
) -> tuple[tuple[str, ...], Any]:
    """The key and value of one `key=value`, the value as TOML writes it or else as plain text.

    Raises:
        ExperimentError: no `=`, or no key before it.
    """
    name, equals, written = text.partition("=")
    path = key_path(name.strip()) if equals else ()
    if not path:
        message = f"--set {text}: write it as key=value, for example --set training.epochs=40"
        raise ExperimentError(message)
    value = _value(written.strip())
    here = schema.place(model, table, path)
    if not isinstance(value, str) and here.takes(str) and not here.takes(type(value)):
        value = written.strip()  # `data.label=1` means the text "1": quotes are a shell's, not ours
    return path, value


def changes(
    model: type[BaseModel], table: Mapping[str, Any], sets: Iterable[str]
) -> tuple[Table, list[tuple[tuple[str, ...], str]]]:
    """`table` with each `key=value` set, and which argument set which key.

    Raises:
        ExperimentError: an argument is not `key=value`.
    """
    asked: list[tuple[tuple[str, ...], str]] = []
    above: Table = {}
    for text in sets:
        path, value = parse(model, merged(model, table, above), text)
        above = merged(model, above, placed(path, value))
        asked.append((path, text))
    return merged(model, table, above), asked


def key_path(dotted: str) -> tuple[str, ...]:
    """The parts of a dotted key; empty where it is none.

    >>> key_path("training.epochs"), key_path("a b")
    (('training', 'epochs'), ())
    """
    if "\n" in dotted or "#" in dotted or dotted.count(".") > 32:
        return ()
    try:
        inner: Any = tomllib.loads(f"{dotted} = 0")
    except (tomllib.TOMLDecodeError, ValueError):
        return ()
    path: list[str] = []
    while isinstance(inner, dict) and len(inner) == 1:
        key, inner = next(iter(inner.items()))
        path.append(key)
    return tuple(path) if inner == 0 else ()


def placed(path: schema.Path, value: Any) -> Table:
    """The table that holds `value` at `path` and nothing else.

    >>> placed(("training", "epochs"), 3)
    {'training': {'epochs': 3}}
    """
    for part in reversed(path):
        value = {part: value}
    return value


def _value(written: str) -> Any:
    try:
        read = tomllib.loads(f"x = {written}")
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return written
    return read["x"] if set(read) == {"x"} else written
