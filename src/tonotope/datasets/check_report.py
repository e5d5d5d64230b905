"""What the data doctor found, in numbers and as advice: counts, durations, class sizes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from tonotope._wording import counted, first_five, first_three, spoken
from tonotope.datasets.manifest import Manifest, Recording, Skipped
from tonotope.datasets.own_groups import own_groups, without_group
from tonotope.datasets.quantities import Quantity

FEWEST_SAMPLES = 32  # of one channel: of fewer nobody can tell a sound
_BINS = 12
_FEW_DOUBTS = 12  # there is room for the numbers of each
_MOST_DOUBTS = 8  # kinds: more would fill a screen


class ClassCount(NamedTuple):
    """One class: its recordings, the groups they come from, and how long they last together."""

    label: str
    recordings: int
    groups: int
    duration_s: float


class Durations(NamedTuple):
    """How long recordings are, in seconds, with a histogram of equal steps."""

    shortest_s: float
    median_s: float
    longest_s: float
    total_s: float
    edges_s: tuple[float, ...]
    counts: tuple[int, ...]

    def sentence(self) -> str:
        """From the shortest to the longest; one length where all are alike as they are printed.

        >>> Durations(1.0, 1.5, 2.0, 4.5, (), ()).sentence()
        'they last from 1.00 to 2.00 s, the median is 1.50 s'
        >>> Durations(1.9, 1.9, 1.9001, 5.7, (), ()).sentence()
        'each lasts 1.90 s'
        >>> Durations(0.001, 0.5, 2.0, 4.5, (), ()).sentence()
        'they last from 1 ms to 2.00 s, the median is 0.50 s'
        """
        shortest, median, longest = map(_length, (self.shortest_s, self.median_s, self.longest_s))
        if shortest == longest:
            return f"each lasts {longest}"
        if "ms" in shortest:
            return f"they last from {shortest} to {longest}, the median is {median}"
        return (
            f"they last from {self.shortest_s:.2f} to {self.longest_s:.2f} s, "
            f"the median is {self.median_s:.2f} s"
        )


def _length(seconds: float) -> str:
    """To a hundredth of a second; two digits of milliseconds where that would say too little."""
    return f"{1000 * seconds:.2g} ms" if 0 < seconds < 0.095 else f"{seconds:.2f} s"


@dataclass(frozen=True)
class CheckReport:
    """What was found in a set of recordings.

    Attributes:
        recordings: how many can be used.
        label: the target that is counted.
        classes: each class.
        tags: each tag, where a recording may have several; it counts for each of them.
        quantities: each number of recordings that is learned.
        groups: how many groups there are.
        durations: how long the recordings are.
        rates: recordings by sample rate in Hz.
        channels: recordings by number of channels.
        formats: files by container and coding.
        silent: recordings without sound.
        brief: recordings of fewer samples than any sound has.
        constant: recordings in which every sample is the same.
        offset: recordings whose mean is far from 0.
        clipped: recordings with more than 5 % of their samples at full scale.
        beyond: recordings whose floats go far beyond full scale, which is 1, and their peak.
        quiet: recordings below -60 dB.
        band_hz: from where to where the network listens, where that is known.
        narrow: recordings whose spectrum a filter cut off below that, and where.
        unheard: recordings most of whose sound lies outside that: from where to where.
        doubtful: recordings with what decoding warned of.
        duplicates: recordings that are the same sound, and how that was seen.
        similar: pairs of different recordings whose fingerprints agree, a thousand at most.
        not_compared: recordings with sound that were not compared with others for that.
        sounds: of each recording a number for its decoded sound: equal for equal sounds.
        skipped: inputs that cannot be used.
        notes: what was understood of the source.
        warnings: what deserves a look.
        advice: what to do, most pressing first.
    """

    recordings: int
    label: str
    classes: tuple[ClassCount, ...]
    tags: tuple[ClassCount, ...]
    quantities: tuple[Quantity, ...]
    groups: int
    durations: Durations
    rates: Mapping[int, int]
    channels: Mapping[int, int]
    formats: Mapping[str, int]
    silent: tuple[str, ...]
    brief: tuple[str, ...]
    constant: tuple[str, ...]
    offset: tuple[str, ...]
    clipped: tuple[str, ...]
    beyond: tuple[tuple[str, float], ...]
    quiet: tuple[str, ...]
    band_hz: tuple[float, float] | None
    narrow: tuple[tuple[str, float], ...]
    unheard: tuple[tuple[str, float, float], ...]
    doubtful: tuple[tuple[str, str], ...]
    duplicates: tuple[tuple[tuple[str, ...], str], ...]
    similar: tuple[tuple[str, str], ...]
    sounds: Mapping[str, str]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    advice: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The same as plain numbers, texts, lists and tables, for `json.dumps`."""
        plain = asdict(self)
        plain["classes"] = [one._asdict() for one in self.classes]
        plain["tags"] = [one._asdict() for one in self.tags]
        plain["quantities"] = [one._asdict() for one in self.quantities]
        plain["durations"] = self.durations._asdict()
        plain["rates"] = {str(rate): count for rate, count in self.rates.items()}
        plain["channels"] = {str(number): count for number, count in self.channels.items()}
        plain["beyond"] = [{"id": name, "peak": peak} for name, peak in self.beyond]
        plain["narrow"] = [{"id": name, "top_hz": top} for name, top in self.narrow]
        plain["unheard"] = [
            {"id": name, "low_hz": low, "high_hz": high} for name, low, high in self.unheard
        ]
        plain["doubtful"] = [{"id": name, "doubt": doubt} for name, doubt in self.doubtful]
        # The file keeps the names that its readers know.
        del plain["duplicates"], plain["sounds"]
        plain["twins"] = [{"ids": list(ids), "how": how} for ids, how in self.duplicates]
        plain["alike"] = plain.pop("similar")
        return plain

    def sentences(self) -> list[str]:
        """Sentences for a person: what there is, what deserves a look, what to do."""
        kinds = f"{counted(len(self.classes), 'class', 'classes')}, " if self.label else ""
        kinds = f"{counted(len(self.tags), 'tag')}, " if self.tags else kinds
        first = (
            f"{counted(self.recordings, 'recording')} in {counted(self.groups, 'group')}, "
            f"{kinds}{spoken(self.durations.total_s)} in all; {self.durations.sentence()}"
        )
        rates = ", ".join(f"{rate:,} Hz ({count:,})" for rate, count in self.rates.items())
        kinds = ", ".join(f"{kind} ({count:,})" for kind, count in self.formats.items())
        channels = ", ".join(f"{number} ({count:,})" for number, count in self.channels.items())
        return [
            first,
            f"sample rates: {rates}; channels: {channels}; formats: {kinds}",
            *self.notes,
            *self.warnings,
            *self.advice,
        ]


def class_counts(recordings: Sequence[Recording], label: str) -> tuple[ClassCount, ...]:
    """Each class of a target, in the order of the labels."""
    return tag_counts(
        recordings,
        {one.id: [one.targets[label]] for one in recordings if label in one.targets},
    )


def tag_counts(
    recordings: Sequence[Recording], tags: Mapping[str, Sequence[str]]
) -> tuple[ClassCount, ...]:
    """Each label of recordings that may have several, in the order of the labels."""
    counts: Counter[str] = Counter()
    groups: defaultdict[str, set[str]] = defaultdict(set)
    lasting: defaultdict[str, float] = defaultdict(float)
    for one in recordings:
        for name in tags.get(one.id, ()):
            counts[name] += 1
            groups[name].add(one.group)
            lasting[name] += one.duration_s
    return tuple(
        ClassCount(name, counts[name], len(groups[name]), round(lasting[name], 3))
        for name in sorted(counts)
    )


def durations(recordings: Sequence[Recording]) -> Durations:
    """How long recordings are."""
    lengths = np.array([one.duration_s for one in recordings] or [0.0])
    # An end minus a start differs by rounding alone, and steps of that size would be none.
    steps = lengths.round(6)
    counts, edges = np.histogram(steps, bins=_BINS if steps.min() < steps.max() else 1)
    return Durations(
        float(lengths.min()),
        float(np.median(lengths)),
        float(lengths.max()),
        float(lengths.sum()),
        tuple(float(edge) for edge in edges),
        tuple(int(count) for count in counts),
    )


def most_common(values: Sequence[Any]) -> dict[Any, int]:
    """How often each value occurs, the most common first."""
    return dict(Counter(values).most_common())


def advice(found: CheckReport, manifest: Manifest) -> tuple[str, ...]:
    """What to do about what was found, most pressing first.

    What makes a score untrue comes before sound that is lost, and that before what is a pity.
    """
    return (
        *_on_groups(found, manifest),
        *_on_lost_sound(found),
        *_on_classes(found),
        *_on_levels(found),
    )


def _on_classes(found: CheckReport) -> list[str]:
    said: list[str] = []
    lone = [one.label for one in found.classes or found.tags if one.groups == 1]
    few = [one.label for one in found.classes or found.tags if 1 < one.groups < 5]
    if len(found.classes) == 1:
        said.append("there is one class only; a classifier needs at least two, so add another")
    elif len(lone) == 1:
        said.append(
            f"{lone[0]}: one group alone, so it can be in training or in the test, not "
            "in both; record it elsewhere too"
        )
    elif lone:
        said.append(
            f"{first_five(lone)}: one group each, so each can be in training or in the test, not "
            "in both; record them elsewhere too"
        )
    if few:
        said.append(f"{first_five(few)}: fewer than five groups; scores will be unsure")
    sizes = [one.recordings for one in found.classes]
    if sizes and max(sizes) > 4 * min(sizes):
        least = min(found.classes, key=lambda one: one.recordings)
        most = max(found.classes, key=lambda one: one.recordings)
        said.append(
            f"`{most.label}` has {most.recordings:,} recordings and "
            f"`{least.label}` {least.recordings:,}: look at the balanced accuracy and at "
            "each class, not at accuracy alone"
        )
    return said


def _on_lost_sound(found: CheckReport) -> list[str]:
    """Where there is no sound, less of it, or none that the network hears."""
    said = _with_cures(
        (found.silent, "without any sound", "leave them out, or call them silence"),
        (
            found.brief,
            f"of fewer than {FEWEST_SAMPLES} samples",
            "leave them out, and see where they were cut",
        ),
        (found.constant, "of one value throughout", "leave them out: a cable was broken"),
    )
    said += doubt_sentences(found.doubtful)
    if found.beyond:
        said.append(_beyond(found.beyond))
    return said + _on_spectra(found)


def _on_levels(found: CheckReport) -> list[str]:
    """What is heard, but worse than it might be, or otherwise than in other recordings."""
    said: list[str] = []
    if len(found.rates) > 1:
        low, high = min(found.rates), max(found.rates)
        said.append(
            f"rates from {low:,} to {high:,} Hz are brought to one: above {low // 2:,} Hz "
            f"{found.rates[low]:,} of the recordings hold nothing, and a network can learn that "
            "instead of the sound if it differs between classes"
        )
    return said + _with_cures(
        (found.clipped, "clipped for more than 5 %", "record them again at a lower gain"),
        (found.offset, "with a constant offset", "a high-pass filter at 20 Hz removes it"),
        (found.quiet, "below -60 dB", "see whether anything is heard in them"),
    )


def _with_cures(*kinds: tuple[Sequence[str], str, str]) -> list[str]:
    return [
        f"{counted(len(names), 'recording')} {what}: {first_three(names)}; {cure}"
        for names, what, cure in kinds
        if names
    ]


def _beyond(beyond: Sequence[tuple[str, float]]) -> str:
    """What float samples in another unit are, and what would fit."""
    peak = max(loudest for _, loudest in beyond)
    bits = next((bits for bits in (16, 24, 32) if peak <= 2 ** (bits - 1)), 0)
    like = f": {bits}-bit numbers, it seems; divide them by {2 ** (bits - 1):,}" if bits else ""
    return (
        f"{counted(len(beyond), 'recording')} with float samples up to {peak:,.0f}, where sound "
        f"ends at 1{like} (nothing is clipped, but each player will clip it): "
        f"{first_three([name for name, _ in beyond])}"
    )


def _on_spectra(found: CheckReport) -> list[str]:
    """What lies where no network listens, and where it listens to nothing."""
    if found.band_hz is None:
        return []
    low_hz, high_hz = found.band_hz
    said: list[str] = []
    if found.unheard:
        begins, ends = min(one[1] for one in found.unheard), max(one[2] for one in found.unheard)
        said.append(
            f"{counted(len(found.unheard), 'recording has', 'recordings have')} most of the sound "
            f"between {begins:,.0f} and {ends:,.0f} Hz, where the network does not listen (it does "
            f"from {low_hz:,.0f} to {high_hz:,.0f} Hz){_to_reach(found, begins, ends)}: "
            f"{first_three([one[0] for one in found.unheard])}"
        )
    if found.narrow:
        top_hz = max(top for _, top in found.narrow)
        if len(found.narrow) == found.recordings:
            cure = f"; representation.rate_hz = {2 * top_hz:.0f} would leave nothing empty"
        elif len(found.narrow) > 1:
            cure = "; it can learn that instead of the sound if it differs between classes"
        else:
            cure = ""  # one recording is no class
        said.append(
            f"{counted(len(found.narrow), 'recording holds', 'recordings hold')} nothing above "
            f"{top_hz:,.0f} Hz, whatever the header says (perhaps brought to a higher rate, or cut "
            f"by a codec), where the network listens up to {high_hz:,.0f} Hz{cure}: "
            f"{first_three([name for name, _ in found.narrow])}"
        )
    return said


def _to_reach(found: CheckReport, begins: float, ends: float) -> str:
    """What would let a network hear what lies above or below where it listens."""
    low_hz, high_hz = found.band_hz or (0.0, 0.0)
    all_hz = max(found.rates)  # there is nothing above half of it
    changes = [f"representation.rate_hz = {min(2.2 * ends, all_hz):.0f}"] if ends > high_hz else []
    changes += [f"representation.low_hz = {0.9 * begins:.2g}"] if begins < low_hz else []
    return f": {', '.join(changes)} would reach it"


def doubt_sentences(doubtful: Sequence[tuple[str, str]]) -> list[str]:
    """A sentence for each kind of doubt: equal but for its numbers."""
    kinds: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, doubt in doubtful:
        kinds[re.sub(r"\d[\d.,]*", "#", doubt)].append((name, doubt))
    most_first = sorted(kinds.values(), key=len, reverse=True)
    said: list[str] = []
    for alike in most_first[:_MOST_DOUBTS]:
        names, doubt = [name for name, _ in alike], alike[0][1]
        many = counted(len(alike), "recording")
        if len(alike) == 1:
            said.append(f"{many} to look at: {names[0]}: {doubt}")
        elif len({one for _, one in alike}) == 1:
            said.append(f"{many} to look at: {doubt}: {first_three(names)}")
        elif len(alike) <= 3 and len(doubtful) <= _FEW_DOUBTS:
            said.append(f"{many} to look at: {'; '.join(f'{name}: {one}' for name, one in alike)}")
        else:
            said.append(f"{many} to look at: {doubt} (the numbers differ): {first_three(names)}")
    if others := [name for alike in most_first[_MOST_DOUBTS:] for name, _ in alike]:
        kinds_left = counted(len(most_first) - _MOST_DOUBTS, "other kind")
        said.append(
            f"{counted(len(others), 'doubt')} of {kinds_left} (all of them: --json): "
            f"{first_three(others)}"
        )
    return said


def _on_groups(found: CheckReport, manifest: Manifest) -> list[str]:
    said: list[str] = []
    if found.similar:
        pairs = [f"{one} and {other}" for one, other in found.similar]
        said.append(
            f"{counted(len(pairs), 'pair sounds', 'pairs sound')} nearly the same though from "
            f"different groups: {first_three(pairs)}; listen, and give them one group if they are"
        )
    again = sum(len(ids) - 1 for ids, _ in found.duplicates)  # these may share a group
    rejected = any(  # said or asked there
        "was not used as group" in one or 'group = "' in one for one in manifest.warnings
    )
    alone = found.groups >= found.recordings - again > 1 and not manifest.recordings[0].fold
    own = own_groups(manifest.recordings, manifest.notes, manifest.warnings)
    if own == "some" and not rejected:
        without = [one.id for one in without_group(manifest.recordings)]
        said.append(
            f"{counted(len(without), 'recording')} without a group "
            f"({first_three(without)}), and the others are one each: if several come from one "
            "speaker, place or session, name it there too, or the score will be too high"
        )
    elif alone and own not in ("named", "asked") and not rejected:
        said.append(
            "every recording is its own group: if several come from one speaker, place or "
            "session, name it in a column (data.group), or the score will be too high"
        )
    return said
