"""A class that nothing parts from the rest of its files' names: `anaOwl0`, `owlana_3`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from tonotope.datasets.labels import normalised
from tonotope.datasets.sources.counting_names import run_on
from tonotope.datasets.sources.name_parts import FileName

_CAPITAL = re.compile(r"(?<=[^\W\d_])(?<![A-ZÄÖÜÁÉÍÓÚÑ])(?=[A-ZÄÖÜÁÉÍÓÚÑ])")


def with_class_apart(files: Sequence[FileName], stems: Sequence[str]) -> list[str]:
    """The names, with spaces around a class that touches other letters in all of them.

    A capital parts it (`anaOwl0`). Without one it is parted where all names begin or end with their
    class and most of what is left comes again in another class, as people do: `cat` is no class in
    `scatter`.

    >>> people = ("ana", "ben", "eva")
    >>> names = [f"{who}{c}{n}" for c in ("owl", "jay") for who in people for n in "01"]
    >>> files = [FileName(f"{c}/{name}.wav", c) for name in names for c in ("owl", "jay")
    ...          if c in name]
    >>> with_class_apart(files, [file.stem for file in files])[0]
    'ana owl 0'

    Args:
        files: the files.
        stems: the name of each, without its ending.
    """
    labels = [normalised(file.label) for file in files]
    if any(_has_word(stem, label) for stem, label in zip(stems, labels, strict=True)):
        return [*stems]
    capitals = [_CAPITAL.sub(" ", stem) for stem in stems]
    if all(map(_has_word, capitals, labels)):
        return [_apart(stem, label) for stem, label in zip(capitals, labels, strict=True)]
    for form in (r"(?P<rest>.*[^\W\d_])(?P<label>{})(?P<end>[\W\d_]*)",
                 r"(?P<label>{})(?P<rest>[^\W\d_].*?)(?P<end>[\W\d_]*)"):  # fmt: skip
        found = [
            re.fullmatch(form.format(re.escape(label)), stem, re.IGNORECASE)
            for stem, label in zip(stems, labels, strict=True)
        ]
        matches = [match for match in found if match]
        if len(matches) == len(stems) and _are_shared(labels, [one["rest"] for one in matches]):
            return [f"{one['rest']} {one['label']} {one['end']}".strip() for one in matches]
    return [*stems]


def _has_word(stem: str, label: str) -> bool:
    """Whether a class stands in a name as words of its own, or with numbers at it."""
    return bool(re.search(rf"(?<![^\W\d_]){re.escape(label)}(?![^\W\d_])", normalised(stem)))


def _apart(stem: str, label: str) -> str:
    """The name with spaces around the class, where a number touches it."""
    words = re.escape(label).replace(r"\ ", r"[\s_\-]+")
    return re.sub(rf"(?<![^\W\d_])({words})(?![^\W\d_])", r" \1 ", stem, flags=re.IGNORECASE)


def _are_shared(labels: Sequence[str], rests: Sequence[str]) -> bool:
    """Whether most of what is left comes in several classes; `rocka`, `rockb` count songs."""
    if run_on(rests) or all(len(normalised(rest)) == 1 for rest in rests):
        return False
    heard: defaultdict[str, set[str]] = defaultdict(set)
    for label, rest in zip(labels, rests, strict=True):
        heard[normalised(rest)].add(label)
    return len(heard) > 2 and sum(len(found) > 1 for found in heard.values()) > len(heard) / 2
