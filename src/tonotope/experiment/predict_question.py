"""What a job asks of every recording: rows, windows or events, by which models, in which format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from tonotope import __version__
from tonotope._errors import ExperimentError
from tonotope._progress import SILENT, Progress
from tonotope.annotations.read import find
from tonotope.experiment.predict_inputs import models_of, name_of, say_hop
from tonotope.experiment.run_folder import Run
from tonotope.model import Model
from tonotope.prediction import stream
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.event_files import COLUMNS
from tonotope.prediction.event_rule import Threshold, rule_of
from tonotope.prediction.parts import Found, Write, events_writer, rows_writer
from tonotope.prediction.rows import PredictedRow, cells, column_names
from tonotope.prediction.writers import EVENT_FORMATS, WRITERS


@dataclass(frozen=True)
class Question:
    """All that decides what is written of a recording, as plain data.

    Attributes:
        per: a row for each `recording`, `window` or `event`.
        to: the format of the parts.
        hop_s: from one window to the next; None takes the usual one.
        threshold: of events.
        min_length_s: of events.
        merge_s: of events.
        precision: in which the network computes; what is fastest on one machine would be other rows
            on another, so it is not chosen by the clock.
    """

    per: Literal["recording", "window", "event"] = "recording"
    to: str = "csv"
    hop_s: float | None = None
    threshold: Threshold | None = None
    min_length_s: float | None = None
    merge_s: float | None = None
    precision: Literal["float32", "bfloat16"] = "float32"


class Hearing:
    """Models that are loaded and know what is asked.

    Attributes:
        settings: all that decides the rows, by name, as JSON.
        write: writes the rows of one recording.

    Raises:
        ExperimentError: no run lies there, or the question does not fit it.
        ModelFileError: the model cannot be read.
    """

    def __init__(
        self, run: Run | Model | str | Path, question: Question, progress: Progress = SILENT
    ) -> None:
        _check(question)
        models, data = models_of(run)
        if models[0].description.head.denoises:
            raise ExperimentError(
                "a folder of parts holds rows or events, and a denoiser answers with sound: name a"
                " table with --out FILE and a folder for the sounds with --sounds DIR"
            )
        self._options: dict[str, Any] = {"channels": data.channels, "repair": data.repair}
        self._question, self._ensemble = question, Ensemble(models, question.precision)
        say_hop(self._ensemble, question.hop_s, progress)
        own = self._of_events(progress) if question.per == "event" else self._of_rows(data.hop_s)
        self.settings: dict[str, Any] = {
            "tonotope": __version__,
            "torch": torch.__version__,
            "run": name_of(run),
            "weights": _digest(models),
            "models": len(models),
            "per": question.per,
            "to": question.to,
            "precision": question.precision,
            **self._options,
            **own,
        }

    def _of_events(self, progress: Progress) -> dict[str, Any]:
        asked = self._question
        found = rule_of(
            self._ensemble,
            threshold="auto" if asked.threshold is None else asked.threshold,
            min_length_s=asked.min_length_s,
            merge_s=asked.merge_s,
            hop_s=asked.hop_s,
            progress=progress,
        )
        self._rule, self._hop = found.rule, found.hop_steps
        self.write: Write = events_writer(asked.to)
        return {**found.settings, "columns": list(COLUMNS), "text": ["file", "label"]}

    def _of_rows(self, usual_hop_s: float | None) -> dict[str, Any]:
        ensemble, layout = self._ensemble, self._ensemble.layout
        self._hop_s = usual_hop_s if self._question.hop_s is None else self._question.hop_s
        self._hop = ensemble.hop_steps(self._hop_s)
        self.write = rows_writer(layout, self._question.to)
        hop_s = round(self._hop * ensemble.representation.hop_samples / ensemble.rate_hz, 6)
        row = _even_row(ensemble)
        columns, text = column_names(layout), []
        if self._question.to == "jsonl":
            columns = [*row.to_json(layout)]
        else:
            named = zip(columns, cells(row, layout), strict=True)
            text = [name for name, cell in named if isinstance(cell, str)]
        return {"hop_s": hop_s, "columns": columns, "text": text}

    def found(self, paths: Sequence[str], progress: Progress) -> Iterator[Found]:
        """What is heard in recordings, one after the other, and how each ended."""
        options = {**self._options, "progress": progress}
        if self._question.per == "event":
            return stream.events(self._ensemble, paths, self._rule, self._hop, **options)
        per = self._question.per
        return stream.predict(
            self._ensemble, paths, hop_s=self._hop_s, per=per, ends=True, **options
        )


def _check(question: Question) -> None:
    """Refuse what no job can write.

    Raises:
        ExperimentError: names what would fit.
    """
    if question.per not in ("recording", "window", "event"):
        raise ExperimentError(
            f"per = {question.per!r}: a row for each `recording`, `window` or `event` would fit"
        )
    known = EVENT_FORMATS if question.per == "event" else [*WRITERS]
    if question.to not in known:
        raise ExperimentError(f"to = {question.to!r}: {' or '.join(known)} would fit")
    if question.precision not in ("float32", "bfloat16"):
        raise ExperimentError(f"precision = {question.precision!r}: float32 or bfloat16 would fit")
    if question.per == "event":
        find(question.to)


def _even_row(ensemble: Ensemble) -> PredictedRow:
    """A row of even scores, which shows what kind of value each column holds."""
    layout = ensemble.layout
    scores = np.full(len(layout.columns), 0.5)
    outcomes = ensemble.outcomes(scores)
    return PredictedRow("", 0.0, 0.0, "", 0.5, scores, layout.columns, outcomes)


def _digest(models: Sequence[Model]) -> str:
    """A hash of the weights and settings of all models: other ones give other rows."""
    found = hashlib.sha256()
    for model in models:
        told: Mapping[str, Any] = model.description.model_dump(mode="json")
        found.update(json.dumps(told, sort_keys=True).encode())
        for name, tensor in sorted(model.state_dict().items()):
            found.update(name.encode())
            found.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()
