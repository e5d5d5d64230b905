"""One fold: hear, train, predict. What several folds have in common is heard once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from tonotope._progress import SILENT, Progress
from tonotope.datasets.manifest import Recording, Skipped
from tonotope.datasets.split import Split
from tonotope.datasets.waveform_store import Waveforms, decode_all
from tonotope.evaluation.baselines import UNHEARD, Pupils, mfcc_statistics
from tonotope.evaluation.pitch import pitches_hz
from tonotope.experiment import denoise_fold, run_folder, target_columns
from tonotope.experiment.pretrained import load_pretrained
from tonotope.experiment.request import Opened
from tonotope.experiment.run_folder import Run
from tonotope.experiment.spec import Experiment
from tonotope.heads import Task
from tonotope.model import Model
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.from_features import predict_windows
from tonotope.prediction.score_layout import Table, tabulated
from tonotope.representation import Waveform
from tonotope.training.dataset import Dataset
from tonotope.training.feature_store import MEMORY_BYTES, FeatureStore
from tonotope.training.loop import fit


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
    features: FeatureStore
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
    progress: Progress = SILENT

    def at(self, ids: Sequence[str]) -> np.ndarray:
        """The numbers of recordings."""
        return np.array([self._place[name] for name in ids], dtype=np.int64)

    def baseline(self, name: str, part: Split, own: Table, task: Task, answer: str) -> Table:
        """What a plain method, taught with the same recordings, says of the test part.

        Args:
            name: of the method.
            part: which recordings teach it.
            own: what the network said of the others.
            task: the question, and
            answer: which of its answers.
        """
        if task.denoises:
            return denoise_fold.baseline(name, task, self, part)
        truth = task.fit_vocabulary(self.rows).answer_targets(self.rows)[answer]
        taught = tuple(one or "" for one in truth) if isinstance(truth, list) else truth
        ids = tuple(one.id for one in self.recordings)
        groups = tuple(one.group for one in self.recordings)
        statistics = None
        if name not in UNHEARD:
            statistics = self._pitches_hz if name == "autocorrelation" else self._statistics
        return Pupils(ids, taught, groups, statistics).answer(name, part.train, own)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {one.id: number for number, one in enumerate(self.recordings)}

    @cached_property
    def _pitches_hz(self) -> np.ndarray:
        return pitches_hz(self.sounds, progress=self.progress)

    @cached_property
    def _statistics(self) -> np.ndarray:
        return mfcc_statistics(self.sounds, progress=self.progress)


def listen(request: Opened, progress: Progress = SILENT, *, shared: bool = False) -> Heard:
    """Decode the recordings of a request and compute their features, or find both in the cache.

    Args:
        request: what is asked, of which recordings.
        progress: hears of the work.
        shared: several processes need the features: they lie in the cache folder, however small.

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
    rows = target_columns.rows(experiment, recordings)
    # Noise is laid over the samples, and only what is heard then becomes features.
    denoises = experiment.head.denoises
    features = FeatureStore.compute(
        sounds,
        Waveform(rate_hz=representation.rate_hz) if denoises else representation,
        experiment.clip_samples,
        fill=data.fill,
        progress=progress,
        memory_bytes=0 if shared else MEMORY_BYTES,
    )
    return Heard(recordings, rows, sounds, features, skipped, warnings, progress)


def learn(
    found: Run, experiment: Experiment, heard: Heard, part: Split, progress: Progress
) -> dict[str, Table]:
    """Train on one part of the recordings and say what the others are.

    One table for each answer of the head.

    What was done before is not done again: predictions that are there are read, a training that
    was cut off goes on.

    Raises:
        TrainingError: training had to stop; what was good is saved.
        Interrupted: somebody asked to stop; the state is saved.
    """
    folder = found.part(part.fold)
    files = run_folder.prediction_files(folder, experiment.head.answers)
    done = all(path.is_file() for path, _ in files.values())
    if done and all((folder / name).is_file() for name in run_folder.MODEL_FILES):
        return run_folder.read_tables(folder, experiment.head.answers)
    head = experiment.head.fit_vocabulary(heard.rows)
    head = head.fit_targets([heard.rows[number] for number in heard.at(part.train)])
    model = Model.build(
        experiment.representation,
        experiment.network,
        head,
        clip_samples=experiment.clip_samples,
        fill=experiment.data.fill,
        seed=experiment.seed,
    )
    if experiment.start is not None:
        base = Path(found.environment["folder"])
        progress.say(load_pretrained(model, experiment.start, base, part, heard.recordings))
    dataset = _dataset(experiment, head, heard, part)
    fit(model, dataset, experiment.training, folder=folder, seed=experiment.seed, progress=progress)
    _tune(model, dataset, progress)
    model.save(folder)
    if head.denoises:
        tables: dict[str, Table] = {**denoise_fold.restored(model, heard, part, folder, progress)}
    else:
        tables = predict(model, heard, part, hop_steps(experiment), progress)
    for name, table in tables.items():
        table.write_csv(files[name][0])
    return tables


def _dataset(experiment: Experiment, head: Task, heard: Heard, part: Split) -> Dataset:
    """What is heard in training, and what is wanted of it."""
    if head.denoises:
        hop = hop_steps(experiment) * experiment.representation.hop_samples
        return denoise_fold.pairs(experiment, heard, part, hop)
    targets = {
        name: torch.from_numpy(wanted) for name, wanted in head.encode_targets(heard.rows).items()
    }
    return Dataset(
        heard.features,
        targets,
        train=heard.at(part.train),
        validation=heard.at(part.validation),
        clip_steps=experiment.representation.frames(experiment.clip_samples),
        hop_steps=hop_steps(experiment),
        names=heard.sounds.ids,
    )


def predict(
    model: Model, heard: Heard, part: Split, hop: int, progress: Progress = SILENT
) -> dict[str, Table]:
    """What a trained model says of the test part, each recording by the vote of its clips.

    One table for each answer of its head, of the recordings whose truth is known.
    """
    records = heard.at(part.test)
    scores = predict_windows(model, heard.features, records, hop_steps=hop, progress=progress)
    judged = [heard.recordings[number] for number in records]
    head = model.description.head
    return tabulated(
        head,
        scores,
        head.answer_targets([heard.rows[number] for number in records]),
        ids=[one.id for one in judged],
        groups=[one.group for one in judged],
        folds=[part.fold] * len(judged),
    )


def _tune(model: Model, dataset: Dataset, progress: Progress) -> None:
    """Let the head settle on validation what only a trained network can tell."""
    head, records = model.description.head, dataset.validation
    if type(head).calibrate is Task.calibrate or not len(records):
        return
    ensemble = Ensemble(model)
    scores = predict_windows(
        ensemble, dataset.store, records, hop_steps=dataset.hop_steps, progress=progress
    )
    parted = ensemble.layout.parted(scores)
    tuned = head.calibrate(
        {name: torch.from_numpy(own) for name, own in parted.items()}, dataset.targets_of(records)
    )
    model.description = model.description.model_copy(update={"head": tuned})


def hop_steps(experiment: Experiment) -> int:
    """From one clip of a long recording to the next, in steps of the representation's time axis."""
    hop_s = experiment.data.hop_s or (experiment.data.clip_s or 0.0) / 2
    representation = experiment.representation
    return max(1, round(hop_s * representation.rate_hz / representation.hop_samples))
