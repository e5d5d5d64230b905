"""`tonotope shapes`: every layer of a network before anything is run."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tonotope.cli import screen
from tonotope.cli.app import AsJson, Sets, app, examples

if TYPE_CHECKING:
    from tonotope._shapes import Shape
    from tonotope.experiment.spec import Experiment
    from tonotope.network import LayerReport

_CLIP_S = 5.0  # assumed where the recordings are not known yet


@app.command(
    epilog=examples(
        "tonotope shapes experiment.toml",
        "tonotope shapes vgg --set network.widths=[8,16]",
        "tonotope shapes lenet --input 1x32x32 --json",
    )
)
def shapes(
    what: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT.toml|NETWORK",
            help="An experiment file, or a network: lenet, vgg, resnet.",
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
    as_json: AsJson = False,
) -> None:
    """Every layer of a network, before it is run.

    Shape with units, parameters, multiply-adds, receptive field. Nothing is trained and no sound
    is read. A network that does not fit is refused with the layer, the table up to it and the
    nearest size that fits. The head is left out: its size depends on the number of classes.
    """
    from tonotope.network import table, totals

    experiment = _experiment(what, sets or [])
    reports, shape = _traced(experiment, input_)
    if as_json:
        screen.out_json(totals(reports))
    else:
        screen.out(f"in: {shape}")
        screen.out(table(reports))
        _sum(totals(reports))
    if input_ is None:
        _warn(experiment)


def _experiment(what: str, sets: list[str]) -> Experiment:
    """The experiment in a file, or one made around a network's name."""
    from tonotope.experiment.fields import kinds
    from tonotope.experiment.load import described, load
    from tonotope.experiment.spec import Experiment

    known = kinds(Experiment.model_fields["network"].annotation)
    if what in known and not Path(what).exists():
        table: dict[str, Any] = {"network": {"kind": what}, "representation": {"kind": "log-mel"}}
        return described(table, sets)
    if not what.endswith(".toml") and not Path(what).exists() and re.fullmatch(r"[\w-]+", what):
        from tonotope._errors import ExperimentError, did_you_mean

        guess = did_you_mean(what, known) or ";"
        listed = ", ".join(known)
        message = f"{what} is neither an experiment file nor a network{guess} networks: {listed}"
        raise ExperimentError(message)
    return load(what, sets)


def _traced(experiment: Experiment, input_: str | None) -> tuple[list[LayerReport], Shape]:
    from tonotope.network import trace

    if input_ is not None:
        shape = _shape(input_)
        return trace(experiment.network.expand(shape), shape), shape
    experiment = _with_clip(experiment)
    clip = experiment.representation.clip_shape(experiment.clip_samples)
    return experiment.trace(), experiment.representation.out_shape(clip)


def _with_clip(experiment: Experiment) -> Experiment:
    """The experiment with a length of clip: an assumed one where the recordings decide it."""
    if experiment.data.clip_s is not None:
        return experiment
    rate = experiment.representation.rate_hz
    screen.say(
        f"assumed: clips of {_CLIP_S:g} s at {rate} Hz (--set data.clip_s=... says otherwise)"
    )
    data = experiment.data.model_copy(update={"clip_s": _CLIP_S})
    return experiment.model_copy(update={"data": data})


def _shape(text: str) -> Shape:
    from tonotope._errors import ExperimentError
    from tonotope._shapes import Axis, Shape

    parts = re.split(r"\s*[x×,]\s*", text.strip())
    sizes = [int(part) for part in parts if part.isdecimal() and 0 < len(part) < 10 and int(part)]
    if len(sizes) != len(parts) or len(sizes) not in (2, 3):
        message = (
            f"--input {text}: two or three whole numbers fit, channel x time x frequency: 1x216x64"
        )
        raise ExperimentError(message)
    names = ("channel", "time", "frequency")
    return Shape(Axis(name, size) for name, size in zip(names, sizes, strict=False))


def _sum(total: dict[str, Any]) -> None:
    parameters, products = total["parameters"], total["multiply_adds"]
    screen.out(
        f"{parameters:,} parameters ({parameters * 4 / 1e6:.3g} MB), "
        f"{products:,} multiply-adds per clip; the head comes on top"
    )


def _warn(experiment: Experiment) -> None:
    """What the frames do not let the network hear."""
    from tonotope.representation.doctor import examine

    if experiment.data.clip_s is None:
        return
    for warning in examine(experiment.representation, experiment.clip_samples).warnings:
        screen.say(f"{screen.bad('look:', sys.stderr)} {warning}")
