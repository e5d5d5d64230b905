"""What the data doctor found, in numbers: counts, durations, class sizes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from tonotope._wording import counted, spoken
from tonotope.datasets.manifest import Recording, Skipped
from tonotope.datasets.quantities import Quantity

FEWEST_SAMPLES = 32  # of one channel: of fewer nobody can tell a sound
_BINS = 12


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
