"""One fold: hear, train, predict. What several folds have in common is heard once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch

from tonotope._progress import SILENT, Progress
from tonotope.evaluation.baseline import Pupils, mfcc_statistics
from tonotope.experiment import store
from tonotope.experiment.request import Opened
from tonotope.experiment.spec import Experiment
from tonotope.experiment.store import Run
from tonotope.heads.classify import LABEL
from tonotope.model import Model
from tonotope.prediction.stored import predict_windows
from tonotope.prediction.table import Predictions
from tonotope.sound.batches import Waveforms, decode_all
from tonotope.sound.manifest import Recording, Skipped
from tonotope.sound.split import Split
from tonotope.training.features import FrameStore
from tonotope.training.loop import fit
from tonotope.training.material import Material


@dataclass(frozen=True, eq=False)
class Heard:
    """Recordings decoded and turned into features, with what is known of each.

    Attributes:
        recordings: those that could be read, in the order of the features.
        rows: the targets of each; the label that is judged is called `label`.
        sounds: the decoded recordings.
        features: their features.
        skipped: those that could not be read.
        warnings: sentences that name a recording.
        progress: hears of the baselines' work.
    """

    recordings: tuple[Recording, ...]
    rows: tuple[dict[str, str], ...]
    sounds: Waveforms
    features: FrameStore
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
    progress: Progress = SILENT

    def at(self, ids: Sequence[str]) -> np.ndarray:
        """The numbers of recordings."""
        return np.array([self._place[name] for name in ids], dtype=np.int64)

    def baseline(self, name: str, part: Split, own: Predictions) -> Predictions:
        """What a plain method, taught with the same recordings, says of the test part."""
        pupils = self._pupils if name == "majority" else self._listening
        return pupils.answer(name, part.train, own)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {one.id: number for number, one in enumerate(self.recordings)}

    @cached_property
    def _pupils(self) -> Pupils:
        return Pupils(
            tuple(one.id for one in self.recordings),
            tuple(row.get(LABEL, "") for row in self.rows),
            tuple(one.group for one in self.recordings),
        )

    @cached_property
    def _listening(self) -> Pupils:
        statistics = mfcc_statistics(self.sounds, progress=self.progress)
        return replace(self._pupils, statistics=statistics)


def listen(request: Opened, progress: Progress = SILENT) -> Heard:
    """Decode the recordings of a request and compute their features, or find both in the cache.

    Raises:
        DataError: not one recording could be read.
        TonotopeError: the cache cannot be written.
    """
    experiment, manifest = request.experiment, request.manifest
    data, representation = experiment.data, experiment.representation
    sounds, skipped, warnings = decode_all(
        manifest,
        representation.rate_hz,
        channels=data.channels,
        repair=data.repair,
        strict=data.strict,
        progress=progress,
    )
    by_id = {one.id: one for one in manifest.recordings}
    recordings = tuple(by_id[name] for name in sounds.ids)
    rows = tuple(_row(one, data.label) for one in recordings)
    features = FrameStore.of(
        sounds, representation, experiment.clip_samples, fill=data.fill, progress=progress
    )
    return Heard(recordings, rows, sounds, features, skipped, warnings, progress)


def learn(
    found: Run, experiment: Experiment, heard: Heard, part: Split, progress: Progress
) -> Predictions:
    """Train on one part of the recordings and say what the others are.

    What was done before is not done again: predictions that are there are read, a training that
    was cut off goes on.

    Raises:
        TrainingError: training had to stop; what was good is saved.
        Interrupted: somebody asked to stop; the state is saved.
    """
    folder = found.part(part.fold)
    done = folder / store.PREDICTIONS
    if done.is_file() and all((folder / name).is_file() for name in store.MODEL_FILES):
        return Predictions.read_csv(done)
    head = experiment.head.learned([heard.rows[number] for number in heard.at(part.train)])
    model = Model.build(
        experiment.representation,
        experiment.network,
        head,
        clip_samples=experiment.clip_samples,
        fill=experiment.data.fill,
        seed=experiment.seed,
    )
    targets = {name: torch.from_numpy(wanted) for name, wanted in head.target(heard.rows).items()}
    material = Material(
        heard.features,
        targets,
        train=heard.at(part.train),
        validation=heard.at(part.validation),
        steps=experiment.representation.frames(experiment.clip_samples),
        hop_steps=hop_steps(experiment),
        names=heard.sounds.ids,
    )
    fit(
        model, material, experiment.training, folder=folder, seed=experiment.seed, progress=progress
    )
    model.save(folder)
    predictions = predict(model, heard, part, hop_steps(experiment), progress)
    predictions.write_csv(done)
    return predictions


def predict(
    model: Model, heard: Heard, part: Split, hop: int, progress: Progress = SILENT
) -> Predictions:
    """What a trained model says of the test part, each recording by the vote of its clips."""
    records = heard.at(part.test)
    scores = predict_windows(model, heard.features, records, hop_steps=hop, progress=progress)
    judged = [heard.recordings[number] for number in records]
    return Predictions.of_labels(
        ids=[one.id for one in judged],
        labels=[heard.rows[number][LABEL] for number in records],
        scores=scores,
        groups=[one.group for one in judged],
        folds=[part.fold] * len(judged),
        classes=getattr(model.description.head, "classes", ()),
    )


def hop_steps(experiment: Experiment) -> int:
    """From one clip of a long recording to the next, in steps of the representation's time axis."""
    hop_s = experiment.data.hop_s or (experiment.data.clip_s or 0.0) / 2
    representation = experiment.representation
    return max(1, round(hop_s * representation.rate_hz / representation.hop_samples))


def _row(recording: Recording, label: str) -> dict[str, str]:
    """The targets of a recording, the one that is judged under the name that heads know."""
    row = dict(recording.targets)
    if label in row:
        row[LABEL] = row[label]
    else:
        row.pop(LABEL, None)
    return row
