"""The reader of the pages must notice what is not so."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.blocks import Block
from tests.docs.reader import Reader

FENCE = "```"


def page(folder: Path, kind: str, text: str) -> Path:
    written = folder / "page.md"
    written.write_text(f"# A page\n\n{FENCE}{kind}\n{text}\n{FENCE}\n\nMore.\n", encoding="utf-8")
    return written


def test_what_is_so_is_followed(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("la\n")
    assert reader.follow(page(tmp_path, "console", "$ ls notes\na.txt\n$ cat notes/*\nla")) == 1
    assert reader.follow(page(tmp_path, "console", "$ tonotope --version\n0...")) == 1
    assert reader.follow(page(tmp_path, "sh", "make demo   # a minute\nmake test check")) == 1
    assert reader.follow(page(tmp_path, "sh", 'pip install ".[mirdata]"')) == 1
    reader.follow(page(tmp_path, "python", "x = 3"))
    reader.follow(page(tmp_path, "python", ">>> x + 1\n4\n>>> y = x"))
    reader.follow(page(tmp_path, "python", "assert y == 3"))
    apart = f"print(x, [y])\n{FENCE}\n\n{FENCE}output\n3 [3]"
    assert reader.follow(page(tmp_path, "python", apart)) == 2
    reader.follow(page(tmp_path, "toml", "# birds.toml\n[training]\nepochs = 4"))
    assert (tmp_path / "birds.toml").is_file()
    assert reader.follow(page(tmp_path, "text", "anything at all")) == 1


def test_a_refusal_that_is_shown_is_followed(reader: Reader, tmp_path: Path) -> None:
    shown = "$ tonotope shapes lenett\ntonotope: ..."
    reader.follow(page(tmp_path, "console", shown))
    with pytest.raises(AssertionError, match="ends with status 2"):
        reader.follow(page(tmp_path, "console", "$ tonotope shapes lenett"))


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("console", "$ tonotope --version\n9.9", r"the page shows\n9\.9\n\nbut what is said is\n0"),
        ("console", "$ tonotope shapes lenet --input 1x32x32\nnothing", "the page shows"),
        ("console", "$ tonotope shapes lenet --inputs 3", "ends with status 2"),
        ("console", "$ rm -r recordings", "nobody here types `rm`"),
        ("console", "tonotope demo", "no `\\$ `"),
        ("sh", "make demo tea", "no target `tea`"),
        ("sh", "pip install .[sugar]", "no extra `sugar`"),
        ("sh", "pip install sugar", "extras of this package"),
        ("python", "1 / 0", "division by zero"),
        ("python", ">>> 1 + 1\n3", "Got:\n    2"),
        (
            "python",
            f"print(2)\n{FENCE}\n\n{FENCE}python\nprint(3)\n{FENCE}\n\n{FENCE}output\n3",
            "the page shows\n\nbut printed is\n2",
        ),
        ("python", f"print(2)\n{FENCE}\n\n{FENCE}output\n3", "the page shows\n3\n\nbut"),
        ("python", f"x = 2\n{FENCE}\n\n{FENCE}output\n2", "the page shows\n2\n\nbut"),
        ("python", f"print(2)\n{FENCE}\n\nSo\n\n{FENCE}output\n2", "stands elsewhere"),
        ("python", f">>> 1 + 1\n2\n{FENCE}\n\n{FENCE}output\n2", "has its output inside"),
        ("toml", f"[training]\n{FENCE}\n\n{FENCE}output\n2", "toml with output apart"),
        ("toml", "[training]\nepcohs = 4", "epcohs"),
        ("toml", "epochs = ", "not TOML"),
        ("yaml", "a: 1", "a fence of `yaml`"),
    ],
)
def test_what_is_not_so_is_noticed(
    reader: Reader, tmp_path: Path, kind: str, text: str, told: str
) -> None:
    with pytest.raises(AssertionError, match=told):
        reader.follow(page(tmp_path, kind, text))


def test_the_line_is_told(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"page\.md: in the block on line 4: "):
        reader.follow(page(tmp_path, "python", "1 / 0"))
    open_ended = page(tmp_path, "python", "x = 1")
    open_ended.write_text(f"{FENCE}python\nx = 1\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="a fence is not closed"):
        reader.follow(open_ended)


def test_what_was_written_into_a_file_is_not_on_the_screen(reader: Reader) -> None:
    reader.carry_out(Block("console", "$ tonotope shapes vgg --json > net.json\nassumed: ...\n", 1))
    assert Path("net.json").read_text(encoding="utf-8").startswith("{")
