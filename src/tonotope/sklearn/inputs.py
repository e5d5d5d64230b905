"""X of the estimators: rows of samples, names of sound files, or clips.

All become mono recordings at one rate, in the order of X.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tonotope import _files
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
        count: the number of recordings.
        decode: gives their samples at a rate in Hz.
        rates: the number of recordings at each rate in Hz; empty for rows.
        durations_s: the length of each, sorted; empty for rows.
        samples: the length of every row; 0 for files and clips.
    """

    count: int
    decode: Callable[[int, Progress], Sounds]
    rates: Mapping[int, int]
    durations_s: tuple[float, ...] = ()
    samples: int = 0


class ArraySounds:
    """Recordings in memory, `(time,)` each, for the feature store.

    >>> rows = ArraySounds(np.zeros((3, 800), np.float32))
    >>> rows.lengths.tolist(), rows[1].shape
    ([800, 800, 800], (800,))
    """

    def __init__(self, samples: Sequence[np.ndarray] | np.ndarray) -> None:
        self._samples = samples
        self.lengths = np.array([len(one) for one in samples], np.int64)

    def __getitem__(self, index: int, /) -> np.ndarray:
        return self._samples[index]

    def sound_hash(self, index: int, /) -> str:
        """A digest of the samples of one recording."""
        return hashlib.sha256(np.ascontiguousarray(self[index]).data).hexdigest()


class SelectedSounds:
    """Some recordings of others, by number; a number may occur more than once."""

    def __init__(self, sounds: Sounds, numbers: Sequence[int]) -> None:
        self._sounds, self._numbers = sounds, numbers
        self.lengths = np.asarray(sounds.lengths)[np.asarray(numbers, np.int64)]

    def __getitem__(self, index: int, /) -> np.ndarray:
        return self._sounds[self._numbers[index]]

    def sound_hash(self, index: int, /) -> str:
        """A digest of the samples of one recording."""
        return self._sounds.sound_hash(self._numbers[index])


def list_elements(x: object) -> list[Element] | None:
    """The files or clips in X; None if X is an array of samples.

    A column of file names, `(n_samples, 1)`, is a list too.

    Raises:
        DataError: X mixes files, clips or samples.

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
        raise DataError(f"X holds {' and '.join(sorted(kinds))}: give one kind for all its rows")
    return listed


def from_rows(matrix: np.ndarray) -> Recordings:
    """Rows of samples, `(n_samples, n_times)`, taken to be at any rate that is decoded."""
    return Recordings(
        len(matrix), lambda rate_hz, progress: ArraySounds(matrix), {}, samples=matrix.shape[1]
    )


def from_elements(listed: Sequence[Element], progress: Progress = SILENT) -> Recordings:
    """Sound files or clips, of any length and rate; the headers of files are read.

    Raises:
        DataError: X is empty, or files cannot be read; each is named with its reason.
    """
    if not listed:
        raise DataError("X is empty: give at least one sound")
    clips = [one for one in listed if isinstance(one, Clip)]
    return _of_clips(clips) if clips else _of_files([str(one) for one in listed], progress)


def _kind(element: object) -> str:
    if isinstance(element, Clip):
        return "clips"
    return "file names" if isinstance(element, _ELEMENTS) else "samples"


def _of_clips(clips: Sequence[Clip]) -> Recordings:
    empty = [str(number) for number, one in enumerate(clips) if not one.samples.size]
    if empty:
        raise DataError(f"these clips of X have no samples: {first_five(empty)}")

    def decode(rate_hz: int, progress: Progress) -> ArraySounds:
        progress.begin("decode", len(clips))
        return ArraySounds([one.mono().resampled(rate_hz).samples[0] for one in clips])

    rates = Counter(one.rate_hz for one in clips)
    return Recordings(len(clips), decode, rates, tuple(sorted(one.duration_s for one in clips)))


def _of_files(names: Sequence[str], progress: Progress) -> Recordings:
    once = list(dict.fromkeys(names))
    entries = [SourceEntry(name, _files.expanded(name), {}, group=name) for name in once]
    found, unread = build_recordings(entries, progress=progress)
    _refuse(unread)
    place = {name: number for number, name in enumerate(once)}
    numbers = [place[name] for name in names]
    manifest = Manifest(tuple(found), (), (), (), Path())

    def decode(rate_hz: int, progress: Progress) -> SelectedSounds:
        sounds, unread, _ = decode_all(manifest, rate_hz, progress=progress)
        _refuse(unread)
        return SelectedSounds(sounds, numbers)

    rates = Counter(found[number].rate_hz for number in numbers)
    durations_s = tuple(sorted(found[number].duration_s for number in numbers))
    return Recordings(len(names), decode, rates, durations_s)


def _refuse(unread: Sequence[Skipped]) -> None:
    """Refuse files that cannot be read: scikit-learn counts rows, so none can be left out."""
    if unread:
        raise DataError(
            f"{len(unread)} of the files in X cannot be used: "
            f"{'; '.join(str(one) for one in unread[:5])}{'; ...' if len(unread) > 5 else ''}"
        )
