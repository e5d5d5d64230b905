"""Facts of a checkpoint that no training wrote: refused by name, whatever their type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tonotope._errors import TrainingError
from tonotope.training.checkpoint_checks import check_facts

GOOD: dict[str, Any] = {
    "identity": {"plan": {}},
    "epoch": 1,
    "step": 0,
    "lines": [{"epoch": 1, "train_loss": 0.5}],
    "best_value": None,
    "best_epoch": 0,
    "finished": False,
    "stopped_early": False,
    "sums": {"clips": 0, "loss": 0.0, "metrics": {}, "data_seconds": 0.0, "model_seconds": 0.0},
    "device": {
        "device": "cpu",
        "threads": 1,
        "torch": "2",
        "precision": "float32",
        "memory_format": "contiguous",
        "probe": "",
    },
    "tensors": ["last/a"],
}


def test_what_a_training_wrote_is_taken(tmp_path: Path) -> None:
    check_facts(tmp_path, GOOD)
    check_facts(tmp_path, {key: one for key, one in GOOD.items() if key != "tensors"})


@pytest.mark.parametrize("key", GOOD)
@pytest.mark.parametrize("odd", [[{}], [[]], {"": []}, "x", 1.5, [1]])
def test_another_type_is_refused_by_its_name(tmp_path: Path, key: str, odd: object) -> None:
    if key == "best_value" and odd == 1.5:
        return
    with pytest.raises(TrainingError, match=rf"its `{key}"):
        check_facts(tmp_path, {**GOOD, key: odd})
