"""The checkpoint, one safetensors file: written and read, with the optimiser and a checksum.

    last/NAME         weights and batch norm statistics
    average/NAME      their moving average, where the plan has one
    best/NAME         the best weights so far
    optimizer/N/NAME  the optimiser's state for the n-th weight
    metadata          as JSON: epoch, step, history, device, and which training it belongs to

It holds no state of random generators: random numbers are a function of seed, epoch and step. The
file is replaced whole or not at all, and a checksum over everything in it shows a faulty disk.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tonotope._errors import ModelFileError, TrainingError
from tonotope._files import write_bytes
from tonotope.model.safe_read import examine
from tonotope.model.safetensors_bytes import to_bytes

CHECKPOINT = "checkpoint.safetensors"

Tree = dict[str, Any]


def write_checkpoint(folder: Path, tensors: Mapping[str, Tensor], facts: Tree) -> None:
    """Replace the checkpoint of a run folder; tensors have any shape.

    Raises:
        TonotopeError: the disk is full or the folder may not be written to; the old one is intact.
    """
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    state = json.dumps(facts)
    metadata = {"state": state, "sha256": _checksum(plain, state)}
    write_bytes(folder / CHECKPOINT, to_bytes(plain, metadata))


def read_checkpoint(folder: Path) -> tuple[dict[str, Tensor], Tree] | None:
    """Tensors, of any shape, and facts of the checkpoint; None where there is none.

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
        file = examine(path, data)
        tensors = file.load()
    except ModelFileError as error:
        raise TrainingError(f"{error}; {advice}") from error
    state = file.metadata.get("state", "")
    if file.metadata.get("sha256") != _checksum(tensors, state):
        raise TrainingError(f"{path}: damaged: checksum mismatch; {advice}")
    try:
        return tensors, json.loads(state)
    except (ValueError, RecursionError) as error:
        raise TrainingError(f"{path}: its state is not JSON ({error}); {advice}") from error


def without_prefix(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors, of any shape, whose names begin with `prefix/`, without it."""
    start = f"{prefix}/"
    return {name[len(start) :]: own for name, own in tensors.items() if name.startswith(start)}


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The state of an optimiser, tensors of any shape, named `N/NAME` for the n-th weight."""
    return {
        f"{index}/{name}": value
        for index, state in optimizer.state_dict()["state"].items()
        for name, value in state.items()
        if isinstance(value, Tensor)
    }


def load_optimizer_tensors(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Load the state of an optimiser; each tensor takes the memory layout of its weight.

    Tensors have any shape.
    """
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    states: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        index, name = key.split("/", 1)
        weight = weights[int(index)]
        # A fused optimiser reads weight and state side by side, so both need the same layout.
        same = torch.empty_like(weight).copy_(value) if value.shape == weight.shape else value
        states.setdefault(int(index), {})[name] = same.detach()
    optimizer.load_state_dict(
        {"state": states, "param_groups": optimizer.state_dict()["param_groups"]}
    )


def _checksum(tensors: Mapping[str, Tensor], state: str) -> str:
    checksum = hashlib.sha256(state.encode())
    for name, tensor in sorted(tensors.items()):
        checksum.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        checksum.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return checksum.hexdigest()
