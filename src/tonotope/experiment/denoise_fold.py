"""One fold of a head that answers with sound: its pairs, its figures, what can be listened to.

Whatever judges hears the same noise: the network, every baseline and every run with the same
`head.noise_seed`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tonotope import _files
from tonotope._progress import SILENT, Progress
from tonotope.answers.si_sdr import mse, si_sdr_db
from tonotope.answers.sound import Restored
from tonotope.audio.noise import NoiseMixer, NoisyPair, recordings_to_mix, seeded_generator
from tonotope.experiment import run_folder
from tonotope.prediction.denoiser import Denoiser
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
_DIGITS = 4  # of decibels; and as many of an error as mean something
_WHOLE = "whole"

Cleaner = Callable[[np.ndarray, int], np.ndarray]


def needed(data: PreparedData) -> FeatureStore:
    """What training and prediction read of the recordings: their samples, to be mixed."""
    return data.samples


def dataset(experiment: Experiment, head: Task, data: PreparedData, part: Split) -> DenoiseDataset:
    """Clips of the recordings, and noise for them.

    Args:
        experiment: what is asked.
        head: says which noise.
        data: the recordings.
        part: which of them are for training and for validation.

    Raises:
        DataError: other recordings shall be mixed in, and a part holds one alone.
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
    """How near the model brings the test part to the clean sound; a few sounds are kept.

    One table, under the name of the head's only answer.
    """
    head = model.description.head
    answer, noise = head.answers[0], _noise(head)
    denoise = Denoiser(model)
    table = _table(answer, noise, data, part, lambda wave, _: denoise(wave), progress)
    _keep(folder, noise, data, part, table, denoise)
    return {answer.name: table}


def baseline(
    name: str, head: Task, answer: Answer, data: PreparedData, part: Split, test: AnswerTable
) -> Restored:
    """How near a simple method brings the same sounds to the clean ones."""
    method = test.baseline(name).method
    return _table(answer, _noise(head), data, part, method, data.progress)


def _noise(head: Task) -> Noise:
    assert head.noise is not None
    return head.noise


def _mixer(noise: Noise, data: PreparedData, *parts: tuple[str, ...]) -> NoiseMixer:
    """Noise for recordings of these parts, each from its own part alone."""
    others: dict[int, np.ndarray] = {}
    if "recordings" in noise.kinds:
        groups = [one.group for one in data.recordings]
        for ids in parts:
            others |= recordings_to_mix(data.at(ids), groups)
    return NoiseMixer(data.sounds, data.sounds.rate_hz, noise.kinds, noise.snr_db, others)


def _pair(mixer: NoiseMixer, noise: Noise, data: PreparedData, name: str) -> NoisyPair:
    """A recording with its noise, the same at every call."""
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
) -> Restored:
    before, after = [], []
    mixer = _mixer(noise, data, part.test)
    progress.begin("denoise", len(part.test))
    for name in part.test:
        pair = _pair(mixer, noise, data, name)
        before.append(_figures(pair.noisy, pair.clean))
        made = _figures(cleaner(pair.noisy, data.sounds.rate_hz), pair.clean)
        # Of a silent recording nothing can be said: its target is unknown, and it is not counted.
        after.append([0.0 if np.isnan(one) else one for one in made])
        progress.advance()
    progress.end()
    tested = [data.recordings[number] for number in data.at(part.test)]
    return Restored(
        ids=tuple(one.id for one in tested),
        truth=np.array(before).reshape(-1, len(answer.columns)),
        predicted=np.array(after).reshape(-1, len(answer.columns)),
        groups=tuple(one.group for one in tested),
        folds=(part.fold or "",) * len(tested),
        columns=answer.columns,
        units=answer.units,
    )


def _figures(sound: np.ndarray, clean: np.ndarray) -> list[float]:
    """SI-SDR and mean squared error, to so many digits as other machines find too."""
    return [round(si_sdr_db(sound, clean), _DIGITS), float(f"{mse(sound, clean):.{_DIGITS}e}")]


def _keep(
    folder: Path,
    noise: Noise,
    data: PreparedData,
    part: Split,
    table: Restored,
    denoise: Denoiser,
) -> None:
    """Write some recordings noisy, denoised and clean: from the most gained to the least."""
    gained = np.nan_to_num(table.gained, nan=-np.inf)
    order = sorted(range(len(table)), key=lambda row: (-gained[row], table.ids[row]))
    places = np.linspace(0, len(order) - 1, min(EXAMPLES, len(order)))
    mixer = _mixer(noise, data, part.test)
    told = []
    for number, row in enumerate((order[round(at)] for at in places), start=1):
        pair = _pair(mixer, noise, data, table.ids[row])
        sounds = {"noisy": pair.noisy, "denoised": denoise(pair.noisy), "clean": pair.clean}
        told.append(
            {
                "id": table.ids[row],
                "noise": pair.kind,
                "snr_db": round(pair.snr_db, 2),
                "before_db": float(table.truth[row, 0]),
                "after_db": round(float(table.predicted[row, 0]), _DIGITS),
                **_written(folder / run_folder.SOUNDS, number, sounds, data.sounds.rate_hz),
            }
        )
    run_folder.write_json(folder / run_folder.SOUNDS / run_folder.INDEX, {"sounds": told})


def _written(
    folder: Path, number: int, sounds: dict[str, np.ndarray], rate_hz: int
) -> dict[str, Any]:
    """Write the same stretch of several sounds, at one level, as WAV."""
    import soundfile

    first, samples = _stretch(sounds["clean"], round(LONGEST_S * rate_hz))
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


def _stretch(wave: np.ndarray, samples: int) -> tuple[int, int]:
    """Where the loudest of stretches of so many samples begins, and how long it really is."""
    if len(wave) <= samples:
        return 0, len(wave)
    starts = range(0, len(wave) - samples + 1, max(1, samples // 8))
    energy = np.concatenate([[0.0], np.cumsum(wave.astype(np.float64) ** 2)])
    return max(starts, key=lambda at: (energy[at + samples] - energy[at], -at)), samples
