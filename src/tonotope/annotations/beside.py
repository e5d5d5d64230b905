"""Which label file goes with which recording, by their names alone; doubts where two fit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from tonotope._wording import first_five

# What stands behind the recording's name: `.txt`, `.Table.1.selections.txt`,
# `.BirdNET.results.csv`, `_labels.txt`; `take 2.txt` is another take's.
_BEHIND = re.compile(
    r"(?:\.[^.]+(?:\.\d+)?\.selections?(?:\.table)?|\.selections?(?:\.table)?"
    r"|[._]BirdNET(?:[._][\w-]+)*|[._-]?(?:labels?|annotations?|events?))?"
    r"\.(?:txt|csv|tsv|srt|jams|json|jsonl|parquet)",
    re.IGNORECASE,
)


# What a label file may end with.
ENDINGS = (".txt", ".csv", ".tsv", ".srt", ".jams", ".json", ".jsonl", ".parquet")


def recording_name(label_file: str) -> str:
    """The name of the recording that a label file is about, by the file's own name.

    >>> recording_name("night.Table.1.selections.txt"), recording_name("night.wav")
    ('night', 'night.wav')
    """
    ends = (end for end in range(1, len(label_file)) if _BEHIND.fullmatch(label_file, end))
    return label_file[: next(ends, len(label_file))]


@dataclass(frozen=True, slots=True)
class Beside:
    """Recordings and their label files.

    Attributes:
        labels_of: the label file of each recording that has one.
        without_labels: the recordings that have none.
        without_sound: the label files that no recording has the name of.
        doubts: sentences on those of which two would fit; they are in none of the others.
    """

    labels_of: Mapping[str, str]
    without_labels: tuple[str, ...]
    without_sound: tuple[str, ...]
    doubts: tuple[str, ...]


def beside(sounds: Iterable[str], labels: Iterable[str]) -> Beside:
    """Pair recordings with the label files of their name in the same folder.

    Args:
        sounds: recordings, as paths.
        labels: label files, as paths.

    >>> beside(["a/take.wav", "a/rain.wav"], ["a/take.Table.1.selections.txt"]).labels_of
    {'a/take.wav': 'a/take.Table.1.selections.txt'}
    """
    sounds, labels = list(dict.fromkeys(sounds)), list(dict.fromkeys(labels))
    named = _Names(sounds)
    claims: dict[str, list[str]] = defaultdict(list)
    doubts: list[str] = []
    doubtful: set[str] = set()
    alone: list[str] = []
    for label in labels:
        fitting = named.fitting(PurePath(label))
        if len(fitting) > 1:
            doubtful |= {label, *fitting}
            doubts.append(f"{label} may be about {first_five(fitting)}: rename it, or one of them")
        elif fitting:
            claims[fitting[0]].append(label)
        else:
            alone.append(label)
    for sound, several in claims.items():
        if len(several) > 1:
            doubtful |= {sound, *several}
            doubts.append(f"{sound} has several label files, {first_five(several)}: keep one")
    pairs = {
        sound: claims[sound][0]
        for sound in sounds
        if sound in claims and not doubtful & {sound, *claims[sound]}
    }
    without = tuple(one for one in sounds if one not in pairs and one not in doubtful)
    doubts += [
        f"{label} is left aside, since {sound} is in doubt"
        for sound, (label, *more) in claims.items()
        if sound in doubtful and not more and label not in doubtful
    ]
    return Beside(pairs, without, tuple(alone), tuple(doubts))


class _Names:
    """Recordings by their folder and name, and by their name without its ending."""

    def __init__(self, sounds: Iterable[str]) -> None:
        self._by: dict[tuple[str, bool, str], list[str]] = defaultdict(list)
        for sound in sounds:
            path = PurePath(sound)
            for name in dict.fromkeys((path.name, path.stem)):
                self._by[str(path.parent), False, name].append(sound)
                self._by[str(path.parent), True, name.casefold()].append(sound)

    def fitting(self, label: PurePath) -> list[str]:
        """The recordings whose name a label file begins with; of several the longest name."""
        folder = str(label.parent)
        for any_case, wanted in ((False, label.name), (True, label.name.casefold())):
            for end in range(len(wanted) - 1, 0, -1):
                found = self._by.get((folder, any_case, wanted[:end]), [])
                if found and _BEHIND.fullmatch(wanted, end):
                    return [*found]
        return []
