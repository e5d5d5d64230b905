"""`Model`: one `nn.Module` from waveforms to outputs; build, freeze, save, load."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable
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
from tonotope.network.layer_report import LayerReport
from tonotope.network.layers.assemble import assemble
from tonotope.representation import Representation


class Model(nn.Module):
    """Waveform → representation → standardise → network → head.

    Attributes:
        description: all about it but the weights.
        representation: from waveforms to features.
        standardise: each band on the same scale.
        network: the layers, by name.
        head: from the output of the network to outputs by name.
        frozen: the layers that are not trained.

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

        Any `Task` may be the head. Of a `Task` of your own a folder holds the answers and not the
        code; pass it to `load` again.

        Raises:
            ShapeError: a layer does not fit; names it, the table up to it, and what would fit. Or
                the network has an output layer that does not fit the head.
            ExperimentError: the head does not know its classes yet.
        """
        shape = representation.out_shape(representation.clip_shape(clip_samples))
        network = _with_output_layer_for(network, head, shape)
        reports = check_compatibility(network, head, representation, shape)
        _check_answers(reports[-1] if reports else None, head)
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
        """Features `(batch, channel, time, ...)` of waveforms `(batch, time)`, not standardised."""
        return self.representation(wave)

    def from_features(self, features: Tensor) -> dict[str, Tensor]:
        """Outputs by name, `(batch, ...)` each, for features that are not standardised."""
        return self.answer(self.standardise(features))

    def answer(self, standardised: Tensor) -> dict[str, Tensor]:
        """Outputs by name, `(batch, ...)` each, for standardised features."""
        if not self.description.head.denoises:
            return self.head(self.network(standardised))
        numbers: tuple[int, ...] = self.head.taps  # pyright: ignore[reportAssignmentType]
        return self.head(_layer_outputs(self.network, standardised, numbers), self.standardise)

    def forward(self, wave: Tensor) -> dict[str, Tensor]:
        """Outputs by name, `(batch, ...)` each, for waveforms `(batch, time)` of `clip_samples`."""
        return self.from_features(self.features(wave))

    def with_head(self, head: Task) -> Self:
        """The same model, weights shared, with the same question at other settings.

        Args:
            head: differs from the model's own in what has no weights: thresholds, temperature.
        """
        other = copy.copy(self)
        other.description = self.description.model_copy(update={"head": head})
        return other

    def freeze(self, layers: Iterable[str]) -> None:
        """Stop training some layers of the network, named `01-conv`; their batch norms stop too."""
        self.frozen = tuple(layers)
        for name in self.frozen:
            self.network.get_submodule(name).requires_grad_(requires_grad=False)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Set training mode, except for frozen layers."""
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
        """Read a model folder; it is not trusted, and no code in it can run.

        Args:
            path: the folder.
            head: the task, if it was given in Python: files hold no code.
            network: the class or the module, if the network was written in Python.
            representation: the class, if the representation was written in Python.

        Raises:
            ModelFileError: the folder is damaged, foreign, or written by a later version.
        """
        description, state = serialise.load(
            Path(path), trained_parts, head, network, representation
        )
        model = serialise.build(Path(path), cls, description)
        model.load_state_dict(state, strict=True)
        return model.eval()


def _check_answers(last: LayerReport | None, head: Task) -> None:
    """Refuse layers that end with an answer per class where the head has other answers."""
    if last is None or last.out_shape.names != ("class",):
        return
    answers = last.out_shape.sizes[0]
    if not isinstance(head, Classify):
        question = getattr(head, "kind", type(head).__name__)
        raise ShapeError(
            f"layer {last.number} (`{last.text}`) answers by itself, with a distance to each "
            f"class: that fits the head `classify` and not `{question}`; leave it out"
        )
    classes = head.out_shape(last.in_shape).sizes[0]
    if answers != classes:
        raise ShapeError(
            f"layer {last.number} (`{last.text}`) answers for {answers} classes and there are "
            f"{classes}: use {classes} there, or leave it out and the head adds its own"
        )


def _with_output_layer_for(network: Architecture, head: Task, shape: Shape) -> Architecture:
    """The network; one with an output layer gets the classes of the head."""
    if not network.has_output_layer:
        return network
    kind = getattr(network, "kind", type(network).__name__)
    if not isinstance(head, Classify):
        question = getattr(head, "kind", type(head).__name__)
        raise ShapeError(
            f"`{kind}` answers by itself, with a distance to each class: that fits the head "
            f"`classify` and not `{question}`; another network, such as lenet, fits every head"
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
    network: nn.Sequential, features: Tensor, numbers: Collection[int]
) -> dict[int, Tensor]:
    """The outputs of some layers, by their number from 1; 0 is the input."""
    outputs = {0: features} if 0 in numbers else {}
    for number, layer in enumerate(network, start=1):
        features = layer(features)
        if number in numbers:
            outputs[number] = features
    return outputs


def trained_parts(description: ModelDescription) -> nn.ModuleDict:
    """The parts of a model that have weights; the rest follows from the description."""
    shapes = description.shapes()
    return nn.ModuleDict(
        {
            "standardise": Standardise(description.representation, description.clip_samples),
            "network": assemble(description.network, shapes[0]),
            "head": description.head.build_on(shapes, description.representation),
        }
    )
