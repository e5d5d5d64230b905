"""One fold of a head that answers with sound: its pairs, its figures, what can be listened to.

Whatever judges hears the same noise: the network, every baseline and every run with the same
`head.noise_seed`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tonotope import _files
from tonotope._progress import SILENT, Progress
from tonotope.answers.sound import Restored
from tonotope.audio.noise import NoiseMixer, NoisyPair, recordings_to_mix, seeded_generator
from tonotope.evaluation.noise_reduction import METHODS
from tonotope.evaluation.si_sdr import mse, si_sdr_db
from tonotope.experiment import run_folder
from tonotope.heads import Denoise
from tonotope.prediction.denoiser import Denoiser
from tonotope.training.denoise_dataset import DenoiseDataset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tonotope.datasets.manifest import Recording
    from tonotope.datasets.split import Split
    from tonotope.datasets.waveform_store import Waveforms
    from tonotope.experiment.spec import Experiment
    from tonotope.heads import Task
    from tonotope.model import Model
    from tonotope.training.feature_store import FeatureStore

EXAMPLES = 6
LONGEST_S = 8.0
_DIGITS = 4  # of decibels; and as many of an error as mean something
_WHOLE = "whole"

Cleaner = Callable[[np.ndarray, int], np.ndarray]


class Heard(Protocol):
    """Decoded recordings, as `learn` has them; the samples stand in the place of features."""

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """Those that could be read."""
        ...

    @property
    def sounds(self) -> Waveforms:
        """Their samples."""
        ...

    @property
    def features(self) -> FeatureStore:
        """The same, end to end."""
        ...

    @property
    def progress(self) -> Progress:
        """Hears of the baselines' work."""
        ...

    def at(self, ids: Sequence[str], /) -> np.ndarray:
        """The numbers of recordings."""
        ...


def pairs(experiment: Experiment, heard: Heard, part: Split, hop: int) -> DenoiseDataset:
    """What the network is taught with: clips of the recordings, and noise for them.

    Args:
        experiment: what is asked.
        heard: the recordings, their samples in the place of features.
        part: which of them teach and which are watched.
        hop: from one clip of a long recording to the next, in samples.

    Raises:
        DataError: other recordings shall be laid over a part that holds one alone.
    """
    head = experiment.head
    assert isinstance(head, Denoise)
    return DenoiseDataset(
        heard.features,
        {},
        train=heard.at(part.train),
        validation=heard.at(part.validation),
        clip_steps=experiment.clip_samples,
        hop_steps=hop,
        names=heard.sounds.ids,
        mixer=_mixer(head, heard, part.train, part.validation),
        representation=experiment.representation,
        noise_seed=head.noise_seed,
    )


def restored(
    model: Model, heard: Heard, part: Split, folder: Path, progress: Progress = SILENT
) -> dict[str, Restored]:
    """How near the model brings the test part to the clean sound; a few sounds are kept.

    One table, under the name of the head's only answer.
    """
    head = model.description.head
    assert isinstance(head, Denoise)
    denoise = Denoiser(model)
    table = _judged(head, heard, part, lambda wave, _: denoise(wave), progress)
    _keep(folder, head, heard, part, table, denoise)
    return {head.answers[0].name: table}


def baseline(name: str, task: Task, heard: Heard, part: Split) -> Restored:
    """How near a plain method brings the same sounds."""
    assert isinstance(task, Denoise)
    return _judged(task, heard, part, METHODS[name], heard.progress)


def _mixer(head: Denoise, heard: Heard, *parts: tuple[str, ...]) -> NoiseMixer:
    """Noise for recordings of these parts, each from its own part alone."""
    others: dict[int, np.ndarray] = {}
    if "recordings" in head.noises:
        groups = [one.group for one in heard.recordings]
        for ids in parts:
            others |= recordings_to_mix(heard.at(ids), groups)
    return NoiseMixer(heard.sounds, heard.sounds.rate_hz, head.noises, head.snr_db, others)


def _noisy(head: Denoise, heard: Heard, part: Split) -> Iterator[NoisyPair]:
    """The test part with its noise, the same at every call."""
    mixer = _mixer(head, heard, part.test)
    for name in part.test:
        yield _pair(mixer, head, heard, name)


def _pair(mixer: NoiseMixer, head: Denoise, heard: Heard, name: str) -> NoisyPair:
    number = int(heard.at([name])[0])
    clean = np.array(heard.sounds[number])
    return mixer.noisy_pair(clean, number, seeded_generator(head.noise_seed, name, _WHOLE))


def _judged(
    head: Denoise, heard: Heard, part: Split, cleaner: Cleaner, progress: Progress
) -> Restored:
    answer = head.answers[0]
    before, after = [], []
    progress.begin("denoise", len(part.test))
    for pair in _noisy(head, heard, part):
        before.append(_figures(pair.noisy, pair.clean))
        made = _figures(cleaner(pair.noisy, heard.sounds.rate_hz), pair.clean)
        # Of a silent recording nothing can be said: its truth is unknown, and nothing is counted.
        after.append([0.0 if np.isnan(one) else one for one in made])
        progress.advance()
    progress.end()
    judged = [heard.recordings[number] for number in heard.at(part.test)]
    return Restored(
        ids=tuple(one.id for one in judged),
        truth=np.array(before).reshape(-1, len(answer.columns)),
        said=np.array(after).reshape(-1, len(answer.columns)),
        groups=tuple(one.group for one in judged),
        folds=(part.fold or "",) * len(judged),
        columns=answer.columns,
        units=answer.units,
    )


def _figures(sound: np.ndarray, clean: np.ndarray) -> list[float]:
    """SI-SDR and mean squared error, to so many digits as other machines find too."""
    return [round(si_sdr_db(sound, clean), _DIGITS), float(f"{mse(sound, clean):.{_DIGITS}e}")]


def _keep(
    folder: Path, head: Denoise, heard: Heard, part: Split, table: Restored, denoise: Denoiser
) -> None:
    """Write some recordings noisy, denoised and clean: from the most gained to the least."""
    gained = np.nan_to_num(table.gained, nan=-np.inf)
    order = sorted(range(len(table)), key=lambda row: (-gained[row], table.ids[row]))
    places = np.linspace(0, len(order) - 1, min(EXAMPLES, len(order)))
    mixer = _mixer(head, heard, part.test)
    told = []
    for number, row in enumerate((order[round(at)] for at in places), start=1):
        pair = _pair(mixer, head, heard, table.ids[row])
        sounds = {"noisy": pair.noisy, "denoised": denoise(pair.noisy), "clean": pair.clean}
        told.append(
            {
                "id": table.ids[row],
                "noise": pair.kind,
                "snr_db": round(pair.snr_db, 2),
                "before_db": float(table.truth[row, 0]),
                "after_db": round(float(table.said[row, 0]), _DIGITS),
                **_written(folder / run_folder.SOUNDS, number, sounds, heard.sounds.rate_hz),
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
