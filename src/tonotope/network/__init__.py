"""Networks: a list of layers, or an architecture that lists its layers; `Network` names all.

Every network expands into the layers of `layers/vocabulary`, so a file that lists its layers
describes it completely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import BeforeValidator, Field

from tonotope.network.architecture import Architecture, Published
from tonotope.network.architectures.crepe import CREPE
from tonotope.network.architectures.encoder import Encoder
from tonotope.network.architectures.lenet import LeNet
from tonotope.network.architectures.lenet5 import LeNet5
from tonotope.network.architectures.m5 import M5
from tonotope.network.architectures.panns import PANN
from tonotope.network.architectures.piczak import Piczak
from tonotope.network.architectures.resnet import ResNet
from tonotope.network.architectures.tempo import Tempo
from tonotope.network.architectures.vgg import VGG
from tonotope.network.custom import Custom
from tonotope.network.layer_list import Layers
from tonotope.network.layer_report import LayerReport, table, totals
from tonotope.network.layers.assemble import assemble
from tonotope.network.layers.vocabulary import Layer, dump, load, parse
from tonotope.network.shape_inference import trace

Network = Annotated[
    Layers | LeNet | VGG | ResNet | Encoder
    | LeNet5 | Piczak | M5 | CREPE | Tempo | PANN | Custom,
    Field(discriminator="kind"),
]  # fmt: skip


def _wrapped(network: Any) -> Any:
    """A network written in Python as a `Custom`; anything else unchanged."""
    if type(network) in KINDS or (not callable(network) and not isinstance(network, Architecture)):
        return network
    return Custom(network)


KINDS: tuple[type[Architecture], ...] = get_args(get_args(Network)[0])
# Every name that experiment files know; the names of those published for one kind of input.
ARCHITECTURES: dict[str, type[Architecture]] = {
    name: one
    for one in KINDS
    if one is not Custom
    for name in get_args(one.model_fields["kind"].annotation)
}
PUBLISHED = tuple(
    name
    for name, one in ARCHITECTURES.items()
    if one.reads != "any" and one.model_validate({"kind": name}).published
)
# A network of the union, or one of your own: an `nn.Module`, its class, or an `Architecture`.
if TYPE_CHECKING:
    AnyNetwork = Architecture
else:
    AnyNetwork = Annotated[Network, BeforeValidator(_wrapped)]

__all__ = [
    "ARCHITECTURES",
    "CREPE",
    "KINDS",
    "M5",
    "PANN",
    "PUBLISHED",
    "VGG",
    "AnyNetwork",
    "Architecture",
    "Custom",
    "Encoder",
    "Layer",
    "LayerReport",
    "Layers",
    "LeNet",
    "LeNet5",
    "Network",
    "Piczak",
    "Published",
    "ResNet",
    "Tempo",
    "assemble",
    "dump",
    "load",
    "parse",
    "table",
    "totals",
    "trace",
]
