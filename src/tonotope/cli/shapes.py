"""`tonotope shapes`: every layer of a network before anything is run."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tonotope.cli import terminal
from tonotope.cli.app import AsJson, Sets, app, examples

if TYPE_CHECKING:
    from tonotope._shapes import Axis, Shape
    from tonotope.experiment.spec import Experiment
    from tonotope.network import LayerReport, Published

_CLIP_S = 5.0  # assumed where the recordings are not known yet


@dataclass(frozen=True)
class Asked:
    """What the command line asked for.

    Attributes:
        experiment: the one in the file, or one made around a network's name.
        published: what the source of a network says, where it was named and is a published one.
        changed: whether a part of that was set otherwise.
        shape: what goes in, where the experiment does not say it.
        outputs: of the head, where they are known.
    """

    experiment: Experiment
    published: Published | None
    changed: bool
    shape: Shape | None
    outputs: int | None


@app.command(
    epilog=examples(
        "tonotope shapes experiment.toml",
        "tonotope shapes lenet5",
        "tonotope shapes piczak-long --outputs 50 --short",
        "tonotope shapes vgg --set network.widths=[8,16]",
        "tonotope shapes lenet --input 1x32x32 --json",
    )
)
def shapes(
    what: Annotated[
        str,
        typer.Argument(
            metavar="EXPERIMENT.toml|NETWORK",
            help="An experiment file, or a network: lenet, vgg, resnet, encoder, lenet5, "
            "piczak-short, piczak-long, m5, crepe, tempo, cnn6, cnn10.",
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
        typer.Option("--outputs", metavar="N", min=1, help="Count the head too, with N outputs."),
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
    from tonotope.network import table, totals

    asked = _asked(what, sets or [], input_, outputs)
    reports, shape = _traced(asked)
    if as_json:
        terminal.out_json(totals(reports) | _facts(asked, shape))
    else:
        _introduce(asked, shape, short=short)
        wires = asked.published is not None and asked.published.counts_connections
        terminal.out(table(reports, connections=wires, told=not short))
        for line in _way_back(asked, reports, shape):
            terminal.out(line)
        for line in _sum(asked, reports):
            terminal.out(line)
    if asked.shape is None:
        _warn(asked.experiment)


def _asked(what: str, sets: list[str], input_: str | None, outputs: int | None) -> Asked:
    """What there is to look at: a file, or a network by its name."""
    from tonotope.experiment.config.schema import kinds
    from tonotope.experiment.experiment_file import described, load
    from tonotope.experiment.spec import Experiment

    known = kinds(Experiment.model_fields["network"].annotation)
    shape = _shape(input_) if input_ is not None else None
    if what not in known or Path(what).exists():
        _refuse_unknown(what, known)
        experiment = load(what, sets)
        return Asked(experiment, None, bool(sets), shape, outputs or _outputs(experiment))
    published = _published(what)
    table: dict[str, Any] = {"network": {"kind": what}, "representation": {"kind": "log-mel"}}
    if published is not None:
        outputs = outputs or published.outputs
        if published.representation:
            clip_s = published.clip_samples / published.representation["rate_hz"]
            table |= {"representation": dict(published.representation), "data": {"clip_s": clip_s}}
        elif shape is None and not any(
            one.startswith(("representation.", "data.")) for one in sets
        ):
            shape = _named(published.sizes)
    changed = (
        bool(sets) or input_ is not None or not (published is None or outputs == published.outputs)
    )
    return Asked(described(table, sets), published, changed, shape, outputs)


def _outputs(experiment: Experiment) -> int | None:
    """How many numbers the head answers with, where the file alone says it."""
    if experiment.head.denoises:
        return None  # it answers with sound, and leads back through every layer
    columns = [len(answer.columns) for answer in experiment.head.answers]
    bins = getattr(experiment.head, "bins", 0) or 1  # a quantity may be told by many values
    return bins * sum(columns) if columns and all(columns) else None


def _published(kind: str) -> Published | None:
    from pydantic import TypeAdapter

    from tonotope.network import Network

    return TypeAdapter(Network).validate_python({"kind": kind}).published


def _refuse_unknown(what: str, known: Sequence[str]) -> None:
    if what.endswith(".toml") or Path(what).exists() or not re.fullmatch(r"[\w-]+", what):
        return
    from tonotope._errors import ExperimentError, did_you_mean

    guess = did_you_mean(what, known) or ";"
    listed = ", ".join(known)
    message = f"{what} is neither an experiment file nor a network{guess} networks: {listed}"
    raise ExperimentError(message)


def _traced(asked: Asked) -> tuple[list[LayerReport], Shape]:
    from tonotope.model.compatibility import check_compatibility
    from tonotope.network import trace

    experiment, shape = asked.experiment, asked.shape
    if shape is None:
        experiment = _with_clip(experiment)
        clip = experiment.representation.clip_shape(experiment.clip_samples)
        shape = experiment.representation.out_shape(clip)
    network = experiment.network
    if asked.outputs is not None:
        network = network.with_outputs(asked.outputs)
    if experiment.head.denoises:
        return check_compatibility(
            network, experiment.head, experiment.representation, shape
        ), shape
    return trace(network.expand(shape), shape, asked.outputs), shape


def _with_clip(experiment: Experiment) -> Experiment:
    """The experiment with a length of clip: an assumed one where the recordings decide it."""
    if experiment.data.clip_s is not None:
        return experiment
    rate = experiment.representation.rate_hz
    terminal.say(
        f"assumed: clips of {_CLIP_S:g} s at {rate} Hz (--set data.clip_s=... says otherwise)"
    )
    data = experiment.data.model_copy(update={"clip_s": _CLIP_S})
    return experiment.model_copy(update={"data": data})


def _shape(text: str) -> Shape:
    from tonotope._errors import ExperimentError

    parts = re.split(r"\s*[x×,]\s*", text.strip())
    sizes = [int(part) for part in parts if part.isdecimal() and 0 < len(part) < 10 and int(part)]
    if len(sizes) != len(parts) or len(sizes) not in (2, 3):
        message = (
            f"--input {text}: two or three whole numbers fit, channel x time x frequency: 1x216x64"
        )
        raise ExperimentError(message)
    return _named(sizes)


def _named(sizes: Sequence[int]) -> Shape:
    from tonotope._shapes import Axis, Shape

    names = ("channel", "time", "frequency")
    return Shape(Axis(name, size) for name, size in zip(names, sizes, strict=False))


def _facts(asked: Asked, shape: Shape) -> dict[str, Any]:
    """What belongs to the whole network, for a machine to read."""
    told = asked.published
    return {
        "kind": getattr(asked.experiment.network, "kind", ""),
        "in_shape": [axis._asdict() for axis in shape],
        "outputs": asked.outputs,
        "published": told and {"source": told.source, "parameters": told.parameters},
    }


def _introduce(asked: Asked, shape: Shape, *, short: bool) -> None:
    """Whose network this is, and what goes into it."""
    if asked.published is not None:
        kind, told = getattr(asked.experiment.network, "kind", ""), asked.published.source
        terminal.out(f"{kind}, {'after' if asked.changed else 'as published:'} {told}")
    terminal.out(f"in: {shape}")
    for axis in shape:
        if axis.unit and not short:
            terminal.out(f"    {_spread(axis)}")


def _spread(axis: Axis) -> str:
    """An axis in its unit: `time: 41 steps of 23.2 ms, each sees 46.4 ms: 975 ms in all`."""
    from tonotope.network.layers.layer import measure

    step, span = measure(axis.step, axis.unit), measure(axis.span, axis.unit)
    sees = "" if step == span else f", each sees {span}"
    whole = measure(axis.reach(axis.size), axis.unit)
    return f"{axis.name}: {axis.size} steps of {step}{sees}: {whole} in all"


def _sum(asked: Asked, reports: Sequence[LayerReport]) -> list[str]:
    """The network in one sentence, and in another what it keeps without learning it."""
    from tonotope.network import totals

    total, told = totals(reports), asked.published
    parameters, kept = total["parameters"], total["kept"]
    if asked.outputs is None:
        head = "the head comes on top"
    elif asked.experiment.network.has_output_layer:
        head = "it answers by itself, the head adds nothing"
    else:
        head = f"the head with its {asked.outputs} outputs is counted"
    wires = told is not None and told.counts_connections
    lines = [
        f"{parameters:,} parameters ({parameters * 4 / 1e6:.3g} MB), "
        f"{total['multiply_adds']:,} multiply-adds per clip"
        + (f", {total['connections']:,} connections" if wires else "")
        + f"; {head}"
    ]
    if kept:
        lines.append(f"{kept:,} numbers more are kept and not learnt, {parameters + kept:,} in all")
    if told is not None and parameters + told.counts_kept * kept == told.parameters:
        lines.append(f"its source counts {told.parameters:,} parameters too")
    return lines


def _way_back(asked: Asked, reports: Sequence[LayerReport], shape: Shape) -> list[str]:
    """The decoder of a head that answers with sound, a line for each of its steps."""
    from tonotope.heads.decoder_shapes import table_lines

    head = asked.experiment.head
    if not head.denoises:
        return []
    way = [shape, *(report.out_shape for report in reports)]
    rows = head.layer_rows(way)
    return ["and back, by the head:", *table_lines(rows), "the network before it:"]


def _warn(experiment: Experiment) -> None:
    """What the frames do not let the network hear."""
    from tonotope.representation.coverage import measure_coverage

    if experiment.data.clip_s is None:
        return
    for warning in measure_coverage(experiment.representation, experiment.clip_samples).warnings:
        terminal.say(f"{terminal.bad('look:', sys.stderr)} {warning}")
