"""The way back through a network: every size is met, and what was found on the way is used."""

from __future__ import annotations

import pytest
import torch

from tonotope._shapes import Axis, Shape
from tonotope.heads.decoder import Decoder, resize
from tonotope.heads.decoder_shapes import AxisResize, decoder_steps, first_irreversible
from tonotope.network import Layers, trace
from tonotope.representation import LogMel, Magnitude, Waveform


def way(layers: list[str], time: int = 21, bands: int = 13, step: float = 0.01) -> list[Shape]:
    axes = [Axis("channel", 1), Axis("time", time, step, step, "s")]
    if bands:
        axes.append(Axis("frequency", bands, 100.0, 100.0, "Hz"))
    begin = Shape(axes)
    return [begin, *(one.out_shape for one in trace(Layers(layers=layers).layers, begin))]


class Standard:
    mean = torch.zeros(1, 1, 1)
    std = torch.ones(1, 1, 1)


@pytest.mark.parametrize(
    "layers",
    [
        ["conv 4 3x3 padding same", "maxpool 2x2", "conv 6 3x3 padding same"],
        ["conv 4 3x3 padding same", "maxpool 2x2 ceil", "conv 6 3x3 padding same"],
        ["conv 4 5x4", "relu", "meanpool 3x2", "conv 6 3x3", "relu"],
        ["conv 4 4x4 stride 2x3 padding same", "conv 6 3x3 stride 2x2"],
        ["conv 4 3x3 padding same", "relu"],
        [],
    ],
)
@pytest.mark.parametrize("skips", [True, False])
def test_what_comes_back_has_the_size_that_went_in(layers: list[str], skips: bool) -> None:
    shapes = way(layers)
    module = Decoder(shapes, decoder_steps(shapes, skips=skips), "mask", Magnitude()).eval()
    found = {tap: torch.randn(2, *shapes[tap].sizes) for tap in module.taps}
    told = module(found, Standard())["sound"]
    assert told.shape == (2, *shapes[0].sizes)


def test_each_step_costs_what_it_says() -> None:
    shapes = way(["conv 4 3x3 padding same", "maxpool 2x2", "conv 6 3x3 padding same"])
    (step,) = decoder_steps(shapes, skips=True)
    module = Decoder(shapes, (step,), "mask", Magnitude())
    assert step.parameters == sum(one.numel() for one in module.steps.parameters())
    assert step.text == "up 2x2, beside 4 of layer 1, conv 4 3x3, batchnorm, relu"
    assert step.multiply_adds == 4 * 21 * 13 * (6 + 4) * 9


def test_a_level_is_left_at_its_last_layer() -> None:
    shapes = way(["conv 4 3x3 padding same", "relu", "maxpool 2x2", "conv 6 3x3 padding same",
                  "relu", "maxpool 2x2"])  # fmt: skip
    assert [step.tap for step in decoder_steps(shapes, skips=True)] == [5, 2]
    assert [step.joined for step in decoder_steps(shapes, skips=False)] == [0, 0]


def test_what_a_pool_left_over_is_at_the_end_and_what_a_kernel_took_at_both() -> None:
    pooled = way(["maxpool 4x1"], time=22)
    taken = way(["conv 1 5x1"], time=22)
    (after_pool,), (after_kernel,) = (
        decoder_steps(pooled, skips=False),
        decoder_steps(taken, skips=False),
    )
    assert after_pool.fits[0] == AxisResize(4, 0, 2)
    assert after_kernel.fits[0] == AxisResize(1, 2, 2)


def test_a_short_axis_without_units_is_told_by_its_ratio() -> None:
    begin = Shape([Axis("channel", 1), Axis("time", 9)])
    end = Shape([Axis("channel", 2), Axis("time", 3)])
    (step,) = decoder_steps([begin, end], skips=False)
    assert step.fits == (AxisResize(3, 0, 0),)


def test_more_than_enough_is_cut_at_the_end() -> None:
    x = torch.tensor([[[1.0, 2.0, 3.0]]])
    assert resize(x, [AxisResize(2, 0, -1)]).flatten().tolist() == [1, 1, 2, 2, 3]
    assert resize(x, [AxisResize(1, 1, 1)]).flatten().tolist() == [1, 1, 2, 3, 3]


def test_a_skip_reaches_the_answer_and_without_skips_nothing_goes_round() -> None:
    shapes = way(["conv 4 3x3 padding same", "maxpool 2x2", "conv 6 3x3 padding same"])
    for skips in (True, False):
        torch.manual_seed(0)
        module = Decoder(shapes, decoder_steps(shapes, skips=skips), "direct", Magnitude()).eval()
        torch.nn.init.ones_(module.out.weight)
        found = {tap: torch.randn(1, *shapes[tap].sizes) for tap in (0, 1, 3)}
        told = module(found, Standard())["sound"]
        other = module({**found, 1: found[1] + 1.0}, Standard())["sound"]
        assert bool((told != other).any()) == skips


def test_layers_with_no_way_back_are_named() -> None:
    assert first_irreversible(way(["conv 4 3x3", "relu"])) is None
    number, why = first_irreversible(way(["conv 4 3x3", "flatten", "dense 3"])) or (0, "")
    assert (number, why) == (2, "gives up the axes that the sound lies on")
    number, why = first_irreversible(way(["conv 4 3x3", "relu", "globalpool time mean"])) or (0, "")
    assert number == 3
    assert "along time" in why


def test_a_residual_that_says_nothing_leaves_the_sound_and_a_mask_most_of_it() -> None:
    shapes = way(["conv 4 9 padding same"], bands=0)
    heard = Waveform(rate_hz=100)
    x = torch.randn(2, 1, 21)
    module = Decoder(shapes, decoder_steps(shapes, skips=True), "residual", heard)
    told = module({0: x, 1: torch.randn(2, 4, 21)}, Standard2())["sound"]
    torch.testing.assert_close(told, x * 2 + 1)


class Standard2:
    mean = torch.ones(1, 1)
    std = 2 * torch.ones(1, 1)


def test_decibels_become_amplitudes() -> None:
    shapes = way(["conv 4 3x3 padding same"])
    heard = LogMel()
    x = torch.full((1, 1, 21, 13), -20.0)
    for made, wanted in (("residual", 0.1), ("direct", 1.0), ("mask", 0.1 / (1 + 2.718281828**-1))):
        module = Decoder(shapes, decoder_steps(shapes, skips=True), made, heard)
        told = module({0: x, 1: torch.randn(1, 4, 21, 13)}, Standard())["sound"]
        torch.testing.assert_close(told, torch.full_like(told, wanted))
