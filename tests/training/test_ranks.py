"""`fit` asks once which of several processes it is in; only rank 0 holds the lock and writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import tonotope
from tonotope._errors import TrainingError
from tonotope._progress import SILENT
from tonotope.model import Model
from tonotope.runtime.lock import locked
from tonotope.runtime.rank import Rank
from tonotope.training import Dataset, TrainingPlan, fit, loop
from tonotope.training.steps import load_batch, start_or_resume

AUGMENTED = {"mixup": 0.4, "time_shift": 0.5, "level_db": 6.0, "time_masks": 2}


def test_each_rank_draws_its_own_augmentation_and_always_the_same(
    make_model: Callable[..., Model], make_dataset: Callable[..., Dataset],
    make_plan: Callable[..., TrainingPlan], tmp_path: Path,
) -> None:  # fmt: skip
    drawn: dict[Rank, torch.Tensor] = {}
    clips = make_dataset().batches(seed=0, epoch=0, batch_size=4)[0]
    for rank in (Rank(), Rank(0, 2), Rank(1, 2)):
        plan, folder = make_plan(**AUGMENTED), tmp_path / f"{rank}"
        setup, state = start_or_resume(make_model(), make_dataset(), plan, folder, 0, SILENT, rank)
        drawn[rank], _ = load_batch(setup, state, clips)
        noise = torch.rand(3)  # as dropout would draw it
        torch.rand(1)
        assert torch.equal(load_batch(setup, state, clips)[0], drawn[rank])
        assert torch.equal(torch.rand(3), noise)
        state.step += 1
        assert not torch.equal(load_batch(setup, state, clips)[0], drawn[rank])
    assert torch.equal(drawn[Rank()], drawn[Rank(0, 2)])
    assert not torch.equal(drawn[Rank(0, 2)], drawn[Rank(1, 2)])


def test_rank_0_alone_holds_the_lock_and_writes(
    make_model: Callable[..., Model], make_dataset: Callable[..., Dataset],
    make_plan: Callable[..., TrainingPlan], tmp_path: Path,
) -> None:  # fmt: skip
    model, dataset, plan = make_model(), make_dataset(), make_plan(epochs=1)
    with locked(tmp_path):
        with pytest.raises(TrainingError, match="is training here"):
            fit(model, dataset, plan, folder=tmp_path, rank=Rank(0, 2))
        before = sorted(tmp_path.iterdir())
        fit(model, dataset, plan, folder=tmp_path, rank=Rank(1, 2))
        assert sorted(tmp_path.iterdir()) == before


def test_fit_asks_for_its_rank_once(
    make_model: Callable[..., Model], make_dataset: Callable[..., Dataset],
    make_plan: Callable[..., TrainingPlan], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    answers = [Rank(1, 2)]
    monkeypatch.setattr(loop, "current_rank", answers.pop)
    fit(make_model(), make_dataset(), make_plan(epochs=2), folder=tmp_path)
    assert not answers
    assert not list(tmp_path.iterdir())


def test_nobody_else_asks_for_device_or_rank() -> None:
    """Outside `runtime` they are passed on; `tonotope doctor` describes the machine."""
    asks = re.compile(r"torch\.(distributed|cuda|mps|xpu)\.(is_|get_(rank|world))|WORLD_SIZE")
    source = Path(tonotope.__file__).parent
    found = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if asks.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"runtime/device.py", "runtime/rank.py", "cli/doctor.py"}
