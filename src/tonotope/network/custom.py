"""`Custom`: any `nn.Module` as the network; measured, saved by name and settings, never as code.

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

import hashlib
import json
import warnings
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, PrivateAttr

from tonotope._errors import ExperimentError, ShapeError
from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture
from tonotope.network.initialisation import InitName
from tonotope.network.python_layer import (
    CLIPS,
    PythonLayer,
    checked_source,
    count_weights,
    make,
    refuse,
    run_on_zeros,
    times,
    weights_digest,
)

if TYPE_CHECKING:
    from torch import nn


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


def name_of(network: object) -> str:
    """Where a class is, or the class of an instance: `package.module:Class`."""
    kind = network if isinstance(network, type) else type(network)
    return f"{kind.__module__}:{kind.__qualname__}"


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
                out = run_on_zeros(module, shape)
        except ExperimentError:
            raise
        except Exception as error:
            raise ShapeError(
                f"network `{name}` fails on a clip of {shape}, of which it is given two at a time,"
                f" ({CLIPS}, {', '.join(map(str, shape.sizes))}): {type(error).__name__}: {error}"
            ) from error
    sizes = _out_sizes(name, out, shape)
    state = _checked_state(name, module)
    layer = PythonLayer(
        name_of_class=name,
        settings=settings,
        in_sizes=shape.sizes,
        out_sizes=sizes,
        learned=count_weights(module),
        buffers=sum(one.numel() for key, one in module.named_buffers() if key in state),
        products=counter.get_total_flops() // (2 * CLIPS),
        weights=weights_digest(module),
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
    given = f"a tensor {times(sizes)}" if sizes else "a single number"
    if sizes[:1] != (CLIPS,) or not 2 <= len(sizes) <= 4 or 0 in sizes:
        raise ShapeError(f"network `{name}` returns {given} for {CLIPS} clips: {fits}")
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
