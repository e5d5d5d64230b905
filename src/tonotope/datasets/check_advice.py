"""What to do about what the data doctor found, in sentences."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from tonotope._wording import counted, first_five, first_three
from tonotope.datasets.check_report import FEWEST_SAMPLES, CheckReport
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.own_groups import own_groups, without_group

_ON_GROUPS = re.compile('was not used as group|group = "|files share no name with another')
_FEW_DOUBTS = 12  # there is room for the numbers of each
_MOST_DOUBTS = 8  # kinds: more would fill a screen


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
        said.append(_on_rates(low, high, found))
    return said + _with_cures(
        (found.clipped, "clipped for more than 5 %", "record them again at a lower gain"),
        (found.offset, "with a constant offset", "a high-pass filter at 20 Hz removes it"),
        (found.quiet, "below -60 dB", "see whether anything is heard in them"),
    )


def _on_rates(low: int, high: int, found: CheckReport) -> str:
    """What recordings of a low rate lack among those of higher ones."""
    hold = counted(found.rates[low], "recording holds", "recordings hold")
    rates = f"rates from {low:,} to {high:,} Hz are brought to one"
    if _asked(found) == "classes":
        return (
            f"above {low // 2:,} Hz {hold} nothing, and a network can learn that instead of the "
            f"sound if it differs between classes: {rates}"
        )
    if _asked(found):
        return (
            f"above {low // 2:,} Hz {hold} nothing, and a network can learn that instead of the "
            f"sound if it goes with what is asked for: {rates}"
        )
    return f"above {low // 2:,} Hz {hold} nothing: {rates}"


def _asked(found: CheckReport) -> str:
    """What the network is asked for: `classes`, something `else`, or nothing, as to denoise."""
    if found.tags or found.quantities:
        return "else"
    return "classes" if found.classes else ""


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
        elif len(found.narrow) == 1 or not _asked(found):
            cure = ""  # one recording is no class
        elif _asked(found) == "classes":
            cure = "; it can learn that instead of the sound if it differs between classes"
        else:
            cure = "; it can learn that instead of the sound if it goes with what is asked for"
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
    rejected = any(map(_ON_GROUPS.search, manifest.warnings))  # said or asked there
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
