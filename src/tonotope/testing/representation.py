"""`check_representation`: shape, time axis, hop, silence, level, way back to sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
import torch
from torch import Tensor, nn

from tonotope._errors import ShapeError
from tonotope._shapes import Shape
from tonotope.representation import Representation
from tonotope.testing.check import expect, expect_finite, expect_same, run_checks

_CLOSE = 1e-3
_FRAMES = 12


def check_representation(representation: Representation) -> None:
    """Run every check of `REPRESENTATION_CHECKS` on a representation.

    Raises:
        CheckError: names the check, with what was found and what was expected.

    >>> import tonotope as tt
    >>> check_representation(tt.LogMel(rate_hz=8000, bands=16))
    """
    subject = RepresentationCase(representation)
    run_checks(f"representation {type(representation).__name__}", REPRESENTATION_CHECKS, subject)


class RepresentationCase:
    """A representation with a clip of a few frames."""

    def __init__(self, representation: Representation) -> None:
        self.representation = representation
        self.samples = representation.samples(_FRAMES)

    def shape(self, samples: int) -> Shape:
        """The shape that is promised for a clip."""
        return self.representation.out_shape(self.representation.clip_shape(samples))

    def build(self, samples: int) -> nn.Module:
        """The module for a clip."""
        return self.representation.build(self.representation.clip_shape(samples)).eval()

    @cached_property
    def module(self) -> nn.Module:
        """The one for `samples`."""
        return self.build(self.samples)

    def wave(self, samples: int = 0) -> Tensor:
        """Noise at a tenth of full scale, (2, time)."""
        return 0.1 * torch.randn(2, samples or self.samples)

    def run(self, wave: Tensor) -> Tensor:
        """The features, (batch, channel, time, ...), of sounds (batch, time)."""
        return self.module(wave)


def _output(case: RepresentationCase) -> None:
    """Features have the shape that `out_shape` says, in float32, whatever the length."""
    least, hop = case.representation.samples(1), case.representation.hop_samples
    for samples in (least, least + 1, case.samples, case.samples + hop - 1):
        found = case.build(samples)(case.wave(samples))
        expected = (2, *case.shape(samples).sizes)
        expect(
            tuple(found.shape) == expected,
            f"clips of {samples} samples give {tuple(found.shape)}; expected {expected}",
        )
        expect(found.dtype == torch.float32, f"features are {found.dtype}; expected float32")
        expect_finite("the features", found)


def _time_axis(case: RepresentationCase) -> None:
    """The time axis counts whole windows; its step and its span are the hop and the window."""
    one, time = case.representation, case.shape(case.samples).axis("time")
    expect(time.size == _FRAMES, f"{time.size} frames; expected {_FRAMES}, as `frames` says")
    pairs = {"step": (time.step, one.hop_samples), "span": (time.span, one.window_samples)}
    for name, (found_s, samples) in pairs.items():
        expect(
            abs(found_s * one.rate_hz - samples) < 1e-3 * samples,
            f"the {name} of the time axis is {found_s:g} s; expected {samples / one.rate_hz:g} s,"
            f" {samples} samples at {one.rate_hz} Hz",
        )


def _hop(case: RepresentationCase) -> None:
    """Sound that begins one hop later gives the same frames, one place earlier."""
    hop = case.representation.hop_samples
    wave = case.wave(case.samples + hop)
    later, whole = case.run(wave[:, hop:]), case.build(case.samples + hop)(wave)
    expect_same("frames of the same sound one hop later", later, whole[:, :, 1:], _CLOSE)


def _too_short(case: RepresentationCase) -> None:
    """A clip shorter than one window is refused with a `ShapeError`."""
    samples = case.representation.samples(1) - 1
    try:
        found = case.shape(samples)
    except ShapeError:
        return
    raise AssertionError(f"a clip of {samples} samples gives {found}; expected a ShapeError")


def _silence(case: RepresentationCase) -> None:
    """Silence, the faintest and the loudest sound give finite features and gradients."""
    square = torch.ones(2, case.samples)
    square[:, ::2] = -1.0
    sounds = {"silence": 0.0 * square, "the faintest sound": 1e-30 * square, "full scale": square}
    for name, wave in sounds.items():
        given = wave.clone().requires_grad_()
        found = case.run(given)
        expect_finite(f"the features of {name}", found)
        if found.requires_grad:
            (gradient,) = torch.autograd.grad(found.sum(), given)
            expect_finite(f"the gradient of {name}", gradient)


def _batch_independence(case: RepresentationCase) -> None:
    """A clip gives the same features, whatever else is in the batch."""
    wave = case.wave()
    alone = torch.cat([case.run(one[None]) for one in wave])
    expect_same("the features of clips alone and in a batch", alone, case.run(wave), _CLOSE)


def _deterministic(case: RepresentationCase) -> None:
    """Two modules of the same settings give the same features."""
    wave = case.wave()
    one, other = case.build(case.samples), case.build(case.samples)
    expect_same("the features of two modules", other(wave), one(wave))


def _input_unchanged(case: RepresentationCase) -> None:
    """The sound that is given is not written to."""
    wave = case.wave()
    given = wave.clone()
    case.run(given)
    expect_same("the sound before and after", given, wave)


def _level(case: RepresentationCase) -> None:
    """Where features are relative to the loudest point, a louder sound gives the same ones."""
    normalise = case.representation.normalise_level
    wave = case.wave()
    features = case.run(wave)
    if case.representation.is_relative:
        louder = normalise(case.run(4.0 * wave))
        expect_same("features of a sound four times as loud", louder, normalise(features), _CLOSE)
    else:
        expect_same("features as recorded", normalise(features), features)


def _frequencies(case: RepresentationCase) -> None:
    """The frequencies of the axis rise, and lie between 0 and half the rate."""
    hertz = np.asarray(case.representation.frequencies_hz())
    axes = case.shape(case.samples)
    if not len(hertz):
        return
    bands = axes.size("frequency") if "frequency" in axes.names else 0
    expect(len(hertz) == bands, f"{len(hertz)} frequencies for {bands} bands")
    rises, most = bool((np.diff(hertz) > 0).all()), case.representation.rate_hz / 2
    expect(
        rises and hertz[0] >= 0 and hertz[-1] <= most,
        f"frequencies from {hertz[0]:g} to {hertz[-1]:g} Hz; expected them to rise, from 0 to"
        f" {most:g} Hz at most",
    )


def _settings(case: RepresentationCase) -> None:
    """Its settings, written as JSON and read again, describe the same."""
    kind = type(case.representation)
    again = kind.model_validate(case.representation.model_dump(mode="json"))
    expect(
        again == case.representation,
        f"written and read again it is {again!r:.200}; expected {case.representation!r:.200}",
    )


def _way_back(case: RepresentationCase) -> None:
    """Where sound can be made of the features, unchanged features give the sound again."""
    one, wave = case.representation, case.wave()
    try:
        one.check_invertible()
    except ShapeError:
        return
    features = one.normalise_level(case.run(wave))
    again = one.resynthesise(wave, features, one.amplitudes(features))
    expect_same("the sound made of unchanged features", again, wave, _CLOSE)


REPRESENTATION_CHECKS: Mapping[str, Callable[[RepresentationCase], None]] = {
    "output": _output,
    "input unchanged": _input_unchanged,
    "deterministic": _deterministic,
    "time axis": _time_axis,
    "hop": _hop,
    "too short": _too_short,
    "silence": _silence,
    "batch independence": _batch_independence,
    "level": _level,
    "frequencies": _frequencies,
    "settings": _settings,
    "way back": _way_back,
}
