"""`AudioRegressor`: one or several quantities of a sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_array

from tonotope.heads import Regress
from tonotope.sklearn.estimator import AudioEstimator


class AudioRegressor(RegressorMixin, MultiOutputMixin, AudioEstimator):
    """A convolutional network for regression on sounds, by scikit-learn's rules.

    Its parameters are those of `AudioClassifier`.

    Attributes:
        model_: the trained `tonotope.Model`; its predictions are in the units of y.
        history_: one line per epoch: losses, the share of the variance explained, seconds.
        training_: every setting of the training.
        n_features_in_: the samples of a row, if X was an array.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(60, 8))
    >>> y = 100 + 5 * x[:, 2]
    >>> AudioRegressor(random_state=0).fit(x, y).score(x, y) > 0.9
    True
    """

    def fit(self, X: Any, y: Any, groups: Any = None) -> Self:  # noqa: N803
        """Train a network; X, groups and errors as in `AudioClassifier.fit`.

        y holds the quantities, `(n_samples,)` or `(n_samples, quantity)`; a table gives their
        names by its columns.
        """
        names = _names(y)
        recordings, y = self._x_and_y(X, y, multi_output=True)
        double: Any = np.float64
        y = check_array(y, ensure_2d=False, dtype=double, input_name="y")
        columns = y.reshape(len(y), -1)
        names = names or [f"y{number}" for number in range(columns.shape[1])]
        rows = [dict(zip(names, map(repr, row), strict=True)) for row in columns.tolist()]
        self._fit(
            recordings, rows, [""] * len(rows), lambda part: _head(names, columns[part]), groups
        )
        self._flat = y.ndim == 1
        return self

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The quantities of each recording, `(n_samples,)` or `(n_samples, quantity)` as y was."""
        scores = self._scores(X)
        return scores[:, 0] if self._flat else scores

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The regressor in a folder that `save` or a run wrote; errors as in the classifier's."""
        made = cls._loaded(folder, Regress)
        made._flat = len(made.model_.description.head.answers[0].columns) == 1
        return made


def _names(y: Any) -> list[str]:
    """The names of the columns of a table, or of a single column; empty if there are none."""
    if hasattr(y, "columns"):
        return [str(one) for one in y.columns]
    name = getattr(y, "name", None)
    return [] if name is None else [str(name)]


def _head(names: list[str], columns: np.ndarray) -> dict[str, Any]:
    """The head for these quantities, with their means and spreads; a constant has a spread of 1."""
    spreads = np.where(columns.std(0) > 0, columns.std(0), 1.0)
    return {
        "kind": "regress",
        "targets": names,
        "means": columns.mean(0).tolist(),
        "spreads": spreads.tolist(),
    }
