"""What a paper says of its network: where it stands, what goes in, how many outputs, how large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tonotope._errors import ShapeError
from tonotope._shapes import Shape
from tonotope.network.blocks import is_wave


@dataclass(frozen=True)
class Published:
    """A network as it was published.

    Attributes:
        source: authors, year and title.
        sizes: what goes in: channel × time × frequency, or channel × time.
        outputs: how many come out of its last layer: classes, tags, bins of pitch.
        parameters: as the source counts them, with those outputs.
        representation: what makes such an input of sound, as the keys of
            `[representation]`; empty where the input was no sound.
        clip_samples: how many samples of sound that takes.
        counts_kept: whether the source counts running means and variances as parameters.
        counts_connections: whether the source counts connections.
    """

    source: str
    sizes: tuple[int, ...]
    outputs: int
    parameters: int
    representation: Mapping[str, Any] = field(default_factory=dict)
    clip_samples: int = 0
    counts_kept: bool = False
    counts_connections: bool = False


def only_spectrograms(kind: str, shape: Shape) -> None:
    """Refuse waves for a network that was published for spectrograms.

    Raises:
        ShapeError: `shape` has no frequency axis.
    """
    if is_wave(shape):
        raise ShapeError(
            f"`{kind}` reads channel × time × frequency, not {shape}: choose another "
            "`representation.kind`, such as log-mel, or a network that reads waves: lenet, vgg, "
            "resnet, m5, crepe"
        )


def only_waves(kind: str, shape: Shape) -> None:
    """Refuse spectrograms for a network that was published for waves.

    Raises:
        ShapeError: `shape` has a frequency axis.
    """
    if not is_wave(shape):
        raise ShapeError(
            f"`{kind}` reads channel × time, not {shape}: set `representation.kind` to waveform, "
            "or choose a network that reads spectrograms: lenet, vgg, resnet, cnn6, cnn10"
        )
