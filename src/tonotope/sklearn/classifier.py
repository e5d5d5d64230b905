"""`AudioClassifier`: which one of several classes a sound belongs to."""

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
        rate_hz: samples per second of the sound that the network gets: those of an array; files
            are resampled to it. None: that of most files; an array needs it, unless its rows are so
            short (under 256 values) that they are no sound.
        representation: what the network is shown of the sound: a kind (`log-mel`), a table as in
            an experiment file (`{"kind": "mfcc", "bands": 40}`), or the description itself
            (`tt.LogMel(...)`). "auto" takes what `tonotope new` would.
        network: its layers: a kind (`vgg`), a table, a description, or a list of layers
            (`["conv 16 5x5", "relu", "maxpool 2x2"]`). "auto" as above.
        clip_s: how much sound it gets at once, in seconds; longer recordings are cut into
            windows, which vote. None: whole rows of an array; for files what suits them.
        epochs: how often every recording is used; None chooses by how many there are.
        batch_size: clips per step; None chooses.
        learning_rate: the highest of the schedule; None is that of the usual recipe.
        training: further keys of an experiment's `[training]`, such as `{"mixup": 0}`.
        validation_fraction: share of the recordings that do not teach, but choose the epoch whose
            weights are kept. 0 keeps the last, and all recordings teach.
        random_state: decides all chance: equal numbers, equal networks.
        verbose: 1 prints what is chosen, and a line for each epoch.

    Attributes:
        classes_: the labels, sorted.
        model_: the trained network, a `tonotope.Model`: waves in, `{"label": logits}` out.
        history_: one line per epoch: losses, accuracy, seconds.
        training_: every choice of the training.
        n_features_in_: the samples of a row, where X was an array.

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
            groups: who or what each recording comes from, `(n_samples,)`; with
                `validation_fraction`, whole groups are held out.

        Raises:
            ValueError: X, y or a parameter does not fit; says what would.
            TrainingError: the loss was no number any more, or memory ran out.
        """
        given, y = self._x_and_y(X, y, multi_output=False)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        classes, index = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            message = f"y holds one class only, {classes[0]!r}: there is nothing to tell it from"
            raise ValueError(message)
        names = [str(one) for one in classes]
        rows = [{LABEL: names[one]} for one in index]
        head = {"kind": "classify", "classes": names}
        self._fit(given, rows, [row[LABEL] for row in rows], lambda train: head, groups)
        self.classes_ = classes
        return self

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """The probability of each class, `(n_samples, class)`, in the order of `classes_`."""
        return self._scores(X)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The most probable class of each recording, `(n_samples,)`."""
        scores = self._scores(X)
        return self.classes_[scores.argmax(1)]

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The classifier that `save` wrote, or that of a finished run; its classes are text.

        Raises:
            ModelFileError: the folder is damaged, foreign, or written by a later version.
            ValueError: the model there answers another kind of question.
        """
        made = cls._loaded(folder, Classify)
        made.classes_ = np.array(made.model_.description.head.answers[0].columns)
        return made
