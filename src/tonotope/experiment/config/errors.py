"""Errors in an experiment file as sentences: unknown key, wrong type or value, file and line.

Each sentence names the place (file and line, or the `--set` that asked for it), the key and its
value, what would fit there, and where the value looks like a slip, what was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from tonotope._errors import ExperimentError, did_you_mean
from tonotope.experiment.config import hints, schema, toml_lines
from tonotope.experiment.config.toml_writer import literal

_ABSENT = object()
_MOST = 6  # more sentences than this are a wall
# Kinds that a file cannot ask for by their name alone.
_GLOSSES = {"python": "python (given in Python)"}


@dataclass(frozen=True)
class Trail:
    """Where the values of an experiment were written.

    Attributes:
        files: name, table and lines of each file, the nearest first and what it extends after it.
        sets: the `--set` arguments by the key they set.
    """

    files: tuple[tuple[str, Mapping[str, Any], dict[toml_lines.Path, int]], ...] = ()
    sets: tuple[tuple[schema.Path, str], ...] = ()

    def where(self, path: schema.Path) -> str:
        """`experiment.toml line 7: `, `--set seed=x: `, or nothing for what no one wrote."""
        for key, text in self.sets:
            if path[: len(key)] == key or key[: len(path)] == path:
                return f"--set {text}: "
        for name, table, where in self.files:
            if _holds(table, path):
                line = toml_lines.line_of(where, path)
                return f"{name} line {line}: " if line else f"{name}: "
        return f"{self.files[0][0]}: " if self.files else ""

    def rank(self, path: schema.Path) -> tuple[int, int]:
        """Sorts what was written: by file, then by line."""
        for number, (_, table, where) in enumerate(self.files):
            if _holds(table, path):
                return number, toml_lines.line_of(where, path) or 0
        return len(self.files), 0


def refused(
    model: type[BaseModel], table: Mapping[str, Any], faults: Sequence[Any], trail: Trail
) -> ExperimentError:
    """The error that says pydantic's `faults` in our own words, in the order of the file."""
    found: dict[schema.Path, str] = {}
    seen: set[schema.Path] = set()
    for fault in faults:
        path, rest = _path(table, fault["loc"])
        if path in seen or _only_items_lack(table, path, fault):
            continue  # one value, refused by each alternative it might have been
        seen.add(path)
        path, said = _sentence(model, table, path, rest, fault)
        found.setdefault(path, said)
    return _error({**found, **dict(_mistaken_types(model, table))}, trail)


def refuse_mistaken_types(model: type[BaseModel], table: Mapping[str, Any], trail: Trail) -> None:
    """Refuse `epochs = "40"` and `seed = true`, which pydantic would take for 40 and 1.

    Raises:
        ExperimentError: a value of another type than the key takes.
    """
    found = dict(_mistaken_types(model, table))
    if found:
        raise _error(found, trail)


def _mistaken_types(
    model: type[BaseModel], table: Mapping[str, Any], at: schema.Path = ()
) -> Iterator[tuple[schema.Path, str]]:
    inner: Any = table
    for part in at:
        inner = inner[part]
    for key, value in inner.items():
        path = (*at, key)
        if isinstance(value, Mapping):
            yield from _mistaken_types(model, table, path)
        elif isinstance(value, str | bool | int | float):
            here = schema.place(model, table, path)
            if here.mistakes(type(value)):
                yield path, _misfit(here, path, value)


def _error(found: Mapping[schema.Path, str], trail: Trail) -> ExperimentError:
    lines = [trail.where(path) + found[path] for path in sorted(found, key=trail.rank)]
    if len(lines) > _MOST:
        lines[_MOST:] = [f"and {len(lines) - _MOST} more like these"]
    return ExperimentError(*lines)


def dotted(path: schema.Path) -> str:
    """A key as it is written: `training.epochs`, `network.layers[2]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _sentence(
    model: type[BaseModel],
    table: Mapping[str, Any],
    path: schema.Path,
    rest: Sequence[str | int],
    fault: Mapping[str, Any],
) -> tuple[schema.Path, str]:
    """One fault and the key it is about; `rest` is what pydantic's path holds beyond the table."""
    kind = fault["type"]
    here = schema.place(model, table, path)
    if kind == "extra_forbidden":
        return path, _unknown_key(here, path)
    if kind == "missing":
        return path, f"`{dotted((*path, *rest))}` is missing"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return path, _unknown_kind(here, path, _value(table, path))
    if kind == "value_error":
        return _own_words(table, path, str(fault["ctx"]["error"]))
    limits = schema.fits_of_fault(kind, fault.get("ctx") or {})
    if kind == "literal_error" and not here.fits:  # an item of a list
        limits = str(fault["ctx"]["expected"]).replace("'", "")
    if limits and rest:
        return _inside_item(table, path, rest, fault["input"], limits)
    if limits and not here.fits:
        return path, f"`{dotted(path)}` = {_short(fault['input'])} does not fit: it takes {limits}"
    return path, _misfit(here, path, _value(table, path))


def _only_items_lack(table: object, path: schema.Path, fault: Mapping[str, Any]) -> bool:
    """Whether a list is called too short because of items that were refused themselves."""
    value = _value(table, path)
    return (
        fault["type"] == "too_short"
        and isinstance(value, list | tuple)
        and len(value) >= fault["ctx"]["min_length"]
    )


def _inside_item(
    table: object, path: schema.Path, rest: Sequence[str | int], given: object, limits: str
) -> tuple[schema.Path, str]:
    """A setting inside an item that is written as text, such as `conv 0 3x3`."""
    value = _value(table, path)
    at = next((part for part in rest if isinstance(part, int)), None)
    if at is not None and isinstance(value, list | tuple) and at < len(value):
        path, value = (*path, at), value[at]
    key = [part for part in rest if isinstance(part, str)][-1]
    return path, (
        f"`{dotted(path)}` = {_short(value)}: `{key}` = {_short(given)} does not fit: it takes "
        f"{limits}"
    )


def _unknown_key(here: schema.Place, path: schema.Path) -> str:
    key = str(path[-1])
    guess = hints.renamed(key, here.known) or did_you_mean(key, here.known)
    if not guess:
        guess = f"; known here: {', '.join(here.known)}"
    return f"unknown key `{dotted(path)}`{guess}"


def _unknown_kind(here: schema.Place, path: schema.Path, value: object) -> str:
    known = schema.kinds(here.field.annotation) if here.field else []
    listed = ", ".join(_GLOSSES.get(kind, kind) for kind in known)
    if not isinstance(value, Mapping):
        return f"`{dotted(path)}` = {_short(value)} does not fit: it takes a table with a `kind`"
    if "kind" not in value:
        return f"`{dotted(path)}.kind` is missing; known: {listed}"
    kind = value["kind"]
    guess = did_you_mean(str(kind), known)
    return f"`{dotted(path)}.kind` = {_short(kind)} is unknown{guess or ';'} known: {listed}"


def _own_words(table: Mapping[str, Any], path: schema.Path, words: str) -> tuple[schema.Path, str]:
    """A rule of the description itself, which already speaks in sentences."""
    value = _value(table, path)
    begins = re.match(r"`?([a-z_]+)`? = ", words)
    if begins and isinstance(value, Mapping) and begins.group(1) in value:
        path = (*path, begins.group(1))  # the table as a whole was refused for one of its keys
    if begins and path and begins.group(1) == path[-1]:
        return path, f"`{dotted(path)}` = {words[begins.end() :]}"
    if not path or isinstance(value, Mapping):
        return path, f"`{dotted(path)}`: {words}" if path else words
    return path, f"`{dotted(path)}` = {_short(value)}: {words}"


def _misfit(here: schema.Place, path: schema.Path, value: object) -> str:
    fits = here.fits or "another value"
    slip = hints.meaning(path, value)
    said = f"`{dotted(path)}` = {_short(value)} does not fit: it takes {fits}"
    return f"{said}; {slip}" if slip else said


def _path(
    table: Mapping[str, Any], location: Sequence[str | int]
) -> tuple[schema.Path, Sequence[str | int]]:
    """The keys really written, without the tags that pydantic adds for the parts of a union."""
    path: list[str | int] = []
    here: Any = table
    for at, part in enumerate(location):
        found = schema.inside(here, part, _ABSENT)
        if found is not _ABSENT:
            here = found
            path.append(part)
        elif schema.inside(here, "kind") != part:
            return tuple(path), location[at:]
    return tuple(path), ()


def _value(table: object, path: schema.Path) -> object:
    for part in path:
        table = schema.inside(table, part)
    return table


def _holds(table: object, path: schema.Path) -> bool:
    for part in path:
        table = schema.inside(table, part, _ABSENT)
    return table is not _ABSENT


def _short(value: object) -> str:
    try:
        text = literal(value)
    except ExperimentError:
        text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
