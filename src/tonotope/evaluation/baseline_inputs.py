"""The inputs of baselines: MFCC statistics or pitch of each recording, training targets.

The methods are those of each kind of answer (`answers`). Here lies what they hear of a recording:
the mean and the spread of its mel-frequency cepstral coefficients and of their changes, which is
what the colour of a sound tells when time and pattern are left out (close to the reference of
Piczak, *ESC: Dataset for Environmental Sound Classification*, 2015), or its pitch. A network that
does not get past them has not learnt from patterns.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import first_five
from tonotope.answers.baseline import BaselineInput
from tonotope.answers.table import AnswerTable
from tonotope.evaluation.pitch import pitches_hz
from tonotope.evaluation.sounds import Sounds
from tonotope.representation import MFCC
from tonotope.representation.stft_params import LONGEST_WINDOW

if TYPE_CHECKING:
    from torch import nn

_FRAMES_AT_ONCE = 4096
_SHORTEST = 64  # samples of a window


@dataclass(frozen=True, eq=False)
class BaselineData:
    """All that baselines may know of a set of recordings; gathered once, used for every fold.

    Attributes:
        ids: of the recordings.
        labels: the label of each, in words; of quantities and tags, (recording, column) numbers.
        groups: the group of each.
        statistics: (recording, number) from `STATISTICS`; None where no baseline listens.

    >>> from tonotope.answers.classes import Predictions
    >>> data = BaselineData(("a", "b", "c"), ("cat", "dog", "dog"), ("s1", "s2", "s3"))
    >>> test = Predictions(("x",), [0], [[1.0]], ("s4",), ("",), ("cat",))
    >>> data.predict("majority", ["a", "b", "c"], test).labels
    ('dog',)
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...] | np.ndarray
    groups: tuple[str, ...]
    statistics: np.ndarray | None = None

    def predict(self, name: str, train: Sequence[str], test: AnswerTable) -> Any:
        """What a baseline that learnt from `train` predicts for the recordings of `test`.

        Args:
            name: of a baseline of this kind of table.
            train: ids of the training part: exactly what the network learnt from.
            test: any predictions for the test part; only who and what is in it is used.

        Raises:
            DataError: there is no such baseline, or an id that was not gathered.
        """
        baseline = test.baseline(name)
        rows = self._rows(train)
        targets = self.labels
        if not isinstance(targets, np.ndarray):
            targets = np.array(targets, dtype=object)
        given = BaselineInput(
            features=self._statistics[rows] if baseline.uses else None,
            targets=targets[rows],
            groups=np.array([self.groups[row] for row in rows], dtype=object),
            test_features=self._statistics[self._rows(test.ids)] if baseline.uses else None,
            test=test,
        )
        return test.with_predictions(baseline.method(given))

    def _rows(self, ids: Sequence[str]) -> np.ndarray:
        place = {one: row for row, one in enumerate(self.ids)}
        lacking = [one for one in ids if one not in place]
        if lacking:
            raise DataError(f"the baseline does not know {first_five(lacking)}")
        return np.array([place[one] for one in ids], dtype=np.int64)

    @property
    def _statistics(self) -> np.ndarray:
        if self.statistics is None:
            raise DataError("this baseline listens: gather the recordings' `mfcc_statistics` first")
        return self.statistics


def mfcc_for(rate_hz: int) -> MFCC:
    """Twenty coefficients in windows of 46 ms, or of 64 samples where 46 ms hold fewer.

    >>> mfcc_for(8000).window_samples, mfcc_for(32).window_samples
    (372, 64)
    """
    samples = min(max(round(0.04644 * rate_hz), _SHORTEST), LONGEST_WINDOW)
    bands = 40 if samples > 4 * _SHORTEST else 16
    return MFCC(
        rate_hz=rate_hz,
        window_s=samples / rate_hz,
        hop_s=samples / rate_hz / 2,
        bands=bands,
        coefficients=min(20, bands),
    )


def mfcc_statistics(sounds: Sounds, *, progress: Progress = SILENT) -> np.ndarray:
    """What each recording sounds like on average: three numbers per coefficient.

    Mean and standard deviation over time, and the root mean square of the change from frame to
    frame. Nothing is padded but a recording shorter than one window.

    Returns:
        (recording, 3 × coefficient) in double precision.
    """
    mfcc = mfcc_for(sounds.rate_hz)
    module = mfcc.build(mfcc.clip_shape(mfcc.window_samples))
    progress.begin("baseline", len(sounds.ids))
    rows = []
    with _one_thread():
        for number in range(len(sounds.ids)):
            rows.append(_statistics(sounds[number], mfcc, module))
            progress.advance()
    progress.end()
    return np.array(rows)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Frames of one recording are too little to share out among threads."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _statistics(samples: np.ndarray, mfcc: MFCC, module: nn.Module) -> np.ndarray:
    """Sums over pieces of the recording, so that its length does not matter to the memory."""
    import torch

    if len(samples) < mfcc.window_samples:
        samples = np.pad(samples, (0, mfcc.window_samples - len(samples)))
    total = mfcc.frames(len(samples))
    origin, sums, squares, changes = np.zeros((4, mfcc.coefficients))
    for first in range(0, total, _FRAMES_AT_ONCE):
        before = min(first, 1)  # the last frame once more, for the change into the first
        begin = (first - before) * mfcc.hop_samples
        frames = min(_FRAMES_AT_ONCE, total - first) + before
        piece = np.array(samples[begin : begin + mfcc.samples(frames)], dtype=np.float32)
        with torch.no_grad():
            found = module(torch.from_numpy(piece)[None])[0, 0].double().numpy()
        origin = origin if first else found[0]
        away = found - origin  # small numbers: their squares lose no digits
        sums += away[before:].sum(axis=0)
        squares += (away[before:] ** 2).sum(axis=0)
        changes += (np.diff(away, axis=0) ** 2).sum(axis=0)
    mean = sums / total
    spread = np.sqrt(np.maximum(squares / total - mean**2, 0.0))
    return np.concatenate([mean + origin, spread, np.sqrt(changes / max(total - 1, 1))])


STATISTICS: Mapping[str, Callable[..., np.ndarray]] = {
    "mfcc": mfcc_statistics,
    "pitch": pitches_hz,
}
"""What baselines hear of a recording, by the word of `Baseline.uses`."""
