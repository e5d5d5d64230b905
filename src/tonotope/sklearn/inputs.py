"""What may stand in X: rows of samples, names of sound files, clips.

Whatever it was, what is learnt from is the same: mono recordings at one rate, numbered as X is.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import first_five
from tonotope.audio.clip import Clip
from tonotope.datasets.manifest import Manifest, Skipped
from tonotope.datasets.sources.build_manifest import SourceEntry, build_recordings
from tonotope.datasets.waveform_store import decode_all
from tonotope.training.feature_store import Sounds

Element = str | os.PathLike[str] | Clip
_ELEMENTS = (str, os.PathLike, Clip)


@dataclass(frozen=True, eq=False)
class Recordings:
    """The recordings in X, not yet decoded.

    Attributes:
        count: how many there are.
        listen: gives their sound at a rate in Hz.
        rates: how many recordings there are at each rate; empty for rows, which do not have one.
        durations_s: the length of each, sorted; empty for rows.
        samples: the length of every row; 0 for files and clips.
    """

    count: int
    listen: Callable[[int, Progress], Sounds]
    rates: Mapping[int, int]
    durations_s: tuple[float, ...] = ()
    samples: int = 0


class ArraySounds:
    """Recordings in memory, `(time,)` each, as the store of features wants them.

    >>> rows = ArraySounds(np.zeros((3, 800), np.float32))
    >>> rows.lengths.tolist(), rows[1].shape
    ([800, 800, 800], (800,))
    """

    def __init__(self, samples: Sequence[np.ndarray] | np.ndarray) -> None:
        self._samples = samples
        self.lengths = np.array([len(one) for one in samples], np.int64)

    def __getitem__(self, index: int, /) -> np.ndarray:
        """The samples of one recording."""
        return self._samples[index]

    def sound_hash(self, index: int, /) -> str:
        """A digest of the samples of one recording."""
        return hashlib.sha256(np.ascontiguousarray(self[index]).data).hexdigest()


class SelectedSounds:
    """Recordings by number from among others, some of them perhaps more than once."""

    def __init__(self, sounds: Sounds, numbers: Sequence[int]) -> None:
        self._sounds, self._numbers = sounds, numbers
        self.lengths = np.asarray(sounds.lengths)[np.asarray(numbers, np.int64)]

    def __getitem__(self, index: int, /) -> np.ndarray:
        """The samples of one recording."""
        return self._sounds[self._numbers[index]]

    def sound_hash(self, index: int, /) -> str:
        """A digest of the samples of one recording."""
        return self._sounds.sound_hash(self._numbers[index])


def list_elements(x: object) -> list[Element] | None:
    """The files or clips that X lists; None where it is an array of samples.

    A column of file names, `(n_samples, 1)`, is a list of them too.

    Raises:
        DataError: only some are files or clips, or there are some of both.

    >>> list_elements(["a.wav", "b.wav"]), list_elements([[0.1, 0.2], [0.3, 0.4]])
    (['a.wav', 'b.wav'], None)
    """
    shape = getattr(x, "shape", None)
    if shape is None:
        listed = list(x) if isinstance(x, list | tuple) else []
    else:
        column = len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)
        listed = list(np.asarray(x, dtype=object).ravel()) if column else []
    kinds = {_kind(one) for one in listed}
    if not kinds - {"samples"}:
        return None
    if len(kinds) > 1:
        message = f"X holds {' and '.join(sorted(kinds))}: give one kind for all its rows"
        raise DataError(message)
    return listed


def from_rows(matrix: np.ndarray) -> Recordings:
    """Rows of samples, `(n_samples, n_times)`, as they are: at the rate that is asked for."""
    return Recordings(
        len(matrix), lambda rate_hz, progress: ArraySounds(matrix), {}, samples=matrix.shape[1]
    )


def from_elements(listed: Sequence[Element], progress: Progress = SILENT) -> Recordings:
    """Sound files or clips, of any length and rate; the headers of files are read.

    Raises:
        DataError: there are none, or a file cannot be read; each is named with its reason.
    """
    if not listed:
        message = "X is empty: give at least one sound"
        raise DataError(message)
    clips = [one for one in listed if isinstance(one, Clip)]
    return _of_clips(clips) if clips else _of_files([str(one) for one in listed], progress)


def _kind(element: object) -> str:
    if isinstance(element, Clip):
        return "clips"
    return "file names" if isinstance(element, _ELEMENTS) else "samples"


def _of_clips(clips: Sequence[Clip]) -> Recordings:
    silent = [str(number) for number, one in enumerate(clips) if not one.samples.size]
    if silent:
        message = f"no sound is in these clips of X: {first_five(silent)}"
        raise DataError(message)

    def listen(rate_hz: int, progress: Progress) -> ArraySounds:
        progress.begin("decode", len(clips))
        return ArraySounds([one.mono().resampled(rate_hz).samples[0] for one in clips])

    rates = Counter(one.rate_hz for one in clips)
    return Recordings(len(clips), listen, rates, tuple(sorted(one.duration_s for one in clips)))


def _of_files(names: Sequence[str], progress: Progress) -> Recordings:
    once = list(dict.fromkeys(names))
    entries = [SourceEntry(name, Path(name).expanduser(), {}, group=name) for name in once]
    found, unread = build_recordings(entries, progress=progress)
    _refuse(unread)
    place = {name: number for number, name in enumerate(once)}
    numbers = [place[name] for name in names]
    manifest = Manifest(tuple(found), (), (), (), Path())
    return Recordings(
        len(names),
        partial(_decoded, manifest, numbers),
        Counter(found[number].rate_hz for number in numbers),
        tuple(sorted(found[number].duration_s for number in numbers)),
    )


def _decoded(
    manifest: Manifest, numbers: Sequence[int], rate_hz: int, progress: Progress
) -> SelectedSounds:
    sounds, unread, _ = decode_all(manifest, rate_hz, progress=progress)
    _refuse(unread)
    return SelectedSounds(sounds, numbers)


def _refuse(unread: Sequence[Skipped]) -> None:
    """scikit-learn counts rows, so none can be left out."""
    if unread:
        message = (
            f"{len(unread)} of the files in X cannot be used: "
            f"{'; '.join(str(one) for one in unread[:5])}{'; ...' if len(unread) > 5 else ''}"
        )
        raise DataError(message)
