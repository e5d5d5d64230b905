"""Every number that a command takes, made absurd: a sentence and status 2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.cli.conftest import ran

from tonotope.cli.commands import app

ABSURD = ("nan", "inf", "-inf", "1e308", "1e400", "-1", "9" * 30, "9" * 400, "x", "", "1,5", "٣")
# No whole number, or none of a length above 0.
MORE = {"--hop": ("0", "0.0", "-0.5"), "--seed": ("0.5", "1e3"), "--outputs": ("0", "0.5"),
        "--collar": ("0",), "--segment": ("0", "1e-9"), "--offset-share": ("1.01",),
        "--rate": ("0", "999"), "--channels": ("0", "65"),

        "--osc-in": ("0", "65536")}  # fmt: skip

OF_EVENTS = {"--min-length", "--merge"}


def numeric_options() -> Iterator[tuple[str, str]]:
    """Each command with each option of it that takes a number."""
    group: Any = typer.main.get_command(app)
    for name, command in group.commands.items():
        for option in command.params:
            if option.type_descriptor.annotation in (int, float):
                yield name, option.opts[0]


OPTIONS = [*numeric_options()]


def test_the_options_are_found() -> None:
    assert {
        ("predict", "--hop"),
        ("predict", "--merge"),
        ("run", "--seed"),
        ("demo", "--seed"),
    } <= {*OPTIONS}


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_an_absurd_number_is_a_sentence(
    command: str, option: str, finished_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tones = finished_once.parents[1] / "tones"
    given = {"run": [tones], "predict": [finished_once, tones], "shapes": ["lenet"], "demo": [],
             "pretrain": [tmp_path / "ear"], "score": [tones, tones],
             "listen": [finished_once, "-"]}  # fmt: skip
    given["predict"] += ["--events"] * (option in OF_EVENTS)
    for value in (*ABSURD, *MORE.get(option, ())):
        ended = ran(command, *given[command], f"{option}={value}")
        assert (ended.status, ended.out) == (2, ""), (value, ended)
        assert ended.err.startswith("tonotope: "), (value, ended.err)
        assert not re.search("Traceback|went wrong inside|pydantic", ended.err), (value, ended.err)
    assert not [*tmp_path.iterdir()]
