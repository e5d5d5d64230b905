"""`tonotope pretrain`: an ear taught on synthesised sound alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tonotope.cli.app import app, examples
from tonotope.cli.run_experiments import Seed


@app.command(
    epilog=examples("tonotope pretrain my-ear", "tonotope pretrain my-ear --patches 440 --epochs 5")
)
def pretrain(
    folder: Annotated[Path, typer.Argument(help="Receives the model.", show_default=False)],
    patches: Annotated[int | None, typer.Option(help="How many kinds of source teach.")] = None,
    takes: Annotated[int | None, typer.Option(help="Sounds of each.")] = None,
    epochs: Annotated[int | None, typer.Option(help="How often each sound is heard.")] = None,
    seed: Seed = None,
) -> None:
    """Teach an ear on synthesised sound alone.

    This is how the ear that comes along was made (`start = "tonotope:ear"`). Thousands of patches
    are synthesised: strokes, textures, engines, voices, calls, tones. A network learns which sounds
    are of the same patch. It takes about half an hour of one core, and 0.6 GB of the cache; the
    same command goes on with a training that was stopped.
    """
    from tonotope.cli.progress import watching
    from tonotope.experiment.pretrain import pretrain as teach

    given = {"patches": patches, "takes": takes, "epochs": epochs, "seed": seed}
    progress = watching()
    try:
        teach(
            folder,
            **{key: one for key, one in given.items() if one is not None},
            progress=progress,
        )
    finally:
        progress.end()
