"""A model is one plain `nn.Module` from wave to outputs: the thing shipped is the thing trained."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn

from tonotope._errors import ShapeError
from tonotope._shapes import Shape
from tonotope.audio.padding import Fill
from tonotope.heads import Classify, Task
from tonotope.model import serialise
from tonotope.model.compatibility import check_compatibility
from tonotope.model.description import ModelDescription
from tonotope.model.standardise import Standardise
from tonotope.network.architecture import Architecture
from tonotope.network.initialisation import initialise
from tonotope.network.layers.assemble import assemble
from tonotope.representation import Representation


class Model(nn.Module):
    """Wave → representation → standardise → network → head.

    Attributes:
        description: all there is to know but the weights.
        representation: from waves to features.
        standardise: puts the bands on one scale.
        network: the layers, by name.
        head: from what the network found to outputs, by name.
        frozen: the layers that learn no more.

    >>> from tonotope.heads import Classify
    >>> from tonotope.network.layer_list import Layers
    >>> from tonotope.representation import LogMel
    >>> model = Model.build(
    ...     LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=20),
    ...     Layers(layers=["conv 4 3x3", "relu", "globalpool time max"]),
    ...     Classify(classes=("a", "b", "c")),
    ...     clip_samples=4000,
    ... )
    >>> model(torch.zeros(2, 4000))["label"].shape
    torch.Size([2, 3])
    """

    standardise: Standardise
    network: nn.Sequential
    head: nn.Module
    frozen: tuple[str, ...] = ()

    def __init__(self, description: ModelDescription) -> None:
        super().__init__()
        clip = description.representation.clip_shape(description.clip_samples)
        self.description = description
        self.representation = description.representation.build(clip)
        for name, part in trained_parts(description).items():
            self.add_module(name, part)

    @classmethod
    def build(
        cls,
        representation: Representation,
        network: Architecture,
        head: Task,
        *,
        clip_samples: int,
        fill: Fill = "silence",
        seed: int = 0,
    ) -> Self:
        """A model with fresh weights, the same for the same seed.

        Any `Task` may be the head; of one that is not of the vocabulary, a folder holds what it
        answers, and the task is passed again to `load`.

        Raises:
            ShapeError: a layer does not fit; names it, the table up to it, and what would fit. Or
                the network answers by itself and the head asks for something else.
            ExperimentError: the head does not know its classes yet.
        """
        shape = representation.out_shape(representation.clip_shape(clip_samples))
        network = _with_output_layer_for(network, head, shape)
        check_compatibility(network, head, representation, shape)
        description = ModelDescription(
            rate_hz=representation.rate_hz,
            clip_samples=clip_samples,
            fill=fill,
            representation=representation,
            network=network.expand(shape),
            head=head,
        )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = cls(description)
            initialise(model.network, network.init)
        return model

    def features(self, wave: Tensor) -> Tensor:
        """Waves `(batch, time)` as `(batch, channel, time, ...)`, not yet standardised."""
        return self.representation(wave)

    def from_features(self, features: Tensor) -> dict[str, Tensor]:
        """Outputs by name for features as `features` gives them."""
        return self.answer(self.standardise(features))

    def answer(self, standardised: Tensor) -> dict[str, Tensor]:
        """Outputs by name for features that are standardised already."""
        if not self.description.head.denoises:
            return self.head(self.network(standardised))
        wanted: tuple[int, ...] = self.head.taps  # pyright: ignore[reportAssignmentType]
        return self.head(_layer_outputs(self.network, standardised, wanted), self.standardise)

    def forward(self, wave: Tensor) -> dict[str, Tensor]:
        """Outputs by name, `(batch, ...)` each, for waves `(batch, time)` of `clip_samples`."""
        return self.from_features(self.features(wave))

    def freeze(self, layers: Iterable[str]) -> None:
        """Let some layers of the network learn no more; their batch norms stand still as well."""
        self.frozen = tuple(layers)
        for name in self.frozen:
            self.network.get_submodule(name).requires_grad_(requires_grad=False)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Set the mode of training, but for what is frozen."""
        super().train(mode)
        for name in self.frozen:
            self.network.get_submodule(name).eval()
        return self

    def save(self, path: Path) -> None:
        """Write `model.json` and `model.safetensors` into the folder `path`.

        Raises:
            TonotopeError: the disk is full or the folder may not be written to.
        """
        serialise.save(Path(path), self.description, self.state_dict())

    @classmethod
    def load(
        cls, path: Path, head: Task | None = None, network: Any = None, representation: Any = None
    ) -> Self:
        """Read a model folder; nothing in it is trusted, and no code in it can run.

        Args:
            path: the folder.
            head: the task, where it was given in Python: files hold no code.
            network: the class or the module, where the network was written in Python.
            representation: the class, where the representation was written in Python.

        Raises:
            ModelFileError: the folder is damaged, foreign, or written by a later version.
        """
        description, state = serialise.load(
            Path(path), trained_parts, head, network, representation
        )
        model = serialise.built(Path(path), cls, description)
        model.load_state_dict(state, strict=True)
        return model.eval()


def _with_output_layer_for(network: Architecture, head: Task, shape: Shape) -> Architecture:
    """The network, told how many classes there are where it answers by itself."""
    if not network.has_output_layer:
        return network
    kind = getattr(network, "kind", type(network).__name__)
    if not isinstance(head, Classify):
        asked = getattr(head, "kind", type(head).__name__)
        raise ShapeError(
            f"`{kind}` answers by itself, with a distance to each class: that fits the head "
            f"`classify` and not `{asked}`; another network, such as lenet, fits every head"
        )
    classes = head.out_shape(shape).sizes[0]
    network = network.with_outputs(classes)
    answers = network.out_shape(shape).sizes[0]
    if answers != classes:
        raise ShapeError(
            f"`{kind}` is made for {answers} classes and there are {classes}: leave "
            f"`network.classes` out, or set it to {classes}"
        )
    return network


def _layer_outputs(
    network: nn.Sequential, features: Tensor, wanted: Iterable[int]
) -> dict[int, Tensor]:
    """What a network gave after some of its layers, counted from 1; 0 is what went in."""
    kept = frozenset(wanted)
    found = {0: features} if 0 in kept else {}
    for number, layer in enumerate(network, start=1):
        features = layer(features)
        if number in kept:
            found[number] = features
    return found


def trained_parts(description: ModelDescription) -> nn.ModuleDict:
    """The parts of a model that hold what was learnt; all else follows from the description."""
    shapes = description.shapes()
    return nn.ModuleDict(
        {
            "standardise": Standardise(description.representation, description.clip_samples),
            "network": assemble(description.network, shapes[0]),
            "head": description.head.build_on(shapes, description.representation),
        }
    )
