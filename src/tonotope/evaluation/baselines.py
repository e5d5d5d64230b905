"""What a plain method reaches on the same recordings, having learnt from the same ones.

Two baselines of classes; those of quantities and tags are in `plain`. **Majority** always names
the most frequent class: what is to be had without listening. **MFCC and logistic regression**
hears each recording as the mean and the spread of its mel-frequency cepstral coefficients and of
their changes, and draws one straight line per class: what the colour of a sound tells when time
and pattern are left out (close to the reference of Piczak, *ESC: Dataset for Environmental Sound
Classification*, 2015). A network that does not get past it has not learnt from patterns.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tonotope._errors import DataError, did_you_mean
from tonotope._progress import SILENT, Progress
from tonotope._wording import first_five
from tonotope.answers.classes import Predictions
from tonotope.answers.columns_table import Grid
from tonotope.evaluation import linear_baselines, pitch
from tonotope.evaluation.sounds import Sounds
from tonotope.representation import MFCC
from tonotope.representation.stft_params import LONGEST_WINDOW

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline
    from torch import nn

    from tonotope.evaluation.plan import BaselineName

NAMES: tuple[BaselineName, ...] = ("majority", "mfcc-logistic-regression")
UNHEARD: tuple[BaselineName, ...] = ("majority", "mean", "prevalence")
"""The baselines that say the same of every recording, whatever it sounds like."""

_FRAMES_AT_ONCE = 4096
_SHORTEST = 64  # samples of a window
_STRENGTHS = (
    0.01,
    0.1,
    1.0,
    10.0,
)  # C of scikit-learn: the smaller, the more the weights are held back
_USUAL_STRENGTH = 0.1
_INNER_PARTS = 3
_MOST_WORK = 1e8  # recordings × numbers × classes: beyond, choosing C takes more than seconds


@dataclass(frozen=True, eq=False)
class Pupils:
    """All that baselines may know of a set of recordings; gathered once, used for every fold.

    Attributes:
        ids: of the recordings.
        labels: the label of each, in words; of quantities and tags, (recording, column) numbers.
        groups: the group of each.
        statistics: (recording, number) what `mfcc_statistics` gave; None where no baseline listens.

    >>> pupils = Pupils(("a", "b", "c"), ("cat", "dog", "dog"), ("s1", "s2", "s3"))
    >>> test = Predictions(("x",), [0], [[1.0]], ("s4",), ("",), ("cat",))
    >>> pupils.answer("majority", ["a", "b", "c"], test).labels
    ('dog',)
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...] | np.ndarray
    groups: tuple[str, ...]
    statistics: np.ndarray | None = None

    def answer(self, name: str, train: Sequence[str], test: Any) -> Any:
        """What a baseline that learnt from `train` says of the recordings of `test`.

        Args:
            name: one that fits what is asked, as `plan.BASELINES_OF` has them.
            train: ids of the training part: exactly what the network learnt from.
            test: any predictions for the test part; only who and what is in it is used.

        Raises:
            DataError: there is no such baseline, or an id that was not gathered.
        """
        if isinstance(test, Grid):
            return self._of_columns(name, train, test)
        if name not in NAMES:
            known = ", ".join(NAMES)
            message = f"no baseline is called `{name}`; known: {known}{did_you_mean(name, NAMES)}"
            raise DataError(message)
        taught = self._rows(train)
        labels = np.array([self.labels[row] for row in taught], dtype=object)
        if name == "majority":
            classes, scores = majority(labels, len(test))
        else:
            groups = np.array([self.groups[row] for row in taught], dtype=object)
            heard = self._heard()
            classes, scores = logistic_regression(
                heard[taught], labels, groups, heard[self._rows(test.ids)]
            )
        true = [test.classes[index] for index in test.truth]
        return Predictions.of_labels(test.ids, true, scores, test.groups, test.folds, classes)

    def _of_columns(self, name: str, train: Sequence[str], test: Grid) -> Grid:
        """The same of quantities and tags."""
        taught = self._rows(train)
        truth = np.asarray(self.labels, dtype=np.float64)[taught]
        if name in UNHEARD:
            return linear_baselines.answered(test, linear_baselines.mean(truth, len(test)))
        groups = np.array([self.groups[row] for row in taught], dtype=object)
        heard = self._heard()
        wanted = heard[self._rows(test.ids)]
        if name == "autocorrelation":
            units = getattr(test, "units", ())
            return linear_baselines.answered(test, pitch.said(heard[taught], truth, wanted, units))
        method = linear_baselines.ridge if name == "mfcc-ridge" else linear_baselines.logistic
        said = method(heard[taught], truth, groups, wanted)
        return linear_baselines.answered(test, said)

    def _rows(self, ids: Sequence[str]) -> np.ndarray:
        place = {one: row for row, one in enumerate(self.ids)}
        lacking = [one for one in ids if one not in place]
        if lacking:
            message = f"the baseline has not heard {first_five(lacking)}"
            raise DataError(message)
        return np.array([place[one] for one in ids], dtype=np.int64)

    def _heard(self) -> np.ndarray:
        if self.statistics is None:
            message = "this baseline listens: gather the recordings' `mfcc_statistics` first"
            raise DataError(message)
        return self.statistics


def majority(labels: np.ndarray, count: int) -> tuple[tuple[str, ...], np.ndarray]:
    """The share of each class in training, said of every recording.

    Returns:
        The classes, sorted, and the scores (recording, class). The highest score is that of the
        most frequent class; of several that are equal, the first in the alphabet.

    >>> majority(np.array(["b", "a", "b"]), 1)[1].round(2)
    array([[0.33, 0.67]])
    """
    classes, counts = np.unique(labels, return_counts=True)
    return tuple(map(str, classes)), np.tile(counts / max(counts.sum(), 1), (count, 1))


def logistic_regression(
    features: np.ndarray, labels: np.ndarray, groups: np.ndarray, wanted: np.ndarray
) -> tuple[tuple[str, ...], np.ndarray]:
    """Standardise, then one linear score per class, fitted by maximum likelihood.

    How far the weights are held back is chosen inside the training part, by group, where that
    costs a few seconds at most.

    Args:
        features: (recording, number) of the training part.
        labels: (recording,) the label of each, in words.
        groups: (recording,) the group of each.
        wanted: (recording, number) of the recordings to be scored.

    Returns:
        The classes, sorted, and the probabilities (recording, class).
    """
    if len(set(labels)) < 2:
        return majority(labels, len(wanted))
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    # These matrices are small: with several threads on a busy machine the threads wait for each
    # other a hundred times longer than they compute.
    with warnings.catch_warnings(), threadpool_limits(1):
        # Classes rarer than the inner parts, a fit that stops early: neither is the user's affair.
        warnings.simplefilter("ignore")
        strength = _strength(features, labels, groups)
        fitted = _pipeline(strength).fit(features, labels)
        return tuple(map(str, fitted.classes_)), fitted.predict_proba(wanted)


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


def _pipeline(strength: float) -> Pipeline:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))


def _strength(features: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> float:
    """The C that does best on groups left out of the training part; the usual one where unknown."""
    from sklearn.model_selection import StratifiedGroupKFold

    kinds, parts = len(set(labels)), min(_INNER_PARTS, len(set(groups)))
    if parts < 2 or features.size * kinds > _MOST_WORK:
        return _USUAL_STRENGTH
    right = dict.fromkeys(_STRENGTHS, 0)
    for inside, outside in StratifiedGroupKFold(parts).split(features, labels, groups):
        if len(set(labels[inside])) < 2:
            return _USUAL_STRENGTH
        for strength in _STRENGTHS:
            fitted = _pipeline(strength).fit(features[inside], labels[inside])
            said = fitted.predict(features[outside])
            right[strength] += int((said == labels[outside]).sum())
    return max(_STRENGTHS, key=lambda strength: (right[strength], -strength))
