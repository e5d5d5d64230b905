"""Statuses and sentences: one short lesson, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonotope._errors import DataError
from tonotope.cli import doctor as doctor_command


def raising(error: BaseException) -> Callable[[], Any]:
    def raise_it() -> Any:
        raise error

    return raise_it


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], r"No such command 'rnu'. Did you mean 'run'? (see: tonotope --help)"),
        (["run"], "(see: tonotope run --help)"),
        (["shapes", "vgg", "--sett", "x=1"], "No such option: --sett"),
        (
            ["predict", "run", "a.wav", "--hop", "x"],
            "it takes a number (see: tonotope predict --help)",
        ),
        (["run", "x.toml", "--seed", "-1"], "Invalid value for '--seed'"),
        (["shapes", "vgg", "--set", "x"], "--set x: write it as key=value"),
        (["run", "nothing/here.toml"], "nothing/here.toml: no such file; `tonotope new DATA"),
        (["run", "nothing/here"], "there is no"),
        (["report", "nothing"], "nothing: no such folder"),
        (["report", "nothing", "--lang", "xx"], "nothing: no such folder"),
        (["compare", "nothing"], "nothing: no such folder"),
        (["predict", "nothing", "a.wav"], "nothing: no such folder"),
    ],
)
def test_a_wrong_request_ends_with_2_and_one_lesson(
    typed: Callable[..., Any], arguments: list[str], said: str
) -> None:
    ended = typed(*arguments)
    assert ended.status == 2
    assert ended.out == ""
    assert said in ended.err
    assert ended.err.startswith("tonotope: ")
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err


def test_nothing_typed_shows_the_help(typed: Callable[..., Any]) -> None:
    ended = typed()
    assert (ended.status, ended.out) == (2, "")
    assert "Commands:" in ended.err


def test_a_crash_is_one_sentence_and_the_rest_lies_in_a_file(
    typed: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path))
    monkeypatch.setattr(doctor_command, "examine", raising(KeyError("elephant")))
    ended = typed("doctor")
    assert ended.status == 2
    assert ended.err.count("\n") == 1
    assert "something went wrong inside tonotope (KeyError: 'elephant')" in ended.err
    (log,) = (tmp_path / "crashes").iterdir()
    assert str(log) in ended.err
    assert "Traceback" in log.read_text(encoding="utf-8")
    monkeypatch.setenv("TONOTOPE_TRACEBACK", "1")
    with pytest.raises(KeyError):
        typed("doctor")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (DataError("two", "lines"), 2, "tonotope: two\nlines\n"),
        (DataError("two\nlines.wav: empty"), 2, "tonotope: two\\nlines.wav: empty\n"),
        (DataError("\x1b[2Jgone"), 2, "tonotope: \\x1b[2Jgone\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (MemoryError(), 2, "tonotope: there is not enough memory"),
    ],
)
def test_whatever_happens_has_its_status(
    typed: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    status: int,
    said: str,
) -> None:
    monkeypatch.setattr(doctor_command, "examine", raising(error))
    ended = typed("doctor")
    assert ended.status == status
    assert ended.err.startswith(said)


def test_who_has_seen_enough_is_not_complained_to() -> None:
    """`tonotope ... | head -1` closes the pipe in the middle."""
    command = [sys.executable, "-m", "tonotope", "shapes", "vgg", "--json"]
    reader, writer = os.pipe()
    os.close(reader)
    told = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert told.returncode == 0
    assert "Traceback" not in told.stderr
    assert "Broken" not in told.stderr
