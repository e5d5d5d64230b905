"""Models saved by each release are read for ever, and answer as they did."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
import torch

from tonotope.model import Model

GOLDEN = Path(__file__).parents[1] / "golden"
FOLDERS = sorted(path.parent for path in GOLDEN.glob("model-v*/*/model.json"))


def waves(samples: int) -> torch.Tensor:
    spec = importlib.util.spec_from_file_location("golden_make", GOLDEN / "make.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made.waves(samples)


def test_there_are_golden_models() -> None:
    assert len(FOLDERS) >= 2
    assert sum(p.stat().st_size for p in GOLDEN.rglob("*") if p.is_file()) < 60_000 * len(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_golden_model_answers_as_it_did(folder: Path) -> None:
    model = Model.load(folder)
    with torch.no_grad():
        outputs = model(waves(model.description.clip_samples))
    for name, values in json.loads((folder / "expected.json").read_text()).items():
        torch.testing.assert_close(outputs[name], torch.tensor(values), atol=1e-4, rtol=1e-4)
