"""Somebody who reads a page from its first line to its last, and types what stands there.

Commands are run in this process, with the words that a shell would make of the line; what is
written to both streams is held against what the page shows. A command may end with status 1 only
where the page shows what was left out, with status 2 only where it shows the refusal.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import sys
import tomllib
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.docs.blocks import Block, Command, blocks, commands, follows_directly
from tests.docs.expect import agree

from tonotope.cli.exit_status import status_of
from tonotope.experiment.experiment_file import load

# What is trained comes out differently here and on every machine.
TRAINED = ("demo", "run", "compare", "predict", "report")
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Reader:
    """Follows a page in a folder.

    Attributes:
        root: the repository; its Makefile and extras are what the page may name.
        loosely: the commands whose figures are not those of the page.
        names: what the page's Python has defined so far.
        apart: the page shows output in blocks of its own, so it shows all that is printed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.loosely = set(TRAINED)
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.apart = False

    def follow(self, page: Path) -> int:
        """Carry out every block of `page` in the current folder; how many there were.

        Raises:
            AssertionError: something on the page is not so; says the line.
        """
        found = blocks(page)
        self.apart = any(block.kind == "output" for block in found)
        for block, after in zip(found, [*found[1:], None], strict=True):
            try:
                self.carry_out(block, after if after and after.kind == "output" else None)
            except Exception as error:
                told = f"{page.name}: in the block on line {block.line}: {error}"
                raise AssertionError(told) from error
        return len(found)

    def carry_out(self, block: Block, output: Block | None = None) -> None:
        """Carry out one block, by its kind, and hold what it prints against the page's output."""
        assert output is None or block.kind == "python", f"{block.kind} with output apart"
        if block.kind in ("console", "sh"):
            for command in commands(block):
                self.type(command)
        elif block.kind == "toml":
            _accept(block)
        elif block.kind == "python":
            self.execute(block, output)

    def execute(self, block: Block, output: Block | None = None) -> None:
        """Run Python: what it prints, or shows after a prompt, is held against the page."""
        if ">>>" not in block.text:
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(compile(block.text, f"<line {block.line}>", "exec"), self.names)
            if self.apart:
                self._compare(block, output, printed.getvalue())
            return
        assert output is None, "an example with prompts has its output inside"
        test = doctest.DocTestParser().get_doctest(
            block.text, self.names, "page", None, block.line - 1
        )
        told: list[str] = []
        runner = doctest.DocTestRunner(optionflags=_FLAGS)
        wrong = runner.run(test, out=told.append, clear_globs=False).failed
        self.names = test.globs
        assert not wrong, "".join(told)

    def _compare(self, block: Block, output: Block | None, printed: str) -> None:
        shown = output.text if output else ""
        assert agree(shown, printed), f"the page shows\n{shown}\nbut printed is\n{printed}"
        assert output is None or follows_directly(block, output), "the output stands elsewhere"

    def type(self, command: Command) -> None:
        """Type one line and look at what is said."""
        words = _words(command.text)
        said = self._do(words, command)
        if command.shown is not None:
            loosely = words[0] == "tonotope" and words[1] in self.loosely
            assert agree(command.shown, said, loosely=loosely), (
                f"line {command.line}: $ {command.text}\nthe page shows\n{command.shown}\n"
                f"but what is said is\n{said}"
            )

    def _do(self, words: Sequence[str], command: Command) -> str:
        known: dict[str, Callable[[Sequence[str], Command], str]] = {
            "tonotope": _tonotope,
            "make": self._make,
            "pip": self._pip,
            "python": self._python,
            "ls": lambda words, _: "".join(f"{name}\n" for name in _listed(words[1])),
            "cat": lambda words, _: Path(words[1]).read_text(encoding="utf-8"),
        }
        assert words[0] in known, f"nobody here types `{words[0]}`; known are {', '.join(known)}"
        return known[words[0]](words, command)

    def _make(self, words: Sequence[str], command: Command) -> str:
        """A target of the Makefile; what it does is tested elsewhere."""
        text = (self.root / "Makefile").read_text(encoding="utf-8")
        for target in words[1:]:
            assert re.search(rf"^{target}:", text, re.MULTILINE), f"no target `{target}` to make"
        return ""

    def _pip(self, words: Sequence[str], command: Command) -> str:
        """An extra of the package; it is installed already, or the page is not tested."""
        project = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        (what,) = [word for word in words[2:] if not word.startswith("-")]
        extra = re.fullmatch(r"\.\[(\w+)\]", what)
        assert words[1] == "install", f"`pip {words[1]}`"
        assert extra, f"`{what}`: pages install extras of this package, as in .[mirdata]"
        assert extra[1] in project["project"]["optional-dependencies"], f"no extra `{extra[1]}`"
        return ""

    def _python(self, words: Sequence[str], command: Command) -> str:
        assert words[1] == "-c", "pages show `python -c` and nothing else of Python's options"
        with _heard() as said, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # other packages' own
            exec(words[2], {"__name__": "__main__"})
        return said.getvalue()


def _tonotope(words: Sequence[str], command: Command) -> str:
    """The command itself, with its output in a file where the line says so."""
    into = None
    if ">" in words:
        at = list(words).index(">")
        words, into = words[:at], words[at + 1]
    given = os.devnull
    if "<" in words:
        at = list(words).index("<")
        words, given = words[:at], words[at + 1]
    with _heard() as said, _given(given):
        if into is None:
            status = status_of(list(words[1:]))
        else:
            with Path(into).open("w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
                status = status_of(list(words[1:]))
    shown = command.shown or ""
    expected = 2 if "tonotope: " in shown else 1 if "left out" in shown else 0
    assert status == expected, f"$ {command.text}\nends with status {status}\n{said.getvalue()}"
    return said.getvalue()


@contextlib.contextmanager
def _given(path: str) -> Iterator[None]:
    """Standard input is a file."""
    with Path(path).open(encoding="utf-8") as file:
        before, sys.stdin = sys.stdin, file
        try:
            yield
        finally:
            sys.stdin = before


@contextlib.contextmanager
def _heard() -> Iterator[io.StringIO]:
    """Both streams in one, in the order in which a terminal would show them."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        yield said


def _words(line: str) -> list[str]:
    """The words that a shell would make of a line: stars become the names they stand for."""
    words: list[str] = []
    for word in shlex.split(line, comments=True):
        words += sorted(map(str, Path().glob(word))) or [word] if "*" in word else [word]
    return words


def _listed(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir() if not path.name.startswith("."))


def _accept(block: Block) -> None:
    """An experiment, or a part of one: refused where tonotope would; kept where it has a name."""
    named = re.match(r"# (\S+\.toml)\n", block.text)
    path = Path(named[1] if named else "part.toml")
    path.parent.mkdir(exist_ok=True)
    path.write_text(block.text, encoding="utf-8")
    load(path)
    if not named:
        path.unlink()
