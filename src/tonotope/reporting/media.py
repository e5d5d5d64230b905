"""Which clips get pictures and sounds on the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tonotope._progress import SILENT, Progress
from tonotope.datasets.manifest import Recording
from tonotope.experiment.run_folder import Run
from tonotope.reporting.embedded_sounds import EmbeddedSound, SoundRequest, embed_sounds
from tonotope.reporting.input_pictures import Picture, PictureRequest, draw_inputs
from tonotope.reporting.recording_audio import RecordingAudio
from tonotope.reporting.report_json import known_tables
from tonotope.reporting.section import Pictures, Report
from tonotope.reporting.sections.results import playing_task, results_of, tasks_of

HITS_PER_CLASS = 6


def add_media(
    run: Run, report: dict[str, Any], sound_bytes: int, progress: Progress = SILENT
) -> tuple[dict[int, Picture], list[EmbeddedSound]]:
    """Make the pictures and the sounds of the page, and list them in the report.

    Args:
        run: the finished run.
        report: its numbers; `pictures` and `sounds` are added to them.
        sound_bytes: how much sound the page may carry; 0 for none.
        progress: is called for each picture and each sound.
    """
    audio = RecordingAudio.of_run(run)
    drawn = draw_inputs(run, [*_picture_requests(run, report)], audio, progress)
    pictures = {one.number: one for one in drawn}
    requests: list[SoundRequest] = []
    for task in tasks_of(report):
        drawn, sounds_of_task = results_of(task).examples(run, {**report, **task}, audio)
        pictures |= {one.number: one for one in drawn}
        requests += sounds_of_task
    requests += _sound_requests(run, report, pictures)
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


def _picture_requests(run: Run, report: Report) -> Iterable[PictureRequest]:
    for number, recording, table in _found(run, report, _worst(report)):
        task, row = report["clips"][number]["task"], report["clips"][number]["row"]
        predicted = results_of(tasks_of(report)[task]).predicted_class(table, row)
        yield PictureRequest(number, recording, table.folds[row] or None, predicted)


def _sound_requests(run: Run, report: Report, pictures: Pictures) -> Iterable[SoundRequest]:
    for number, recording, _ in _found(run, report, _order(report)):
        picture = pictures.get(number)
        part = (picture.start_s, picture.span_s) if picture else ()
        yield SoundRequest(number, recording, *part)


def _found(
    run: Run, report: Report, numbers: Iterable[int]
) -> Iterable[tuple[int, Recording, Any]]:
    """The number, the recording and the table of predictions of clips that the manifest names."""
    recordings = {one.id: one for one in run.manifest.recordings}
    tables = [*known_tables(run).values()]
    for number in numbers:
        clip = report["clips"][number]
        table = tables[clip["task"]]
        recording = recordings.get(table.ids[clip["row"]])
        if recording is not None:
            yield number, recording, table


def _worst(report: Report) -> list[int]:
    """The clips that the page shows as worst mistakes of any task."""
    return [number for task in tasks_of(report) for number in task["mistakes"]]


def _order(report: Report) -> list[int]:
    """The clips to embed: the worst mistakes, all others, then hits; the cells take turns."""
    cells = (playing_task(report) or {"cells": {}})["cells"].items()
    order = dict.fromkeys(_worst(report))
    for hit in (False, True):
        # The key of a cell is `truth-predicted`.
        own = [cell["clips"] for key, cell in cells if (len({*key.split("-")}) == 1) == hit]
        longest = max(map(len, own), default=0)
        for turn in range(min(longest, HITS_PER_CLASS) if hit else longest):
            order |= dict.fromkeys(cell[turn] for cell in own if turn < len(cell))
    return list(order)
