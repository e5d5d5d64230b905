"""Names that only count (`000`, `Track 12`): a running number, which says nothing of a source."""

from __future__ import annotations

import re
from collections.abc import Collection

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
        *("bounce", "export", "grab", "id", "mix", "output", "render", "signal", "x"),
        *("snr", "db", "gain", "level", "lvl"),  # how, not who
        *("dm", "dr", "dss", "ptt", "ste", "tascam", "vn", "wa", "zoom"),
        *("archivo", "corte", "ejemplo", "fichero", "grabación", "grabacion"),
        *("muestra", "nota", "nueva", "nuevo", "número", "numero", "pista", "prueba"),
        *("sonido", "toma", "de", "voz", "señal", "mezcla", "salida", "nivel"),
        *("enregistrement", "extrait", "fichier", "piste", "nouveau", "échantillon", "prise"),
        *("gravação", "arquivo", "faixa", "sinal", "registrazione", "traccia", "campione"),
        *("aufn", "neu", "signale", "ausgabe", "pegel"),
        *("aufnahme", "beispiel", "datei", "klang", "neue", "nummer"),
        *("probe", "spur", "stück", "ton", "versuch"),
    )
)
# `03 of 12`, `3von12`: the third of twelve.
_OF_HOW_MANY = re.compile(
    r"(?<!\d)(?P<at>\d{1,5})[ _-]?(?:of|von|de|sur|di|van|av|af|из)[ _-]?(?P<total>\d{1,5})(?!\d)",
    re.IGNORECASE,
)
_NUMBER_WORDS = (
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    ("uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"),
    ("eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"),
    ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    ("um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez"),
    ("uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci"),
    ("first", "second", "third", "fourth", "fifth", "sixth"),
    ("primero", "segundo", "tercero", "cuarto", "quinto", "sexto"),
    ("primera", "segunda", "tercera", "cuarta", "quinta", "sexta"),
)
_LEVELS = frozenset(
    (
        *("high", "mid", "middle", "medium", "low", "soft", "loud", "quiet", "strong", "weak"),
        *("alto", "medio", "bajo", "fuerte", "suave", "débil", "hoch", "mittel", "tief", "laut"),
        *("leise", "stark", "schwach", "haut", "moyen", "bas", "fort", "faible", "médio", "baixo"),
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
    >>> only_counts("id3"), only_counts("id10270")
    (True, False)
    """
    if _DATE.search(normalised(group)):
        return False
    pieces = re.findall(r"\d+|[^\W\d_]+", normalised(group))
    numbers = [piece for piece in pieces if piece.isdecimal()]
    if "id" in pieces and any(len(number) > 3 for number in numbers):
        return False  # `id10270` is a speaker, `id3` counts
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


def without_total(name: str) -> str:
    """A name whose `3 of 12` is `3`: the total says nothing, and is the same in all.

    >>> without_total("file 03 of 12"), without_total("3von12"), without_total("noise of 12")
    ('file 03', '3', 'noise of 12')
    """
    found = _OF_HOW_MANY.search(name)
    if found is None or int(found["at"]) > int(found["total"]):
        return name
    return f"{name[: found.start()]}{found['at']}{name[found.end() :]}".strip()


def run_on(names: Collection[str]) -> bool:
    """Whether names count in another way than with digits: a, b, c; i, ii, iii; one, two, three.

    Letters and Roman numerals are counters where they begin with the first; or all are levels.

    >>> run_on({"a", "b", "c"}), run_on({"uno", "dos", "tres"}), run_on({"ii", "i", "iii"})
    (True, True, True)
    >>> run_on({"high", "low", "mid"}), run_on({"ann", "bob", "eve"}), run_on({"k", "m", "f"})
    (True, False, False)
    """
    different = {normalised(name) for name in names}
    if len(different) < 2:
        return False
    counted = (_letters, _roman, *_NUMBER_WORDS)
    firsts = (one if isinstance(one, tuple) else one(len(different)) for one in counted)
    runs = any(different == {*first[: len(different)]} for first in firsts)
    return runs or different <= _LEVELS


def _letters(how_many: int) -> tuple[str, ...]:
    return tuple("abcdefghijklmnopqrstuvwxyz"[:how_many])


def _roman(how_many: int) -> tuple[str, ...]:
    ones = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    tens = ("", "x", "xx", "xxx", "xl")
    return tuple(tens[n // 10] + ones[n % 10] for n in range(1, min(how_many, 49) + 1))
