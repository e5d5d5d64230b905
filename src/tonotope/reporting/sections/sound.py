"""Results of a denoiser: its scores, and examples to listen to: noisy, denoised and clean.

The sounds are in the run folder, so the page can be written without the recordings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from tonotope._errors import DataError
from tonotope._escape import escaped
from tonotope.answers.sound import RATIO
from tonotope.audio.clip import Clip
from tonotope.audio.reading import read
from tonotope.datasets.manifest import Recording
from tonotope.experiment.json_files import read_json
from tonotope.experiment.run_files import INDEX, SOUNDS
from tonotope.experiment.run_folder import Run
from tonotope.reporting.embedded_sounds import SoundRequest
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.picture_axes import kilohertz, picture_values
from tonotope.reporting.score_format import interval_text, interval_texts, tells
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.sections.quantities import Columns, points_of
from tonotope.reporting.sections.results import Numbers
from tonotope.reporting.spectrogram_png import day_and_night

if TYPE_CHECKING:
    from tonotope.reporting.recording_audio import RecordingAudio

SHOWN = 6
KINDS = ("noisy", "denoised", "clean")
_WINDOW_S = 0.046
_COLUMNS, _ROWS = 400, 120
_RANGE_DB = 70.0


class Sound(Columns):
    """A sound as answer."""

    kind = "sound"
    template = Path(__file__).with_name("sound.html.j2")
    prefix = "sound."
    mistakes = False

    def gather(self, run: Run, evaluation: Mapping[str, Any], table: Any) -> Numbers:
        """The scores, and the examples with a clip for each of their sounds."""
        examples, clips = choose_examples(run)
        numbers = super().gather(run, evaluation, table)
        return numbers | {"mistakes": [], "clips": clips, "examples": examples}

    def worst(self, table: Any) -> list[Numbers]:
        """None: the page shows examples instead."""
        return []

    def points(self, table: Any) -> list[Numbers]:
        """The ratio alone: errors differ so much that most points would lie in one corner."""
        return [points_of(table, at) for at, name in enumerate(table.columns) if name == RATIO]

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The table of the scores, the plots, and the examples."""
        rows = [_score_row(name, {**one, "groups": report["score"]["groups"]}, words)
                for name, one in report["metrics"].items()]  # fmt: skip
        drawn = any(tells({**one, "unit": "dB", "groups": report["score"]["groups"]})
                    for one in report["metrics"].values())  # fmt: skip
        about = [words.say("restored.figures.about")]
        if drawn:
            confidence = words.percent(report["score"]["confidence"])
            about.append(words.say("restored.intervals", confidence=confidence))
        heads = [words.say(f"restored.{one}") for one in ("figure", "value", "interval")]
        return {
            "about": Markup(" ").join(about),
            "plots": self.plots(report, words),
            "scores_table": {"heads": heads, "rows": rows},
            "examples": [_example(report, one, pictures, words) for one in report["examples"]],
        }

    def examples(
        self, run: Run, task: Report, audio: RecordingAudio
    ) -> tuple[list[Picture], list[SoundRequest]]:
        """Spectrograms and sounds of the examples; those of one example share one scale."""
        pictures: list[Picture] = []
        requests: list[SoundRequest] = []
        for example in task["examples"]:
            clips = list(_read_clips(run, example))
            for number, recording, clip in clips:
                audio.keep(recording, clip)
                requests.append(SoundRequest(number, recording))
            pictures += _spectrograms(
                [(number, clip) for number, _, clip in clips], example["start_s"]
            )
        return pictures, requests


def choose_examples(run: Run) -> tuple[list[Numbers], list[Numbers]]:
    """The recordings to listen to, from the largest gain to the smallest, and their clips."""
    found = [one for fold in run.folds or (None,) for one in _of_fold(run, fold)]
    found.sort(key=lambda one: (one["before_db"] - one["after_db"], one["file"]))
    places = np.linspace(0, len(found) - 1, min(SHOWN, len(found)))
    kept = [found[round(at)] for at in places]
    clips: list[Numbers] = []
    for one in kept:
        one["clips"] = [*range(len(clips), len(clips) + len(KINDS))]
        clips += [
            {"file": one["file"], "kind": kind, "group": "", "fold": one["fold"]} for kind in KINDS
        ]
    return kept, clips


def spectrogram_db(wave: np.ndarray, rate_hz: int) -> np.ndarray:
    """The spectrogram of a sound (time,) in decibels, (time, frequency)."""
    size = max(16, round(_WINDOW_S * rate_hz))
    wave = np.pad(np.asarray(wave, np.float64), (0, max(0, size - len(wave))))
    hop = max(1, (len(wave) - size) // _COLUMNS)
    frames = np.lib.stride_tricks.sliding_window_view(wave, size)[::hop] * np.hanning(size)
    return 20 * np.log10(np.abs(np.fft.rfft(frames, axis=1)) / size + 1e-9)


def _spectrograms(clips: list[tuple[int, Clip]], start_s: float) -> Iterable[Picture]:
    drawn = [(*one, spectrogram_db(one[1].samples[0], one[1].rate_hz)) for one in clips]
    loudest = max((float(decibels.max()) for *_, decibels in drawn), default=0.0)
    for number, clip, decibels in drawn:
        day, night = day_and_night(decibels, _COLUMNS, _ROWS, (loudest - _RANGE_DB, loudest))
        yield Picture(number, day, night, start_s, clip.duration_s)


def _score_row(name: str, one: Mapping[str, Any], words: Words) -> list[Markup | str]:
    unit = "" if name == "mse" else "dB"
    score = {**one, "unit": unit, "lower_is_better": name == "mse"}
    value, low, high = interval_texts(score, words)
    return [words.known("metric", name), value, interval_text(score, (low, high), words)]


def _example(
    report: Report, one: Mapping[str, Any], pictures: Pictures, words: Words
) -> dict[str, Any]:
    # The gain is that of the figures beside it, which a gain of its own rounding may contradict.
    decimals = 1 if abs(one["after_db"] - one["before_db"]) >= 1 else 2
    levels = [round(one[key], decimals) for key in ("before_db", "after_db")]
    before, after = (words.decibels(level, decimals) for level in levels)
    gain = words.decibels(levels[1] - levels[0], decimals, signed=True)
    noise = words.known("noise", one["noise"])
    return {
        "file": one["file"],
        "about": words.say("restored.example", noise=noise, before=before, after=after, gain=gain),
        "cards": [
            _card(report, number, kind, one["file"], pictures.get(number), words)
            for number, kind in zip(one["clips"], KINDS, strict=True)
        ],
    }


def _card(
    report: Report, number: int, kind: str, file: str, picture: Picture | None, words: Words
) -> dict[str, Any]:
    title = words.say(f"restored.{kind}")
    drawn = None
    if picture is not None:
        top = report["shown"]["rate_hz"] / 2
        heights = kilohertz([top * (at + 0.5) / _ROWS for at in range(_ROWS)], words)
        alt = words.say("restored.picture", kind=title, file=file).unescape()
        drawn = picture_values(picture, alt, heights, words, ticks_at_most=5)
    return {
        "clip": number,
        "title": title,
        "play": words.say("restored.play", kind=title, file=file).unescape(),
        "sound": number in report["sounds"]["numbers"],
        "span": picture.span_s if picture else "",
        "picture": drawn,
    }


def _of_fold(run: Run, fold: str | None) -> list[Numbers]:
    path = run.part(fold) / SOUNDS / INDEX
    if not path.is_file():
        return []
    return [
        {
            "file": escaped(str(one["id"])),
            "fold": "" if fold is None else escaped(fold),
            "noise": str(one["noise"]),
            **{key: float(one[key]) for key in ("snr_db", "before_db", "after_db", "start_s")},
            "sounds": {kind: _inside(run, fold, str(one["files"][kind])) for kind in KINDS},
        }
        for one in read_json(path).get("sounds", [])
    ]


def _inside(run: Run, fold: str | None, name: str) -> str:
    """The path of a sound in the run folder; a name can lead nowhere else."""
    return (run.part(fold) / SOUNDS / Path(name).name).relative_to(run.folder).as_posix()


def _read_clips(run: Run, example: Mapping[str, Any]) -> Iterable[tuple[int, Recording, Clip]]:
    """The sounds of one example that can be read, as recordings of their own."""
    for number, kind in zip(example["clips"], KINDS, strict=True):
        path = run.folder / example["sounds"][kind]
        try:
            clip, _ = read(path)  # what is doubtful about it was told
        except DataError:
            continue
        recording = Recording(
            id=path.name, path=path, start_s=0.0, duration_s=clip.duration_s, targets={}, group="",
            fold=None, part=None, sha256="", rate_hz=clip.rate_hz, channels=clip.channels,
        )  # fmt: skip
        yield number, recording, clip
