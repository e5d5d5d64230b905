"""Groups (speaker, bird, song) inferred from file names and folders where none are given.

Two clips of one recording, one on each side of a split, make a score a lie. Where no group is
given it is looked for in the names, by rules that err on the side of keeping together:

1. folders below the class (`dog/alice/1.wav`) are groups, over all classes;
2. names in the way of published data sets (ESC-50, UrbanSound8K, RAVDESS, NSynth, LibriSpeech and
   others) tell their source; where that is sure, this rule is the first;
3. names that differ in a last number or letter alone (`george_12`, `george_13`, `george_b`) are
   one group, over all classes, a class's own name left aside (`0_george_12`, `ana_yes_3`), and a
   word that stands for it (`ana_ANG_3`), and what marks a copy, a track or a piece (`rec0_aug3`,
   `rec0 - Copy (2)`, `rec0_Tr1`, `rec0_3.0s_6.0s`); the original belongs to its copies;
4. names that end in a word for a piece and its number (`walk_part2`, `take-03`) are one group.

The first usable rule is taken. A rule is not usable where there would be fewer than three groups
(of folders two will do, if each class has files in both), where a class would lie in one group
alone or more than half of it in one, where a group would lie in two of the published folds, or
where what only counts (`000`, `take 3`) would join files of several classes: such a guess is
dropped, every file is its own group, with a note. Where most groups are heard in several classes,
as people and places are, a class that lies in one of them is no reason to drop the others: it is
named. Where a part of the names comes again beyond the groups (`1001_DFA_XX`), it is asked whether
it is the source.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from tonotope._errors import DataError, did_you_mean
from tonotope._wording import counted, first_five, first_three
from tonotope.datasets.sources.copy_names import copy_folders, whole_recordings
from tonotope.datasets.sources.counting_names import only_counts, run_on, says_nothing
from tonotope.datasets.sources.grouping import (
    NO_GROUP,
    GroupColumn,
    Grouping,
    are_sources,
    groups_by_class,
    untested_warning,
    why_parted,
    with_alike,
)
from tonotope.datasets.sources.name_hints import with_question
from tonotope.datasets.sources.name_keys import NameKeys, name_keys
from tonotope.datasets.sources.name_parts import (
    FileName,
    chosen_parts,
    numbers_of_parts,
    parts_of_name,
)
from tonotope.datasets.sources.published_names import Sources, published_sources

_FOLDERS = "the folders below the classes"
_LAST = "names that differ in their last number or letter alone"
RULES = ("file", "folder", "name")


def infer_groups(files: Sequence[FileName], asked: str | None = None) -> Grouping:
    """A group for every file: by the rule `asked` for, or by the first usable one.

    >>> names = [f"{word}/{word}_{who}_{take}.wav" for word in ("yes", "no")
    ...          for who in ("ann", "bob", "eve") for take in range(3)]
    >>> grouping = infer_groups([FileName(name, name.split("/")[0]) for name in names])
    >>> sorted(set(grouping.groups))
    ['ann', 'bob', 'eve']

    Raises:
        DataError: the rule asked for is none of `file`, `folder`, `name` and `name 2`.
    """
    if asked is not None:
        return _as_asked(files, asked)
    published = published_sources([file.stem for file in files])
    published = published or published_sources(whole_recordings(files).names)  # copies of such
    if published and published.sure:
        return _of_published(files, published)
    keys = name_keys(files)
    dropped: list[str] = []
    names = len({file.name for file in files})
    for rule, groups in _guesses(files, published, keys):
        if len(set(groups)) == names:
            continue
        wrong = _why_no_source(files, groups, bool(published)) or _why_unusable(files, groups, rule)
        if wrong is None:
            alone = untested_warning([file.label for file in files], groups, "group")
            folders = [file.folder for file in files if file.folder and rule == _FOLDERS]
            found = with_alike(Grouping(groups, _said(groups, rule), alone), folders)
            found = _with_lone(files, found)
            return found if published or folders else with_question(files, found, keys)
        dropped.append(f"groups from {rule} were not used: {wrong}")
    note = "; ".join([NO_GROUP, *dropped[:1]])
    found = Grouping([file.name for file in files], note, _parted_pieces(files, keys))
    asked_already = any('"name"' in one for one in dropped[:1])
    return found if published else with_question(files, found, keys, numbers=not asked_already)


def _with_lone(files: Sequence[FileName], found: Grouping) -> Grouping:
    """The grouping, with a doubt where many names share nothing with another."""
    alone = [
        file.name for file, group in zip(files, found.groups, strict=True) if group == file.name
    ]
    if len(alone) < max(2, len(files) / 4):
        return found
    doubt = (
        f"{len(alone):,} of {len(files):,} files share no name with another, and each is its own "
        f"group ({first_three(alone)}): if several are of one person, animal, device, place or "
        "song, the score is too high; a table with the columns file,label,group says it"
    )
    return found._replace(warning=f"{found.warning}. {doubt}" if found.warning else doubt)


def _of_published(files: Sequence[FileName], found: Sources) -> Grouping:
    """Groups by names of published data sets, which tell the source as a column would."""
    own = [file.name for file in files]
    labels = [file.label for file in files]
    if len({*found.names}) == len({*own}):
        return Grouping(own, f"names like {found.whose}'s tell a source of its own for each file")
    wrong = GroupColumn("source", labels, found.names, [file.side for file in files]).why_unused()
    rule = f"the source in names like {found.whose}'s ({files[0].stem})"
    if wrong is None:
        alone = untested_warning(labels, found.names, "source")
        return Grouping(found.names, _said(found.names, rule), alone)
    doubt = f"{rule} was not used as group: {wrong.reason}. That is: {wrong.meaning}"
    return Grouping(own, "each file is its own group", doubt)


def _as_asked(files: Sequence[FileName], asked: str) -> Grouping:
    if asked == "file":
        groups = [file.name for file in files]
        return Grouping(groups, 'each file is its own group, as asked (group = "file")')
    if asked == "folder":
        groups = [file.folder or file.name for file in files]
        folders = [file.folder for file in files if file.folder]
        return with_alike(
            Grouping(groups, _said(groups, "the folders below the classes, as asked")), folders
        )
    if asked == "name":
        keys = name_keys(files)
        own = {*keys.joined} <= {file.name for file in files}
        groups = keys.before_number if own else keys.joined
        return Grouping(groups, _said(groups, "names without their last number, as asked"))
    if numbers := numbers_of_parts(asked):
        groups = chosen_parts([file.stem for file in files], numbers)
        said = f"part {numbers[0]} of the names, as asked"
        if len(numbers) > 1:
            said = f"parts {', '.join(map(str, numbers))} of the names, as asked"
        return with_alike(Grouping(groups, _said(groups, said)), groups)
    raise DataError(
        f'group = "{asked}": a folder of class folders has no columns; known are '
        f'"file", "folder" and "name"; "name 2" takes the second part of the names'
        f"{did_you_mean(asked, RULES)}"
    )


def _guesses(
    files: Sequence[FileName], published: Sources | None, keys: NameKeys
) -> list[tuple[str, list[str]]]:
    guesses: list[tuple[str, list[str]]] = []
    if {file.folder for file in files} - copy_folders(files) - {""}:
        guesses.append((_FOLDERS, [file.folder or file.name for file in files]))
    if published:
        whose = f"the source in names like {published.whose}'s ({files[0].stem})"
        guesses.append((whose, published.names))
    last = "names without their last number and what marks a copy" if keys.copied else _LAST
    if keys.without_class:
        last = "names without their class and their last number"
    guesses.append((last, keys.careful))
    guesses.append(("names that end in a piece and its number", keys.pieces))
    return guesses


def _why_no_source(files: Sequence[FileName], groups: Sequence[str], published: bool) -> str | None:
    """Why groups are no sources: what only counts is in several classes, or its end is the same."""
    labels: defaultdict[str, set[str]] = defaultdict(set)
    for file, group in zip(files, groups, strict=True):
        if file.folder != group and group != file.name:
            labels[group].add(file.label)
    crossing = sorted(group for group, found in labels.items() if len(found) > 1)
    if published and len(crossing) <= len(labels) / 2:
        return None  # ids of sources: now and then one of them is heard in two classes
    runs = len(crossing) > 2 and run_on(crossing)
    crossing = [group for group in crossing if runs or only_counts(group)]
    if not crossing:
        return None if published else _why_end_is_source(files, groups)
    if runs:
        return (
            f"what only counts or says how ({first_five(crossing)}) is in files of several classes "
            'and may be no source (group = "name" takes it)'
        )
    what = "a number alone" if crossing[0].isdecimal() else "a number, alone or with a word"
    return (
        f"{what} ({first_five(crossing)}) is in files of several classes and may be a "
        'running number (group = "name" takes it)'
    )


def _why_end_is_source(files: Sequence[FileName], groups: Sequence[str]) -> str | None:
    """Why the number left aside may be the source: names of numbers have the same ones anywhere."""
    ends: defaultdict[str, set[str]] = defaultdict(set)
    for file, group in zip(files, groups, strict=True):
        if group != file.name and re.fullmatch(r"\d+(?: \d+)+", group) and only_counts(group):
            ends[group].add(parts_of_name(file.stem)[-1])
    several = [frozenset(end) for end in ends.values() if len(end) > 1]
    if not several or len(ends) < len({*groups}) / 2:
        return None
    most, times = Counter(several).most_common(1)[0]
    if times <= len(ends) / 2 or times < 2:
        return None
    return (
        f"the last number ({first_five(sorted(most))}) is the same in most of them and may be the "
        "source"
    )


def _why_unusable(files: Sequence[FileName], groups: Sequence[str], rule: str) -> str | None:
    """Why guessed groups cannot be used, or None."""
    classes = groups_by_class([file.label for file in files], groups)
    # Somebody made two folders in every class: two sites or days, each of which can be held out.
    two = rule == _FOLDERS and len(classes) > 1 and all(len(one) == 2 for one in classes.values())
    if len(set(groups)) < 2 + (not two):
        return f"there would be {counted(len(set(groups)), 'group')} in all"
    tested = sum(len(found) > 1 for found in classes.values())
    sources = are_sources([file.label for file in files], groups) and tested > 1
    for label, counts in classes.items():
        recordings = counts.total()
        if recordings > 1 and len(counts) < 2 and not sources:
            return f"`{label}` would be one group alone"
        largest, size = counts.most_common(1)[0]
        if recordings > 3 and size > recordings / 2 and not sources:
            return f"{size} of {recordings} files of `{label}` would be one, `{largest}`"
    return why_parted(groups, [file.side for file in files])


def _said(groups: Sequence[str], rule: str) -> str:
    examples = ", ".join(group for group, _ in Counter(groups).most_common(3))
    more = ", …" if len({*groups}) > 3 else ""
    return (
        f"groups are inferred from {rule}: {counted(len({*groups}), 'group')} ({examples}{more}); "
        'group = "file" would make each file its own'
    )


def _parted_pieces(files: Sequence[FileName], keys: NameKeys) -> str | None:
    """A warning where files that look like parts of one recording stand in groups of their own."""
    families: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for file, piece in zip(files, keys.pieces, strict=True):
        if re.search(r"\d", piece) or not says_nothing(piece):
            families[piece][file.name] = None
    several = [[*names] for names in families.values() if len(names) > 1]
    if not several:
        return None
    cure = '; group = "name" keeps them together' if len({*keys.joined}) > 1 else ""
    return (
        f"{several[0][0]} and {several[0][1]} look like parts of one recording "
        f"({counted(len(several), 'such family', 'such families')}), but each file is its own "
        f"group{cure}"
    )
