"""`AudioClassifier`: fit, predict, predict_proba."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from tonotope.heads import Classify
from tonotope.heads.classify import LABEL
from tonotope.sklearn.estimator import AudioEstimator


class AudioClassifier(ClassifierMixin, AudioEstimator):
    """A convolutional network that classifies sounds, by scikit-learn's rules.

    X is an array `(n_samples, n_times)` of samples from -1 to 1 at `rate_hz`, or a list of sound
    files or of `Clip`s, of any length and rate.

    Args:
        rate_hz: samples per second at the input of the network: the rate of an array; files are
            resampled to it. None: the rate of most files; an array needs one, unless its rows are
            too short for sound (under 256 values).
        representation: a kind (`log-mel`), a table as in an experiment file
            (`{"kind": "mfcc", "bands": 40}`), or a description (`tt.LogMel(...)`). "auto": the
            default of `tonotope new`.
        network: a kind (`vgg`), a table, a description, or a list of layers
            (`["conv 16 5x5", "relu", "maxpool 2x2"]`). "auto": as above.
        clip_s: duration of a clip in seconds; longer recordings are cut into windows, whose
            scores are averaged. None: whole rows of an array; a default for files.
        epochs: None: a default by the number of recordings.
        batch_size: clips per step; None: the default.
        learning_rate: the maximum of the schedule; None: the default.
        training: more keys of an experiment's `[training]`, such as `{"mixup": 0}`.
        validation_fraction: share of the recordings kept for validation; the weights of the best
            epoch are kept. 0: all recordings train, and the last weights are kept.
        random_state: the seed; the same seed gives the same network.
        verbose: 1 prints a line for each epoch.

    Attributes:
        classes_: the labels, sorted.
        model_: the trained `tonotope.Model`: waveforms in, `{"label": logits}` out.
        history_: one line per epoch: losses, accuracy, seconds.
        training_: every setting of the training.
        n_features_in_: the samples of a row, if X was an array.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(40, 8))
    >>> y = np.where(x[:, 2] > x[:, 5], "up", "down")
    >>> AudioClassifier(random_state=0).fit(x, y).score(x, y)
    1.0
    """

    classes_: np.ndarray

    def fit(self, X: Any, y: Any, groups: Any = None) -> Self:  # noqa: N803
        """Train a network.

        Args:
            X: samples `(n_samples, n_times)`, sound files, or clips.
            y: the class of each, `(n_samples,)`: numbers or text.
            groups: the group of each recording, `(n_samples,)`, such as its speaker; with
                `validation_fraction`, whole groups are kept for validation.

        Raises:
            ValueError: X, y or a parameter does not fit.
            TrainingError: the loss became NaN or infinite, or memory ran out.
        """
        recordings, y = self._x_and_y(X, y, multi_output=False)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        classes, index = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            message = f"y has only one class, {classes[0]!r}: give recordings of at least two"
            raise ValueError(message)
        names = [str(one) for one in classes]
        rows = [{LABEL: names[one]} for one in index]
        head = {"kind": "classify", "classes": names}
        self._fit(recordings, rows, [row[LABEL] for row in rows], lambda train: head, groups)
        self.classes_ = classes
        return self

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """The probability of each class, `(n_samples, class)`, in the order of `classes_`."""
        return self._scores(X)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The most probable class of each recording, `(n_samples,)`."""
        scores = self._scores(X)  # first: it refuses what was never fitted
        return self.classes_[scores.argmax(1)]

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The classifier in a folder that `save` or a run wrote; its classes are text.

        Raises:
            ModelFileError: the folder is damaged, foreign, or written by a later version.
            ValueError: the model there has another kind of head.
        """
        made = cls._loaded(folder, Classify)
        made.classes_ = np.array(made.model_.description.head.answers[0].columns)
        return made
