"""A reader, a folder to work in, and a smaller world: small trainings, short tracks."""

from __future__ import annotations

import importlib
import shutil
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.docs.reader import Reader

from tonotope.experiment.config.overrides import merged
from tonotope.experiment.demo import toy_orchestra
from tonotope.experiment.experiment_file import described
from tonotope.experiment.request import Request, make_request
from tonotope.experiment.spec import Experiment
from tonotope.experiment.start import EAR

ROOT = Path(__file__).resolve().parents[2]
NOTES = 96  # six players of each instrument, a note each
GENRES = (
    *("blues", "classical", "country", "disco", "hiphop"),
    *("jazz", "metal", "pop", "reggae", "rock"),
)


def smaller(experiment: Experiment) -> Experiment:
    """The same experiment with one epoch, few filters, few notes and a coarse spectrogram."""
    changes: dict[str, Any] = {
        "training": {"epochs": 1, "precision": "float32", "memory_format": "channels_last"},
        "evaluation": {"resamples": 100},
    }
    if experiment.data.source == "orchestra":
        changes["data"] = {"notes": NOTES}
    if experiment.start is not None and experiment.start.run == EAR:
        return described(merged(Experiment, experiment.model_dump(mode="json"), changes))
    if experiment.representation.kind == "log-mel":
        changes["representation"] = {"bands": 16, "hop_s": 0.023}  # half a frame: all comes back
    if experiment.network.kind == "vgg":
        changes["network"] = {"widths": [4, 8]}
    table = merged(Experiment, experiment.model_dump(mode="json"), changes)
    return described(table).with_code_of(experiment)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A reader in an empty folder, who trains small: whatever is to be run is made smaller."""

    def small(source: Any, **options: Any) -> Request:
        if isinstance(source, Request):
            return source
        request = make_request(source, **options)
        return replace(request, experiment=smaller(request.experiment))

    def small_orchestra(seed: int = 0) -> Request:
        request = toy_orchestra(seed)
        new = request.experiment.model_copy(update={"start": None})  # filters may be few
        return replace(request, experiment=smaller(new))

    for module in ("tonotope.experiment.request", "tonotope.experiment.run"):
        monkeypatch.setattr(importlib.import_module(module), "make_request", small)
    monkeypatch.setattr("tonotope.experiment.demo.toy_orchestra", small_orchestra)
    # Which steps take long enough to be told depends on the machine.
    monkeypatch.setattr("tonotope.cli.progress.Plain._tell", lambda self, state: None)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "experiments", tmp_path / "experiments")
    return Reader(ROOT)


@pytest.fixture
def gtzan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Path]:
    """Lays tracks out as mirdata has them below the home folder: ten genres, so many of each."""
    monkeypatch.setenv("HOME", str(tmp_path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # mirdata's own dependencies
        core = pytest.importorskip("mirdata.core")
    monkeypatch.setattr(core.Dataset, "download", lambda self: None)  # no network

    def lay_out(tracks: int) -> Path:
        home = tmp_path / "mir_datasets" / "gtzan_genre"
        rng = np.random.default_rng(0)
        time = np.arange(6 * 22050) / 22050
        for number, genre in enumerate(GENRES):
            folder = home / "gtzan_genre" / "genres" / genre
            folder.mkdir(parents=True)
            for track in range(tracks):
                pitch = 110 * 2 ** (number / 3 + rng.normal(0, 0.05))
                beat = np.exp(-3 * (time * (2 + 0.4 * number) % 1))
                wave = 0.3 * beat * np.sin(2 * np.pi * pitch * time)
                wave += rng.normal(0, 0.02, len(time))
                soundfile.write(folder / f"{genre}.{track:05d}.wav", wave, 22050)
        return home

    return lay_out
