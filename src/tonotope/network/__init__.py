"""Networks as lists of layers: spelled out, or by a recipe that spells them.

Every network expands into the closed vocabulary of `vocabulary`, so its sizes are known before
it exists (`sizes.trace`) and a file that lists its layers describes it completely.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tonotope.network.assemble import assemble
from tonotope.network.layers import Layers
from tonotope.network.lenet import LeNet
from tonotope.network.resnet import ResNet
from tonotope.network.sizes import LayerReport, table, totals, trace
from tonotope.network.vgg import VGG
from tonotope.network.vocabulary import Layer, dump, load, parse

Network = Annotated[Layers | LeNet | VGG | ResNet, Field(discriminator="kind")]

__all__ = [
    "VGG",
    "Layer",
    "LayerReport",
    "Layers",
    "LeNet",
    "Network",
    "ResNet",
    "assemble",
    "dump",
    "load",
    "parse",
    "table",
    "totals",
    "trace",
]
