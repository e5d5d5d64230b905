"""What the terminal shows is aligned, harmless, and plain where nobody looks."""

from __future__ import annotations

import io

import pytest

from tonotope.cli import terminal


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ünï 🦉", "plain, ünï 🦉"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\rb\tc\x00", "a\\rb\\tc\\x00"),
        ("right\u202eto left", "right\\u202eto left"),
        ("half\udc80", "half\\udc80"),
    ],
)
def test_nothing_can_steer_the_terminal(text: str, shown: str) -> None:
    assert terminal.safe(text) == shown


def test_half_a_letter_can_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.out("a\udc80b")
    assert capsys.readouterr().out == "a\\udc80b\n"


def test_columns_are_aligned_whatever_stands_in_them() -> None:
    lines = terminal.table(
        [("dog", 3, 0.5), ("日本", 12000, None), ("é", 1, 2.25)], ("label", "n", "s")
    )
    assert lines == [
        "label       n     s",
        "dog         3   0.5",
        "日本   12,000     –",
        "é           1  2.25",
    ]
    assert terminal.table([]) == []


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert terminal.bad("x", Terminal()) == "\x1b[31mx\x1b[0m"
    assert terminal.bad("x", io.StringIO()) == "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal.bad("x", Terminal()) == "x"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert terminal.bad("x", Terminal()) == "x"


def test_json_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.out_json({"name": "é"})
    assert capsys.readouterr().out == '{\n  "name": "é"\n}\n'
    with pytest.raises(ValueError, match="Out of range float"):
        terminal.out_json({"value": float("nan")})
