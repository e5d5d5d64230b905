"""Every command says what it does, shows an example, and answers at once."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tonotope.cli.commands import app
from tonotope.datasets.source import KINDS
from tonotope.experiment.general_templates import TEMPLATES
from tonotope.network import ARCHITECTURES, PUBLISHED

COMMANDS = ("demo", "run", "check", "new", "shapes", "report", "compare", "predict",
            "merge", "listen", "score", "pretrain", "doctor")  # fmt: skip


def test_the_commands_are_these_and_in_this_order() -> None:
    found = [one.name or one.callback.__name__ for one in app.registered_commands]  # pyright: ignore
    assert tuple(found) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_an_example(typed: Callable[..., Any], command: str) -> None:
    ended = typed(command, "--help")
    assert ended.status == 0
    assert ended.err == ""
    assert f"tonotope {command}" in ended.out.split("Examples:")[1]
    # Each option and argument is followed by words.
    for line in re.split(r"(?:Arguments|Options):\n", ended.out)[1:]:
        for row in re.findall(r"^  (-\S.*|[A-Z]\S*.*)$", line.split("\n\n")[0], re.MULTILINE):
            assert re.search(r"\S {2,}\S|\S$", row), row


@pytest.mark.parametrize(
    ("command", "title", "known"),
    [
        ("shapes", "Networks", lambda: ARCHITECTURES),
        ("new", "Templates", lambda: (*TEMPLATES, *PUBLISHED)),
        *((one, "Sources", lambda: [name.rstrip(":") for name in KINDS])
          for one in ("run", "check", "new")),
    ],
)  # fmt: skip
def test_help_lists_every_name_that_is_known(
    typed: Callable[..., Any], command: str, title: str, known: Callable[[], Iterable[str]]
) -> None:
    text = typed(command, "--help").out.split(f"{title}: ")[1].split(".\n\n")[0]
    listed = [name.removesuffix(":NAME") for name in re.split(r",\s+", text)]
    names = list(known())
    assert listed[-len(names) :] == names


def test_each_command_has_a_file_of_its_name() -> None:
    for one in app.registered_commands:
        assert one.callback is not None
        assert one.callback.__module__ == f"tonotope.cli.{one.callback.__name__}"


def test_the_list_of_commands_is_not_cut_short(typed: Callable[..., Any]) -> None:
    ended = typed("--help")
    assert "..." not in ended.out.split("Commands:")[1]
    for command in COMMANDS:
        assert re.search(rf"^  {command}  +[A-Z].*\.$", ended.out, re.MULTILINE), command


def test_help_does_not_wait_for_what_only_work_needs() -> None:
    heavy = "{'torch', 'sklearn', 'numpy', 'soundfile', 'jinja2', 'rich.progress'}"
    code = (
        "import sys; from tonotope.cli.exit_status import status_of\n"
        f"for command in {COMMANDS}: status_of([command, '--help'])\n"
        f"sys.exit(','.join({heavy} & set(sys.modules)) or 0)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


def test_the_version(typed: Callable[..., Any]) -> None:
    import tonotope

    assert typed("--version") == (0, f"{tonotope.__version__}\n", "")
    told = subprocess.run(
        [sys.executable, "-m", "tonotope", "--version"], capture_output=True, text=True, check=True
    )
    assert told.stdout == f"{tonotope.__version__}\n"
