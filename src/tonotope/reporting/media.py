"""Pictures and sounds of the page: which clips get them, and how they are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tonotope._progress import SILENT, Progress
from tonotope.datasets.manifest import Recording
from tonotope.experiment.run_folder import Run
from tonotope.reporting.embedded_sounds import EmbeddedSound, SoundRequest, embed_sounds
from tonotope.reporting.input_pictures import Picture, PictureRequest, draw_inputs
from tonotope.reporting.recording_audio import RecordingAudio
from tonotope.reporting.section import Report
from tonotope.reporting.sections.results import playing_task, results_of, tasks_of

HITS_PER_CLASS = 6


def add_media(
    run: Run, report: dict[str, Any], sound_bytes: int, progress: Progress = SILENT
) -> tuple[dict[int, Picture], list[EmbeddedSound]]:
    """Draw and encode what the page shows and plays, and say so in the report.

    Args:
        run: the finished run.
        report: its numbers; `pictures` and `sounds` are added to them.
        sound_bytes: how much sound the page may carry; 0 for none.
        progress: is called for each picture and each sound.
    """
    audio = RecordingAudio.of_run(run)
    recordings = {one.id: one for one in run.manifest.recordings}
    inputs = draw_inputs(run, _picture_requests(run, report, recordings), audio, progress)
    pictures = {one.number: one for one in inputs}
    requests: list[SoundRequest] = []
    for task in tasks_of(report):
        drawn, sounds_of_task = results_of(task).examples(run, {**report, **task}, audio)
        pictures |= {one.number: one for one in drawn}
        requests += sounds_of_task
    requests += _sound_requests(run, report, recordings, pictures)
    sounds = embed_sounds(requests, audio, sound_bytes, progress) if sound_bytes else []
    report["pictures"] = [
        {"clip": one.number, "start_s": round(one.start_s, 6), "span_s": one.span_s}
        for one in pictures.values()
    ]
    report["sounds"] = {
        "asked": bool(sound_bytes),
        "embedded": len(sounds),
        "numbers": sorted(one.number for one in sounds),
    }
    return pictures, sounds


def _picture_requests(
    run: Run, report: Report, recordings: Mapping[str, Recording]
) -> Iterable[PictureRequest]:
    tables = [*run.tables.values()]
    tasks = tasks_of(report)
    for number in _hardest(report):
        clip = report["clips"][number]
        table, row = tables[clip["task"]], clip["row"]
        recording = recordings.get(table.ids[row])
        if recording is not None:
            predicted = results_of(tasks[clip["task"]]).predicted_class(table, row)
            yield PictureRequest(number, recording, table.folds[row] or None, predicted)


def _hardest(report: Report) -> list[int]:
    """The clips that the page shows as the worst of any task."""
    return [number for task in tasks_of(report) for number in task["mistakes"]]


def _sound_requests(
    run: Run, report: Report, recordings: Mapping[str, Recording], pictures: Mapping[int, Picture]
) -> Iterable[SoundRequest]:
    """The mistakes that the page shows, all others, then hits of each class."""
    tables = [*run.tables.values()]
    for number in _order(report):
        clip = report["clips"][number]
        recording = recordings.get(tables[clip["task"]].ids[clip["row"]])
        if recording is None:
            continue
        picture = pictures.get(number)
        part = (picture.start_s, picture.span_s) if picture else ()
        yield SoundRequest(number, recording, *part)


def _order(report: Report) -> list[int]:
    """The numbers of the clips in the order in which they get room: cells take turns."""
    clips = report["clips"]
    cells = (playing_task(report) or {"cells": {}})["cells"].values()
    order = dict.fromkeys(_hardest(report))
    for hit in (False, True):
        own = [c["clips"] for c in cells if c["clips"] and _is_hit(clips[c["clips"][0]]) == hit]
        longest = max(map(len, own), default=0)
        for turn in range(min(longest, HITS_PER_CLASS) if hit else longest):
            order |= dict.fromkeys(cell[turn] for cell in own if turn < len(cell))
    return list(order)


def _is_hit(clip: Mapping[str, Any]) -> bool:
    return clip["truth"] == clip["heard"]
