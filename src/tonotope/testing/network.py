"""`check_network`: shapes, gradients, seed, batch independence, saving of a network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from tonotope._errors import TonotopeError
from tonotope._shapes import Axis, Shape
from tonotope.network import Architecture, Custom, trace
from tonotope.testing.check import (
    expect,
    expect_finite,
    expect_gradients,
    expect_same,
    read_again,
    run_checks,
)

_CLOSE = 1e-3
_CLIPS = 2


def check_network(
    network: Any, shapes: Iterable[Sequence[int]] = ((1, 40, 32),), *, rate_hz: int = 8000
) -> None:
    """Run every check of `NETWORK_CHECKS` on a network.

    Args:
        network: an architecture, a module, or a class of modules that is called with the sizes.
        shapes: sizes of the features of one clip: (channel, time), or (channel, time, frequency).
        rate_hz: samples per second of a waveform, whose shape is (channel, time).

    Raises:
        CheckError: names the check, with what was found and what was expected.
        ShapeError: the network does not fit one of the shapes.
        ExperimentError: it is no network.

    >>> import tonotope as tt
    >>> check_network(tt.VGG(widths=(4, 8)), shapes=[(1, 24, 16)])
    """
    if not isinstance(network, Architecture):
        network = Custom(network)
    name = getattr(network, "name", "") or type(network).__name__
    for sizes in shapes:
        subject = NetworkCase(network, _shape_of(tuple(sizes), rate_hz))
        run_checks(f"network {name} for {subject.shape}", NETWORK_CHECKS, subject)


class NetworkCase:
    """A network with one shape of features."""

    def __init__(self, network: Architecture, shape: Shape) -> None:
        self.network, self.shape = network, shape
        self.out = network.out_shape(shape)

    def build(self, seed: int = 0) -> nn.Module:
        """The network with fresh weights, evaluating."""
        torch.manual_seed(seed)
        return self.network.build(self.shape).eval()

    @cached_property
    def module(self) -> nn.Module:
        """One of them."""
        return self.build()

    @cached_property
    def twin(self) -> nn.Module:
        """Another with the same seed."""
        return self.build()

    def features(self, clips: int = _CLIPS) -> Tensor:
        """Noise, (clip, channel, time, ...)."""
        return torch.randn(clips, *self.shape.sizes)

    def run(self, features: Tensor) -> Tensor:
        """What the network gives for a copy of features, (clip, channel, time, ...)."""
        with torch.no_grad():
            return self.module(features.clone())


def _output(case: NetworkCase) -> None:
    """The output has the shape that `out_shape` says, in float32, and is finite."""
    _check_output(case, 1)
    _check_output(case, _CLIPS)


def _check_output(case: NetworkCase, clips: int) -> None:
    found, expected = case.run(case.features(clips)), (clips, *case.out.sizes)
    expect(
        tuple(found.shape) == expected,
        f"{clips} clips give the shape {tuple(found.shape)}; expected {expected}",
    )
    expect(found.dtype == torch.float32, f"the output is {found.dtype}; expected float32")
    expect_finite("the output", found)


def _sizes(case: NetworkCase) -> None:
    """Each layer has the shape and the parameters that a table of layers shows."""
    reports = trace(case.network.expand(case.shape), case.shape)
    found = case.features()
    for report, (name, layer) in zip(reports, case.module.named_children(), strict=True):
        with torch.no_grad():
            found = layer(found)
        shape, expected = tuple(found.shape[1:]), report.out_shape.sizes
        expect(shape == expected, f"layer `{name}` gives the shape {shape}; expected {expected}")
        count = sum(one.numel() for one in layer.parameters())
        expect(
            count == report.parameters,
            f"layer `{name}` has {count:,} parameters; expected {report.parameters:,}",
        )


def _batch_independence(case: NetworkCase) -> None:
    """In evaluation a clip gives the same output, whatever else is in the batch."""
    features = case.features()
    alone = torch.cat([case.run(one[None]) for one in features])
    expect_same("the outputs of clips alone and in a batch", alone, case.run(features), _CLOSE)


def _evaluation(case: NetworkCase) -> None:
    """In evaluation nothing is random."""
    features = case.features()
    expect_same("two outputs for the same features", case.run(features), case.run(features))


def _input_unchanged(case: NetworkCase) -> None:
    """The features that are given are not written to."""
    features = case.features()
    given = features.clone()
    with torch.no_grad():
        case.module(given)
    expect_same("the features before and after", given, features)


def _memory_format(case: NetworkCase) -> None:
    """How the features lie in memory makes no difference."""
    features = case.features()
    if features.dim() == 4:
        lying = features.contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            found = case.module(lying)
        expect_same("the outputs for channels_last", found, case.run(features), _CLOSE)


def _seed(case: NetworkCase) -> None:
    """The same seed of PyTorch gives the same weights."""
    again = case.twin.state_dict()
    for key, weight in case.module.state_dict().items():
        expect_same(f"`{key}` of two networks with the same seed", again[key], weight)


def _gradients(case: NetworkCase) -> None:
    """In training the gradient reaches every parameter."""
    cost = case.twin.train()(case.features()).square().mean()
    expect_gradients(case.twin, cost, "remove it, or use it in `forward`")


def _save_and_load(case: NetworkCase) -> None:
    """All that decides the output is in the state."""
    again = case.build(seed=1)
    again.load_state_dict(read_again(case.module), strict=True)
    features = case.features()
    with torch.no_grad():
        found = again(features.clone())
    expect_same("the outputs after saving and loading", found, case.run(features))


def _lengths(case: NetworkCase) -> None:
    """A clip of one frame, or of an odd number, fits or is refused before it is built."""
    time = case.shape.size("time")
    for size in (1, time + 1 + time % 2):
        _fits_or_is_refused(case, case.shape.resized(time=size))


def _channels(case: NetworkCase) -> None:
    """So does another number of channels."""
    _fits_or_is_refused(case, case.shape.resized(channel=1 + case.shape.size("channel") % 2))


def _fits_or_is_refused(case: NetworkCase, shape: Shape) -> None:
    try:
        other = NetworkCase(case.network, shape)
    except TonotopeError:
        return
    try:
        _check_output(other, _CLIPS)
    except AssertionError as error:
        raise AssertionError(f"for {shape}: {error}") from None


NETWORK_CHECKS: Mapping[str, Callable[[NetworkCase], None]] = {
    "output": _output,
    "sizes": _sizes,
    "evaluation": _evaluation,
    "batch independence": _batch_independence,
    "input unchanged": _input_unchanged,
    "memory format": _memory_format,
    "seed": _seed,
    "gradients": _gradients,
    "save and load": _save_and_load,
    "lengths": _lengths,
    "channels": _channels,
}


def _shape_of(sizes: tuple[int, ...], rate_hz: int) -> Shape:
    if len(sizes) == 2:
        step_s = 1 / rate_hz
        return Shape([Axis("channel", sizes[0]), Axis("time", sizes[1], step_s, step_s, "s")])
    channels, frames, bands = sizes
    time = Axis("time", frames, 0.01, 0.025, "s")
    return Shape([Axis("channel", channels), time, Axis("frequency", bands, 40.0, 80.0, "Hz")])
