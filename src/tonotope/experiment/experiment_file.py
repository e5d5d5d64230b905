"""Reading an experiment file (TOML): `extends`, `--set`, relative paths, limits of its size.

Nothing in the file is run and nothing outside it is read except the files it extends. Paths in a
file are relative to that file; `~` is the home folder, `$NAME` a variable of the environment.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tonotope import _files
from tonotope._errors import ExperimentError, TonotopeError
from tonotope.experiment.config import overrides, toml_lines
from tonotope.experiment.config.errors import Trail
from tonotope.experiment.spec import LONGEST_NAME, Experiment, checked
from tonotope.experiment.variants import expand

_MOST_BYTES = 1_000_000
_DEEPEST = 32
_LONGEST_CHAIN = 16

Table = dict[str, Any]


def load(path: str | Path, sets: Iterable[str] = ()) -> Experiment:
    """The experiment that a TOML file describes, with `key=value` changes laid over it.

    Args:
        path: the file; paths inside it are relative to its folder.
        sets: changes such as `training.epochs=40`; a value is read as TOML, or else as text.

    Raises:
        ExperimentError: the file cannot be read, or a key or a value does not fit; the message
            names the line and what would fit.
    """
    path = _files.expanded(path)
    table, trail = read(path)
    if not table.get("name"):
        table["name"] = path.stem[:LONGEST_NAME]
    return described(table, sets, trail)


def described(
    table: Mapping[str, Any], sets: Iterable[str] = (), trail: Trail | None = None
) -> Experiment:
    """The experiment that `table` describes, with `key=value` changes laid over it.

    >>> described({}, ["training.epochs=3"]).training.epochs
    3

    Raises:
        ExperimentError: a key or a value does not fit.
    """
    changed, asked = overrides.changes(Experiment, table, sets)
    files = trail.files if trail else ()
    experiment = checked(changed, Trail(files, tuple(asked)))
    expand(experiment)  # a slip in a variant is told now, not after the first run
    return experiment


def read(path: Path, seen: tuple[Path, ...] = ()) -> tuple[Table, Trail]:
    """The table of a file laid over the tables of the files it extends, and where they stand.

    Raises:
        ExperimentError: a file is missing, too large, no TOML, or extends itself.
    """
    name = path.name if not seen else os.path.relpath(path, seen[0].parent)
    text = _text(path)
    table = _parsed(name, text, echo=not seen)
    where = toml_lines.lines_of_keys(text)
    trail = Trail(((name, table, where),))
    if not table:
        raise ExperimentError(
            f"{path}: the file holds no key; `tonotope new DATA -o {path.name}` writes one"
        )
    if "extends" not in table:
        return table, trail
    base = table["extends"]
    line = f"{name} line {where.get(('extends',), 1)}"
    if not isinstance(base, str) or not base:
        raise ExperimentError(f"{line}: `extends` takes the name of one file between quotes")
    try:
        below_path = path.parent / _files.expanded(base)
    except TonotopeError as error:
        message = f"{line}: `extends` names {base}: whose home that is is not known; write it out"
        raise ExperimentError(message) from error
    if "\0" in base:
        raise ExperimentError(f"{line}: `extends` names no file: a zero byte is in its name")
    chain = (*seen, path)
    if below_path.resolve() in {one.resolve() for one in chain} or len(chain) > _LONGEST_CHAIN:
        circle = " extends ".join(one.name for one in (*chain, below_path))
        raise ExperimentError(f"{line}: `extends` goes in a circle: {circle}")
    if not below_path.exists():
        message = f"{line}: `extends` names {base}, and there is no such file beside {name}"
        raise ExperimentError(message)
    below, below_trail = read(below_path, chain)
    below = _moved(below, below_path.parent, path.parent)
    own = {key: value for key, value in table.items() if key != "extends"}
    merged = overrides.merged(Experiment, below, own)
    return merged, Trail((*trail.files, *below_trail.files))


def _text(path: Path) -> str:
    if path.is_dir():
        raise ExperimentError(_folder(path))
    if path.exists() and not path.is_file():
        raise ExperimentError(f"{path} is not a plain file: an experiment is a small text file")
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise ExperimentError(
            f"{path}: no such file; `tonotope new DATA -o {path.name}` writes one for your data"
        ) from error
    except OSError as error:
        raise ExperimentError(f"{path}: cannot be read ({error.strerror})") from error
    if len(data) > _MOST_BYTES:
        raise ExperimentError(
            f"{path}: is over 1 MB, and an experiment file holds a few kB: is it the right file?"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"{path.name} line {line}: is not UTF-8 text; save the file as UTF-8"
        raise ExperimentError(message) from error
    if not text.strip():
        message = f"{path}: the file is empty; `tonotope new DATA -o {path.name}` writes one"
        raise ExperimentError(message)
    return text


def _parsed(name: str, text: str, echo: bool) -> Table:
    # `extends` may name any file of the machine: of one that is no TOML not a word is shown.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.partition("=")[0].count(".") > 10 * _DEEPEST:
            raise ExperimentError(f"{name} line {number}: the key has too many parts")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExperimentError(_not_toml(name, text, str(error), echo)) from error
    except RecursionError as error:
        message = f"{name}: lists or tables lie inside one another too deeply"
        raise ExperimentError(message) from error
    except ValueError as error:  # a whole number of thousands of digits
        raise ExperimentError(f"{name}: holds a number that is too long to be one") from error
    if _too_deep(table):
        message = f"{name}: lists or tables lie inside one another more than {_DEEPEST} deep"
        raise ExperimentError(message)
    return table


def _not_toml(name: str, text: str, said: str, echo: bool) -> str:
    """The parser's complaint in our words, with the line it stands on and the line itself."""
    found = re.search(r"\(at line (\d+), column \d+\)", said)
    all_lines = text.split("\n")
    line = min(int(found.group(1)) if found else len(all_lines), len(all_lines))
    written = all_lines[line - 1].strip() if all_lines else ""
    shown = written if len(written) <= 60 else f"{written[:57]}..."
    shown = f"`{shown}` " if echo else ""
    if "overwrite" in said or "twice" in said or "mutate" in said:
        return f"{name} line {line}: {shown}says again what was said above; keep one of the two"
    hint = "text stands between quotes, and a key, = and a value on each line"
    if re.match(r"[A-Za-z_][\w.-]*\s*:", written):
        hint = "this looks like YAML; in TOML it is `key = value` under a [table]"
    elif re.search(r"=\s*[+-]?\.\d", written):
        hint = "a fraction begins with a digit: 0.5, not .5"
    elif written.startswith("{"):
        hint = "this looks like JSON; in TOML it is `key = value` under a [table]"
    elif "\\" in written:
        hint = "a backslash means something else in double quotes: write / or single quotes"
    elif re.search("[\u201c\u201d\u2018\u2019]", written):
        hint = "text stands between straight quotes, as a plain editor writes them"
    elif re.search(r"=\s*(True|False|None)\b", written):
        hint = "it is true or false in small letters; a key without a value is left out"
    return f"{name} line {line}: not TOML: {shown}({hint})"


def _too_deep(table: Table) -> bool:
    """Whether tables and lists lie deeper than any experiment needs; no recursion here."""
    level: list[Any] = [table]
    for _ in range(_DEEPEST):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _moved(table: Table, written_in: Path, read_from: Path) -> Table:
    """`table` with its paths, relative to the folder it was written in, told from another."""
    if written_in.resolve() == read_from.resolve():
        return table
    table = dict(table)
    start = table.get("start")
    if isinstance(start, str):
        table["start"] = start = {"run": start}
    for part, keys in (("data", ("source", "home", "annotations")), ("start", ("run",))):
        told = table.get(part)
        if not isinstance(told, dict):
            continue
        moved = dict(told)
        for key in keys:
            value = told.get(key)
            if (
                isinstance(value, str)
                and value != "none"
                and names_path(value)
                and value[:1] not in ("~", "$")
            ):
                moved[key] = os.path.relpath(written_in / value, read_from)
        table[part] = moved
    return table


def names_path(source: str) -> bool:
    """Whether a source is a file or a folder, not one of the named ones.

    >>> names_path("recordings/"), names_path("orchestra"), names_path("mirdata:gtzan_genre")
    (True, False, False)
    """
    return source != "orchestra" and not re.match(r"[a-z]+:", source)


def _folder(path: Path) -> str:
    """Why a folder is no experiment file, and which files in it may be meant."""
    near = sorted(one.name for one in path.glob("*.toml"))[:3]
    if near:
        return f"{path} is a folder, and an experiment is a file: {', '.join(near)} in it?"
    return (
        f"{path} is a folder, and an experiment is a file: `tonotope new {path}`"
        " writes one for the recordings in a folder"
    )
