"""English words found in what was told in another language, outside of code and names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from tests.translation.catalogues import catalogue

_COMMON = re.compile(
    r"\b(?:the|of|and|with|from|each|are|is|as|by|to|for|an|it|which|that|this|all|not|be|have|has|"
    r"had|was|were|at|or|but|so|than|then|there|its|them|they|where|when|would|could|row|rows|"
    r"recordings?|files?|into|one|groups?|asked|seed|beside|cells?|every|whole|takes|says?)\b",
    re.IGNORECASE,
)
# Code, keys, names of files and what follows them: `x`, "x", a/b.wav, key = value, [data].
_CODE = re.compile(
    r"\b\w+ =\s|`[^`]*`|\"[^\"]*\"|\S*[/\\_=.]\S+|\bfile,label\S*|tonotope \w+|chmod \S+|--\S+"
)
_FIELD = re.compile(r"\{[^}]*\}")
_WORD = re.compile(r"(?<![\w-])[a-z]{2,}(?![\w-])")


def english_in(text: str, lang: str = "es") -> list[str]:
    """The words of a told text that are English: common ones, and all that only keys have."""
    plain = _CODE.sub(" ", text)
    return [
        *_COMMON.findall(plain),
        *(word for word in _WORD.findall(plain) if word in _only_english(lang)),
    ]


@cache
def _only_english(lang: str) -> frozenset[str]:
    """Words that stand in an English sentence of the catalogue and in no translation."""
    known = catalogue(lang)
    return frozenset(_words(key for key in known if " " in key) - _words(known.values()))


def _words(sentences: Iterable[str]) -> set[str]:
    plain = (_CODE.sub(" ", _FIELD.sub(" ", one)) for one in sentences)
    return {word for one in plain for word in _WORD.findall(one)}
