"""`Architecture`: the base class of all networks; `Published`: what a paper says of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from tonotope._errors import ShapeError
from tonotope._shapes import Shape, Stage
from tonotope.network.initialisation import InitName, initialise
from tonotope.network.layers.assemble import assemble
from tonotope.network.layers.vocabulary import Layer
from tonotope.network.shape_inference import trace
from tonotope.network.shared_layers import is_wave, layers

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Published:
    """A network as a paper published it.

    Attributes:
        source: authors, year and title.
        sizes: of the input: channel × time × frequency, or channel × time.
        outputs: of the last layer: how many classes, tags or bins of pitch.
        parameters: as the source counts them, with those outputs.
        representation: the keys of `[representation]` that make such an input from sound; empty
            where the input was not sound.
        clip_samples: how many samples of sound the input is made from.
        counts_kept: whether the source counts running means and variances as parameters.
        counts_connections: whether the source counts connections.
    """

    source: str
    sizes: tuple[int, ...]
    outputs: int
    parameters: int
    representation: Mapping[str, Any] = field(default_factory=dict)
    clip_samples: int = 0
    counts_kept: bool = False
    counts_connections: bool = False


class Architecture(Stage):
    """A network: it lists its layers for inputs of a given shape.

    Write `lines` for a network of your own, or `expand` if it has the layers at hand.

    Attributes:
        init: how the weights are initialised.
    """

    init: InitName = "he-normal"

    # The inputs it takes. A published network takes one kind; "any" takes both.
    reads: ClassVar[Literal["any", "spectrogram", "waveform"]] = "any"
    # Whether its last layer already gives one value per class, so that the head has no weights.
    has_output_layer: ClassVar[bool] = False
    # Small inputs for the tests, channel × time [× frequency]; if empty, the published size.
    small_inputs: ClassVar[tuple[tuple[int, ...], ...]] = ()

    @property
    def published(self) -> Published | None:
        """What the source says about this network; None if it is not a published one."""
        return None

    def with_outputs(self, outputs: int) -> Self:
        """This network with an output layer for `outputs` classes; most networks have none."""
        del outputs
        return self

    def lines(self, shape: Shape) -> Sequence[str]:
        """The layers for inputs of `shape`, one text each, such as `conv 32 5x5`."""
        raise NotImplementedError(f"{type(self).__name__} needs `lines` or `expand`")

    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """The layers for inputs of `shape`, batch left out.

        Raises:
            ShapeError: the network does not read this kind of input.
        """
        if self.reads != "any" and is_wave(shape) != (self.reads == "waveform"):
            self._refuse(shape)
        return layers(self.lines(shape))

    def out_shape(self, shape: Shape) -> Shape:
        """The shape after the last layer.

        Raises:
            ShapeError: a layer does not fit; the error names it and what would fit.
        """
        reports = trace(self.expand(shape), shape)
        return reports[-1].out_shape if reports else shape

    def build(self, shape: Shape) -> nn.Sequential:
        """The layers as one `nn.Sequential`, its parts named `01-conv`, `02-batchnorm`, ...

        Raises:
            ShapeError: a layer does not fit; the error names it and what would fit.
        """
        layers = self.expand(shape)
        trace(layers, shape)
        module = assemble(layers, shape)
        initialise(module, self.init)
        return module

    def _refuse(self, shape: Shape) -> None:
        from tonotope.network import ARCHITECTURES

        names = [
            name
            for name, kind in ARCHITECTURES.items()
            if kind.reads != self.reads and name != "layers"
        ]
        axes, representation, other = (
            ("channel × time", "waveform", "spectrograms")
            if self.reads == "waveform"
            else ("channel × time × frequency", "a spectrogram such as log-mel", "waveforms")
        )
        raise ShapeError(
            f"`{getattr(self, 'kind', type(self).__name__)}` reads {axes}, not {shape}: set "
            f"`representation.kind` to {representation}, or choose a network that reads {other}: "
            f"{', '.join(names)}"
        )
