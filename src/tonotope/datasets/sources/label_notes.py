"""What is told of sounds and their label files: which there are, how they were read, what lacks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tonotope._wording import counted, first_five, first_three
from tonotope.datasets.sources.label_files import BESIDE, LabelFile, LabelledSounds

_TOLD_BELOW = re.compile("a moment, |it holds no labels|further columns |a number behind ")
_CALLED = {
    "audacity": ("label track of Audacity", "label tracks of Audacity"),
    "raven": ("selection table of Raven", "selection tables of Raven"),
    "birdnet": ("table of BirdNET", "tables of BirdNET"),
    "kaleidoscope": ("table of Kaleidoscope", "tables of Kaleidoscope"),
    "srt": ("file of subtitles", "files of subtitles"),
}


def understood(found: LabelledSounds, events: int) -> str:
    """How it was decided that this is a folder of sounds and label files, and what is in them."""
    kinds = Counter(one.held.format for one in found.files)
    files = [
        counted(count, *_CALLED.get(form, (f"file of the format `{form}`",
                                           f"files of the format `{form}`")))
        for form, count in sorted(kinds.items())
    ]  # fmt: skip
    held = f"{first_five(files)}, {counted(events, 'event')}"
    have, sounds = len(found.files), len(found.files) + len(found.without) + len(found.skipped)
    if have == sounds and found.where == BESIDE:
        return f"each sound has a label file beside it: {held}"
    if have == sounds:
        return f"each sound has a label file in {found.where}: {held}"
    if found.where == BESIDE:
        return f"label files lie beside {have:,} of {counted(sounds, 'sound')}: {held}"
    return f"the label files of {have:,} of {counted(sounds, 'sound')} lie in {found.where}: {held}"


def unlabelled(found: LabelledSounds, *, asked: bool) -> list[str]:
    """Sounds without a label file, and label files without a label unless those are asked for."""
    said = []
    if found.without:
        has = counted(len(found.without), "sound has", "sounds have")
        said.append(
            f"{has} no label file, and nothing is learnt from there, not even that nothing is "
            f"heard: {first_three(found.without)}"
        )
    empty = [one.name for one in found.files if not one.held.events and not one.held.skipped]
    if empty and not asked:
        holds = counted(len(empty), "label file holds", "label files hold")
        said.append(f"{holds} no label, so that nothing is learnt there: {first_three(empty)}")
    return said


def read_notes(files: Sequence[LabelFile]) -> list[tuple[str, str]]:
    """How each label file was read, without what is told of all of them together."""
    return [
        (one.name, note) for one in files for note in one.held.notes if not _TOLD_BELOW.match(note)
    ]


def of_events(files: Sequence[LabelFile]) -> list[str]:
    """What labels say that is kept no further: scores and frequencies."""
    events = [event for one in files for event in one.held.events]
    scored = sum(event.score is not None for event in events)
    bounded = sum(event.low_hz is not None or event.high_hz is not None for event in events)
    said = []
    if scored:
        carries = counted(scored, "label carries", "labels carry")
        said.append(
            f"{carries} a score: proposed by a network, and perhaps not seen by a person; "
            f"{len(events) - scored:,} without one"
        )
    if bounded:
        has = counted(bounded, "label has", "labels have")
        said.append(f"{has} bounds of frequency, which are not used: all of the sound is heard")
    return said
