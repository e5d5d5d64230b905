"""`tonotope pretrain`: an ear taught on synthesised sound alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tonotope.cli.app import app, examples
from tonotope.cli.run_experiments import Seed


@app.command(
    epilog=examples(
        "tonotope pretrain my-ear",
        "tonotope pretrain mine --ear word-ear --sources 440 --epochs 5",
    )
)
def pretrain(
    folder: Annotated[Path, typer.Argument(help="Receives the model.", show_default=False)],
    ear: Annotated[
        str, typer.Option(metavar="ear|word-ear", help="For sounds of all kinds, or for words.")
    ] = "ear",
    sources: Annotated[int | None, typer.Option(help="How many patches or words teach.")] = None,
    takes: Annotated[int | None, typer.Option(help="Sounds of each.")] = None,
    epochs: Annotated[int | None, typer.Option(help="How often each sound is heard.")] = None,
    seed: Seed = None,
) -> None:
    """Teach an ear on synthesised sound alone.

    This is how the ears that come along were made (`start = "tonotope:ear"`). Thousands of sources
    are synthesised: strokes, textures, engines, voices, calls, tones; or words of no language, by
    ever other talkers. A network learns which sounds come from the same source. The ear takes an
    hour and a half of one core and 1.2 GB of the cache, the one for words half an hour and
    0.5 GB; the same command goes on with a training that was stopped.
    """
    from tonotope.cli.progress import watching
    from tonotope.experiment.pretrain import pretrain as teach

    given = {"sources": sources, "takes": takes, "epochs": epochs, "seed": seed}
    progress = watching()
    try:
        teach(
            folder,
            ear=ear,
            **{key: one for key, one in given.items() if one is not None},
            progress=progress,
        )
    finally:
        progress.end()
