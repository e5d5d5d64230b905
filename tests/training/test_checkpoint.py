"""The checkpoint: whole or not at all, exact, and never trusted when it is damaged."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from tonotope import _files
from tonotope._errors import TonotopeError, TrainingError
from tonotope.training import checkpoint
from tonotope.training.checkpoint import (
    CHECKPOINT,
    load_optimizer_tensors,
    optimizer_tensors,
    read_checkpoint,
    write_checkpoint,
)
from tonotope.training.optimizer import build_optimizer
from tonotope.training.plan import TrainingPlan

TENSORS = {
    "last/a": torch.arange(6.0).view(2, 3),
    "last/odd": torch.randn(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
    "last/count": torch.tensor(7),
}
FACTS = {"epoch": 3, "lines": [{"train_loss": 0.1 + 0.2}], "best_value": None}


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert read_checkpoint(tmp_path) is None
    write_checkpoint(tmp_path, TENSORS, FACTS)
    found = read_checkpoint(tmp_path)
    assert found is not None
    assert found[1] == FACTS
    assert found[0].keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert torch.equal(found[0][name], tensor)


def test_any_flipped_byte_is_noticed(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, TENSORS, FACTS)
    path = tmp_path / CHECKPOINT
    whole = path.read_bytes()
    for place in [0, 3, *range(8, len(whole), 41), len(whole) - 1]:
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(TrainingError, match=r"checkpoint.*remove it to train from the begin"):
            read_checkpoint(tmp_path)


@pytest.mark.parametrize("length", [0, 5, 100, -1])
def test_a_truncated_checkpoint_is_refused(tmp_path: Path, length: int) -> None:
    write_checkpoint(tmp_path, TENSORS, FACTS)
    path = tmp_path / CHECKPOINT
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(TrainingError, match="damaged"):
        read_checkpoint(tmp_path)


def test_a_pickle_is_refused_and_does_not_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    payload = b"\x80\x04c" + f"os\nsystem\n(S'touch {canary}'\ntR.".encode()
    (tmp_path / CHECKPOINT).write_bytes(payload)
    with pytest.raises(TrainingError, match="a pickle; it was not opened"):
        read_checkpoint(tmp_path)
    assert not canary.exists()


Fault = Callable[[pytest.MonkeyPatch, OSError], None]


def _failing(name: str, owner: object) -> Fault:
    def install(patch: pytest.MonkeyPatch, error: OSError) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        patch.setattr(owner, name, fail)

    return install


def _half_written(patch: pytest.MonkeyPatch, error: OSError) -> None:
    def fail(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise error

    patch.setattr(Path, "write_bytes", fail)


FAULTS = {
    "mkdir": _failing("mkdir", Path),
    "write": _half_written,
    "fsync": _failing("fsync", os),
    "rename": _failing("replace", Path),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
def test_a_failing_disk_leaves_the_old_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, code: int
) -> None:
    write_checkpoint(tmp_path, TENSORS, FACTS)
    with monkeypatch.context() as patch:
        FAULTS[fault](patch, OSError(code, os.strerror(code)))
        with pytest.raises(TonotopeError, match=r"checkpoint\.safetensors: cannot be written"):
            write_checkpoint(tmp_path, TENSORS, {"epoch": 4})
    found = read_checkpoint(tmp_path)
    assert found is not None
    assert found[1] == FACTS
    assert [p.name for p in tmp_path.iterdir()] == [CHECKPOINT]
    assert _files.LEFTOVER not in str(list(tmp_path.iterdir()))


@pytest.mark.parametrize("name", ["adamw", "adam", "sgd"])
def test_an_optimiser_goes_on_as_if_nothing_had_happened(name: str) -> None:
    plan = TrainingPlan.model_validate({"optimizer": name, "learning_rate": 0.1})

    def net() -> nn.Module:
        torch.manual_seed(1)
        module = nn.Sequential(nn.Conv2d(2, 4, 3), nn.Flatten(), nn.Linear(64, 2))
        return module.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    def step(module: nn.Module, optimizer: torch.optim.Optimizer, seed: int) -> None:
        batch = torch.randn(4, 2, 6, 6, generator=torch.Generator().manual_seed(seed))
        optimizer.zero_grad()
        module(batch).square().sum().backward()
        optimizer.step()

    one = net()
    first = build_optimizer(one, plan)
    step(one, first, 1)
    saved = {key: value.clone().contiguous() for key, value in optimizer_tensors(first).items()}
    weights = {key: value.clone().contiguous() for key, value in one.state_dict().items()}
    assert saved

    other = net()
    second = build_optimizer(other, plan)
    other.load_state_dict(weights)
    load_optimizer_tensors(second, saved)
    for seed in (2, 3):
        step(one, first, seed)
        step(other, second, seed)
    for mine, theirs in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_parts_are_told_apart_by_their_prefix() -> None:
    tensors = {"last/a": torch.zeros(1), "last/b/c": torch.ones(1), "laster/a": torch.ones(2)}
    assert list(checkpoint.without_prefix("last", tensors)) == ["a", "b/c"]
