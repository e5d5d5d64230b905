"""What layers weigh, in both languages, and as `tonotope shapes` says it."""

from __future__ import annotations

import re

import pytest

from tonotope._shapes import Axis, Shape
from tonotope.network.layer_report import LayerReport
from tonotope.network.layers.vocabulary import parse
from tonotope.network.shape_inference import trace
from tonotope.reporting.i18n import Words
from tonotope.reporting.parameter_text import translated

SOUND = Shape([Axis("channel", 1), Axis("time", 32, 0.016, 0.032, "s"), Axis("frequency", 32)])
LAYERS = [
    "conv 6 5x5",
    "subsample 2x2",
    "tableconv 5x5 lenet5",
    "residual [conv 16 3x3 padding same, batchnorm] shortcut [conv 16 1x1]",
    "flatten",
    "dense 84",
    "rbf 10",
]


@pytest.fixture(scope="module")
def reports() -> list[LayerReport]:
    return trace([parse(text) for text in LAYERS], SOUND)


def test_in_english_it_is_what_shapes_prints_but_for_what_the_column_beside_it_says(
    reports: list[LayerReport],
) -> None:
    for report in reports:
        said = "\n".join(translated(report.weighed, Words("en")))
        said = said.replace("(channels", "(channel").replace("fixed: no", "fixed: 0")
        assert said == re.sub(", seeing [^;]+", "", report.weighed)


def test_every_sentence_is_known_in_spanish(reports: list[LayerReport]) -> None:
    words = Words("es")
    said = [line for report in reports for line in translated(report.weighed, words)]
    assert len(said) == 7  # two of them of the residual block
    assert all(re.search("parámetros$", line) for line in said)
    assert said[0] == (
        "6 filtros de 1 × 5 × 5 (canales, tiempo, frecuencia); 6 · (1 · 5 · 5 + 1) = 156 parámetros"
    )
    assert said[3].startswith("conv 16 3x3 padding same: 16 filtros de 16 × 3 × 3")


def test_what_is_not_known_is_shown_as_it_is() -> None:
    assert translated("a thing of its own", Words("es")) == ["a thing of its own"]
    assert translated("", Words("es")) == []
