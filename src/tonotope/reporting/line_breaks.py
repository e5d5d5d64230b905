"""Where a long word in a table may break across lines: after signs, or after 20 letters."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

LONGEST_WORD = 20

_BREAK = Markup("<wbr>")
_TAG = re.compile(r"(<[^>]*>)")
_SIGNS = "_/\\.,;:@=|+-"


def breakable(text: object) -> Markup:
    """The text as HTML, with a place to break inside each run without a space of over 20 letters.

    A table column is as wide as its longest word, so a browser breaks no other word inside.

    >>> breakable("bell/07.wav"), breakable("field_recording_2024/<a>.wav")
    (Markup('bell/07.wav'), Markup('field_<wbr>recording_<wbr>2024/<wbr>&lt;a&gt;.<wbr>wav'))
    """
    parts = _TAG.split(escape(text))
    return Markup("").join(
        Markup(part) if part.startswith("<") else _in_words(Markup(part).unescape())
        for part in parts
    )


def _in_words(text: str) -> Markup:
    return Markup("").join(
        Markup(escape(word)) if len(word) <= LONGEST_WORD else _BREAK.join(_pieces(word))
        for word in re.split(r"(\s+)", text)
    )


def _pieces(word: str) -> list[str]:
    """The pieces of a long word: each ends with a sign, or has 20 letters."""
    pieces = [""]
    for sign in word:
        full = len(pieces[-1]) >= LONGEST_WORD and unicodedata.category(sign)[0] != "M"
        ended = pieces[-1][-1:] in _SIGNS and pieces[-1] and sign not in _SIGNS
        if full or ended:
            pieces.append("")
        pieces[-1] += sign
    return pieces
