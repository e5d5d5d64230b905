"""Which recording a file is a copy, a track or a piece of: `rec0_aug3`, `rec0 - Copy (2)`.

The original belongs to its copies, however these are marked: by a known word at the end of the
name, or by any words at all that stand behind several names which are there without them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from tonotope.datasets.labels import normalised
from tonotope.datasets.sources.counting_names import PARTING_WORDS, says_nothing
from tonotope.datasets.sources.name_parts import FileName

# What systems call a copy, in the languages that have a word of their own.
_COPIES = (
    *("copy", "copia", "kopie", "copie", "cópia", "kopia", "kopi", "kopio", "kopya", "kópia"),
    *("backup", "duplicate", "duplicado", "duplikat", "doublon"),
    *("コピー", "のコピー", "副本", "拷贝", "복사본", "копия", "копія", "αντίγραφο"),
)
_CONFLICTS = ("conflict", "conflicted", "conflicto", "conflit", "konflikt", "conflitto", "conflito")
# At the end of a name: a recording that was changed, or heard by another microphone.
COPY_WORDS = (
    *("aug", "augm", "augmented", "augmentation", "augment", *_COPIES, "original"),
    *("orig", "pitch", "pitchshift", "pitchshifted", "shift", "shifted", "stretch", "stretched"),
    *("timestretch", "speed", "tempo", "noise", "noisy", "whitenoise", "snr", "gain", "volume"),
    *("vol", "reverb", "reversed", "flipped", "denoised", "filtered", "normalized", "normalised"),
    *("trimmed", "resampled", "mic", "channel", "ch", "left", "right", "stereo", "mono", "ruido"),
    *("rauschen", "aumentado", "aumentada", "canal", "kanal", "mikro", "mikrofon", "microfono"),
    *("micrófono", "links", "rechts", "izquierda", "derecha", "tono", "tonhöhe"),
    *("edit", "edited", "editado", "bearbeitet", "clean", "cleaned", "raw", "processed", "wet"),
    *("dry", "rir", "ts", "ps", "loud", "quiet", "limpio", "normalizado", "bereinigt"),
    *("normalisiert", "entrauscht", "débruité", "normalisé"),
)
# One track of a take: what recorders with several microphones put behind its number.
TRACK_WORDS = (
    *("l", "r", "lr", "ms", "mid", "side", "xy", "ab", "ortf", "mic", "line", "mix", "mixdown"),
    *("boom", "lav", "lavalier", "ovd", "overdub", "in", "input", "tr", "trk"),
)
_LENGTH = r"\d+(?:\.\d+)?"
_NUMBER = rf"(?:[ _.=]*[+\-]?{_LENGTH}(?:x|st|dB|db|Hz|ms|s)?| ?\(\d+\))"
# `_aug3`, `_pitch+1`, `_mic1`, `_chunk007`, ` - Copy (2)`, and a start and an end in seconds.
_COPY_NUMBER = re.compile(
    rf"(.*[^\W_])[ _.\-]+(?:{'|'.join((*PARTING_WORDS, *COPY_WORDS))}){_NUMBER}", re.IGNORECASE
)
_SECONDS = re.compile(rf"(.*[^\W_])[ _\-]+{_LENGTH}(?:s|ms|sec)[ _\-]+{_LENGTH}(?:s|ms|sec)")
_COPY = re.compile(rf"(.*[^\W_])(?:[ _.\-]+|(?=の))(?:{'|'.join(COPY_WORDS)})", re.IGNORECASE)
# ` (copia)`, ` (copy 2)`, ` (Anna's conflicted copy 2024-03-01)`, `.sync-conflict-20240301`.
_BRACKET = re.compile(
    rf"(.*[^\W_])[ _.\-]*\((?:[^()]*[\W_])?"
    rf"(?:{'|'.join((*_COPIES, *_CONFLICTS))})(?:[\W\d_][^()]*)?\)"
    rf"|(.*[^\W_])\.sync-conflict-[\w\-]+",
    re.IGNORECASE,
)
_TRACK = re.compile(
    rf"(.*[^\W_])[ _.\-]+(?:(?:{'|'.join(TRACK_WORDS)})\d*|tr(?:\d+[_\-]\d+|lr?|r|mic))",
    re.IGNORECASE,
)
_TRACK_BEHIND_NUMBER = re.compile(r"(.*\d)(?:S\d{1,2}|[LRMI])")  # `TASCAM_0001S12`, `4CH-000M`
_COPY_OF = re.compile(
    rf"(?:{'|'.join(_COPIES)})(?: ?\(\d+\)| \d+)?[ _](?:of|de|di|von|van|av|af|z)[ _](.+)",
    re.IGNORECASE,
)
_COPY_BEFORE = re.compile(  # `aug1_bella`, `denoised-bella`
    rf"(?:{'|'.join(COPY_WORDS)}){_NUMBER}?[ _.\-]+([^\W_].*)", re.IGNORECASE
)
_COPY_FOLDER = re.compile(rf"(?:{'|'.join(COPY_WORDS)}s?)(?:[ _.\-]*{_NUMBER})?", re.IGNORECASE)
_START_AND_END = re.compile(r"(.*[^\W_])[ _\-]+(\d+)[ _\-]+(\d+)")
_NUMBERED = (_COPY_NUMBER, _SECONDS, _COPY_OF)
_PLAIN = (*_NUMBERED, _COPY, _BRACKET, _TRACK, _TRACK_BEHIND_NUMBER, _COPY_BEFORE)


class Recordings(NamedTuple):
    """The recordings that files are of.

    Attributes:
        names: the name of each file without what marks a copy, a track or a piece at its end.
        copied: whether the file is a copy, or the original of one.
        original: whether its family holds the original itself, or the file has no family.
    """

    names: list[str]
    copied: list[bool]
    original: list[bool]


def whole_recordings(files: Sequence[FileName]) -> Recordings:
    """The recording of each file, by what marks a copy or a piece at the end of its name.

    Words for copies and tracks without a number are left aside only where another file of the
    class shares what is left; two numbers only where they are starts and ends, equally far apart
    everywhere.

    >>> names = ["rec0_aug1", "rec0_noise", "rec0", "room_noise", "a_3.0s_6.0s"]
    >>> whole_recordings([FileName(f"{name}.wav", "dog") for name in names]).names
    ['rec0', 'rec0', 'rec0', 'room_noise', 'a']
    """
    labels = {normalised(file.label) for file in files}
    own = [file.stem for file in files]
    stems = _without_starts(own) or own
    numbered = [_stripped(stem, _NUMBERED, labels) for stem in stems]
    plain = [_stripped(stem, _PLAIN, labels) for stem in numbered]
    shared: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for file, stem, core in zip(files, numbered, plain, strict=True):
        shared[file.label, normalised(core)].add(stem)
    names = [
        core if len(shared[file.label, normalised(core)]) > 1 else stem
        for file, stem, core in zip(files, numbered, plain, strict=True)
    ]
    names = _without_tails(files, names, labels)
    keys = [(file.label, normalised(name)) for file, name in zip(files, names, strict=True)]
    folders = copy_folders(files)
    changed = [
        name != file.stem or file.folder in folders for name, file in zip(names, files, strict=True)
    ]
    copies = {key for key, one in zip(keys, changed, strict=True) if one}
    originals = {key for key, one in zip(keys, changed, strict=True) if not one}
    return Recordings(names, [key in copies for key in keys], [key in originals for key in keys])


def is_mark(part: str) -> bool:
    """Whether a part of a name marks a track, or a copy, and no source: `Tr1`, `LR`, `aug2`."""
    return bool(_COPY_FOLDER.fullmatch(part) or _TRACK.fullmatch(f"0 {part}"))


def copy_folders(files: Sequence[FileName]) -> set[str]:
    """The folders below the classes that hold copies, by their names: `dog/aug1`, `dog/denoised`.

    They do where most of their files have the name of one in another folder of the class.

    >>> names = ["dog/raw/a.wav", "dog/raw/b.wav", "dog/denoised/a.wav", "dog/denoised/b.wav"]
    >>> sorted(copy_folders([FileName(name, *name.split("/")[:2]) for name in names]))
    ['denoised', 'raw']
    """
    places: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for file in files:
        places[file.label, normalised(file.stem)].add(file.folder)
    found: set[str] = set()
    for folder in {file.folder for file in files if _COPY_FOLDER.fullmatch(file.folder)}:
        inside = [file for file in files if file.folder == folder]
        again = sum(len(places[file.label, normalised(file.stem)]) > 1 for file in inside)
        if again > len(inside) / 2:
            found.add(folder)
    return found


def _stripped(stem: str, patterns: Sequence[re.Pattern[str]], labels: set[str]) -> str:
    """The name without its ends of these patterns; a class's own name is no mark of a copy."""
    while match := next((found for one in patterns if (found := one.fullmatch(stem))), None):
        rest = next(filter(None, match.groups()))
        end = normalised(stem.replace(rest, "", 1))
        words = re.findall(r"[^\W\d_]+", end)
        if end in labels or any(word in labels for word in words):
            return stem
        stem = rest
    return stem


def _without_tails(files: Sequence[FileName], names: Sequence[str], labels: set[str]) -> list[str]:
    """The names without words that stand behind several names of their class which are there too.

    `bella_loud` is a copy of `bella`, and `luna_loud` of `luna`, where all four are there. What
    says nothing (`recording`), and a class, is no original.
    """
    there: defaultdict[str, set[str]] = defaultdict(set)
    for file, name in zip(files, names, strict=True):
        there[file.label].add(name)
    found: dict[tuple[str, str], str] = {}
    behind: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for label, stems in there.items():
        for stem in stems:
            original = _longest_original(stem, stems, labels)
            if original is not None:
                found[label, stem] = original
                behind[_tail(stem, original)].add((label, original))
    sure = {
        key: original for key, original in found.items() if len(behind[_tail(key[1], original)]) > 1
    }
    return [_root(file.label, name, sure) for file, name in zip(files, names, strict=True)]


def _tail(stem: str, original: str) -> str:
    return re.sub(r"\d+", "0", normalised(stem[len(original) :]))


def _longest_original(stem: str, stems: set[str], labels: set[str]) -> str | None:
    for at in range(len(stem) - 1, 0, -1):
        original, tail = stem[:at], stem[at:]
        if original not in stems or re.match(r"[^\W_]", tail):
            continue
        words = re.findall(r"[^\W\d_]+", normalised(tail))
        plain = normalised(original)
        if {*words} & labels or plain in labels or says_nothing(original):
            return None
        return original
    return None


def _root(label: str, name: str, originals: dict[tuple[str, str], str]) -> str:
    while (label, name) in originals:
        name = originals[label, name]  # shorter each time
    return name


def _without_starts(stems: Sequence[str]) -> list[str] | None:
    """Names without the start and the end that each of them ends in; None where they do not."""
    matches = [match for stem in stems if (match := _START_AND_END.fullmatch(stem))]
    if len(matches) < max(2, len(stems)):
        return None
    spans = {(int(match.group(2)), int(match.group(3))) for match in matches}
    lengths = {end - start for start, end in spans}
    if len(lengths) > 1 or min(lengths) < 1 or len(spans) < 2 or not _abut(spans):
        return None
    return [match.group(1) for match in matches]


def _abut(spans: set[tuple[int, int]]) -> bool:
    """Whether some piece ends where another begins, as those of one recording do."""
    return bool({start for start, _ in spans} & {end for _, end in spans})
