"""A source written outside the package: recordings that are arrays, not files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.experiment.conftest import QUICK

import tonotope as tt
from tonotope._errors import DataError

SETS = [one for one in QUICK if not one.startswith(("network", "representation"))]


class NpzFolder:
    """A folder of `.npz`, each with `samples`, `rate_hz` and `label`."""

    def __init__(self, folder: Path, wavs: Path) -> None:
        self.folder, self.wavs = str(folder), str(wavs)

    def open(self, data: Any, targets: Any, base: Path, progress: Any) -> tt.Manifest:
        for path in sorted(Path(self.folder).glob("*.npz")):
            held = np.load(path)
            wav = Path(self.wavs) / str(held["label"]) / f"{path.stem}.wav"
            if not wav.exists():  # once: the header of a WAV of floats holds the time
                wav.parent.mkdir(parents=True, exist_ok=True)
                tt.Clip(held["samples"], int(held["rate_hz"])).write(wav)
        data = data.model_copy(update={"source": self.wavs})
        return tt.open_source(data, targets, base=base, progress=progress)


@pytest.fixture
def source(tmp_path: Path) -> NpzFolder:
    rng = np.random.default_rng(0)
    (tmp_path / "arrays").mkdir()
    for number in range(16):
        label = "xy"[number % 2]
        wave = np.sin(2 * np.pi * (300 + 900 * (number % 2)) * np.arange(2000) / 8000)
        np.savez(
            tmp_path / "arrays" / f"{'abcdefghijklmnop'[number] * 3}.npz",
            samples=0.3 * wave + 0.02 * rng.standard_normal(2000),
            rate_hz=8000,
            label=label,
        )
    return NpzFolder(tmp_path / "arrays", tmp_path / "wavs")


def test_it_is_run_and_the_run_is_read_without_its_code(source: NpzFolder, tmp_path: Path) -> None:
    done = tt.run(source, sets=SETS, out=tmp_path / "runs", report=False)
    assert done.name.startswith("NpzFolder-")
    text = (done.folder / "experiment.toml").read_text(encoding="utf-8")
    assert "python:tests.datasets.test_custom_source:NpzFolder" in text
    again = tt.load(done.folder)
    assert len(again.manifest.recordings) == 16
    tt.report(done.folder)  # the manifest names the files; no code is needed
    with pytest.raises(DataError, match="this source was given in Python, and no code is run"):
        tt.open_source(again.experiment.data)


def test_it_may_stand_in_an_experiment_and_the_run_is_found_again(
    source: NpzFolder, tmp_path: Path
) -> None:
    data: Any = {"source": source, "clip_s": 0.25}
    experiment = tt.propose(source, sets=SETS).experiment
    assert experiment.data.source.endswith("}")
    experiment = experiment.model_copy(update={"data": tt.Data(**data)})
    first = tt.run(experiment, out=tmp_path / "runs", report=False)
    second = tt.run(experiment, out=tmp_path / "runs", report=False)
    assert first.folder == second.folder
    other = NpzFolder(Path(source.folder), tmp_path / "elsewhere")
    assert tt.Data(**{**data, "source": other}).source != experiment.data.source


def test_what_is_no_manifest_is_refused(source: NpzFolder) -> None:
    class Wrong:
        def open(self, data: Any, targets: Any, base: Path, progress: Any) -> Any:
            return []

    given: Any = Wrong()
    with pytest.raises(DataError, match="its `open` gave a list, not a Manifest"):
        tt.open_source(tt.Data(source=given))
