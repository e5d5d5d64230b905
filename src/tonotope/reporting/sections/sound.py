"""What can be listened to of a head that answers with sound: noisy, denoised, clean.

The sounds lie in the run folder, so the page can be written where the recordings are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from tonotope._errors import DataError
from tonotope._escape import escaped
from tonotope.audio.clip import Clip
from tonotope.datasets.manifest import Recording
from tonotope.experiment.run_folder import INDEX, SOUNDS, Run, read_json
from tonotope.reporting.embedded_sounds import Wish
from tonotope.reporting.gather import Report
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.score_format import figure
from tonotope.reporting.spectrogram_png import both
from tonotope.reporting.svg import across, frequency_ticks, ticks, upwards

SHOWN = 6
KINDS = ("noisy", "denoised", "clean")
PICTURE_PX = 150
_WINDOW_S = 0.046
_COLUMNS, _ROWS = 400, 120
_RANGE_DB = 70.0

Table = dict[str, Any]


def examples(run: Run) -> tuple[list[Table], list[Table]]:
    """The recordings to be listened to, and a clip for each of their sounds.

    Of several folds each gives some, from the most gained to the least.
    """
    found = [one for fold in run.folds or (None,) for one in _of_part(run, fold)]
    found.sort(key=lambda one: (one["before_db"] - one["after_db"], one["file"]))
    places = np.linspace(0, len(found) - 1, min(SHOWN, len(found)))
    kept = [found[round(at)] for at in places]
    clips: list[Table] = []
    for one in kept:
        one["clips"] = [*range(len(clips), len(clips) + len(KINDS))]
        clips += [
            {"file": one["file"], "kind": kind, "group": "", "fold": one["fold"]} for kind in KINDS
        ]
    return kept, clips


def wishes(run: Run, report: Report) -> list[Wish]:
    """What the page would like to play of them."""
    return [
        Wish(number, recording)
        for one in report.get("examples", ())
        for number, recording in _recordings(run, one)
    ]


def pictures(run: Run, report: Report) -> Iterable[Picture]:
    """Spectrograms, those of one recording on one scale, as far as the sounds are there."""
    for one in report.get("examples", ()):
        drawn, loudest = [], -np.inf
        for number, recording in _recordings(run, one):
            try:
                clip = Clip.read(recording.path)
            except DataError:
                continue
            decibels = spectrogram_db(clip.samples[0], clip.rate_hz)
            loudest = max(loudest, float(decibels.max()))
            drawn.append((number, clip, decibels))
        for number, clip, decibels in drawn:
            day, night = both(decibels, _COLUMNS, _ROWS, (loudest - _RANGE_DB, loudest))
            yield Picture(number, day, night, one["start_s"], clip.duration_s)


def spectrogram_db(wave: np.ndarray, rate_hz: int) -> np.ndarray:
    """The strength of every frequency, (time, frequency) in decibels, of a sound (time,)."""
    size = max(16, round(_WINDOW_S * rate_hz))
    wave = np.pad(np.asarray(wave, np.float64), (0, max(0, size - len(wave))))
    hop = max(1, (len(wave) - size) // _COLUMNS)
    frames = np.lib.stride_tricks.sliding_window_view(wave, size)[::hop] * np.hanning(size)
    return 20 * np.log10(np.abs(np.fft.rfft(frames, axis=1)) / size + 1e-9)


def told(report: Report, drawn: Mapping[int, Picture], words: Words) -> dict[str, Any]:
    """The figures of the sounds, and what can be listened to, in words."""
    rows = [
        [words.known("metric", name), *_figures(name, one, words)]
        for name, one in report["metrics"].items()
    ]
    heads = ("figure", "value", "interval")
    return {
        "figures": {"heads": [words.say(f"restored.{one}") for one in heads], "rows": rows},
        "examples": [_example(report, one, drawn, words) for one in report["examples"]],
    }


def _figures(name: str, one: Mapping[str, Any], words: Words) -> list[Markup | str]:
    unit = "" if name == "mse" else "dB"
    score = {**one, "unit": unit, "lower_is_better": name == "mse"}
    value, low, high = (figure(score, key, words) for key in ("value", "low", "high"))
    around = "–" if "–" in (low, high) else words.say("interval", low=low, high=high)
    return [value, around]


def _example(
    report: Report, one: Mapping[str, Any], drawn: Mapping[int, Picture], words: Words
) -> dict[str, Any]:
    noise = words.known("noise", one["noise"])
    decibels = {key: words.unit(round(one[key], 1), "dB") for key in ("before_db", "after_db")}
    about = words.say(
        "restored.example", noise=noise, before=decibels["before_db"], after=decibels["after_db"]
    )
    return {
        "file": one["file"],
        "about": about,
        "cards": [
            _card(report, number, kind, one["file"], drawn.get(number), words)
            for number, kind in zip(one["clips"], KINDS, strict=True)
        ],
    }


def _card(
    report: Report, number: int, kind: str, file: str, picture: Picture | None, words: Words
) -> dict[str, Any]:
    title = words.say(f"restored.{kind}")
    playing = words.say("restored.play", kind=title, file=file)
    shown = None
    if picture is not None:
        top = report["shown"]["rate_hz"] / 2
        marks = frequency_ticks([top * (at + 0.5) / _ROWS for at in range(_ROWS)])
        texts = [words.short(hertz / 1000) for _, hertz in marks]
        texts[-1:] = [words.unit(marks[-1][1] / 1000, "kHz")] if marks else []
        heights = [(at, text) for (at, _), text in zip(marks, texts, strict=True)]
        alt = words.say("restored.picture", kind=title, file=file)
        shown = {
            "day": picture.day,
            "night": picture.night,
            "alt": alt.unescape(),
            "frequencies": upwards(heights, PICTURE_PX),
            "times": across(_times(picture.span_s, words)),
        }
    return {
        "clip": number,
        "title": title,
        "play": playing.unescape(),
        "sound": number in report["sounds"]["numbers"],
        "span": picture.span_s if picture else "",
        "picture": shown,
    }


def _times(span_s: float, words: Words) -> list[tuple[float, str]]:
    """Round times along a picture; the unit stands at the first."""
    at = ticks(0, span_s, 5)
    texts = [words.short(time) for time in at]
    texts[0] = words.unit(at[0], "s")
    return [(time / span_s, text) for time, text in zip(at, texts, strict=True)]


def _of_part(run: Run, fold: str | None) -> list[Table]:
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
    """Where a sound lies in the run folder; a name can lead nowhere else."""
    return (run.part(fold) / SOUNDS / Path(name).name).relative_to(run.folder).as_posix()


def _recordings(run: Run, one: Mapping[str, Any]) -> list[tuple[int, Recording]]:
    """The sounds of one recording that are there, as recordings of their own."""
    found = []
    for number, kind in zip(one["clips"], KINDS, strict=True):
        path = run.folder / one["sounds"][kind]
        try:
            clip = Clip.read(path)
        except DataError:
            continue
        recording = Recording(
            id=path.name, path=path, start_s=0.0, duration_s=clip.duration_s, targets={}, group="",
            fold=None, part=None, sha256="", rate_hz=clip.rate_hz, channels=clip.channels,
        )  # fmt: skip
        found.append((number, recording))
    return found
