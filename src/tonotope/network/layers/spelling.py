"""The words that layers are written in, what may follow each, and how it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple


def _whole(token: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", token):
        raise ValueError("a whole number")
    return int(token)


def _number(token: str) -> float:
    try:
        return float(token)
    except ValueError:
        raise ValueError("a number") from None


def _sizes(token: str) -> tuple[int, ...]:
    if not re.fullmatch(r"[0-9]{1,12}(x[0-9]{1,12})*", token):
        raise ValueError("sizes such as 5x5 (time × frequency) or 9 (time alone)")
    return tuple(map(int, token.split("x")))


def _zeros(token: str) -> object:
    if token in ("valid", "same"):
        return token
    if not re.fullmatch(r"[0-9]{1,12}(:[0-9]{1,12})?(x[0-9]{1,12}(:[0-9]{1,12})?)*", token):
        raise ValueError("`valid`, `same`, or zeros per axis such as 2x2 or 1:2x0:0")
    ends = [list(map(int, part.split(":"))) for part in token.split("x")]
    return tuple((end[0], end[-1]) for end in ends)


def _kept(token: str) -> tuple[str, ...]:
    return tuple(token.split("+"))


def _table(token: str) -> str:
    return token  # the layer itself knows which tables there are


Reader = Callable[[str], object]


class Spelling(NamedTuple):
    """What may follow a layer's word.

    Attributes:
        example: a line that is right.
        needed: the numbers in their order, each with its reader.
        options: words that are followed by a value.
        flags: words that stand alone, with the field and the value they mean.
        spare: how many of `needed` may be left out, from the end.
        layers: whether other layers follow, in brackets.
    """

    example: str
    needed: Mapping[str, Reader] = MappingProxyType({})
    options: Mapping[str, Reader] = MappingProxyType({})
    flags: Mapping[str, tuple[str, bool]] = MappingProxyType({})
    spare: int = 0
    layers: bool = False


_POOL = {
    "needed": {"size": _sizes},
    "options": {"stride": _sizes, "padding": _sizes},
    "flags": {"ceil": ("ceil", True)},
}
_NO_BIAS = {"nobias": ("bias", False)}

SPELLINGS: dict[str, Spelling] = {
    "conv": Spelling(
        "conv 32 5x5 stride 2x2 padding same",
        {"filters": _whole, "kernel": _sizes},
        {"stride": _sizes, "dilation": _sizes, "padding": _zeros, "groups": _whole},
        _NO_BIAS,
    ),
    "maxpool": Spelling("maxpool 2x2", **_POOL),
    "meanpool": Spelling("meanpool 2x2", **_POOL),
    "globalpool": Spelling(
        "globalpool time mean+max",
        {"over": str, "how": _kept},
        flags={"added": ("added", True)},
        spare=1,
    ),
    "tableconv": Spelling("tableconv 5x5 0+1/1+2/0+2", {"kernel": _sizes, "table": _table}),
    "subsample": Spelling("subsample 2x2", {"size": _sizes}),
    "batchnorm": Spelling("batchnorm", options={"over": str, "eps": _number, "momentum": _number}),
    "clipnorm": Spelling("clipnorm"),
    "deltas": Spelling("deltas", options={"width": _whole}),
    "relu": Spelling("relu"),
    "leakyrelu": Spelling("leakyrelu 0.1", {"slope": _number}, spare=1),
    "elu": Spelling("elu"),
    "gelu": Spelling("gelu"),
    "tanh": Spelling("tanh"),
    "scaledtanh": Spelling("scaledtanh"),
    "sigmoid": Spelling("sigmoid"),
    "dropout": Spelling("dropout 0.25", {"rate": _number}),
    "flatten": Spelling("flatten"),
    "dense": Spelling("dense 128", {"units": _whole}, flags=_NO_BIAS),
    "rbf": Spelling("rbf 10", {"classes": _whole}),
    "residual": Spelling(
        "residual [conv 16 3x3 padding same, batchnorm] shortcut [conv 16 1x1]", layers=True
    ),
    "parallel": Spelling(
        "parallel [conv 8 3x3 padding same] [conv 8 5x5 padding same]", layers=True
    ),
}

# What people write who come from elsewhere.
ELSEWHERE = {
    "conv1d": "conv",
    "conv2d": "conv",
    "convolution": "conv",
    "avgpool": "meanpool",
    "averagepool": "meanpool",
    "pool": "maxpool",
    "maxpooling": "maxpool",
    "bn": "batchnorm",
    "linear": "dense",
    "fc": "dense",
    "lrelu": "leakyrelu",
    "globalmeanpool": "globalpool",
    "globalavgpool": "globalpool",
    "avgpooling": "meanpool",
    "instancenorm": "clipnorm",
    "concat": "parallel",
    "concatenate": "parallel",
    "delta": "deltas",
}
