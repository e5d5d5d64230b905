"""Notebooks and scripts of the lecture: the code of their page, which is run; answers hidden."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from tests.docs.blocks import blocks, commands
from tests.docs.conftest import ROOT

LECTURE = ROOT / "docs" / "lecture"
CHAPTERS = sorted(LECTURE.glob("[0-9]*.md"))
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)


def _writer() -> ModuleType:
    sys.path.insert(0, str(ROOT))
    try:
        return importlib.import_module("docs.lecture.notebooks")
    finally:
        sys.path.remove(str(ROOT))


writer = _writer()
ASIDE = (writer.WIDE.text.strip(), "# Your turn.")


@each_chapter
def test_what_is_committed_is_what_the_page_says_today(chapter: Path) -> None:
    """`make notebooks`, or TONOTOPE_WRITE_DOCS=1, writes both anew."""
    for path, now in (
        (chapter.with_suffix(".ipynb"), writer.notebook(chapter)),
        (chapter.with_suffix(".py"), writer.script(chapter)),
    ):
        if os.environ.get("TONOTOPE_WRITE_DOCS"):
            path.write_text(now, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == now, "write it again: make notebooks"


def test_every_notebook_and_script_has_its_page_and_its_row_in_the_index() -> None:
    index = (LECTURE / "README.md").read_text(encoding="utf-8")
    for suffix in (".ipynb", ".py"):
        names = [chapter.with_suffix(suffix).name for chapter in CHAPTERS]
        assert sorted(path.name for path in LECTURE.glob(f"[0-9]*{suffix}")) == names
        assert re.findall(rf"\]\((\d\d-[\w-]+\{suffix})\)", index) == names
    for chapter in CHAPTERS:
        page = chapter.read_text(encoding="utf-8")
        assert f"[notebook]({chapter.stem}.ipynb)" in page
        assert f"[script]({chapter.stem}.py)" in page


@each_chapter
def test_jupyter_takes_the_notebook(chapter: Path) -> None:
    import nbformat  # of the extra `dev`

    text = chapter.with_suffix(".ipynb").read_text(encoding="utf-8")
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    assert nbformat.writes(book) + "\n" == text  # saved unchanged it stays the same file


@each_chapter
def test_the_notebook_has_the_code_of_its_page_and_what_it_prints(
    chapter: Path, tmp_path: Path
) -> None:
    told = Told([], [])
    for cell in _cells(chapter):
        source = "".join(cell["source"])
        if source.startswith("<details>"):
            (tmp_path / "answer.md").write_text(source, encoding="utf-8")
            told = told.and_then(_of_page(tmp_path / "answer.md"))
        elif cell["cell_type"] == "code" and source not in ASIDE:
            told.code.append(_as_on_the_page(source))
            told.shown.extend("".join(one["text"]).strip() for one in cell["outputs"])
    assert told == _of_page(chapter)


@each_chapter
def test_the_script_has_the_code_of_its_page(chapter: Path) -> None:
    text = chapter.with_suffix(".py").read_text(encoding="utf-8")
    ast.parse(text)
    cells = [cell.strip() for cell in re.split(r"^# %%$", text, flags=re.MULTILINE)[1:]]
    cells = [re.split(r"^# %% \[markdown\]$", cell, flags=re.MULTILINE)[0] for cell in cells]
    told = [_as_on_the_page(re.sub("^# !", "!", cell.strip())) for cell in cells
            if cell.strip() not in ASIDE]  # fmt: skip
    assert told == _of_page(chapter).code


@each_chapter
def test_whoever_opens_an_exercise_can_try_before_the_answer(chapter: Path) -> None:
    page = chapter.read_text(encoding="utf-8")
    exercises = page.partition("\n## Exercises\n")[2].partition("\n---\n")[0]
    questions = re.findall(r"^\*\*(\d+)\. ", exercises, re.MULTILINE)
    assert [int(one) for one in questions] == list(range(1, len(questions) + 1))
    folded = re.findall(r"^<details>\n<summary>Answer</summary>\n\n.*?^</details>\n", exercises,
                        re.DOTALL | re.MULTILINE)  # fmt: skip
    assert len(folded) == len(questions) >= 3
    open_ = re.sub(r"<details>.*?</details>", "", exercises, flags=re.DOTALL)
    assert "```" not in open_
    for part in re.split(r"^\*\*\d+\. ", exercises, flags=re.MULTILINE)[1:]:
        assert re.search(r"\n\n<details>.*</details>\s*$", part, re.DOTALL), "an answer each, last"
    sources = ["".join(cell["source"]) for cell in _cells(chapter)]
    answers = [at for at, source in enumerate(sources) if "<details>" in source]
    assert len(answers) == len(questions)
    assert all(sources[at].startswith("<details>") for at in answers)
    assert all(sources[at - 1] == "# Your turn." for at in answers)
    script = chapter.with_suffix(".py").read_text(encoding="utf-8")
    tries = [one.start() for one in re.finditer("^# Your turn", script, re.MULTILINE)]
    assert len(tries) == len(questions)
    assert script.index("# ## Answers\n") > tries[-1]


def test_no_name_is_defined_in_two_chapters() -> None:
    """What several chapters need belongs to the library: once, with one signature."""
    where: dict[str, list[str]] = {}
    for chapter in CHAPTERS:
        script = ast.parse(chapter.with_suffix(".py").read_text(encoding="utf-8"))
        for node in ast.walk(script):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                where.setdefault(node.name, []).append(chapter.stem)
    assert where
    assert {name: pages for name, pages in where.items() if len(pages) > 1} == {}


@each_chapter
def test_nothing_has_to_be_taken_out_when_code_is_pasted(chapter: Path) -> None:
    assert not any(">>>" in block.text for block in blocks(chapter))
    for block in blocks(chapter):
        for name in re.findall(r'\.write(?:_text)?\(\s*f?"([^"]+)"', block.text):
            assert name.startswith("lesson/"), f"line {block.line}: {name}"


@each_chapter
def test_a_cell_shows_nothing_that_the_page_does_not(chapter: Path) -> None:
    """Jupyter shows the value of a last line: none of them may have one."""
    for block in blocks(chapter):
        last = ast.parse(block.text).body[-1] if block.kind == "python" else None
        if isinstance(last, ast.Expr):
            assert isinstance(last.value, ast.Call), f"line {block.line}"
            assert re.match(r"print\(|tt\.Clip\(.*\.write\(", ast.unparse(last)), f"{block.line}"


def _cells(chapter: Path) -> list[dict[str, Any]]:
    return json.loads(chapter.with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]


def _as_on_the_page(source: str) -> tuple[str, str]:
    """The kind and text of a code cell: a command, a file that is written, or Python."""
    if source.startswith("!"):
        return "command", source[1:]
    if re.match(r"from pathlib import Path\n\nPath\(\S+\.parent", source):
        names: dict[str, Any] = {}

        class Told:
            parent = type("", (), {"mkdir": staticmethod(lambda **_: None)})

            def __init__(self, path: str) -> None:
                self.path = path

            def write_text(self, text: str, encoding: str) -> None:
                assert text.startswith(f"# {self.path}\n")
                names["toml"] = text.strip()

        exec(source.partition("\n\n")[2], {"Path": Told})
        return "toml", names["toml"]
    return "python", source


class Told(NamedTuple):
    """What is carried out, each as its kind and its text; and what is shown of it."""

    code: list[tuple[str, str]]
    shown: list[str]

    def and_then(self, other: Told) -> Told:
        return Told(self.code + other.code, self.shown + other.shown)


def _of_page(page: Path) -> Told:
    """Code, commands and files of a page, as its reader takes them."""
    told = Told([], [])
    for block in blocks(page):
        if block.kind == "console":
            for one in commands(block):
                told.code.append(("command", one.text))
                told.shown.extend([one.shown.strip()] if one.shown else [])
        elif block.kind == "python" or (block.kind == "toml" and block.text.startswith("# ")):
            told.code.append((block.kind, block.text.strip()))
        elif block.kind == "output":
            told.shown.append(block.text.strip())
    return told
