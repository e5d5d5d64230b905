"""The text form of layers, `conv 32 5x5 stride 2x2`: words, options, parsing and its errors.

A layer is a word, its required numbers, then its options in any order. Case and spaces do not
matter; errors name the word at fault. Commas separate the layers inside `residual [ ... ]
shortcut [ ... ]` and `parallel [ ... ] [ ... ]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from tonotope._errors import did_you_mean

LONGEST_TEXT = 20_000
DEEPEST = 8


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


def _plus_list(token: str) -> tuple[str, ...]:
    return tuple(token.split("+"))


Reader = Callable[[str], object]


class Spelling(NamedTuple):
    """What may follow a layer's word.

    Attributes:
        example: a correct line.
        needed: the required values in their order, each with its reader.
        options: words followed by a value.
        flags: words without a value, with the field and the value they set.
        spare: how many of the last `needed` may be left out.
        layers: whether other layers follow in brackets.
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
        {"over": str, "how": _plus_list},
        flags={"added": ("added", True)},
        spare=1,
    ),
    "tableconv": Spelling("tableconv 5x5 0+1/1+2/0+2", {"kernel": _sizes, "table": str}),
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

# Names in other libraries.
ALIASES = {
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


def fields(text: str, depth: int = 0) -> dict[str, Any]:
    """The fields that a line sets; the class of the layer checks them.

    >>> fields("Conv 32 5 x 5 padding SAME")
    {'kind': 'conv', 'filters': 32, 'kernel': (5, 5), 'padding': 'same'}

    Raises:
        ValueError: the line is not a layer; the message shows an example.
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"a layer of {len(text):,} characters: at most {LONGEST_TEXT:,} are read")
    line = re.sub(r"\s*([+/])\s*", r"\1", text.strip().lower().replace("×", "x"))
    line = re.sub(r"(?<=[0-9])\s*x\s*(?=[0-9])", "x", line)
    word, _, rest = line.partition(" ")
    word, bracket, tail = word.partition("[")
    rest = bracket + tail + " " + rest
    spelling = SPELLINGS.get(word)
    if spelling is None:
        raise ValueError(_unknown(word))
    if spelling.layers:
        return {"kind": word, **_composed(word, rest.strip(), depth)}
    return {"kind": word, **_read(word, rest.split(), spelling)}


def split(text: str) -> list[str]:
    """The layers of a list in one text: split at commas, semicolons and new lines.

    Layers inside brackets stay together.

    >>> split("relu, residual [relu, relu], flatten")
    ['relu', 'residual [relu, relu]', 'flatten']
    """
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        if letter in ",;\n" and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def _unknown(word: str) -> str:
    if not word:
        return "an empty line is not a layer; write for example `conv 32 5x5`"
    plain = word.replace("_", "").replace("-", "")
    known = ALIASES.get(plain) or (plain if plain in SPELLINGS else None)
    hint = f"; did you mean `{known}`?" if known else did_you_mean(word, SPELLINGS)
    example = f" Write for example `{SPELLINGS[known].example}`." if known else ""
    return f"unknown layer `{word}`{hint or '; known are ' + ', '.join(SPELLINGS)}{example}"


def _read(word: str, tokens: list[str], spelling: Spelling) -> dict[str, Any]:
    """The required values first, then options and flags in any order."""
    found: dict[str, Any] = {}
    names = list(spelling.needed)
    while tokens and len(found) < len(names) and not _is_option(tokens[0], spelling):
        name = names[len(found)]
        found[name] = _value(word, name, tokens.pop(0), spelling.needed[name], spelling)
    if len(found) < len(names) - spelling.spare:
        missing = " and ".join(names[len(found) :])
        raise ValueError(f"`{word}` lacks its {missing}: write for example `{spelling.example}`")
    while tokens:
        token = tokens.pop(0)
        _option(word, token, tokens, spelling, found)
    return found


def _option(
    word: str, token: str, tokens: list[str], spelling: Spelling, found: dict[str, Any]
) -> None:
    """Read one option or flag into `found`."""
    field, value = spelling.flags.get(token, (token, None))
    if field in found:
        raise ValueError(f"`{word}` says `{token}` twice")
    if token in spelling.flags:
        found[field] = value
    elif token not in spelling.options:
        raise ValueError(_surplus(word, token, spelling))
    elif not tokens:
        raise ValueError(f"`{word}`: `{token}` lacks its value; for example `{spelling.example}`")
    else:
        found[token] = _value(word, token, tokens.pop(0), spelling.options[token], spelling)


def _is_option(token: str, spelling: Spelling) -> bool:
    return token in spelling.options or token in spelling.flags


def _value(word: str, name: str, token: str, reader: Reader, spelling: Spelling) -> object:
    try:
        return reader(token)
    except ValueError as error:
        raise ValueError(
            f"`{word}`: {name} should be {error}, not `{token}`; for example `{spelling.example}`"
        ) from None


def _surplus(word: str, token: str, spelling: Spelling) -> str:
    known = [*spelling.options, *spelling.flags]
    if not known:
        return f"`{word}` takes nothing more than `{spelling.example}`, not `{token}`"
    hint = did_you_mean(token, known) or f"; it takes {', '.join(known)}."
    return f"`{word}` does not know `{token}`{hint} For example `{spelling.example}`"


def _composed(word: str, rest: str, depth: int) -> dict[str, Any]:
    """The layers in brackets: a body and an optional shortcut, or several branches."""
    if depth >= DEEPEST:
        raise ValueError(f"layers nest at most {DEEPEST} deep")
    lists: list[tuple[Any, ...]] = []
    while rest:
        if word == "residual" and len(lists) == 1:
            rest = rest.removeprefix("shortcut").strip()
        end = _closing(rest)
        if end is None:
            break
        lists.append(tuple(fields(part, depth + 1) for part in split(rest[1:end])))
        rest = rest[end + 1 :].strip()
    least, most = (1, 2) if word == "residual" else (2, 64)
    if len(lists) >= most and rest:
        raise ValueError(f"after the brackets of `{word}` nothing may follow, not `{rest}`")
    if rest or not least <= len(lists) <= most:
        example = SPELLINGS[word].example
        raise ValueError(f"`{word}` needs its layers in brackets: `{example}`")
    if word == "residual":
        return dict(zip(("body", "shortcut"), lists, strict=False))
    return {"branches": tuple(lists)}


def _closing(text: str) -> int | None:
    """Where the bracket at the start of `text` closes."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if depth == 0:
            return place if letter == "]" else None
    return None
