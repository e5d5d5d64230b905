"""A class that may be meant as background: by its name, or by takes far longer than the others'.

Speech Commands has a folder `_background_noise_` beside its words: six takes of a minute or more,
meant to be mixed in. Taken for a class like any other it is one of few recordings, which nobody
asked to be told from the words.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from statistics import median

from tonotope._errors import DataError
from tonotope._wording import counted, spoken
from tonotope.datasets.labels import normalised
from tonotope.datasets.manifest import Recording

BACKGROUND = "background"
"""The class of stretches that no label covers, where `data.background` asks for one."""

_FAR_LONGER = 10  # times as long as the others: no sound of their kind
_LONG_S = 10.0  # and longer than a clip that is heard at once
# What is behind all else, in words that may also name a class of its own.
_BEHIND = frozenset(
    (
        *("background", "backgrounds", "bg", "fondo", "sfondo", "sottofondo", "fundo", "fond"),
        *("hintergrund", "atmo"),
    )
)
# Sound that is behind all else, and nothing besides.
_SOUND_BEHIND = frozenset(
    (
        *("background noise", "background noises", "background sound", "background sounds"),
        *("noise background", "bg noise", "ambient noise", "room tone"),
        *("ruido de fondo", "ruidos de fondo", "sonido de fondo", "sonidos de fondo"),
        *("ruido ambiente", "ruido ambiental", "tono de sala"),
        *("hintergrundgerausch", "hintergrundgerausche", "hintergrundrauschen", "hintergrundlarm"),
        *("hintergrundton", "umgebungsgerausch", "umgebungsgerausche", "umgebungslarm", "raumton"),
        *("bruit de fond", "bruits de fond", "fond sonore", "bruit ambiant", "bruits ambiants"),
        *("rumore di fondo", "rumori di fondo", "rumore di sottofondo", "rumore ambientale"),
        *("ruidos de fundo", "ruido de fundo", "som de fundo", "sons de fundo"),
    )
)
# Classes like any other, unless they are set apart as `_noise_` is.
_NOISE = frozenset(
    (
        *("noise", "noises", "ruido", "ruidos", "rauschen", "gerausch", "gerausche", "larm"),
        *("bruit", "bruits", "rumore", "rumori"),
    )
)


def _plain(text: str) -> str:
    """A name without case, spaces, marks and accents; ä as some write it: ae."""
    apart = unicodedata.normalize("NFD", normalised(text).replace(" ", ""))
    return "".join(one for one in apart if not unicodedata.combining(one)).replace("ae", "a")


_BEHIND_PLAIN, _SOUND_PLAIN, _NOISE_PLAIN = (
    frozenset(map(_plain, names)) for names in (_BEHIND, _SOUND_BEHIND, _NOISE)
)


def is_background(label: str) -> bool:
    """Whether a class is called after what sounds behind everything else.

    >>> [is_background(name) for name in ("_background_noise_", "Ruido de fondo", "noise", "owl")]
    [True, True, False, False]
    >>> [is_background(name) for name in ("_noise_", "Hintergrundgeraeusche", "Ruído de fundo")]
    [True, True, True]
    """
    plain = _plain(label)
    return plain in _BEHIND_PLAIN | _SOUND_PLAIN or (_is_apart(label) and plain in _NOISE_PLAIN)


def _is_apart(label: str) -> bool:
    """Whether a name is set apart from the classes, as `_background_noise_` is."""
    return label.startswith("_")


def refuse_background(source: str) -> DataError:
    """The refusal of `data.background` where whole recordings carry the labels."""
    return DataError(
        f'{source}: data.background = "unlabelled" takes what lies between labels in time, and '
        "here each recording is labelled as a whole: leave it out, or give sounds with their label "
        "files, or a table with start and end"
    )


def background_warnings(recordings: Iterable[Recording], column: str) -> list[str]:
    """A sentence for each class that may be background, or long takes beside short sounds.

    Args:
        recordings: with their lengths.
        column: the target that holds the classes.
    """
    lengths_s: defaultdict[str, list[float]] = defaultdict(list)
    for one in recordings:
        if column in one.targets:
            lengths_s[one.targets[column]].append(one.duration_s)
    if len(lengths_s) < 2:
        return []
    others_s = {name: _of_others(lengths_s, name) for name in lengths_s}
    long = [
        name
        for name, own_s in lengths_s.items()
        if median(own_s) > max(_LONG_S, _FAR_LONGER * others_s[name])
    ]
    few = median(map(len, lengths_s.values())) / 2
    behind = [
        name
        for name, own_s in lengths_s.items()
        if is_background(name)
        and (_is_apart(name) or _plain(name) in _SOUND_PLAIN or len(own_s) < few)
    ]
    named = sorted({*long, *behind})
    return [_warning(name, lengths_s[name], others_s[name], name in long) for name in named]


def _of_others(lengths_s: dict[str, list[float]], name: str) -> float:
    """The median over the other classes of their median lengths."""
    return median(median(own_s) for other, own_s in lengths_s.items() if other != name)


def _warning(name: str, own_s: list[float], others_s: float, long: bool) -> str:
    takes = counted(len(own_s), "recording")
    if long:
        shortest, longest = spoken(min(own_s)), spoken(max(own_s))
        lengths = shortest if shortest == longest else f"{shortest} to {longest}"
        takes = f"{takes} of {lengths}, where the other classes last about {spoken(others_s)}"
    meant = "is taken for a class like any other, and the network will name it"
    cure = "if it is only to be heard behind the others, move it away or leave its rows out"
    if long:
        meant += "; each of these takes is one recording, learnt or tested as a whole"
        cure += (
            "; if it is to mean none of the others, give its pieces of that length in a table "
            "(file,label,start,end)"
        )
    return f"`{name}` ({takes}) {meant}: {cure}"
