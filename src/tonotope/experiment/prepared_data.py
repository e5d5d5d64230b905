"""Recordings of a run decoded once for all folds; features, samples and statistics by recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tonotope._progress import SILENT, Progress
from tonotope.datasets.manifest import Recording, Skipped
from tonotope.datasets.waveform_store import Waveforms, decode_all
from tonotope.evaluation.baseline_inputs import STATISTICS
from tonotope.experiment import target_columns
from tonotope.representation import Waveform
from tonotope.training.feature_store import MEMORY_BYTES, FeatureStore

if TYPE_CHECKING:
    from tonotope.experiment.request import ResolvedExperiment
    from tonotope.experiment.spec import Experiment
    from tonotope.representation import Representation


@dataclass(frozen=True, eq=False)
class PreparedData:
    """Decoded recordings, and what is computed of them when it is first needed.

    Attributes:
        experiment: what is trained on them.
        recordings: those that could be read, in the order of the sounds.
        rows: the targets of each; the label is always called `label`.
        sounds: the decoded recordings.
        skipped: those that could not be read.
        warnings: sentences that name a recording.
        shared: whether several processes need the features, which then lie in the cache folder.
        progress: follows the work.
    """

    experiment: Experiment
    recordings: tuple[Recording, ...]
    rows: tuple[dict[str, str], ...]
    sounds: Waveforms
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
    shared: bool = False
    progress: Progress = SILENT
    _statistics: dict[str, np.ndarray] = field(default_factory=dict)

    def at(self, ids: Sequence[str]) -> np.ndarray:
        """The numbers of recordings, (recording,), from 0."""
        return np.array([self._place[name] for name in ids], dtype=np.int64)

    @cached_property
    def features(self) -> FeatureStore:
        """The features of all recordings."""
        return self._store(self.experiment.representation)

    @cached_property
    def samples(self) -> FeatureStore:
        """The samples of all recordings, end to end."""
        return self._store(Waveform(rate_hz=self.experiment.representation.rate_hz))

    def statistics(self, name: str) -> np.ndarray:
        """(recording, number) input of a baseline, by a name of `STATISTICS`."""
        if name not in self._statistics:
            self._statistics[name] = STATISTICS[name](self.sounds, progress=self.progress)
        return self._statistics[name]

    def _store(self, representation: Representation) -> FeatureStore:
        return FeatureStore.compute(
            self.sounds,
            representation,
            self.experiment.clip_samples,
            fill=self.experiment.data.fill,
            progress=self.progress,
            memory_bytes=0 if self.shared else MEMORY_BYTES,
        )

    @cached_property
    def _place(self) -> dict[str, int]:
        return {one.id: number for number, one in enumerate(self.recordings)}


def prepare_data(
    request: ResolvedExperiment, progress: Progress = SILENT, *, shared: bool = False
) -> PreparedData:
    """Decode the recordings of a request, or find them in the cache.

    Args:
        request: the experiment and its recordings.
        progress: follows the work.
        shared: several processes need the features: they lie in the cache folder, however small.

    Raises:
        DataError: not one recording could be read.
        TonotopeError: the cache cannot be written.
    """
    experiment, manifest = request.experiment, request.manifest
    data = experiment.data
    sounds, skipped, warnings = decode_all(
        manifest,
        experiment.representation.rate_hz,
        channels=data.channels,
        repair=data.repair,
        strict=data.strict,
        progress=progress,
    )
    by_id = {one.id: one for one in manifest.recordings}
    recordings = tuple(by_id[name] for name in sounds.ids)
    rows = target_columns.rows(experiment, recordings)
    return PreparedData(experiment, recordings, rows, sounds, skipped, warnings, shared, progress)
