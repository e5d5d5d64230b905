"""Names of published data sets that tell who or what was recorded: RAVDESS, NSynth and others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class Published(NamedTuple):
    """A data set whose names tell their source.

    Attributes:
        whose: what the data set is called.
        pattern: a whole name without its ending; its first group is the source.
        sure: the source is a speaker, an instrument or a place whatever the classes say. Where it
            is not sure, a name of numbers alone may be of another data set.
    """

    whose: str
    pattern: re.Pattern[str]
    sure: bool = True


_INSTRUMENTS = "bass|brass|flute|guitar|keyboard|mallet|organ|reed|string|synth_lead|vocal"
_SCENES = (
    "airport|bus|metro|metro_station|park|public_square|shopping_mall|street_pedestrian|"
    "street_traffic|tram"
)
_PUBLISHED = (
    Published("ESC-50", re.compile(r"\d-(\d+)-[A-Z](?:-\d+)?"), sure=False),
    Published("UrbanSound8K", re.compile(r"(\d+)-\d+-\d+-\d+"), sure=False),
    Published("RAVDESS", re.compile(r"0[1-3]-0[12]-0[1-8]-0[12]-0[12]-0[12]-(\d\d)")),
    Published("CREMA-D", re.compile(r"(1\d{3})_[A-Z]{3}_(?:ANG|DIS|FEA|HAP|NEU|SAD)_[A-Z]{1,2}")),
    Published("Emo-DB", re.compile(r"(\d\d)[a-z]\d\d[A-Z][a-z]?")),
    Published("SAVEE", re.compile(r"(DC|JE|JK|KL)_[a-z]{1,2}\d\d")),
    Published("TESS", re.compile(r"(OAF|YAF)_[a-z]+_[a-z]+", re.IGNORECASE)),
    Published("EMOVO", re.compile(r"[a-z]{3}-([fm]\d)-[a-z]\d")),
    Published("ShEMO", re.compile(r"([FM]\d\d)[A-Z]\d\d")),
    Published("IEMOCAP", re.compile(r"(Ses\d\d)[FM]_\w+_[FM]\d{3}")),
    Published(
        "NSynth",
        re.compile(
            rf"((?:{_INSTRUMENTS}|[a-z]+)_(?:acoustic|electronic|synthetic)_\d{{3}})-\d{{3}}-\d{{3}}"
        ),
    ),
    Published("LibriSpeech", re.compile(r"(\d{1,5})-\d{3,6}-\d{4}")),
    Published("LibriTTS", re.compile(r"(\d{1,5})_\d{3,6}_\d{6}_\d{6}")),
    Published("VCTK", re.compile(r"(p\d{3}|s5)_\d{3}(?:_mic\d)?")),
    Published("SpeechCommands", re.compile(r"([0-9a-f]{8})_nohash_\d+")),
    Published("TAU Urban", re.compile(rf"(?:{_SCENES})-([a-z]+-\d+)-\d+-\w+")),
    Published("ICBHI", re.compile(r"(\d{3})_\d[a-z]\d_[A-Z][a-z]_[sm]c_\w+")),
    Published("CirCor", re.compile(r"(\d{4,5})_(?:AV|PV|TV|MV|Phc)(?:_\d)?")),
    Published("xeno-canto", re.compile(r"(?:.*[\W_])?(XC\d{3,7})(?:\D.*)?")),
    Published("BirdNET", re.compile(r"[01]\.\d+_\d+_(.+?)_\d+(?:\.\d+)?s_\d+(?:\.\d+)?s")),
)


class Sources(NamedTuple):
    """The source of every file, by names of published data sets.

    Attributes:
        whose: what the data set is called; several, where files of several lie together.
        names: the source of each file.
        sure: as `Published.sure`.
    """

    whose: str
    names: list[str]
    sure: bool


def published_sources(stems: Sequence[str]) -> Sources | None:
    """The sources that names tell; None where any name is of no published data set.

    Args:
        stems: the names of files without their endings.

    >>> published_sources(["03-01-05-01-02-01-12", "03-01-05-01-02-01-13"])
    Sources(whose='RAVDESS', names=['12', '13'], sure=True)
    >>> published_sources(["03-01-05-01-02-01-12", "dog_1"]) is None
    True
    """
    found: list[tuple[Published, str]] = []
    for stem in stems:
        fitting = ((one, one.pattern.fullmatch(stem)) for one in _PUBLISHED)
        first = next(((one, match.group(1)) for one, match in fitting if match), None)
        if first is None:
            return None
        found.append(first)
    sets = [*dict.fromkeys(one for one, _ in found)]
    if not sets:
        return None
    several = len(sets) > 1
    names = [f"{one.whose} {source}" if several else source for one, source in found]
    return Sources(", ".join(one.whose for one in sets), names, all(one.sure for one in sets))
