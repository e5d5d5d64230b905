"""`tonotope demo`: a run on the embedded toy orchestra."""

from __future__ import annotations

import typer

from tonotope.cli.app import app, examples
from tonotope.cli.run_experiments import Out, Seed, command_line, run_all


@app.command(epilog=examples("tonotope demo", "tonotope demo --out /tmp/runs --seed 3"))
def demo(context: typer.Context, out: Out = None, seed: Seed = None) -> None:
    """Train on the embedded toy orchestra.

    Sixteen instruments are synthesised, a network learns to name them, is judged on players it
    never heard, and the report is written: one to three minutes on two cores. Nothing is
    downloaded.
    """
    from tonotope.experiment.demo import toy_orchestra

    run_all([toy_orchestra(seed=seed or 0)], out, command_line(context))
