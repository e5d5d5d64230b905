"""`tonotope report`: writes the report of a finished run; `--lang`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tonotope.cli import language, terminal
from tonotope.cli.app import app, examples
from tonotope.cli.progress import watching
from tonotope.cli.run_argument import one_run
from tonotope.reporting.i18n import LANGUAGES


@app.command(
    epilog=examples("tonotope report runs/birds-1a2b3c4d-s0", "tonotope report RUN --lang es")
)
def report(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN", help="A run folder.", show_default=False)
    ],
    lang: Annotated[
        str | None,
        typer.Option(
            metavar="|".join((*LANGUAGES, "FILE")),
            help="The language of the page, or a words file (JSON) with its sentences.",
        ),
    ] = None,
) -> None:
    """Write the report of a finished run.

    One page, and its numbers as JSON. They come from the run's own files; nothing is computed
    again.
    """
    import tonotope

    run = one_run("report", runs)
    progress = watching()
    page = tonotope.report(run, lang=lang or language.of_page(), progress=progress)
    progress.end()
    terminal.out(str(page))
