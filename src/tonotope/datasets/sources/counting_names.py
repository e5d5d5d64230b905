"""Names that only count (`000`, `Track 12`): a running number, which says nothing of a source."""

from __future__ import annotations

import re

from tonotope.datasets.labels import normalised

PIECE_WORDS = (
    *("take", "part", "pt", "seg", "segment", "chunk", "clip", "slice", "piece", "excerpt"),
    *("section", "cut", "window"),
)
# Words before a running number that say nothing of who or what is heard; the names that recorders
# and telephones give, and the same in Spanish and German.
_COUNTING_WORDS = frozenset(
    (
        *PIECE_WORDS,
        *("audio", "aud", "channel", "ch", "copy", "data", "event", "ex", "example", "file"),
        *("fragment", "frame", "hit", "index", "item", "loop", "memo", "mic", "mono", "new", "no"),
        *("note", "nr", "num", "number", "rec", "record", "recording", "rep", "repetition"),
        *("round", "run", "sample", "scene", "seq", "sequence", "shot", "snd", "sound", "stereo"),
        *("stroke", "test", "tr", "track", "train", "trial", "trk", "untitled", "v", "ver"),
        *("version", "voice", "wav", "wave"),
        *("dm", "dr", "dss", "ptt", "ste", "tascam", "vn", "wa", "zoom"),
        *("archivo", "corte", "ejemplo", "fichero", "fragmento", "grabación", "grabacion"),
        *("muestra", "nota", "nueva", "nuevo", "número", "numero", "parte", "pista", "prueba"),
        *("sonido", "toma", "trozo", "de", "voz"),
        *("abschnitt", "aufnahme", "ausschnitt", "beispiel", "datei", "klang", "neue", "nummer"),
        *("probe", "spur", "stück", "teil", "ton", "versuch"),
    )
)


def only_counts(group: str) -> bool:
    """Whether a group's name is a running number, alone or with words such as `take` and `rec`.

    Six digits and more are a date or an id, unless noughts fill them up.

    >>> [only_counts(name) for name in ("000", "Track 12", "rec07", "bird12", "p225", "20240501")]
    [True, True, True, False, False, False]
    """
    pieces = re.findall(r"\d+|[^\W\d_]+", normalised(group))
    numbers = [piece for piece in pieces if piece.isdecimal()]
    return bool(numbers) and all(
        piece in _COUNTING_WORDS
        if not piece.isdecimal()
        else len(piece) < 6 or piece.startswith("0")
        for piece in pieces
    )
