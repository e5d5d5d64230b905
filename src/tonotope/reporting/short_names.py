"""How long names are shortened: what tells them apart stays, and no two of them look alike."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from tonotope.reporting.i18n import Words

_MORE = 8
_FOLDER_LETTERS = 12
# A part of nearly all names tells nothing: one odd file among many does not change that.
_NEARLY_ALL = 0.9
_LONGEST_NUMBER = 8
_TIMES = re.compile(r"@(\d+\.\d+)-(\d+\.\d+)$")


def shorten(name: str, most: int) -> str:
    """A name of at most `most` characters: its beginning, a dot leader, and more of its end.

    Names of files and classes tell themselves apart by their ends more often than by their
    beginnings. A number is not cut, unless there is no room for it.

    >>> shorten("recordings of 2024/organ, left manual, 07.wav", 24)
    'recording…manual, 07.wav'
    >>> shorten("recordings of 2024/organ, take 1234, left.wav", 19)
    'reco…1234, left.wav'
    >>> shorten("bell/07.wav", 24)
    'bell/07.wav'
    """
    if len(name) <= most:
        return name
    end, start = _cut(name, most)
    tail = name[start:]
    while tail and (unicodedata.combining(tail[0]) or tail[0] in "\u200d\ufe0f"):
        tail = tail[1:]  # an accent or a joiner without its letter
    return f"{name[:end].rstrip()}…{tail.lstrip()}"


def shortened(names: Iterable[str], most: int) -> dict[str, str]:
    """Short forms of names, all different: those that would look alike are cut less.

    Of names that have parts in common, these are left out first.

    >>> list(shortened(["the first of many notes", "the third of many notes"], 12).values())
    ['the first…', 'the third…']
    """
    short: dict[str, str] = {}
    left, room = list(dict.fromkeys(names)), most
    telling = _telling(left) if any(len(name) > most for name in left) else {}
    while left:
        alike: dict[str, list[str]] = defaultdict(list)
        for name in left:
            alike[_form(name, telling.get(name), room)].append(name)
        taken = set(short.values())
        left = []
        for form, same in alike.items():
            unlike = len(same) == 1 and form not in taken
            for name in same:
                if unlike or form == name:
                    short[name] = form
                else:
                    left.append(name)
        room += _MORE
    return short


def shortened_paths(names: Iterable[str], most: int) -> dict[str, str]:
    """Short forms of paths, all different: folders are shortened, the file's name stays whole.

    Where the names of the files leave no room for folders, they are shortened as other names are.

    >>> path = "The long song of a small bird of the woods/north/recording 3.wav"
    >>> shortened_paths([path], 36)[path]
    'The lon…woods/north/recording 3.wav'
    """
    left = list(dict.fromkeys(names))
    long = [name for name in left if len(name) > most]
    parts = {name: name.rpartition("/") for name in long}
    room = most - 1 - max((len(file) for _, _, file in parts.values()), default=0)
    if room < _FOLDER_LETTERS or not all(folder for folder, _, _ in parts.values()):
        return shortened(left, most)
    short = shortened((folder for folder, _, _ in parts.values()), room)
    return {
        name: f"{short[parts[name][0]]}/{parts[name][2]}" if name in parts else name
        for name in left
    }


def with_times(name: str, words: Words) -> str:
    r"""The name of a part of a recording, with its times as they are written in the language.

    >>> with_times("take.wav@28.445-29.500", Words("es")).replace("\u00a0", " ")
    'take.wav, 28,445–29,5 s'
    """
    found = _TIMES.search(name)
    if not found:
        return name
    first, last = (_seconds(one, words) for one in found.groups())
    times = f"{first}–{last}\u00a0s"
    return f"{name[: found.start()]}, {times}" if found.start() else times


def part_of(name: str, recording: str) -> str:
    """Of a name that is a part of the same recording as another one, only the times.

    >>> part_of("take.wav@20.0-37.3", "take.wav@28.4-29.4"), part_of("player 3", "take.wav")
    ('@20.0-37.3', 'player 3')
    """
    found = _TIMES.search(name)
    same = found and _TIMES.sub("", recording) == name[: found.start()]
    return name[found.start() :] if found and same else name


def _seconds(text: str, words: Words) -> str:
    return words.number(float(text), len(text.partition(".")[2].rstrip("0")))


def _cut(name: str, most: int) -> tuple[int, int]:
    """Where the beginning that is kept ends, and where the end that is kept starts."""
    kept = max(most - 1, 2)
    start = _not_in_a_number(name, len(name) - (kept - kept * 2 // 5), len(name) - kept)
    return _not_in_a_number(name, kept - (len(name) - start), 0), start


def _not_in_a_number(name: str, cut: int, least: int) -> int:
    """The cut, moved to the beginning of the number that it would divide, or else to its end.

    A number of more digits than a date has, such as a checksum, is cut.
    """
    first = last = cut
    while 0 < first < len(name) and name[first].isdigit() and name[first - 1].isdigit():
        first -= 1
    while first < cut and last < len(name) and name[last].isdigit():
        last += 1
    if last - first > _LONGEST_NUMBER:
        return cut
    if first > least:
        return first
    return last if last < len(name) else cut


def _telling(names: Sequence[str]) -> dict[str, list[tuple[str, bool]]]:
    """The parts of each name, and of each whether it tells the name from the others.

    A part tells nothing if nearly all names have it in the same place, counted from the beginning
    or from the end; a word, if nearly all have it anywhere.
    """
    parts = {name: _parts(name) for name in names}
    counts: Counter[tuple[str, int | str]] = Counter()
    for own in parts.values():
        counts.update({mark for marks in _marks(own) for mark in marks})
    least = max(2, _NEARLY_ALL * len(parts))
    return {
        name: [
            (part, part[0].isalnum() and not any(counts[mark] >= least for mark in marks))
            for part, marks in zip(own, _marks(own), strict=True)
        ]
        for name, own in parts.items()
    }


def _marks(parts: Sequence[str]) -> list[list[tuple[str, int | str]]]:
    """Each part with its places: from the beginning, from the end, and of a word anywhere."""
    found: list[list[tuple[str, int | str]]] = []
    for at, part in enumerate(parts):
        found.append([(part, at), (part, at - len(parts))])
        if not part[0].isdigit():
            found[-1].append((part, "anywhere"))
    return found


def _parts(name: str) -> list[str]:
    """A name as numbers, words and what lies between them; accents stay with their letters."""
    parts: list[str] = []
    kind = ""
    for sign in name:
        own = _kind(sign)
        if parts and own == "mark":
            own = kind
        if own == kind:
            parts[-1] += sign
        else:
            parts.append(sign)
        kind = own
    return parts


@cache
def _kind(sign: str) -> str:
    if unicodedata.category(sign)[0] == "M":
        return "mark"
    return "digit" if sign.isdigit() else "letter" if sign.isalpha() else "other"


def _form(name: str, parts: Sequence[tuple[str, bool]] | None, most: int) -> str:
    """The short form: the parts that tell, then as many of their neighbours as there is room for.

    If a cut in the middle keeps them all, or there are none or too many, that is the form.
    """
    told = {at for at, (_, tells) in enumerate(parts or ()) if tells}
    told |= {at + 1 for at in told if at + 2 in told}  # a sign or a space between two of them
    if len(name) <= most or not parts or not told or len(told) == len(parts):
        return shorten(name, most)
    texts = [part for part, _ in parts]
    if _outside(texts, told, _cut(name, most)):
        return shorten(name, most)
    if _length(texts, told) > most:
        return shorten(_joined(texts, told), most)
    return _joined(texts, _grown(texts, told, most))


def _outside(texts: Sequence[str], told: set[int], cut: tuple[int, int]) -> bool:
    """Whether all the parts that tell lie outside what is cut away."""
    ends = list(itertools.accumulate(map(len, texts)))
    return all(ends[at] <= cut[0] or ends[at] - len(texts[at]) >= cut[1] for at in told)


def _grown(texts: Sequence[str], told: set[int], most: int) -> set[int]:
    """The parts that tell, and what stands beside them, until there is no more room.

    The words before a number say what it is; those after it come next.
    """
    kept, length = set(told), _length(texts, told)
    edge = told
    while edge:
        added = set()
        for at in [one - 1 for one in sorted(edge)[::-1]] + [one + 1 for one in sorted(edge)]:
            if not 0 <= at < len(texts) or at in kept:
                continue
            filled = all(side in kept or not 0 <= side < len(texts) for side in (at - 1, at + 1))
            if length + len(texts[at]) - filled <= most:
                length += len(texts[at]) - filled
                added.add(at)
                kept.add(at)
        edge = added
    return kept


def _length(texts: Sequence[str], kept: set[int]) -> int:
    """The length with a dot leader for each run of parts that are left out."""
    runs = sum(at not in kept and (not at or at - 1 in kept) for at in range(len(texts)))
    return runs + sum(len(texts[at]) for at in kept)


def _joined(texts: Sequence[str], kept: set[int]) -> str:
    """The parts that are kept, with a dot leader for each run of others but a single letter."""
    runs: list[str] = []
    for seen, run in itertools.groupby(range(len(texts)), kept.__contains__):
        text = "".join(texts[at] for at in run)
        runs.append(text if seen or len(text.strip()) == len(text) == 1 else "…")
    return re.sub(r"\s*…\s*", "…", "".join(runs))
