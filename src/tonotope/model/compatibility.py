"""Whether representation, network and head fit together, before anything is built."""

from __future__ import annotations

from tonotope._errors import ShapeError
from tonotope._shapes import Shape
from tonotope.heads import Task
from tonotope.network.architecture import Architecture
from tonotope.network.layer_report import LayerReport
from tonotope.network.shape_inference import trace
from tonotope.representation import Representation


def check_compatibility(
    network: Architecture, head: Task, representation: Representation, shape: Shape
) -> list[LayerReport]:
    """A report on every layer of a network whose output fits the head; `shape` is its input.

    Raises:
        ShapeError: a layer does not fit its input, or its output does not fit the head; names the
            layer and what would fit.
    """
    layers = network.expand(shape)
    reports = trace(layers, shape)
    shapes = [shape, *(report.out_shape for report in reports)]
    if head.denoises:
        representation.check_invertible()
    found = head.incompatible_layer(shapes, representation)
    if found is not None:
        number, reason = found
        at = f"layer {number} (`{layers[number - 1].text}`) " if number else ""
        kind = getattr(network, "kind", type(network).__name__)
        of = "" if not number or kind == "layers" else f"of `{kind}` "
        raise ShapeError(f"{at}{of}{reason}")
    return reports
