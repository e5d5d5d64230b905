"""The chapters of the lecture as notebooks and as scripts, written from their pages.

    python -m docs.lecture.notebooks

A notebook holds the page: its text, its Python with what it prints, its commands, and an empty cell
before each answer. A script holds the same cells between lines of `# %%`, which editors can run one
by one; there a command is a comment, and the answers stand at the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

LECTURE = Path(__file__).parent

_PIECES = re.compile(
    r"^```python\n(?P<python>.*?)^```\n(?:\n```output\n(?P<output>.*?)^```\n)?"
    r"|^```console\n(?P<console>.*?)^```\n"
    r"|^```toml\n(?P<toml># (?P<path>\S+\.toml)\n.*?)^```\n"
    r"|^<details>\n<summary>.*?</summary>\n(?P<answer>.*?)^</details>\n",
    re.DOTALL | re.MULTILINE,
)
_COMMAND = re.compile(r"^\$ (?P<line>(?:.*\\\n)*.*)\n(?P<shown>(?:(?!\$ ).*\n)*)", re.MULTILINE)
_ALSO = re.compile(r"^Also as a \[notebook\].*\n\n", re.MULTILINE)
_QUESTION = re.compile(r"^\*\*(\d+\. .+?)\*\*", re.DOTALL | re.MULTILINE)
_NOTE = """\
Run the cells from the first to the last. They need `tonotope`, and write their sounds and other
files into the folder `lesson`, inside the current one: {current}.
This was made from the [page]({page}).{more}
"""
_CURRENT = {
    "notebook": "in Jupyter, that of this notebook",
    "script": "the one from which this script is started",
}
_MORE = """ A line that
begins with `# !` is a command: type it into a terminal, without these two signs."""


class Cell(NamedTuple):
    """A piece of a page: its kind (text, python, command, answer), its text, what it prints."""

    kind: str
    text: str
    output: str = ""


# Jupyter gives commands a terminal of 80 columns, and the tables of the pages are wider.
WIDE = Cell("python", 'import os\n\nos.environ["COLUMNS"] = "200"  # wide tables of commands\n')


def chapters() -> list[Path]:
    """The pages of the lecture, in their order."""
    return sorted(LECTURE.glob("[0-9]*.md"))


def cells(text: str) -> Iterator[Cell]:
    """The cells of a page, or of an answer in it.

    Drawings, and settings that have no file of their own, stay within the text.
    """
    at = 0
    for piece in _PIECES.finditer(text):
        yield from _texts(text[at : piece.start()])
        at = piece.end()
        if piece["python"]:
            yield Cell("python", piece["python"], piece["output"] or "")
        elif piece["console"]:
            yield from _commands(piece["console"])
        elif piece["toml"]:
            yield Cell("python", _written(piece["path"], piece["toml"]))
        else:
            yield Cell("answer", piece[0])
    yield from _texts(text[at:])


def notebook(page: Path) -> str:
    """A page as a notebook of format 4.5, with what its code prints, as JSON."""
    made: list[dict[str, Any]] = []
    found = list(cells(_with_note(page, "notebook")))
    if any(cell.kind == "command" for cell in found):
        found.insert(1, WIDE)
    for cell in found:
        if cell.kind == "answer":
            made.append(_code(Cell("python", "# Your turn.\n")))
        made.append(_code(cell) if cell.kind in ("python", "command") else _markdown(cell.text))
    for number, cell in enumerate(made):
        cell["id"] = f"cell-{number:03d}"
    whole = {
        "cells": made,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def script(page: Path) -> str:
    """A page as a script of percent cells, its answers at the end."""
    text = _with_note(page, "script")
    questions = iter(_QUESTION.findall(text))
    made, answers = [], ["# %% [markdown]\n# ## Answers\n"]
    for cell in cells(text):
        if cell.kind == "answer":
            made.append("# %%\n# Your turn.\n")
            inside = _PIECES.match(cell.text)
            assert inside is not None
            answers.append(f"# %% [markdown]\n{_commented(f'**{next(questions)}**')}")
            answers += map(_percent, cells(inside["answer"]))
        else:
            made.append(_percent(cell))
    return "\n".join(made + answers)


def _texts(text: str) -> Iterator[Cell]:
    """Text between code, a cell for each heading."""
    for part in re.split(r"^(?=#{1,3} )", text, flags=re.MULTILINE):
        if part.strip():
            yield Cell("text", part.strip("\n") + "\n")


def _commands(text: str) -> Iterator[Cell]:
    for found in _COMMAND.finditer(text):
        line = re.sub(r" *\\\n *", " ", found["line"])
        assert not re.search(r"[{}$]", line), f"a notebook would fill in a part of `{line}`"
        yield Cell("command", f"!{line}\n", found["shown"])


def _written(path: str, text: str) -> str:
    """Python that writes a file which the page only shows."""
    assert not re.search(r'"""|\\', text), f"{path} needs another kind of quotes"
    return (
        f'from pathlib import Path\n\nPath("{path}").parent.mkdir(exist_ok=True)\n'
        f'_ = Path("{path}").write_text(\n    """\\\n{text}""",\n    encoding="utf-8",\n)\n'
    )


def _with_note(page: Path, form: str) -> str:
    more = _MORE if form == "script" else ""
    note = _NOTE.format(current=_CURRENT[form], page=page.name, more=more)
    text, times = _ALSO.subn(lambda _: f"{note}\n", page.read_text(encoding="utf-8"))
    assert times == 1, f"{page.name} does not name its notebook and its script"
    return text


def _markdown(text: str) -> dict[str, Any]:
    """Text whose links to other chapters lead to their notebooks."""
    text = re.sub(r"\]\((\d\d-[\w-]+)\.md(#[\w-]+)\)", r"](\1.ipynb)", text)
    text = re.sub(r"(?<!\[page)\]\((\d\d-[\w-]+)\.md\)", r"](\1.ipynb)", text)
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text)}


def _code(cell: Cell) -> dict[str, Any]:
    stream = {"name": "stdout", "output_type": "stream"}
    outputs = [{**stream, "text": cell.output.splitlines(keepends=True)}] if cell.output else []
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": outputs,
        "source": _lines(cell.text),
    }


def _lines(text: str) -> list[str]:
    return text.rstrip("\n").splitlines(keepends=True)


def _percent(cell: Cell) -> str:
    if cell.kind == "python":
        return f"# %%\n{cell.text}"
    return f"# %%{'' if cell.kind == 'command' else ' [markdown]'}\n{_commented(cell.text)}"


def _commented(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def main() -> None:
    """Write the notebook and the script of every chapter beside its page."""
    for page in chapters():
        page.with_suffix(".ipynb").write_text(notebook(page), encoding="utf-8")
        page.with_suffix(".py").write_text(script(page), encoding="utf-8")


if __name__ == "__main__":
    main()
