"""The model: every layer with its output size, its cost and its receptive field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope._shapes import Axis, Shape
from tonotope.experiment.run_folder import Run
from tonotope.model import ModelDescription
from tonotope.network.layer_report import LayerReport
from tonotope.network.layers.vocabulary import parse
from tonotope.network.shape_inference import trace
from tonotope.reporting.i18n import Words
from tonotope.reporting.parameter_text import translated
from tonotope.reporting.section import Pictures, Report, Values

_POOLED = re.compile(r"(\d+) values of each channel become (\d+)")
_COSTS = ("parameters", "kept", "multiply_adds")


class Layers:
    """The network, layer by layer."""

    name = "model"
    template = Path(__file__).with_name("model.html.j2")

    def gather(self, run: Run, report: Report) -> dict[str, Any]:
        """Every layer of the model; the models of all folds have the same layers."""
        from tonotope.model.serialise import read_description

        description, _ = read_description(run.part(run.folds[0] if run.folds else None))
        return layers(description)

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """One row for each layer, and the totals; a size that stays the same is grey."""
        model = report["model"]
        rows = []
        whole = model["parameters"] + model["kept"]
        before: Mapping[str, Any] = {"shape": model["in_shape"], "sees": []}
        for number, layer in enumerate(model["layers"], start=1):
            rows.append(
                {
                    "number": words.say("model.head") if "head" in layer else words.number(number),
                    "text": words.told(layer["text"]),
                    "shape": " × ".join(words.number(size) for _, size in layer["shape"]),
                    "same": layer["shape"] == before["shape"],
                    "formula": [
                        *_formula(layer["formula"], words),
                        *translated(layer["weighed"], words),
                    ],
                    "parameters": words.number(layer["parameters"]) if layer["parameters"] else "",
                    "work": words.number(layer["multiply_adds"]) if layer["multiply_adds"] else "",
                    "sees": _sees(layer["sees"], words) if layer["sees"] != before["sees"] else "",
                }
            )
            before = layer
        return {
            "about": words.say(
                "model.about",
                parameters=model["parameters"],
                work=words.size(model["multiply_adds"]),
                clip=words.time(report["shown"]["clip_s"]),
            ),
            "input": shape_text(model["in_shape"], words),
            "rows": rows,
            "kept": words.say("model.kept", n=model["kept"], whole=whole) if model["kept"] else "",
            "parameters": words.number(model["parameters"]),
            "work": words.number(model["multiply_adds"]),
        }


def layers(description: ModelDescription) -> dict[str, Any]:
    """Every layer of a trained model with its size and cost, those of the head last.

    If the network has an output layer of its own, one value per class, that layer is the head's.
    """
    inside, shapes = description.feature_shape(), description.shapes()
    rows = [_row(report) for report in trace(description.network, inside)]
    kind = getattr(description.head, "kind", "")
    if shapes[-1].names == ("class",):
        rows[-1]["head"] = kind
    else:
        sees = rows[-1]["sees"] if rows else []
        rows += [
            {
                "text": row.text,
                "head": kind,
                "shape": sizes(row.shape),
                "formula": "",
                "weighed": _weighed(row.text, row.features) if row.features else "",
                **{cost: getattr(row, cost) for cost in _COSTS},
                "sees": sees,
            }
            for row in description.head.layer_rows(shapes)
        ]
    totals = {cost: sum(row[cost] for row in rows) for cost in _COSTS}
    return {"layers": rows, "in_shape": sizes(inside), **totals}


def _weighed(text: str, features: int) -> str:
    return parse(text).weighed(Shape([Axis("channel", features)]))


def _row(report: LayerReport) -> dict[str, Any]:
    return {
        "text": report.text,
        "shape": sizes(report.out_shape),
        "formula": report.formula,
        "weighed": report.weighed,
        **{cost: getattr(report, cost) for cost in _COSTS},
        "sees": [[one.axis, one.indices, one.extent, one.unit] for one in report.receptive_field],
    }


def sizes(shape: Shape) -> list[list[Any]]:
    """A shape as JSON: pairs of a name and a size."""
    return [[axis.name, axis.size] for axis in shape]


def shape_text(shape: Sequence[Sequence[Any]], words: Words) -> Markup:
    """A shape in words: `1 × 64 × 32 (channels × time × frequency)`."""
    sizes = " × ".join(words.number(size) for _, size in shape)
    names = " × ".join(words.known("axis", name) for name, _ in shape)
    return words.say("shape.named", sizes=sizes, names=names)


def _sees(fields: Sequence[Sequence[Any]], words: Words) -> str:
    """A receptive field in units, `104 ms × 860 Hz`; in indices for an axis without a unit."""
    parts = []
    for _, indices, extent, unit in fields:
        if unit == "s":
            parts.append(words.time(extent))
        elif unit == "Hz":
            parts.append(words.frequency(extent))
        else:
            parts.append(words.number(indices))
    return " × ".join(parts)


def _formula(text: str, words: Words) -> list[str]:
    """How a size is computed, one line per axis, in mathematical signs; none if it is kept."""
    if not text:
        return []
    pooled = _POOLED.fullmatch(text)
    if pooled:
        return [words.say("formula.pooled", values=int(pooled[1]), few=int(pooled[2]))]
    return [_line(line, words) for line in text.replace("-", "\u2212").split("; ")]


def _line(line: str, words: Words) -> str:
    axis, colon, size = line.partition(": ")
    for word, left, right in (("floor", "⌊", "⌋"), ("ceil", "⌈", "⌉")):
        size = re.sub(rf"^{word}\(\((.*)\)/(\d+)\)", rf"{left}(\1)/\2{right}", size)
    return f"{words.known('axis', axis)}{colon}{size}"
