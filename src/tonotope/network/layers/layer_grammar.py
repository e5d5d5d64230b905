"""How layers are written: `conv 32 5x5 stride 2x2`, forgiving in space and case, exact in blame.

A layer is a word, the numbers it cannot do without, then what may be said besides, in any order.
Layers inside a `residual [ ... ] shortcut [ ... ]` or a `parallel [ ... ] [ ... ]` are separated
by commas.
"""

from __future__ import annotations

import re
from typing import Any

from tonotope._errors import did_you_mean
from tonotope.network.layers.spelling import ELSEWHERE, SPELLINGS, Reader, Spelling

LONGEST_TEXT = 20_000
DEEPEST = 8


def fields(text: str, depth: int = 0) -> dict[str, Any]:
    """The fields that a line names, ready to be checked by the layer's description.

    >>> fields("Conv 32 5 x 5 padding SAME")
    {'kind': 'conv', 'filters': 32, 'kernel': (5, 5), 'padding': 'same'}

    Raises:
        ValueError: the line is not a layer; the message shows one that is.
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
    """The layers of a list written in one text: split at commas, semicolons and new lines.

    Those inside brackets belong to the layer that is open.

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
        return "an empty line is no layer; write for example `conv 32 5x5`"
    plain = word.replace("_", "").replace("-", "")
    known = ELSEWHERE.get(plain) or (plain if plain in SPELLINGS else None)
    meant = f"; did you mean `{known}`?" if known else did_you_mean(word, SPELLINGS)
    example = f" Write for example `{SPELLINGS[known].example}`." if known else ""
    return f"unknown layer `{word}`{meant or '; known are ' + ', '.join(SPELLINGS)}{example}"


def _read(word: str, tokens: list[str], spelling: Spelling) -> dict[str, Any]:
    """Numbers first, then options and flags in any order."""
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
        message = f"`{word}`: {name} should be {error}, not `{token}`; for example"
        raise ValueError(f"{message} `{spelling.example}`") from None


def _surplus(word: str, token: str, spelling: Spelling) -> str:
    known = [*spelling.options, *spelling.flags]
    if not known:
        return f"`{word}` takes nothing more than `{spelling.example}`, not `{token}`"
    meant = did_you_mean(token, known) or f"; it takes {', '.join(known)}."
    return f"`{word}` does not know `{token}`{meant} For example `{spelling.example}`"


def _composed(word: str, rest: str, depth: int) -> dict[str, Any]:
    """The layers in brackets: a body and perhaps a shortcut, or any number of branches."""
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
    """Where the bracket that begins `text` is closed."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if depth == 0:
            return place if letter == "]" else None
    return None
