"""A network written in Python: any `nn.Module`, or an `Architecture` of one's own.

    class Wide(nn.Module):
        def __init__(self, in_shape, width=32):  # (channel, time, frequency), or (channel, time)
            ...
        def forward(self, features):             # (batch, *in_shape) -> (batch, ...)
            ...

    run = tt.run(tt.Experiment(network=tt.Custom(Wide, width=64), ...))
    run.model(network=Wide)

The class is called with the shape of the features of one clip and the settings. What it returns
has one axis (values), two (channel, time) or three (channel, time, frequency) after the batch. A
module that is built already may be given in place of a class: each training begins with a copy of
it, weights included.

Files hold the name of the class, its settings and the sizes of its weights, and never code. So a
run can be reported and compared without the class; to predict with it, the class is passed again.
"""

from __future__ import annotations

import copy
import hashlib
import json
import warnings
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self

from pydantic import Field, PrivateAttr

from tonotope._errors import ExperimentError, ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.architecture import Architecture
from tonotope.network.initialisation import InitName
from tonotope.network.layers.layer import LayerStage

if TYPE_CHECKING:
    from torch import nn

_BATCH = 2
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
            raise ShapeError(f"was built for {_times(self.in_sizes)}, not for {shape}")
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
        found = _digest(module)
        if self.weights and found != self.weights:
            raise ExperimentError(
                f"`{self.name_of_class}` is another network now: the names or sizes of its weights"
                f" are not those that were saved ({_count(module):,} parameters now,"
                f" {self.learned:,} then); pass the class as it was"
            )
        return module


class Custom(Architecture):
    """A network written in Python: a class with settings, or a module that is built already.

        tt.Custom(MyModule, width=32)   # built as MyModule(in_shape, width=32)
        tt.Custom(MyModule(width=32))   # a copy of this module, its weights included

    Attributes:
        name: where the class is: `package.module:Class`.
        settings: what the class is called with, after the shape of the input.
        weights: changes when the name or the size of a weight changes; known once the length of a
            clip is.
        init: how the weights begin: as the class makes them.
    """

    kind: Literal["python"] = "python"
    init: InitName = "default"
    name: str
    settings: dict[str, Any] = Field(default_factory=dict)
    weights: str = ""
    _source: Any = PrivateAttr(None)
    _measured: dict[tuple[int, ...], PythonLayer] = PrivateAttr(default_factory=dict)

    def __init__(self, network: object = None, /, **settings: Any) -> None:
        if network is None:  # as a file tells it
            super().__init__(**settings)
            return
        if isinstance(network, Architecture):
            given: dict[str, Any] = {**network.model_dump(mode="json"), **settings}
            given.pop("kind", None)
            network, init = type(network).model_validate(given), network.init
        else:
            given, init = settings, "default"
            checked_source(network, settings)
        told = {"name": name_of(network), "settings": _plain(given, network), "init": init}
        super().__init__(**told)
        self._source = network

    @property
    def known(self) -> bool:
        """Whether the class is known here; a file alone holds its name."""
        return self._source is not None

    @property
    def has_output_layer(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Only an `Architecture` can have one."""
        return bool(getattr(self._source, "has_output_layer", False))

    def with_outputs(self, outputs: int) -> Self:
        """An `Architecture` with an output layer for so many classes."""
        if not self.has_output_layer:
            return self
        made = self.model_copy()
        made._source = self._source.with_outputs(outputs)
        return made

    def with_code(self, network: object) -> Custom:
        """This network, as a file tells it, with its class or module.

        Raises:
            ExperimentError: `network` is neither.
        """
        source = network._source if isinstance(network, Custom) else network
        kind = source if isinstance(source, type) else type(source)
        if issubclass(kind, Architecture):
            source = kind.model_validate(self.settings)
        else:
            source = checked_source(source, self.settings)
        made = self.model_copy()
        made._source, made._measured = source, {}
        return made

    def with_weights(self, shape: Shape) -> Custom:
        """This network with the digest of its weights for inputs of `shape`."""
        found = self.expand(shape)
        if isinstance(self._source, Architecture):
            listed = json.dumps([layer.model_dump(mode="json") for layer in found])
            digest = hashlib.sha256(listed.encode()).hexdigest()[:16]
        else:
            digest = found[0].weights
        return self.model_copy(update={"weights": digest})

    def expand(self, shape: Shape) -> tuple[Any, ...]:
        """The layers of an `Architecture`, or the whole module as one layer.

        Raises:
            ShapeError: the module cannot be built or run for this shape, or what comes out is no
                tensor of features.
            ExperimentError: the class is not known here.
        """
        if self._source is None:
            refuse(self.name)
        if isinstance(self._source, Architecture):
            return self._source.expand(shape)
        if shape.sizes not in self._measured:
            layer = _measure(self.name, self._source, self.settings, shape)
            self._measured[shape.sizes] = layer
        return (self._measured[shape.sizes],)


def refuse(name: str) -> NoReturn:
    """Say that files hold no code, and how to pass the class again.

    Raises:
        ExperimentError: always.
    """
    cls = name.replace(":", ".").rsplit(".", 1)[-1]
    raise ExperimentError(
        f"this network was written in Python (`{name}`), and no code is run from a file: in Python"
        f" pass the class again, Experiment(network={cls}), tt.load(run, network={cls}),"
        f" run.model(network={cls}) or Model.load(folder, network={cls})"
    )


def name_of(network: object) -> str:
    """Where a class is, or the class of an instance: `package.module:Class`."""
    kind = network if isinstance(network, type) else type(network)
    return f"{kind.__module__}:{kind.__qualname__}"


def checked_source(network: object, settings: dict[str, Any]) -> Any:
    """The class or the module that a network is made of.

    Args:
        network: a class of `nn.Module`, a module, or a `Custom` or a `PythonLayer` of either.
        settings: of the class.

    Raises:
        ExperimentError: it is neither, or a built module comes with settings.
    """
    from torch import nn

    if isinstance(network, Custom | PythonLayer):
        network = network._source
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
        _run(module, shape)
        module.train(mode)
    return module


def _run(module: nn.Module, shape: Shape) -> Any:
    import torch

    with torch.no_grad():
        return module.eval()(torch.zeros(_BATCH, *shape.sizes, device="cpu"))


def _measure(name: str, source: Any, settings: dict[str, Any], shape: Shape) -> PythonLayer:
    """Build the module aside and run it once on zeros; no random number of anybody is used up."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    with torch.random.fork_rng(devices=[]), torch.device("cpu"):
        torch.manual_seed(0)
        try:
            module = make(source, settings, shape)
            # The kernels of oneDNN hide what a recurrent layer multiplies.
            slow = torch.backends.mkldnn.flags(enabled=False)
            with warnings.catch_warnings(action="ignore"), slow, counter:
                out = _run(module, shape)
        except ExperimentError:
            raise
        except Exception as error:
            raise ShapeError(
                f"network `{name}` fails on a clip of {shape}, of which it is given two at a time,"
                f" ({_BATCH}, {', '.join(map(str, shape.sizes))}): {type(error).__name__}: {error}"
            ) from error
    sizes = _out_sizes(name, out, shape)
    state = _checked_state(name, module)
    layer = PythonLayer(
        name_of_class=name,
        settings=settings,
        in_sizes=shape.sizes,
        out_sizes=sizes,
        learned=_count(module),
        buffers=sum(one.numel() for key, one in module.named_buffers() if key in state),
        products=counter.get_total_flops() // (2 * _BATCH),
        weights=_digest(module),
    )
    layer._source = source
    return layer


def _out_sizes(name: str, out: Any, shape: Shape) -> tuple[int, ...]:
    import torch

    fits = (
        f"for a batch of clips of {shape} a tensor (batch, values), (batch, channel, time) or"
        " (batch, channel, time, frequency) would fit"
    )
    if not isinstance(out, torch.Tensor):
        raise ShapeError(f"network `{name}` returns {type(out).__name__}: {fits}")
    sizes = tuple(out.shape)
    if sizes[:1] != (_BATCH,) or not 2 <= len(sizes) <= 4 or 0 in sizes:
        raise ShapeError(f"network `{name}` returns {_times(sizes)} for {_BATCH} clips: {fits}")
    if not out.is_floating_point():
        raise ShapeError(f"network `{name}` returns {out.dtype}: {fits}, of real numbers")
    return sizes[1:]


def _checked_state(name: str, module: nn.Module) -> dict[str, Any]:
    import torch

    state = module.state_dict()
    for key, tensor in state.items():
        if tensor.dtype not in (torch.float32, torch.int64):
            raise ShapeError(
                f"network `{name}`: `{key}` is {tensor.dtype}, and a model file holds float32 and"
                " int64: make it one of these, or register it with persistent=False"
            )
    return state


def _count(module: nn.Module) -> int:
    return sum(one.numel() for one in module.parameters())


def _digest(module: nn.Module) -> str:
    listed = json.dumps([[name, [*one.shape]] for name, one in module.state_dict().items()])
    return hashlib.sha256(listed.encode()).hexdigest()[:16]


def _axis(name: str, size: int, shape: Shape) -> Axis:
    """An axis of the output: of one that the input has, the steps grow as the size shrinks."""
    if name == "channel" or name not in shape.names:
        return Axis(name, size)
    before = shape.axis(name)
    return before._replace(
        size=size, step=before.step * before.size / size, span=before.reach(before.size)
    )


def _plain(settings: dict[str, Any], network: object) -> dict[str, Any]:
    """The settings, if a file can hold them.

    Raises:
        ExperimentError: names the one that it cannot hold.
    """
    for key, value in settings.items():
        try:
            again = json.loads(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError):
            again = None
        if value is None or again is None:
            raise ExperimentError(
                f"{name_of(network)}: the setting `{key}` = {value!r:.60} cannot be written to a"
                " file: numbers, texts, true, false, and lists and tables of these would fit"
            )
    return json.loads(json.dumps(settings))


def _times(sizes: tuple[int, ...]) -> str:
    return " × ".join(map(str, sizes))
