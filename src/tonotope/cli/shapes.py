"""`tonotope shapes`: prints every layer of a network (shape, parameters); nothing is trained."""

from __future__ import annotations

import re
import sys
from typing import Annotated

import typer

from tonotope.cli import language, terminal
from tonotope.cli.app import AsJson, Sets, app, examples, networks
from tonotope.cli.progress import watching
from tonotope.cli.wrapping import columns


@app.command(
    cls=networks,
    epilog=examples(
        "tonotope shapes experiment.toml",
        "tonotope shapes lenet5",
        "tonotope shapes piczak-long --outputs 50 --short",
        "tonotope shapes vgg --set network.widths=[8,16]",
        "tonotope shapes lenet --input 1x32x32 --json",
    ),
)
def shapes(
    what: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT.toml|RUN|NETWORK",
            help="An experiment file, a run folder, or one of the networks below.",
            show_default=False,
        ),
    ],
    sets: Sets = None,
    input_: Annotated[
        str | None,
        typer.Option(
            "--input",
            metavar="CxTxF",
            help="Assume this input: channel x time x frequency, or channel x time.",
        ),
    ] = None,
    outputs: Annotated[
        int | None,
        typer.Option(
            "--outputs",
            metavar="N",
            min=1,
            max=2**31 - 1,
            help="Count the head too, with N outputs.",
        ),
    ] = None,
    short: Annotated[
        bool,
        typer.Option(
            "--short", help="One line per layer, without formulas, filters and units of the input."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Every layer of a network, before it is run.

    Shape with axes and units, how the size comes out, what a filter looks like, parameters,
    multiply-adds, receptive field. Nothing is trained and no sound is read. A network that does
    not fit is refused with the layer, the table up to it and the nearest size that fits.

    A published network is shown with the input and the outputs of its source. Elsewhere the head
    is left out, unless the file names its classes, tags or quantities, or --outputs says how many.
    """
    import tonotope

    sizes = None if input_ is None else _sizes(input_)
    found = tonotope.shapes(
        what, sets=sets or [], sizes=sizes, outputs=outputs, progress=watching()
    )
    if as_json:
        terminal.out_json(found.to_json())
    else:
        text = found.text(
            short=short, width=columns(sys.stdout), told=language.word, number=language.number
        )
        terminal.tell(text)
    for warning in found.warnings:
        terminal.say(f"{terminal.bad('look:', sys.stderr)} {warning}")


def _sizes(text: str) -> list[int]:
    from tonotope._errors import ExperimentError

    parts = re.split(r"\s*[x×,]\s*", text.strip())
    if len(parts) not in (2, 3) or not all(re.fullmatch(r"0*[1-9]\d{0,8}", one) for one in parts):
        raise ExperimentError(
            f"--input {text}: two or three whole numbers fit, channel x time x frequency: 1x216x64"
        )
    return [int(one) for one in parts]
