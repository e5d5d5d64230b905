"""Whether a network leaves its head something to answer with, before either of them exists."""

from __future__ import annotations

from tonotope._errors import ShapeError
from tonotope._shapes import Shape
from tonotope.heads import Task
from tonotope.network.layer_report import LayerReport
from tonotope.network.network import Recipe
from tonotope.network.sizes import trace
from tonotope.representation import Representation
from tonotope.representation.invertibility import check_invertible


def fitting(
    network: Recipe, head: Task, representation: Representation, shape: Shape
) -> list[LayerReport]:
    """Every layer of a network, where its head can make an answer of what comes out.

    Raises:
        ShapeError: a layer does not fit its input, or leaves the head nothing to answer with;
            names it and what would fit.
    """
    layers = network.expand(shape)
    reports = trace(layers, shape)
    way = [shape, *(report.out_shape for report in reports)]
    found = head.incompatible_layer(way, representation.kind)
    if found is not None:
        number, why = found
        at = f"layer {number} (`{layers[number - 1].text}`) " if number else ""
        kind = getattr(network, "kind", type(network).__name__)
        of = "" if not number or kind == "layers" else f"of `{kind}` "
        raise ShapeError(f"{at}{of}{why}")
    if head.denoises:
        check_invertible(representation)
    return reports
