"""Where lines break: long words of a table, the words of a command, numbers beside their units."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

LONGEST_WORD = 20

_BREAK = Markup("<wbr>")
_TAG = re.compile(r"(<[^>]*>)")
_UNIT = re.compile(r"(\d) (s|ms|min|h|Hz|kHz|dB|kB|MB|GB|%)(?!\w)")
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


def command(text: object) -> Markup:
    """A command as HTML: broken between its words, and inside one only where no line holds it.

    >>> command("tonotope run a --out b")[:26]
    Markup('<span class="word">tonotop')
    """
    return Markup(" ").join(
        Markup('<span class="word">{}</span>').format(word) for word in str(text).split(" ")
    )


def note(text: object) -> Markup:
    r"""A sentence of the terminal as HTML: `ticks` mark code, and a number stays with its unit.

    >>> note("`f0_hz`: over 20 Hz")
    Markup('<code>f0_hz</code>: over 20\xa0Hz')
    """
    parts = [_UNIT.sub("\\1\u00a0\\2", part) for part in str(text).split("`")]
    if len(parts) % 2 == 0:  # a tick without another is a part of a name
        return Markup(escape("`".join(parts)))
    return Markup("").join(
        Markup("<code>{}</code>" if at % 2 else "{}").format(part) for at, part in enumerate(parts)
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
