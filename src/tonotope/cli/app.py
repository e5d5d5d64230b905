"""The command line as a whole: shared options, `--version`, the names shown in help."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from tonotope.cli import language, terminal
from tonotope.cli.help_text import TranslatedContext, lang_option

# 0: done. 1: done, but some inputs were left out. 2: the request was wrong. 130: interrupted.
DONE, SOME_LEFT_OUT, WRONG, INTERRUPTED = 0, 1, 2, 130


class SeenEnough(Exception):  # noqa: N818 (nothing is wrong)
    """Whoever read the output has closed it."""


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C is said here: typer would end in silence."""
    try:
        yield
    except KeyboardInterrupt:
        terminal.say("Interrupted.")
        raise typer.Exit(INTERRUPTED) from None


class Commands(TyperGroup):
    """The commands; what would end them is left for `exit_status` to turn into a status."""

    context_class = TranslatedContext

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options; `--lang` is one of them."""
        return [*super().get_params(ctx), lang_option()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, with the option `--lang` and help in the terminal's language."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            command.context_class = TranslatedContext
            if all(one.name != "lang" for one in command.params):
                command.params.append(lang_option())
        return command

    def make_context(self, *given: Any, **named: Any) -> Any:
        """Take the line apart."""
        with _interruptible():
            return super().make_context(*given, **named)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        try:
            with _interruptible():
                return super().invoke(ctx)
        except BrokenPipeError as error:
            raise SeenEnough from error


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with `tonotope demo`, or with your own recordings: `tonotope run RECORDINGS/`",
)

Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change one key, e.g. training.epochs=40; repeatable."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine to read.")]


class NamesInHelp(TyperCommand):
    """A command whose help lists names that the library knows, read when the help is shown."""

    names: dict[str, Callable[[], Iterable[str]]]

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the names above the examples."""
        for title, known in self.names.items():
            formatter.write_paragraph()
            text = f"{language.word(title)}: {', '.join(map(language.told, known()))}."
            formatter.write(textwrap.fill(text, formatter.width, break_on_hyphens=False) + "\n")
        super().format_epilog(ctx, formatter)


def _networks() -> Iterable[str]:
    from tonotope.network import ARCHITECTURES

    return ARCHITECTURES


def _templates() -> Iterable[str]:
    from tonotope.experiment.general_templates import TEMPLATES
    from tonotope.network import PUBLISHED

    return (*TEMPLATES, *PUBLISHED)


def _sources() -> Iterable[str]:
    from tonotope.datasets.source import KINDS

    named = (f"{one}NAME" if one.endswith(":") else one for one in KINDS)
    return ("a folder of class folders", "sounds beside label files", "a table", *named)


# Each is the `cls` of a command.
networks = type("Networks", (NamesInHelp,), {"names": {"Networks": _networks}})
sources = type("Sources", (NamesInHelp,), {"names": {"Sources": _sources}})
sources_and_templates = type(
    "Both", (NamesInHelp,), {"names": {"Sources": _sources, "Templates": _templates}}
)


def examples(*lines: str) -> str:
    """The end of a command's help: what one may type."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def _version(asked: bool) -> None:
    if asked:
        from tonotope import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def top(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Build, train and honestly judge convolutional neural networks that listen."""
