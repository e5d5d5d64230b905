"""`tonotope predict` with a model that was saved without a run around it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonotope.cli.exit_status import status_of
from tonotope.heads import Classify
from tonotope.model import Model
from tonotope.network import Layers
from tonotope.representation import LogMel


def test_it_labels_recordings_as_a_run_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=8)
    network = Layers.model_validate({"layers": ["conv 2 3x3", "globalpool time mean"]})
    head = Classify(classes=("owl", "wren"))
    Model.build(shown, network, head, clip_samples=4000).save(tmp_path / "model")
    soundfile.write(tmp_path / "night.wav", np.zeros(8000), 8000)
    assert status_of(["predict", str(tmp_path / "model"), str(tmp_path / "night.wav")]) == 0
    head_line, row = capsys.readouterr().out.splitlines()
    assert head_line == "file,start_s,end_s,label,score,owl,wren"
    assert row.split(",")[1:3] == ["0.0", "1.0"]
    assert status_of(["predict", str(tmp_path), str(tmp_path / "night.wav")]) == 2
    assert "not a run folder" in capsys.readouterr().err
