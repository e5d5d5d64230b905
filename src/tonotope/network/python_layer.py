"""A user's `nn.Module` as one layer of a model; how it is stored and built again."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from pydantic import Field, PrivateAttr

from tonotope._errors import ExperimentError, ShapeError
from tonotope._shapes import Axis, Shape, Stage
from tonotope.network.layers.layer import LayerStage

if TYPE_CHECKING:
    from torch import nn

CLIPS = 2  # in a run on zeros
_AXES = {1: ("channel",), 2: ("channel", "time"), 3: ("channel", "time", "frequency")}


class PythonLayer(LayerStage):
    """A whole module as one layer: what a file can tell of it, measured in one run on zeros.

    Attributes:
        name_of_class: where the class is, for whoever looks for it: `package.module:Class`.
        settings: what the class is called with, after the shape.
        in_sizes: the features of one clip.
        out_sizes: what comes out for one clip.
        learned: how many numbers it learns.
        buffers: how many it keeps beside them.
        products: multiply-adds per clip of its convolutions and matrix products, as PyTorch counts
            them.
        weights: changes when the name or the size of a weight changes.
    """

    kind: Literal["python"] = "python"
    name_of_class: str
    settings: dict[str, Any] = Field(default_factory=dict)
    in_sizes: tuple[int, ...]
    out_sizes: tuple[int, ...] = Field(min_length=1, max_length=3)
    learned: int = Field(ge=0)
    buffers: int = Field(ge=0)
    products: int = Field(ge=0)
    weights: str = ""
    _source: Any = PrivateAttr(None)

    @property
    def name(self) -> str:
        """The name of the class alone."""
        return self.name_of_class.replace(":", ".").rsplit(".", 1)[-1]

    @property
    def text(self) -> str:
        """The class and its settings, as they are written in Python."""
        told = ", ".join(f"{key}={value!r}" for key, value in self.settings.items())
        return f"{self.name}({told})"

    def out_shape(self, shape: Shape) -> Shape:
        """What came out when it was measured; axes that are kept are steps of the sound still."""
        if shape.sizes != self.in_sizes:
            raise ShapeError(f"was built for {times(self.in_sizes)}, not for {shape}")
        return Shape(
            _axis(name, size, shape)
            for name, size in zip(_AXES[len(self.out_sizes)], self.out_sizes, strict=True)
        )

    def parameters(self, shape: Shape) -> int:
        """Those that learn."""
        return self.learned

    def kept(self, shape: Shape) -> int:
        """Those of its buffers."""
        return self.buffers

    def multiply_adds(self, shape: Shape) -> int:
        """Those of its convolutions and matrix products."""
        return self.products

    def formula(self, shape: Shape) -> str:
        """What is known of a module from outside."""
        return (
            f"`{self.name_of_class}`, written in Python: sizes and multiply-adds as one run of it"
            " showed; one value sees all of the input at most"
        )

    def with_code(self, network: object) -> PythonLayer:
        """This layer with the class or the module that it stands for.

        Raises:
            ExperimentError: `network` is neither.
        """
        made = self.model_copy()
        made._source = checked_source(network, self.settings)
        return made

    def build(self, shape: Shape) -> nn.Module:
        """The module for inputs of `shape`.

        Raises:
            ExperimentError: the class is not known here, or builds another network than before.
        """
        if self._source is None:
            refuse(self.name_of_class)
        module = make(self._source, self.settings, shape)
        found = weights_digest(module)
        if self.weights and found != self.weights:
            raise ExperimentError(
                f"`{self.name_of_class}` is another network now: the names or sizes of its weights"
                f" are not those that were saved ({count_weights(module):,} parameters now,"
                f" {self.learned:,} then); pass the class as it was"
            )
        return module


def refuse(name: str) -> NoReturn:
    """Say that files hold no code, and how to pass the class again."""
    cls = name.replace(":", ".").rsplit(".", 1)[-1]
    raise ExperimentError(
        f"this network was written in Python (`{name}`), and no code is run from a file: in Python"
        f" pass the class again, Experiment(network={cls}), tt.load(run, network={cls}),"
        f" run.model(network={cls}) or Model.load(folder, network={cls})"
    )


def checked_source(network: object, settings: dict[str, Any]) -> Any:
    """The class or the module that a network is made of.

    Args:
        network: a class of `nn.Module`, a module, or or a `Custom` of either.
        settings: of the class.

    Raises:
        ExperimentError: it is neither, or a built module comes with settings.
    """
    from torch import nn

    if isinstance(network, Stage):  # a `Custom` or a `PythonLayer`
        network = getattr(network, "_source", None)
    if isinstance(network, type) and issubclass(network, nn.Module):
        return network
    if not isinstance(network, nn.Module):
        raise ExperimentError(
            "a network is a kind such as VGG(), a class of torch.nn.Module or a module, not"
            f" {network!r:.80}"
        )
    if settings:
        raise ExperimentError(
            f"a module that is built already takes no settings ({', '.join(settings)}): give its"
            f" class, Custom({type(network).__name__}, ...)"
        )
    return network


def make(source: Any, settings: dict[str, Any], shape: Shape) -> nn.Module:
    """The module for inputs of `shape`: the class called, or a copy of what was built already.

    Raises:
        ExperimentError: the class cannot be called with this shape and these settings.
    """
    import torch

    with torch.device("cpu"):
        if not isinstance(source, type):
            return _materialised(copy.deepcopy(source), shape)
        try:
            return _materialised(source(shape.sizes, **settings), shape)
        except Exception as error:
            called = ", ".join([str(shape.sizes), *(f"{k}={v!r}" for k, v in settings.items())])
            raise ExperimentError(
                f"{source.__name__}({called}) fails: {type(error).__name__}: {error}; a network's"
                " class is called with the shape of its input, (channel, time) or (channel, time,"
                " frequency), and its settings by name"
            ) from error


def _materialised(module: nn.Module, shape: Shape) -> nn.Module:
    """The module; where it has lazy layers, their sizes are found in one run."""
    from torch.nn.parameter import is_lazy

    if any(is_lazy(one) for one in (*module.parameters(), *module.buffers())):
        mode = module.training
        run_on_zeros(module, shape)
        module.train(mode)
    return module


def run_on_zeros(module: nn.Module, shape: Shape) -> Any:
    """What a module gives, evaluating, for `CLIPS` clips of zeros."""
    import torch

    with torch.no_grad():
        return module.eval()(torch.zeros(CLIPS, *shape.sizes, device="cpu"))


def count_weights(module: nn.Module) -> int:
    """How many numbers a module learns."""
    return sum(one.numel() for one in module.parameters())


def weights_digest(module: nn.Module) -> str:
    """What changes when the name or the size of a weight changes."""
    listed = json.dumps([[name, [*one.shape]] for name, one in module.state_dict().items()])
    return hashlib.sha256(listed.encode()).hexdigest()[:16]


def times(sizes: tuple[int, ...]) -> str:
    """Sizes as they are written."""
    return " × ".join(map(str, sizes))


def _axis(name: str, size: int, shape: Shape) -> Axis:
    """An axis of the output: of one that the input has, the steps grow as the size shrinks."""
    if name == "channel" or name not in shape.names:
        return Axis(name, size)
    before = shape.axis(name)
    return before._replace(
        size=size, step=before.step * before.size / size, span=before.reach(before.size)
    )
