"""The line number of a key in a TOML file, for error messages.

`tomllib` gives values without positions. This module walks the text once more, knowing only what it
must: tables, keys, strings that run over several lines, and brackets.
"""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
_TOKEN = re.compile(r'''"""|\'\'\'|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#.*|[\[\]{}]''')


def lines_of_keys(text: str) -> dict[Path, int]:
    r"""The line, from 1, on which each table and key of a valid TOML text stands.

    >>> lines = lines_of_keys('seed = 1\n\n[training]\nepochs = 3\n[[variants]]\nname = "a"')
    >>> lines["training", "epochs"], lines["variants", 0, "name"]
    (4, 6)
    """
    found: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    inside = ""  # the end that an open string waits for, or brackets still open
    depth = 0
    for number, line in enumerate(text.split("\n"), start=1):
        fresh = not inside and depth == 0
        header = _HEADER.match(line) if fresh else None
        if header:
            table = _enter(header, counts)
            found.setdefault(table, number)
            continue
        key = _KEY.match(line) if fresh else None
        if key:
            parts = _parts(key.group(1))
            for end in range(1, len(parts) + 1):
                found.setdefault(table + parts[:end], number)
        rest = line[key.end() :] if key else line
        inside, depth = _walk(rest, inside, depth)
    return found


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of `path`, or of the nearest table around it."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


def _enter(header: re.Match[str], counts: dict[Path, int]) -> Path:
    """The path that a `[table]` or `[[list of tables]]` header opens."""
    path: Path = ()
    parts = _parts(header.group(2))
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path] - 1)
    path = (*path, parts[-1])
    if header.group(1) == "[[":
        counts[path] = counts.get(path, 0) + 1
        path = (*path, counts[path] - 1)
    return path


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(_plain(part) for part in _PART.findall(dotted))


def _plain(part: str) -> str:
    if part[0] not in "\"'":
        return part
    return str(tomllib.loads(f"x = {part}")["x"])


def _walk(line: str, inside: str, depth: int) -> tuple[str, int]:
    """What is still open at the end of `line`: a string's end mark, and how many brackets."""
    at = 0
    if inside:
        end = line.find(inside)
        if end < 0:
            return inside, depth
        at = end + len(inside)
    while match := _TOKEN.search(line, at):
        token, at = match.group(), match.end()
        if token in ('"""', "'''"):
            end = line.find(token, at)
            if end < 0:
                return token, depth
            at = end + 3
        elif token in "[{":
            depth += 1
        elif token in "]}":
            depth -= 1
    return "", max(depth, 0)
