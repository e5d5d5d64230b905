"""Whether what was said is what a page shows: exactly, or with other figures."""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"(?P<any>\.\.\.)|(?P<run>^[a-z-]+-[0-9a-f]{8}-s\d+)|(?P<digest>-[0-9a-f]{8}-s(?=\d))"
    r"|(?P<figure>[+-]?\d[\d,]*(\.\d+)?)"
)
# A difference has a sign, a score written small has an exponent.
_ANY_FIGURE = r"[+-]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?"
_ANY_DIGEST = r"-[0-9a-f]{8}-s"
# In a table of runs the best is first, whichever it is.
_ANY_RUN = rf"[a-z-]+{_ANY_DIGEST}\d+"
# Which way a comparison goes, and how surely, are figures too.
_OUTCOMES = (
    ("below", "above"),
    ("; too close to tell apart", ""),
    ("a clear difference", "too close to tell apart"),
    ("on 1 recording it", "on 1 recordings it"),
    ("always naming the commonest class", "logistic regression on averaged MFCCs"),
)


# So is whether the temperature did harm.
_TEMPERED = re.compile(r"^With the temperature, scores are worse .*$", re.MULTILINE)


def agree(shown: str, said: str, *, loosely: bool = False) -> bool:
    """Whether `said` is what a page shows, word by word.

    `...` stands for any words, or none; inside a word for any letters. Loosely, each figure stands
    for any other, and so do the digests in the names of run folders: what is trained for a minute
    on the page is trained for a second here.

    >>> agree("It names 9 of 10 ...", "It  names 9 of 10 recordings")
    True
    >>> agree("runs/birds-.../report.html", "runs/birds-1a2b3c4d-s0/report.html")
    True
    >>> agree("It names 9 of 10", "It names 3 of 4"), agree("9 of 10", "3 of 4", loosely=True)
    (False, True)
    >>> agree("It names 9 of 10", "It knows 3 of 4", loosely=True)
    False
    """
    said = _TEMPERED.sub("", said) if loosely else said
    for one, other in _OUTCOMES if loosely else ():
        shown, said = shown.replace(one, other), said.replace(one, other)
    pattern = "".join(
        r"(?:\S+ )*?" if word == "..." else f"{_word(word, loosely)} " for word in shown.split()
    )
    return re.fullmatch(pattern, "".join(f"{word} " for word in said.split())) is not None


def _word(word: str, loosely: bool) -> str:
    told, at = "", 0
    for match in _PIECE.finditer(word):
        told += re.escape(word[at : match.start()])
        at = match.end()
        if match["any"]:
            told += r"\S*?"
        elif not loosely:
            told += re.escape(match[0])
        elif match["run"]:
            told += _ANY_RUN
        else:
            told += _ANY_DIGEST if match["digest"] else _ANY_FIGURE
    return told + re.escape(word[at:])
