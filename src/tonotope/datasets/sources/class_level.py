"""Which level of folders is the class, and which one tells a part or a fold, around or inside it.

dog/1.wav                   classes
train/dog/1.wav             parts around the classes
fold1/dog/1.wav             folds around the classes
dog/train/1.wav             parts inside the classes
2023/dog/1.wav              neither: years that hold the same folders again and again; refused
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from tonotope._errors import DataError
from tonotope._wording import first_five, first_three
from tonotope.datasets.sources.counting_names import only_counts
from tonotope.datasets.sources.scan_folder import FoundFile
from tonotope.datasets.split_words import UNUSED, fold_number, parts_of
from tonotope.datasets.vocabulary import looks_like

_DATE = re.compile(r"(19|20)\d\d(?:[-_. ]?[01]\d(?:[-_. ]?[0-3]\d)?)?")
_COUNT = re.compile(r"[\W_]*(?:\d+|(?<=[\W_])[A-Za-z]|(?<=[a-z])[A-Z])$")  # of site1, site_b, siteC
_SHARED = 0.5  # of the folders inside are in several others: rare classes are not in all


class Sides(NamedTuple):
    """What folders of one level mean: a part or a fold for each name, or `unused`."""

    kind: Literal["part", "fold"]
    meant: Mapping[str, str]


class ClassLevel(NamedTuple):
    """Where the classes are.

    Attributes:
        depth: how many folders lie around the class folders.
        sides: what parts or folds are told by folders; None where none are.
        sides_at: the level of those folders: above `depth` they lie around, below it inside.
        notes: sentences on what was found.
        doubt: a question, where the first level may not be the class.
    """

    depth: int
    sides: Sides | None = None
    sides_at: int = -1
    notes: tuple[str, ...] = ()
    doubt: str | None = None

    @property
    def lowest(self) -> int:
        """The lowest level that a file must have a folder at."""
        return max(self.depth, self.sides_at)

    @property
    def told_by(self) -> str | None:
        """What tells the parts, as `Manifest.parts_from`."""
        if self.sides is None or self.sides.kind == "fold":
            return None
        if self.sides_at < self.depth:
            return "the folders around the classes"
        return "the folders inside the classes"

    def side_of(self, found: FoundFile) -> str | None:
        """The part or fold that a file's folders tell; None where they tell none."""
        return self.sides.meant.get(found.levels[self.sides_at]) if self.sides else None


def find_class_level(
    sounds: Sequence[FoundFile], root: Path, *, confirmed: bool = False
) -> ClassLevel:
    """Which level is the class.

    Args:
        sounds: the files.
        root: the folder that they lie in, for messages.
        confirmed: the user says that what lies below the classes is groups, so no question is left.

    Raises:
        DataError: some folders name parts or folds and others none, parts and folds are told at
            two levels, or the first level looks like years, places or people around the classes.
    """
    around = _around(sounds, root)
    inner = _names(sounds, around.depth + 1)
    inside = sides_of(inner, root)
    if inside and len({*inside.meant.values()} - {UNUSED}) > 1:
        if around.sides:
            raise DataError(_told_twice(root, sounds, around.sides_at, around.depth + 1))
        notes = (*around.notes, _tells(inner, inside))
        return around._replace(sides=inside, sides_at=around.depth + 1, notes=notes)
    if confirmed:
        return around
    return around._replace(doubt=_doubt(sounds, around.depth, root))


def sides_of(names: Collection[str], root: Path) -> Sides | None:
    """What folders of these names mean as parts or folds of a split; None: as neither.

    Raises:
        DataError: two parts or two folds are among them, and a name that means none; a single one
            may be a class (`train`, the vehicle).
    """
    parts = parts_of(sorted(names))
    folds = {name: number for name in sorted(names) if (number := fold_number(name))}
    unused = {name: UNUSED for name, part in parts.items() if part == UNUSED}
    few = len({*parts.values()} - {UNUSED})
    kind: Literal["part", "fold"] = "part" if few >= len(folds) else "fold"
    meant = parts if kind == "part" else folds | unused
    told = few if kind == "part" else len(folds)
    unknown = sorted({*names} - {*meant})
    if not told or (unknown and told < 2) or (kind == "fold" and told < 2):
        return None
    if unknown:
        shown = first_five(sorted(names))
        if kind == "fold":
            raise DataError(
                f"{root}: some folders are called after folds ({shown}), and `{unknown[0]}` is "
                "none; call it unused to leave it out, or move it away"
            )
        raise DataError(
            f"{root}: some folders are called after parts ({shown}), and `{unknown[0]}` is none; "
            "call it train, validation or test, or unused to leave it out, or move it away"
        )
    return Sides(kind, meant)


def _around(sounds: Sequence[FoundFile], root: Path) -> ClassLevel:
    """How many folders lie around the class folders, and what they tell."""
    found = ClassLevel(0)
    while True:
        depth = found.depth
        names, deeper = _names(sounds, depth), _names(sounds, depth + 1)
        sides = sides_of(names, root) if deeper else None
        if sides:
            if found.sides:
                raise DataError(_told_twice(root, sounds, found.sides_at, depth))
            notes = (*found.notes, _tells(names, sides))
            found = ClassLevel(depth + 1, sides, depth, notes)
            continue
        flat = any(len(one.levels) in (depth + 1, depth + 2) for one in sounds)
        if found.sides or flat or not deeper or len(names) > 1:
            return found
        note = f"the classes lie in the folder {names.pop()}"
        found = found._replace(depth=depth + 1, notes=(*found.notes, note))


def _names(sounds: Sequence[FoundFile], level: int) -> set[str]:
    """The folders of a level, those of all files below it."""
    return {one.levels[level] for one in sounds if len(one.levels) > level + 1}


def _tells(names: Collection[str], sides: Sides) -> str:
    names = [name for name in names if sides.meant.get(name) != UNUSED]
    shown = first_five(sorted(names))
    if sides.kind == "fold":
        return f"the folders {shown} tell the fold"
    if len(names) == 1:
        return f"the folder {shown} tells the part"
    return f"the folders {shown} tell the part"


def _told_twice(root: Path, sounds: Sequence[FoundFile], one: int, other: int) -> str:
    outer, inner = (sorted(_names(sounds, level)) for level in (one, other))
    return (
        f"{root}: the folders {first_three(outer)} tell parts or folds, and so do those in them "
        f"({first_three(inner)}); one level can tell them: take the other away, or write a table "
        "with the columns file,label,split"
    )


def _doubt(sounds: Sequence[FoundFile], depth: int, root: Path) -> str | None:
    """A question where the folders in each class have the same names, and so may be the classes.

    Raises:
        DataError: the names of the first level say that it is no class.
    """
    holds: defaultdict[str, set[str]] = defaultdict(set)
    for one in sounds:
        if len(one.levels) > depth + 2:
            holds[one.levels[depth]].add(one.levels[depth + 1])
    counts = Counter(name for inner in holds.values() for name in inner)
    shared = sorted(name for name, count in counts.items() if count > 1)
    if len(shared) < max(2, _SHARED * len(counts)) or _are_sources(shared):
        return None
    outer, holding = sorted(holds), sorted(holds, key=lambda name: -len(holds[name]))[0]
    kind = _no_classes(outer)
    inner, turned = first_three(shared), f"{shared[0]}/{holding}/…"
    if kind:
        raise DataError(
            f"{root}: the folders {first_three(outer)} look like {kind}, not like classes, and "
            f"hold folders of the same names ({inner}); put the classes around them ({turned}), "
            'or write a table with the columns file,label; group = "folder" in [data] takes them '
            "as the classes all the same"
        )
    return (
        f"the folders {first_three(outer)} are taken for the classes, but hold folders of the same "
        f"names ({inner}): are those the classes? Then put the classes around them ({turned}); if "
        'they are speakers, places or days, group = "folder" in [data] says so'
    )


def _are_sources(names: Sequence[str]) -> bool:
    """Whether folders are called like sources (`speaker 1`, `night_03`), as classes never are."""
    return all(any(map(str.isdecimal, name)) or looks_like(name) == "group" for name in names)


def _no_classes(names: Sequence[str]) -> str | None:
    """What folders are called after that are no classes; None where they may be classes.

    `site1` and `site2` are counted, and so no classes; `bird` and `animal` may be.
    """
    if all(_DATE.fullmatch(name) for name in names):
        return "years or days"
    words = {_COUNT.sub("", name).casefold() for name in names}
    if len(words) > 1 or not all(words):
        return None
    if all(map(only_counts, names)):
        return "numbered recordings"
    kinds = {looks_like(name) for name in names}
    kind = kinds.pop()
    if kinds or kind in (None, "time"):
        return None
    return "places, people or sessions" if kind == "group" else "parts or folds"
