"""One fold of a denoiser: its dataset, its scores, its baselines, and example sounds.

The network, every baseline and every run with the same `head.noise_seed` get the same noise.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tonotope import _files
from tonotope._errors import TrainingError
from tonotope._progress import SILENT, Progress
from tonotope.answers import table_of
from tonotope.answers.si_sdr import mse, si_sdr_db
from tonotope.audio.noise import NoiseMixer, NoisyPair, recordings_to_mix, seeded_generator
from tonotope.experiment import run_files
from tonotope.experiment.json_files import write_json
from tonotope.prediction.denoiser import Denoiser
from tonotope.prediction.ensemble import NOT_FINITE
from tonotope.training.denoise_dataset import DenoiseDataset

if TYPE_CHECKING:
    from tonotope.answers import Answer, AnswerTable
    from tonotope.datasets.split import Split
    from tonotope.experiment.prepared_data import PreparedData
    from tonotope.experiment.spec import Experiment
    from tonotope.heads import Task
    from tonotope.heads.task import Noise
    from tonotope.model import Model
    from tonotope.training.feature_store import FeatureStore

EXAMPLES = 6
LONGEST_S = 8.0
_DIGITS = 4  # decimals of decibels, significant digits of an error
_WHOLE = "whole"

Cleaner = Callable[[np.ndarray, int], np.ndarray]


def needed(data: PreparedData) -> FeatureStore:
    """The data that training and prediction read: samples, to be mixed with noise."""
    return data.samples


def dataset(experiment: Experiment, head: Task, data: PreparedData, part: Split) -> DenoiseDataset:
    """Clips of the recordings, and noise for them.

    Args:
        experiment: gives clips and representation.
        head: says which noise.
        data: the recordings.
        part: which of them are for training and for validation.

    Raises:
        DataError: recordings are mixed with others of their part, and a part has only one.
    """
    noise = _noise(head)
    return DenoiseDataset(
        data.samples,
        {},
        train=data.at(part.train),
        validation=data.at(part.validation),
        clip_steps=experiment.clip_samples,
        hop_steps=experiment.hop_steps * experiment.representation.hop_samples,
        names=data.sounds.ids,
        mixer=_mixer(noise, data, part.train, part.validation),
        representation=experiment.representation,
        noise_seed=noise.seed,
    )


def predict(
    model: Model, data: PreparedData, part: Split, folder: Path, progress: Progress = SILENT
) -> dict[str, AnswerTable]:
    """The scores of the denoised test part, by the name of the head's only answer.

    A few sounds are written into `folder`.
    """
    head = model.description.head
    answer, noise = head.answers[0], _noise(head)
    denoise = Denoiser(model)
    table = _table(answer, noise, data, part, lambda wave, _: denoise(wave), progress)
    _write_examples(folder, noise, data, part, table, denoise)
    return {answer.name: table}


def baseline(
    name: str, head: Task, answer: Answer, data: PreparedData, part: Split, test: AnswerTable
) -> AnswerTable:
    """The scores of a simple method on the same noisy sounds."""
    method = test.baseline(name).method
    return _table(answer, _noise(head), data, part, method, data.progress)


def _noise(head: Task) -> Noise:
    assert head.noise is not None
    return head.noise


def _mixer(noise: Noise, data: PreparedData, *parts: tuple[str, ...]) -> NoiseMixer:
    """Noise for recordings of these parts; others are mixed in from the same part alone."""
    others: dict[int, np.ndarray] = {}
    if "recordings" in noise.kinds:
        groups = [one.group for one in data.recordings]
        for ids in parts:
            others |= recordings_to_mix(data.at(ids), groups)
    return NoiseMixer(data.sounds, data.sounds.rate_hz, noise.kinds, noise.snr_db, others)


def _pair(mixer: NoiseMixer, noise: Noise, data: PreparedData, name: str) -> NoisyPair:
    """A whole recording with its noise, the same at every call."""
    number = int(data.at([name])[0])
    clean = np.array(data.sounds[number])
    return mixer.noisy_pair(clean, number, seeded_generator(noise.seed, name, _WHOLE))


def _table(
    answer: Answer,
    noise: Noise,
    data: PreparedData,
    part: Split,
    cleaner: Cleaner,
    progress: Progress,
) -> AnswerTable:
    before, after = [], []
    mixer = _mixer(noise, data, part.test)
    progress.begin("denoise", len(part.test))
    for name in part.test:
        pair = _pair(mixer, noise, data, name)
        before.append(_scores(pair.noisy, pair.clean))
        cleaned = cleaner(pair.noisy, data.sounds.rate_hz)
        if not np.isfinite(cleaned).all():
            raise TrainingError(
                f"{name}: {NOT_FINITE}; try a smaller training.learning_rate or a larger"
                " training.batch_size"
            )
        scores = _scores(cleaned, pair.clean)
        # A silent recording has no SI-SDR: its target is unknown, and it is not counted.
        after.append([0.0 if np.isnan(one) else one for one in scores])
        progress.advance()
    progress.end()
    tested = [data.recordings[number] for number in data.at(part.test)]
    after_scores, before_scores = (
        np.array(scores).reshape(-1, len(answer.columns)) for scores in (after, before)
    )
    return table_of(answer).of_scores(
        answer,
        after_scores,
        after_scores,
        before_scores,
        {
            "ids": tuple(one.id for one in tested),
            "groups": tuple(one.group for one in tested),
            "folds": (part.fold or "",) * len(tested),
        },
    )


def _scores(sound: np.ndarray, clean: np.ndarray) -> list[float]:
    """SI-SDR in dB and mean squared error, rounded to digits that are equal on all machines."""
    return [round(si_sdr_db(sound, clean), _DIGITS), float(f"{mse(sound, clean):.{_DIGITS}e}")]


def _write_examples(
    folder: Path, noise: Noise, data: PreparedData, part: Split, table: Any, denoise: Denoiser
) -> None:
    """Write some recordings noisy, denoised and clean, from the best improved to the least."""
    gained = np.nan_to_num(table.gained, nan=-np.inf)
    order = sorted(range(len(table)), key=lambda row: (-gained[row], table.ids[row]))
    places = np.linspace(0, len(order) - 1, min(EXAMPLES, len(order)))
    mixer = _mixer(noise, data, part.test)
    examples = []
    for number, row in enumerate((order[round(at)] for at in places), start=1):
        pair = _pair(mixer, noise, data, table.ids[row])
        sounds = {"noisy": pair.noisy, "denoised": denoise(pair.noisy), "clean": pair.clean}
        examples.append(
            {
                "id": table.ids[row],
                "noise": pair.kind,
                "snr_db": round(pair.snr_db, 2),
                "before_db": float(table.truth[row, 0]),
                "after_db": round(float(table.predicted[row, 0]), _DIGITS),
                **_write_wav_files(folder / run_files.SOUNDS, number, sounds, data.sounds.rate_hz),
            }
        )
    write_json(folder / run_files.SOUNDS / run_files.INDEX, {"sounds": examples})


def _write_wav_files(
    folder: Path, number: int, sounds: dict[str, np.ndarray], rate_hz: int
) -> dict[str, Any]:
    """Write the same excerpt of several sounds, at one level, as WAV."""
    import soundfile

    first, samples = _loudest_excerpt(sounds["clean"], round(LONGEST_S * rate_hz))
    peak = max(1.0, *(float(np.abs(one).max()) for one in sounds.values()))
    files = {}
    for name, sound in sounds.items():
        file = io.BytesIO()
        part = sound[first : first + samples] / peak
        soundfile.write(file, part, rate_hz, format="WAV", subtype="PCM_16")
        files[name] = f"{number:02}-{name}.wav"
        _files.write_bytes(folder / files[name], file.getvalue())
    span = {"start_s": round(first / rate_hz, 6), "duration_s": round(samples / rate_hz, 6)}
    return {**span, "files": files}


def _loudest_excerpt(wave: np.ndarray, samples: int) -> tuple[int, int]:
    """Begin and length in samples of the loudest excerpt of at most so many samples."""
    if len(wave) <= samples:
        return 0, len(wave)
    starts = range(0, len(wave) - samples + 1, max(1, samples // 8))
    energy = np.concatenate([[0.0], np.cumsum(wave.astype(np.float64) ** 2)])
    return max(starts, key=lambda at: (energy[at + samples] - energy[at], -at)), samples
