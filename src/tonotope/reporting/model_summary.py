"""What the machine was: what it was shown of the sound, and what every layer makes of that."""

from __future__ import annotations

import math
from typing import Any

from tonotope._shapes import Axis, Shape
from tonotope.experiment.spec import Experiment
from tonotope.heads import Denoise, OpaqueHead
from tonotope.heads.decoder_shapes import DecoderStep
from tonotope.model import ModelDescription
from tonotope.network.layers.vocabulary import parse
from tonotope.network.sizes import LayerReport, ReceptiveField, trace
from tonotope.representation.coverage import measure_coverage
from tonotope.representation.log_mel import MelBands


def shown(experiment: Experiment) -> dict[str, Any]:
    """The representation in numbers: rate, frames, bands, what they cover and can tell apart."""
    representation, samples = experiment.representation, experiment.clip_samples
    shape = representation.out_shape(representation.clip_shape(samples))
    found = measure_coverage(representation, samples)
    centres = [float(hertz) for hertz in representation.frequencies_hz()]
    facts: dict[str, Any] = {
        "kind": representation.kind,
        "rate_hz": representation.rate_hz,
        "clip_s": samples / representation.rate_hz,
        "clip_samples": samples,
        "shape": _shape(shape),
        "coverage": found.covered,
        "centres_hz": [round(hertz, 3) for hertz in centres],
    }
    if representation.kind == "waveform":
        return facts
    facts |= {
        "window_s": found.time_resolution_s,
        "window_samples": representation.window_samples,
        "window": representation.window,
        "hop_s": found.hop_s,
        "hop_samples": representation.hop_samples,
        "transform_samples": representation.transform_samples,
        "resolution_hz": found.frequency_resolution_hz,
        "bands": shape.size("frequency"),
        "low_hz": found.low_hz,
        "high_hz": found.high_hz,
    }
    if isinstance(representation, MelBands):
        facts |= {"mel_bands": representation.bands, "empty_bands": len(found.empty_bands)}
    return facts


def layers(description: ModelDescription) -> dict[str, Any]:
    """Every layer of a trained model with its sizes and cost, and the head that answers.

    The head is one dense layer per output: a weight per feature and class, and a bias per class.
    A network that answers by itself, one value per class, ends in the head.
    """
    inside = description.feature_shape()
    rows = [_row(report, inside) for report in trace(description.network, inside)]
    shape = description.shapes()[-1]
    if shape.names == ("class",):
        rows[-1]["head"] = getattr(description.head, "kind", "")
        return _summed(rows, inside)
    head = description.head
    if isinstance(head, Denoise):
        return _summed([*rows, *_way_back(head, description, rows)], inside)
    answered = head.out_shape(shape)
    known = not isinstance(head, OpaqueHead)  # what a head in Python costs, no file tells
    features, answers = math.prod(shape.sizes), math.prod(answered.sizes)
    rows.append(
        {
            "text": head.name if isinstance(head, OpaqueHead) else f"dense {answers}",
            "head": getattr(description.head, "kind", ""),
            "shape": [[axis.name, axis.size] for axis in answered],
            "formula": "",
            "weighed": _weighed(features, answers) if known else "",
            "parameters": (features + 1) * answers if known else 0,
            "kept": 0,
            "multiply_adds": features * answers if known else 0,
            "sees": rows[-1]["sees"] if rows else [],
        }
    )
    return _summed(rows, inside)


def _way_back(
    head: Denoise, description: ModelDescription, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The steps of a decoder, which see as much as the last layer before them, or more."""
    steps = head.rows(description.shapes(), description.representation.kind)
    return [
        {
            "text": step.text,
            "head": head.kind,
            "shape": _shape(step.shape),
            "formula": "",
            "weighed": "",
            "parameters": step.parameters,
            # A norm keeps a mean and a variance for each of its channels.
            "kept": 2 * step.shape.size("channel") if isinstance(step, DecoderStep) else 0,
            "multiply_adds": step.multiply_adds,
            "sees": rows[-1]["sees"] if rows else [],
        }
        for step in steps
    ]


def _summed(rows: list[dict[str, Any]], inside: Shape) -> dict[str, Any]:
    return {
        "layers": rows,
        "in_shape": _shape(inside),
        **{key: sum(row[key] for row in rows) for key in ("parameters", "kept", "multiply_adds")},
    }


def _weighed(features: int, answers: int) -> str:
    return parse(f"dense {answers}").weighed(Shape([Axis("channel", features)]))


def _row(report: LayerReport, inside: Shape) -> dict[str, Any]:
    return {
        "text": report.text,
        "shape": _shape(report.out_shape),
        "formula": report.formula,
        "weighed": report.weighed,
        "parameters": report.parameters,
        "kept": report.kept,
        "multiply_adds": report.multiply_adds,
        "sees": [_seen(one, inside.axis(one.axis)) for one in report.receptive_field],
    }


def _seen(field: ReceptiveField, axis: Axis) -> list[Any]:
    """A receptive field; what reaches over the ends of the input is padding, not sound."""
    whole = axis.reach(axis.size)
    return [field.axis, min(field.indices, axis.size), min(field.extent, whole), field.unit]


def _shape(shape: Shape) -> list[list[Any]]:
    return [[axis.name, axis.size] for axis in shape]
