"""`tt.shapes`: all layers with shapes, parameters, receptive fields, without running anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonotope._dataframe import data_frame
from tonotope._errors import ExperimentError, did_you_mean
from tonotope._progress import SILENT, Progress
from tonotope._shapes import Axis, Shape
from tonotope.experiment.experiment_file import described, load
from tonotope.experiment.run_files import EXPERIMENT
from tonotope.experiment.run_folder import Run
from tonotope.experiment.run_folder import load as load_run
from tonotope.experiment.spec import Experiment
from tonotope.heads.decoder_shapes import table_lines
from tonotope.model.compatibility import check_compatibility
from tonotope.model.serialise import read_description
from tonotope.network import ARCHITECTURES, Architecture, LayerReport, Published, table, totals
from tonotope.network import trace as trace_layers
from tonotope.network.layers.layer import measure
from tonotope.network.layers.receptive_field import receptive_field_text
from tonotope.representation.coverage import measure_coverage

if TYPE_CHECKING:
    from pandas import DataFrame
    from torch import nn

CLIP_S = 5.0
"""How long a clip is taken to be, in seconds, where the recordings decide it."""


@dataclass(frozen=True, eq=False)
class LayerTable:
    """The layers of a network, with what goes in and what is known of the whole.

    Attributes:
        experiment: the one that was given, or one made around a network.
        layers: what each layer does to the shape, and what it costs; the head too, where the
            number of its outputs is known.
        in_shape: what goes in.
        outputs: how many numbers the head puts out; None where that is not known.
        published: what the source of a published network says.
        changed: whether something differs from what was published.
        warnings: what the frames do not let the network hear.
    """

    experiment: Experiment
    layers: tuple[LayerReport, ...]
    in_shape: Shape
    outputs: int | None
    published: Published | None = None
    changed: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """How many numbers the network learns."""
        return sum(one.parameters for one in self.layers)

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON: sums over all layers, the layers, and what goes in."""
        source = self.published
        return {
            **totals(self.layers),
            "kind": self.kind,
            "in_shape": [axis._asdict() for axis in self.in_shape],
            "outputs": self.outputs,
            "published": source and {"source": source.source, "parameters": source.parameters},
        }

    def to_dataframe(self) -> DataFrame:
        """One row per layer as a pandas data frame."""
        names = ("number", "name", "text", "in_shape", "out_shape", "parameters", "kept",
                 "multiply_adds", "connections", "values")  # fmt: skip
        rows = (
            {name: getattr(one, name) for name in names}
            | {"in_shape": one.in_shape.sizes, "out_shape": one.out_shape.sizes}
            | {"receptive_field": receptive_field_text(one.receptive_field)}
            for one in self.layers
        )
        return data_frame(rows, (*names, "receptive_field"))

    @property
    def kind(self) -> str:
        """The name of the network."""
        return getattr(self.experiment.network, "kind", "")

    def __str__(self) -> str:
        return self.text()

    def text(
        self,
        *,
        short: bool = False,
        width: int | None = None,
        told: Callable[[str], str] = str,
        number: Callable[[str], str] = str,
    ) -> str:
        """The table as lines to read.

        Args:
            short: one line per layer, without formulas, filters and units of the input.
            width: leave columns out until a row of the table has no more letters than this.
            told: what tells the heads of the columns in another language.
            number: what writes a number as another language does.
        """
        lines = [f"in: {self.in_shape}"]
        if self.published is not None:
            how = "after" if self.changed else "as published:"
            lines.insert(0, f"{self.kind}, {how} {self.published.source}")
        if not short:
            lines += [f"    {_steps(axis)}" for axis in self.in_shape if axis.unit]
        wires = self.published is not None and self.published.counts_connections
        lines.append(
            table(
                self.layers,
                connections=wires,
                explained=not short,
                width=width,
                told=told,
                number=number,
            )
        )
        head = self.experiment.head
        if head.denoises:
            rows = head.layer_rows([self.in_shape, *(one.out_shape for one in self.layers)])
            lines += ["and back, by the head:", *table_lines(rows), "the network before it:"]
        return "\n".join([*lines, *self._sums(wires)])

    def _sums(self, wires: bool) -> list[str]:
        """The sums over all layers, and what the source counts."""
        total, source = totals(self.layers), self.published
        parameters, kept = total["parameters"], total["kept"]
        if self.outputs is None:
            head = "the head comes on top"
        elif self.experiment.network.has_output_layer:
            head = "it answers by itself, the head adds nothing"
        else:
            head = f"the head with its {self.outputs} outputs is counted"
        lines = [
            f"{parameters:,} parameters ({parameters * 4 / 1e6:.3g} MB), "
            f"{total['multiply_adds']:,} multiply-adds per clip"
            + (f", {total['connections']:,} connections" if wires else "")
            + f"; {head}"
        ]
        if kept:
            whole = f"{parameters + kept:,} in all"
            lines.append(f"{kept:,} more numbers are kept and not learnt, {whole}")
        if source is not None and parameters + source.counts_kept * kept == source.parameters:
            lines.append(f"its source counts {source.parameters:,} parameters too")
        return lines


def shapes(
    what: Run | Experiment | Architecture | nn.Module | str | Path,
    *,
    sets: Iterable[str] = (),
    sizes: Sequence[int] | None = None,
    outputs: int | None = None,
    progress: Progress = SILENT,
) -> LayerTable:
    """Every layer of a network, before it is run; nothing is trained and no sound is read.

    A published network is shown with the input and the outputs of its source. Elsewhere the head
    is left out, unless the experiment names its classes, tags or quantities, or `outputs` is given.

    Args:
        what: a run or its folder, an experiment, an experiment file, a network, or the name of
            one; also a module of your own.
        sets: changes such as `network.widths=[8,16]`.
        sizes: assume this input: channel × time × frequency, or channel × time.
        outputs: count the head too, with so many outputs.
        progress: hears what is assumed.

    Raises:
        ExperimentError: there is no such network, or a change does not fit.
        ShapeError: the network does not fit its input; the message has the layers up to there, and
            the nearest size that fits.
    """
    sets = list(sets)
    what = _of_run(what)
    shape = None if sizes is None else _shape(sizes)
    kind = _name_of(what)
    published, changed = None, False
    if kind:
        published = ARCHITECTURES[kind].model_validate({"kind": kind}).published
        experiment = described(_as_published(kind, published), sets)
    else:
        experiment = _experiment(what, sets)
    if published is not None:
        changed = bool(sets) or sizes is not None or outputs not in (None, published.outputs)
        outputs = outputs or published.outputs
        if not published.representation and shape is None and not _about_input(sets):
            shape = _shape(published.sizes)
    outputs = outputs or _outputs(experiment)
    warnings: tuple[str, ...] = ()
    if shape is None:
        warnings = _coverage(experiment)
        experiment = _with_clip(experiment, progress)
        clip = experiment.representation.clip_shape(experiment.clip_samples)
        shape = experiment.representation.out_shape(clip)
    layers = tuple(_trace(experiment, shape, outputs))
    return LayerTable(experiment, layers, shape, outputs, published, changed, warnings)


def _name_of(what: Any) -> str:
    """The name of a network, also where it is given as an object with nothing changed; or none."""
    kind = what if isinstance(what, str) else str(getattr(what, "kind", ""))
    if kind not in ARCHITECTURES or (isinstance(what, str) and Path(what).exists()):
        return ""
    alike = isinstance(what, str) or what == ARCHITECTURES[kind].model_validate({"kind": kind})
    return kind if alike else ""


def _of_run(what: Any) -> Any:
    """Of a run its experiment, with the classes that the model learned; else what was given."""
    is_folder = isinstance(what, str | Path) and (Path(what) / EXPERIMENT).is_file()
    run = load_run(what) if is_folder else what
    if not isinstance(run, Run):
        return what
    experiment = run.experiment
    if not run.finished:
        return experiment
    return experiment.model_copy(update={"head": read_description(run.folder)[0].head})


def _experiment(what: Any, sets: list[str]) -> Experiment:
    """The experiment in a file, one that was given, or one around a network."""
    if isinstance(what, str | Path):
        _refuse_unknown(str(what))
        return load(what, sets)
    given = what if isinstance(what, Experiment) else Experiment.model_validate({"network": what})
    return described(given.model_dump(mode="json"), sets).with_code_of(given)


def _as_published(kind: str, published: Published | None) -> dict[str, Any]:
    """The tables of an experiment on a network, with the input of its source where it has one."""
    made: dict[str, Any] = {"network": {"kind": kind}, "representation": {"kind": "log-mel"}}
    if published is None or not published.representation:
        return made
    clip_s = published.clip_samples / published.representation["rate_hz"]
    return made | {"representation": dict(published.representation), "data": {"clip_s": clip_s}}


def _about_input(sets: Iterable[str]) -> bool:
    return any(one.startswith(("representation.", "data.")) for one in sets)


def _outputs(experiment: Experiment) -> int | None:
    """How many numbers the head puts out, where the experiment alone says it."""
    if experiment.head.denoises:
        return None  # it answers with sound, and leads back through every layer
    columns = [len(answer.columns) for answer in experiment.head.answers]
    bins = getattr(experiment.head, "bins", 0) or 1  # a quantity may have many outputs
    return bins * sum(columns) if columns and all(columns) else None


def _refuse_unknown(what: str) -> None:
    if what.endswith(".toml") or Path(what).exists() or not re.fullmatch(r"[\w-]+", what):
        return
    guess = did_you_mean(what, ARCHITECTURES) or ";"
    listed = ", ".join(ARCHITECTURES)
    message = f"{what} is neither an experiment file nor a network{guess} networks: {listed}"
    raise ExperimentError(message)


def _trace(experiment: Experiment, shape: Shape, outputs: int | None) -> list[LayerReport]:
    network = experiment.network if outputs is None else experiment.network.with_outputs(outputs)
    if experiment.head.denoises:
        return check_compatibility(network, experiment.head, experiment.representation, shape)
    return trace_layers(network.expand(shape), shape, outputs)


def _with_clip(experiment: Experiment, progress: Progress) -> Experiment:
    """The experiment with a length of clip: an assumed one where the recordings decide it."""
    if experiment.data.clip_s is not None:
        return experiment
    rate = experiment.representation.rate_hz
    progress.say(
        f"assumed: clips of {CLIP_S:g} s at {rate} Hz (--set data.clip_s=... says otherwise)"
    )
    data = experiment.data.model_copy(update={"clip_s": CLIP_S})
    return experiment.model_copy(update={"data": data})


def _shape(sizes: Sequence[int]) -> Shape:
    if len(sizes) not in (2, 3) or any(size < 1 for size in sizes):
        given = "x".join(map(str, sizes))
        raise ExperimentError(
            f"an input of {given}: two or three whole numbers fit, channel x time x frequency:"
            " 1x216x64"
        )
    names = ("channel", "time", "frequency")
    return Shape(Axis(name, size) for name, size in zip(names, sizes, strict=False))


def _coverage(experiment: Experiment) -> tuple[str, ...]:
    """What the frames do not let the network hear."""
    if experiment.data.clip_s is None:
        return ()
    return tuple(measure_coverage(experiment.representation, experiment.clip_samples).warnings)


def _steps(axis: Axis) -> str:
    """An axis in its unit: `time: 41 steps of 23.2 ms, each sees 46.4 ms: 975 ms in all`."""
    step, span = measure(axis.step, axis.unit), measure(axis.span, axis.unit)
    sees = "" if step == span else f", each sees {span}"
    whole = measure(axis.reach(axis.size), axis.unit)
    return f"{axis.name}: {axis.size} steps of {step}{sees}: {whole} in all"
