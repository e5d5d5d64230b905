"""The page of commands lists those there are, in their order and in their own words."""

from __future__ import annotations

import re

from tests.docs.conftest import ROOT
from tests.docs.written import written

from tonotope.cli import app as statuses
from tonotope.cli.exit_status import status_of

PAGE = ROOT / "docs" / "commands.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_command_is_on_the_page_in_the_words_of_its_help(capsys) -> None:
    assert status_of(["--help"]) == 0
    listed = capsys.readouterr().out.split("Commands:\n")[1].split("\n\n")[0]
    helped = [tuple(re.split(r" {2,}", line.strip(), maxsplit=1)) for line in listed.splitlines()]
    assert re.findall(r"^\| `tonotope (\w+)` \| ([^|]+?) \|", TEXT, re.MULTILINE) == helped


def test_every_status_is_on_the_page() -> None:
    told = [int(one) for one in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)]
    known = [statuses.DONE, statuses.SOME_LEFT_OUT, statuses.WRONG, statuses.INTERRUPTED]
    assert told == known


def test_the_table_of_networks_is_written_from_the_architectures() -> None:
    there, today = written(PAGE)["networks"]
    assert there == today, (
        f"{PAGE.name}: TONOTOPE_WRITE_DOCS=1 pytest tests/docs writes the table anew:\n{today}"
    )
