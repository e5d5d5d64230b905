"""The ears that come along: how each hears, and which synthesised sounds taught it.

An ear is taken up with `start = "tonotope:NAME"`. No recording of anything is in one, so it is free
of any licence, and no test recording can have been in its training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tonotope.datasets.patches.sounds import PatchSounds, SynthesisedSounds, WordSounds
from tonotope.experiment.start import EAR, WORD_EAR
from tonotope.model import Model
from tonotope.network.architectures.vgg import VGG
from tonotope.representation import LogMel

FOLDER = Path(__file__).parent / "ears"
TEACHING = "ear.json"  # beside the model: what taught it


@dataclass(frozen=True)
class Ear:
    """A kind of ear.

    Attributes:
        name: after `tonotope:`.
        representation: how it hears.
        network: its layers; a head on it hears the last blocks.
        sounds: what teaches it.
        sources: how many sources taught the one that comes along.
        takes: sounds of each.
        epochs: how often each was heard.
    """

    name: str
    representation: LogMel
    network: VGG
    sounds: type[SynthesisedSounds]
    sources: int
    takes: int
    epochs: int

    @property
    def folder(self) -> Path:
        """Where the one that comes along lies."""
        return FOLDER / self.name

    @property
    def taught(self) -> VGG:
        """The layers while they are taught: the first question is put to the last block alone."""
        usual = VGG()
        alone = {"summary_blocks": usual.summary_blocks, "statistics": usual.statistics}
        return self.network.model_copy(update=alone)

    @property
    def clip_samples(self) -> int:
        """How much of a sound it is taught with: all."""
        return round(self.sounds.sound_s * self.representation.rate_hz)


_NETWORK = VGG(widths=(16, 32, 64, 128))
EARS: Mapping[str, Ear] = {
    one.name: one
    for one in (
        Ear(
            EAR.rpartition(":")[2],
            LogMel(rate_hz=22_050, window_s=0.046, hop_s=0.023, bands=64, level="clip"),
            _NETWORK.model_copy(update={"summary_blocks": 2, "statistics": "mean+max+std"}),
            PatchSounds, sources=4400, takes=10, epochs=22,
        ),
        Ear(
            WORD_EAR.rpartition(":")[2],
            LogMel(rate_hz=8000, window_s=0.025, hop_s=0.007, bands=32, level="clip"),
            _NETWORK, WordSounds, sources=4400, takes=10, epochs=10,
        ),
    )
}  # fmt: skip


def load_ear(ear: str | Path = "ear") -> Model:
    """An ear: one that comes along, by its name; or one that `pretrain` made, by its folder.

    >>> load_ear().description.head.classes[:3]
    ('alarms', 'bursts', 'calls')

    Raises:
        ModelFileError: the folder is damaged, foreign, or written by a later version.
    """
    return Model.load(EARS[ear].folder if isinstance(ear, str) and ear in EARS else Path(ear))


def is_ear(folder: Path) -> bool:
    """Whether `pretrain` made what lies there: then no recording has taught it."""
    return (folder / TEACHING).is_file()
