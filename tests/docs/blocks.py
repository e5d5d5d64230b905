"""The fenced blocks of a page, and the commands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# What stands in a fence of one of these is carried out; `output` is what the Python above it
# prints; `text` is a drawing, and is only read.
CARRIED_OUT = ("console", "sh", "python", "toml")
SHOWN = ("output",)
ONLY_READ = ("text",)
KNOWN = (*CARRIED_OUT, *SHOWN, *ONLY_READ)

_FENCE = re.compile(r"^(?P<marks>`{3,}|~{3,})(?P<kind>\S*)\s*$")


class Block(NamedTuple):
    """A fenced block: its kind, its text, and the line its text begins on, counted from 1."""

    kind: str
    text: str
    line: int


def follows_directly(block: Block, after: Block) -> bool:
    """Whether nothing but one empty line stands between the fences of two blocks."""
    return after.line == block.line + block.text.count("\n") + 3


class Command(NamedTuple):
    """A line that is typed, what is shown below it (None: nothing), and where it stands."""

    text: str
    shown: str | None
    line: int


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a page, in order.

    Raises:
        AssertionError: a fence of a kind that nobody carries out, or one that is never closed.
    """
    found: list[Block] = []
    fence: re.Match[str] | None = None
    inside: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        match = _FENCE.match(line)
        if fence is None and match:
            fence, inside = match, []
            kind = match["kind"]
            assert kind in KNOWN, (
                f"{page.name}:{number}: a fence of `{kind}`; known are {', '.join(KNOWN)}"
            )
        elif fence is not None and match and match["marks"] == fence["marks"] and not match["kind"]:
            text = "".join(f"{one}\n" for one in inside)
            found.append(Block(fence["kind"], text, number - len(inside)))
            fence = None
        elif fence is not None:
            inside.append(line)
    assert fence is None, f"{page.name}: a fence is not closed"
    return found


def commands(block: Block) -> Iterator[Command]:
    r"""The commands of a `console` block (behind `$ `) or an `sh` block (all its lines).

    >>> block = Block("console", "$ ls runs\nbirds\n$ cat \\\n  notes\n", 7)
    >>> for command in commands(block):
    ...     print(command)
    Command(text='ls runs', shown='birds\n', line=7)
    Command(text='cat notes', shown=None, line=9)
    """
    lines = block.text.splitlines()
    at = 0
    while at < len(lines):
        line, first = lines[at], at
        at += 1
        if block.kind == "sh" and not line.partition("#")[0].strip():
            continue
        assert block.kind == "sh" or line.startswith("$ "), f"line {block.line + first}: no `$ `"
        while line.endswith("\\"):
            line = f"{line[:-1].rstrip()} {lines[at].lstrip()}"
            at += 1
        below = at
        while block.kind == "console" and at < len(lines) and not lines[at].startswith("$ "):
            at += 1
        shown = "".join(f"{one}\n" for one in lines[below:at])
        text = line.removeprefix("$ ") if block.kind == "console" else line
        yield Command(text, shown or None, block.line + first)
