"""The state of a training in one file, from which it goes on as if nothing had happened.

    last/NAME         weights and batch norm statistics
    average/NAME      their moving average, where the plan has one
    best/NAME         the weights to be kept so far
    optimizer/N/NAME  what the optimiser remembers of the n-th weight
    metadata          the rest, as JSON: epoch, step, history, device, what it all belongs to

There is no state of random generators in it: chance is a function of seed, epoch and step. The
file is replaced whole or not at all, and a checksum over everything in it tells when a disk has
let it down.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

from tonotope._errors import ModelFileError, TrainingError
from tonotope._files import write_bytes
from tonotope.model.safe_read import examine

CHECKPOINT = "checkpoint.safetensors"

Tree = dict[str, Any]


def write_checkpoint(folder: Path, tensors: Mapping[str, Tensor], facts: Tree) -> None:
    """Replace the checkpoint of a run folder.

    Raises:
        TonotopeError: the disk is full or the folder may not be written to; the old one is intact.
    """
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    told = json.dumps(facts)
    metadata = {"state": told, "sha256": _checksum(plain, told)}
    write_bytes(folder / CHECKPOINT, safetensors.torch.save(plain, metadata))


def read_checkpoint(folder: Path) -> tuple[dict[str, Tensor], Tree] | None:
    """Tensors and facts of the checkpoint; None where there is none.

    Raises:
        TrainingError: it is damaged.
    """
    path = folder / CHECKPOINT
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TrainingError(f"{path}: cannot be read ({error.strerror or error})") from error
    advice = "remove it to train from the beginning"
    try:
        found = examine(path, data)
        tensors = found.load()
    except ModelFileError as error:
        raise TrainingError(f"{error}; {advice}") from error
    told = found.metadata.get("state", "")
    if found.metadata.get("sha256") != _checksum(tensors, told):
        raise TrainingError(f"{path}: damaged: checksum mismatch; {advice}")
    return tensors, json.loads(told)


def without_prefix(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with `prefix/`, without it."""
    start = f"{prefix}/"
    return {
        name.removeprefix(start): tensor
        for name, tensor in tensors.items()
        if name.startswith(start)
    }


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What an optimiser remembers, as `N/NAME`: the n-th weight, what of it."""
    return {
        f"{index}/{name}": value
        for index, memory in optimizer.state_dict()["state"].items()
        for name, value in memory.items()
        if isinstance(value, Tensor)
    }


def load_optimizer_tensors(optimizer: torch.optim.Optimizer, memory: Mapping[str, Tensor]) -> None:
    """Give an optimiser its memory back, laid in memory as its weights lie."""
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    states: dict[int, dict[str, Tensor]] = {}
    for key, value in memory.items():
        index, name = key.split("/", 1)
        weight = weights[int(index)]
        # A fused optimiser walks weight and memory side by side: both must lie alike.
        laid = torch.empty_like(weight).copy_(value) if value.shape == weight.shape else value
        states.setdefault(int(index), {})[name] = laid.detach()
    optimizer.load_state_dict(
        {"state": states, "param_groups": optimizer.state_dict()["param_groups"]}
    )


def _checksum(tensors: Mapping[str, Tensor], told: str) -> str:
    checksum = hashlib.sha256(told.encode())
    for name, tensor in sorted(tensors.items()):
        checksum.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        checksum.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return checksum.hexdigest()
