"""Sound files of any length denoised and written as WAV; a row about each of them.

A file that cannot be read gives a `Skipped` in its place and the rest goes on; what was written
of it is thrown away, so a file that is there is whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from tonotope import _files
from tonotope._errors import AudioError, DataError
from tonotope._progress import SILENT, Progress
from tonotope.answers import Answer
from tonotope.audio.channels import Channels
from tonotope.datasets.manifest import Skipped
from tonotope.prediction.denoiser import Denoiser
from tonotope.prediction.rows import PredictedRow
from tonotope.prediction.score_layout import Layout
from tonotope.prediction.windows import sound_of
from tonotope.prediction.writers import Writer, write_rows

COLUMNS = ("file", "start_s", "end_s", "denoised", "removed_db")
LAYOUT = Layout((Answer("sound", "sound"),))
ENDING = ".denoised.wav"


@dataclass(frozen=True)
class DenoisedFile:
    """A sound file and what became of it.

    Attributes:
        file: the recording, as it was named.
        duration_s: how long it is.
        denoised: the file that was written.
        removed_db: how strong what was taken away is, against the whole; None where it is silent.
        clipped: how many samples were louder than a file can hold.
    """

    file: str
    duration_s: float
    denoised: Path
    removed_db: float | None
    clipped: int

    def to_row(self) -> PredictedRow:
        """The row of this file, for a writer."""
        outcome = {"denoised": str(self.denoised), "removed_db": self.removed_db}
        return PredictedRow(
            file=self.file,
            start_s=0.0,
            end_s=round(self.duration_s, 6),
            label="",
            score=float("nan"),
            scores=np.zeros(0),
            classes=(),
            outcomes={"sound": outcome},
        )


def clean_files(
    denoise: Denoiser,
    paths: Sequence[Path | str],
    folder: Path,
    *,
    channels: Channels = "mean",
    repair: str = "refuse",
    progress: Progress = SILENT,
) -> Iterator[DenoisedFile | Skipped]:
    """Write each sound without its noise into `folder`, as `NAME.denoised.wav`.

    Args:
        denoise: the models.
        paths: sound files.
        folder: where the files go; of two recordings with one name the second gets a number.
        channels: how several channels become one, as in training.
        repair: NaN and infinite samples `refuse` a file or become `zero`.
        progress: hears of each file, and of long ones as they go on.

    Yields:
        What became of each, in the order of `paths`.

    Raises:
        TonotopeError: the disk is full or the folder may not be written to.
    """
    progress.begin("denoise", len(paths))
    for path, target in zip(paths, _targets(paths, folder), strict=True):
        doubts: list[str] = []
        sound = sound_of(path, denoise.rate_hz, channels=channels, repair=repair, doubts=doubts)
        try:
            yield _cleaned(denoise, str(path), sound, target, progress)
        except DataError as error:
            reason = error.reason if isinstance(error, AudioError) else str(error)
            yield Skipped(str(path), None, reason)
        for doubt in doubts:
            progress.say(f"{path}: {doubt}")
        progress.advance()
    progress.end()


def write_cleaned(
    rows: Iterable[DenoisedFile | Skipped], out: TextIO, to: str | Writer = "csv"
) -> list[Skipped]:
    """A row for each file as soon as it is written, in any format that a `Writer` offers.

    Returns:
        The files that were left out, each with its reason.
    """
    named = (row if isinstance(row, Skipped) else row.to_row() for row in rows)
    return write_rows(named, out, LAYOUT, to)


def _cleaned(
    denoise: Denoiser, file: str, sound: Iterator[np.ndarray], target: Path, progress: Progress
) -> DenoisedFile:
    import soundfile

    held: list[np.ndarray] = []  # what went in and has not come out yet
    whole = taken = 0.0
    samples = clipped = 0

    def given() -> Iterator[np.ndarray]:
        for block in sound:
            held.append(block)
            yield block

    first = denoise.stream(given())
    with (
        _files.writing(target) as aside,
        soundfile.SoundFile(
            aside, "w", denoise.rate_hz, 1, format="WAV", subtype="PCM_16"
        ) as written,
    ):
        for made in first:
            before = np.concatenate([np.zeros(0, np.float32), *held])
            held[:] = [before[len(made) :]]
            before = before[: len(made)].astype(np.float64)
            whole += float(before @ before)
            taken += float(np.sum((before - made) ** 2))
            samples, clipped = samples + len(made), clipped + int((np.abs(made) > 1).sum())
            written.write(np.clip(made, -1.0, 1.0))
            progress.advance(0, heard_s=round(samples / denoise.rate_hz, 1))
    removed = round(10 * math.log10(taken / whole), 2) if taken > 0 and whole > 0 else None
    return DenoisedFile(file, samples / denoise.rate_hz, target, removed, clipped)


def _targets(paths: Sequence[Path | str], folder: Path) -> list[Path]:
    """A file for each recording, all different.

    >>> [one.name for one in _targets(["a/x.wav", "b/x.flac"], Path("out"))]
    ['x.denoised.wav', 'x-2.denoised.wav']
    """
    taken: set[str] = set()
    found = []
    for path in paths:
        stem, number = Path(path).stem[:200], 1
        name = f"{stem}{ENDING}"
        while name in taken:
            number += 1
            name = f"{stem}-{number}{ENDING}"
        taken.add(name)
        found.append(folder / name)
    return found
