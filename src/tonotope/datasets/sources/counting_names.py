"""Names that only count (`000`, `Track 12`): a running number, which says nothing of a source."""

from __future__ import annotations

import re

from tonotope.datasets.labels import normalised

# Before a number: a piece of one recording.
PARTING_WORDS = (
    *("part", "pt", "seg", "segment", "chunk", "slice", "piece", "excerpt", "section", "cut"),
    *("window", "parte", "segmento", "trozo", "fragmento", "teil", "abschnitt", "ausschnitt"),
)
PIECE_WORDS = ("take", "clip", *PARTING_WORDS)
# Words before a running number that say nothing of who or what is heard; the names that recorders
# and telephones give, and the same in Spanish and German.
_COUNTING_WORDS = frozenset(
    (
        *PIECE_WORDS,
        *("audio", "aud", "channel", "ch", "copy", "data", "event", "ex", "example", "file"),
        *("fragment", "frame", "hit", "index", "item", "loop", "memo", "mic", "mono", "new", "no"),
        *("note", "nr", "num", "number", "rec", "record", "recording", "rep", "repetition"),
        *("round", "run", "sample", "scene", "seq", "sequence", "shot", "snd", "sound", "stereo"),
        *(
            "stroke",
            "t",
            "test",
            "tk",
            "tr",
            "track",
            "train",
            "trial",
            "trk",
            "untitled",
            "v",
            "ver",
        ),
        *("version", "voice", "wav", "wave"),
        *("dm", "dr", "dss", "ptt", "ste", "tascam", "vn", "wa", "zoom"),
        *("archivo", "corte", "ejemplo", "fichero", "grabación", "grabacion"),
        *("muestra", "nota", "nueva", "nuevo", "número", "numero", "pista", "prueba"),
        *("sonido", "toma", "de", "voz"),
        *("aufnahme", "beispiel", "datei", "klang", "neue", "nummer"),
        *("probe", "spur", "stück", "ton", "versuch"),
    )
)
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[ .][01]?\d[ .][0-3]?\d|[0-3]?\d[ .][01]?\d[ .](?:19|20)\d\d)(?!\d)"
)


def only_counts(group: str) -> bool:
    """Whether a group's name is a running number, alone or with words such as `take` and `rec`.

    Six digits and more are a date or an id, unless noughts fill them up; `2024-05-01` is a date.

    >>> [only_counts(name) for name in ("000", "Track 12", "rec07", "bird12", "p225", "20240501")]
    [True, True, True, False, False, False]
    >>> only_counts("2024-05-01"), only_counts("2024-1")
    (False, True)
    """
    if _DATE.search(normalised(group)):
        return False
    pieces = re.findall(r"\d+|[^\W\d_]+", normalised(group))
    numbers = [piece for piece in pieces if piece.isdecimal()]
    return bool(numbers) and all(
        piece in _COUNTING_WORDS
        if not piece.isdecimal()
        else len(piece) < 6 or piece.startswith("0")
        for piece in pieces
    )


def says_nothing(name: str) -> bool:
    """Whether a name is made of words that come before a running number, without one.

    >>> says_nothing("Recording"), says_nothing("new voice memo"), says_nothing("walk")
    (True, True, False)
    """
    pieces = re.findall(r"[^\W_]+", normalised(name))
    return all(piece in _COUNTING_WORDS for piece in pieces)
