"""Help in the language of the terminal: headings, paragraphs; `--lang` on every command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from tonotope.cli import language

_Context = TyperGroup.context_class
# Marks of the argument parser that say nothing to who does not know Python.
_REQUIRED = re.compile(r"\{([^{}]*)\}")  # `{RUN}`; what is left out without harm is in [brackets]
_TYPE = re.compile(r" <[^<>]*>$")  # `<list[Path]>`
_LEAST = re.compile(r"\[x>=(\S+)\]")
_AS_IT_STANDS = "\b"  # the mark of a paragraph that is not broken anew


class Formatter(_Context.formatter_class):
    """Writes help, each text translated before it is broken into lines."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        args = _REQUIRED.sub(r"\1", args).replace("......", "...")
        for english in ("[OPTIONS]", "COMMAND [ARGS]..."):
            args = args.replace(english, language.word(english))
        super().write_usage(prog, args, prefix or f"{language.word('Usage')}: ")

    def write_heading(self, heading: str) -> None:
        """Write the heading of a list."""
        super().write_heading(language.word(heading))

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        super().write_text("\n\n".join(map(_paragraph, text.split("\n\n"))))

    def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **options: Any) -> None:
        """Write a list of names, each with what it is."""
        told = [
            (_TYPE.sub("", name), language.told(_LEAST.sub(r"[at least \1]", text)))
            for name, text in rows
        ]
        super().write_dl(told, *args, **options)


class TranslatedContext(_Context):
    """Where a command's help is written."""

    formatter_class = Formatter


@cache
def lang_option() -> Any:
    """The option `--lang`, which `language.choose` has read before the command is looked at."""
    declared = typer.Typer(add_completion=False)
    declared.command()(_declared)
    option = get_command(declared).params[0]
    option.expose_value = False  # no command takes it as an argument
    return option


def _known(value: str | None) -> str | None:
    if value:
        language.refuse_unknown(value)
    return value


def _declared(
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            metavar="|".join(language.KNOWN),
            help="The language of the terminal and of a page that is written.",
            is_eager=True,
            callback=_known,
        ),
    ] = None,
) -> None:
    """No command: its option is one of every command."""


def _paragraph(text: str) -> str:
    lines = text.split("\n")
    if lines[0] == _AS_IT_STANDS:
        return "\n".join([lines[0], *(language.told(line) for line in lines[1:])])
    return language.told(" ".join(lines))
