"""What both estimators share: parameters, `fit`, scores, `save`, pickling."""

from __future__ import annotations

import contextlib
import copy
import json
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
import safetensors.torch
import torch
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted
from sklearn.utils.validation import validate_data as validated

from tonotope._errors import DataError, ExperimentError, TrainingError
from tonotope.datasets.split_by_ratio import split_by_ratio
from tonotope.experiment.spec import Experiment
from tonotope.heads import Task
from tonotope.model import Model
from tonotope.model.description import ModelDescription
from tonotope.prediction.calibrate import calibrated
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.from_features import predict_windows
from tonotope.runtime.interrupt import Interrupted
from tonotope.sklearn.auto_config import AUTO, FEW_VALUES, auto_experiment, to_python_number
from tonotope.sklearn.inputs import Recordings, from_elements, from_rows, list_elements
from tonotope.sklearn.verbose import progress_for
from tonotope.training.dataset import Dataset
from tonotope.training.feature_store import FeatureStore
from tonotope.training.loop import fit

Rows = Sequence[Mapping[str, str]]
# scikit-learn's own annotations know no types of NumPy here.
FLOAT32: Any = np.float32
# PyTorch has one random generator for the process, so trainings in threads take turns.
_TRAINING = threading.Lock()


class AudioEstimator(BaseEstimator):
    """The common part of `AudioClassifier` and `AudioRegressor`."""

    model_: Model

    def __init__(
        self,
        *,
        rate_hz: int | None = None,
        representation: Any = AUTO,
        network: Any = AUTO,
        clip_s: float | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        training: Mapping[str, Any] | None = None,
        validation_fraction: float = 0.0,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.rate_hz = rate_hz
        self.representation = representation
        self.network = network
        self.clip_s = clip_s
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.training = training
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.verbose = verbose

    def save(self, folder: str | Path) -> None:
        """Write the trained model into `folder`, for `load` and `tonotope predict`.

        Raises:
            ValueError: the rate of the samples was never given.
            TonotopeError: the disk is full, or the folder is not writable.
        """
        check_is_fitted(self)
        with as_value_error():
            if self.rate_hz is None and self.model_.description.clip_samples < FEW_VALUES:
                raise ExperimentError(
                    "nothing says how many of X's samples make a second, and a saved model needs"
                    " it: set `rate_hz` and fit again"
                )
            self.model_.save(Path(folder))

    @classmethod
    def _loaded(cls, folder: str | Path, kind: type[Task]) -> Self:
        """An estimator with the model in `folder`, and its settings as parameters."""
        model = Model.load(Path(folder))
        description = model.description
        if not isinstance(description.head, kind):
            raise ValueError(
                f"{folder}: its head is `{getattr(description.head, 'kind', 'python')}`, but"
                f" {cls.__name__} needs `{kind.model_fields['kind'].default}`"
            )
        estimator = cls(
            rate_hz=description.rate_hz,
            representation=description.representation,
            network=[layer.text for layer in description.network],
            clip_s=description.clip_samples / description.rate_hz,
        )
        estimator.model_, estimator.history_ = model, []
        return estimator

    def _x_and_y(self, x: Any, y: Any, *, multi_output: bool) -> tuple[Recordings, Any]:
        """X and y, checked by scikit-learn's rules."""
        with as_value_error():
            listed = list_elements(x)
        if listed is None:
            x, y = validated(
                self, x, y, dtype=FLOAT32, ensure_min_samples=2, multi_output=multi_output,
                y_numeric=multi_output,
            )  # fmt: skip
            return from_rows(x), y
        for name in ("n_features_in_", "feature_names_in_"):
            vars(self).pop(name, None)
        if y is None:
            message = f"{type(self).__name__} requires y to be passed, but the target y is None"
            raise ValueError(message)
        check_consistent_length(listed, y)
        with as_value_error():
            return from_elements(listed, progress_for(self.verbose)), y

    def _fit(
        self, recordings: Recordings, rows: Rows, labels: Sequence[str], head: Any, groups: Any
    ) -> None:
        """Train a network; `head` makes the head for the training rows."""
        with as_value_error():
            if groups is not None:
                check_consistent_length(rows, groups)
            seed = int(check_random_state(self.random_state).randint(2**31 - 1))
            train, validation = self._parts(labels, groups, seed)
            experiment = auto_experiment(
                self.get_params(deep=False), recordings, head(train), Counter(labels), seed
            )
            self.model_, self.history_ = self._trained(
                experiment, recordings, rows, train, validation
            )
        self.training_ = experiment.training

    def _trained(
        self,
        experiment: Experiment,
        recordings: Recordings,
        rows: Rows,
        train: Any,
        validation: Any,
    ) -> tuple[Model, list[dict[str, Any]]]:
        progress, representation = progress_for(self.verbose), experiment.representation
        sounds = recordings.decode(representation.rate_hz, progress)
        clip_samples = experiment.clip_samples
        model = Model.build(
            representation, experiment.network, experiment.head,
            clip_samples=clip_samples, seed=experiment.seed,
        )  # fmt: skip
        store = FeatureStore.compute(sounds, representation, clip_samples, progress=progress)
        targets = experiment.head.encode_targets(rows)
        dataset = Dataset(
            store, {name: torch.from_numpy(one) for name, one in targets.items()},
            train=train, validation=validation, clip_steps=representation.frames(clip_samples),
            names=[f"row {number} of X" for number in range(recordings.count)],
        )  # fmt: skip
        kept = folder = Path(tempfile.mkdtemp(prefix="tonotope-"))
        try:
            with _TRAINING:
                history = fit(
                    model, dataset, experiment.training,
                    folder=folder, seed=experiment.seed, progress=progress,
                )  # fmt: skip
            model.description = model.with_head(calibrated(model, dataset, progress)).description
        except Interrupted:
            raise KeyboardInterrupt("fit was interrupted; nothing was kept") from None
        except TrainingError:  # its message names the folder with the last good weights
            kept = None
            raise
        finally:
            if kept:
                shutil.rmtree(kept, ignore_errors=True)
        return model, list(history.lines)

    def _parts(
        self, labels: Sequence[str], groups: Any, seed: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The training and the validation rows: whole groups, labels in equal shares."""
        share = to_python_number(self.validation_fraction)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1:
            message = f"`validation_fraction` = {share!r} does not fit: from 0 to below 1"
            raise ExperimentError(message)
        every = np.arange(len(labels))
        if not share:
            return every, every[:0]
        group_of = [str(one) for one in (every if groups is None else groups)]
        counts: dict[str, Counter[str]] = {}
        for group, label in zip(group_of, labels, strict=True):
            counts.setdefault(group, Counter())[label] += 1
        parts, _ = split_by_ratio(counts, {"train": 1 - share, "validation": share}, seed)
        validation = np.isin(np.array(group_of), parts["validation"])
        return every[~validation], every[validation]

    def _scores(self, x: Any) -> np.ndarray:
        """The scores of each recording, `(n_samples, column)`: the vote of its clips."""
        check_is_fitted(self)
        with as_value_error():
            listed = list_elements(x)
            recordings = None if listed is None else from_elements(listed)
        if recordings is None:
            if hasattr(self, "n_features_in_"):
                x = validated(self, x, dtype=FLOAT32, reset=False)
            else:
                x = check_array(x, dtype=FLOAT32, estimator=self)
            recordings = from_rows(x)
        description, model = self.model_.description, self.model_
        with as_value_error():
            sounds = recordings.decode(description.rate_hz, progress_for(0))
            store = FeatureStore.compute(
                sounds, description.representation, description.clip_samples, fill=description.fill
            )
        if description.clip_samples < FEW_VALUES:
            # Small enough for float64; then the scores of a row do not depend on the other rows
            # in its batch, not even in the last digit.
            model = copy.deepcopy(model).double()
        return predict_windows(Ensemble(model), store, np.arange(recordings.count))

    def __getstate__(self) -> dict[str, Any]:
        """The state for copies and pickles: the model as description and bytes of its weights."""
        state = dict(cast(dict[str, Any], super().__getstate__()))
        if isinstance(state.get("model_"), Model):
            model: Model = state["model_"]
            weights = {name: one.contiguous() for name, one in model.state_dict().items()}
            description = json.dumps(model.description.model_dump(mode="json"))
            state["model_"] = (description, safetensors.torch.save(weights))
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the state of `__getstate__`."""
        if isinstance(state.get("model_"), tuple):
            description, weights = state["model_"]
            model = Model(ModelDescription.model_validate(json.loads(description)))
            model.load_state_dict(safetensors.torch.load(bytes(weights)))
            state = {**state, "model_": model.eval()}
        super().__setstate__(state)


@contextlib.contextmanager
def as_value_error() -> Iterator[None]:
    """Turn errors about data and parameters into ValueError, as scikit-learn expects."""
    try:
        yield
    except (DataError, ExperimentError) as error:
        raise ValueError(str(error)) from error
