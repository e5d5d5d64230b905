from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tonotope.experiment.run_folder import load
from tonotope.reporting.sections.model import layers
from tonotope.reporting.sections.representation import RepresentationFacts
from tonotope.representation import MFCC, LogMel, Magnitude, Waveform


def test_the_parameters_are_those_of_the_model(make_run: Callable[..., Path]) -> None:
    model = load(make_run(audio=False)).model()
    found = layers(model.description)
    assert found["parameters"] == sum(one.numel() for one in model.parameters())
    assert [row["text"] for row in found["layers"]][-2:] == ["globalpool time max", "dense 3"]
    head = found["layers"][-1]
    assert head["parameters"] == sum(one.numel() for one in model.head.parameters())
    assert found["multiply_adds"] == sum(row["multiply_adds"] for row in found["layers"])


def test_nothing_is_seen_beyond_the_ends_of_the_clip(make_run: Callable[..., Path]) -> None:
    rows = layers(load(make_run(audio=False)).model().description)["layers"]
    (time, frames, seconds, _), (_, bands, hertz, _) = rows[-1]["sees"]
    assert (time, frames) == ("time", 30)
    assert seconds == pytest.approx(0.496)
    assert bands <= 32
    assert hertz <= 4000 * 1.05


def test_a_field_wider_than_the_clip_ends_with_it(make_run: Callable[..., Path]) -> None:
    run = load(make_run(audio=False, layers=("conv 2 41x41 padding same", "globalpool time max")))
    (_, frames, seconds, _), (_, bands, hertz, _) = layers(run.model().description)["layers"][0][
        "sees"
    ]
    assert (frames, bands) == (30, 32)
    assert seconds == pytest.approx(0.496)
    assert hertz <= 4000 * 1.05


@pytest.mark.parametrize(
    "representation",
    [
        LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=20),
        MFCC(rate_hz=8000, bands=40, coefficients=13),
        Magnitude(rate_hz=8000, window_s=0.032, hop_s=0.064),
    ],
)
def test_the_facts_are_those_of_the_representation(
    make_run: Callable[..., Path], representation: Magnitude
) -> None:
    run = load(make_run(audio=False, representation=representation))
    found = RepresentationFacts().gather(run, {})
    assert found["window_samples"] == representation.window_samples
    shape = run.model().description.feature_shape()
    assert [size for _, size in found["shape"]] == list(shape.sizes)
    assert found["resolution_hz"] == pytest.approx(1 / found["window_s"])


def test_gaps_between_the_frames_are_told(make_run: Callable[..., Path]) -> None:
    sparse = Magnitude(rate_hz=8000, window_s=0.032, hop_s=0.128)
    found = RepresentationFacts().gather(load(make_run(audio=False, representation=sparse)), {})
    assert found["coverage"] == pytest.approx(0.256, abs=0.01)


def test_a_waveform_has_no_frames(make_run: Callable[..., Path]) -> None:
    run = load(
        make_run(
            audio=False,
            representation=Waveform(rate_hz=8000),
            layers=("conv 4 9 stride 4", "relu", "globalpool time max"),
        )
    )
    found = RepresentationFacts().gather(run, {})
    assert "window_s" not in found
    assert found["coverage"] == 1.0
