"""A model folder saved and loaded: `model.json`, `model.safetensors`, their checksums.

Each file holds the checksum of the other, so weights cannot be read with the classes of another
model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

import torch
from pydantic import ValidationError
from torch import Tensor, nn

from tonotope import __version__
from tonotope._errors import TonotopeError
from tonotope._files import write_bytes, write_text
from tonotope.heads import KINDS, OpaqueHead, Task
from tonotope.model.description import (
    FORMAT,
    FORMAT_VERSION,
    OF_THE_FOLDER,
    ModelDescription,
    fingerprint,
)
from tonotope.model.safe_read import LONGEST_HEADER, Tensors, check_kind, examine, parse, refuse
from tonotope.model.safetensors_bytes import to_bytes
from tonotope.network.python_layer import PythonLayer
from tonotope.representation import OpaqueRepresentation

DESCRIPTION = "model.json"
WEIGHTS = "model.safetensors"
LONGEST_DESCRIPTION = 8_000_000
_DTYPES = {torch.float32: "F32", torch.int64: "I64"}
_BYTES = {"F32": 4, "I64": 8}

M = TypeVar("M", bound=nn.Module)


def save(path: Path, description: ModelDescription, state: Mapping[str, Tensor]) -> None:
    """Write a model folder; until it is complete it has no description, and is refused.

    `state` holds tensors of any shape by name.

    Raises:
        TonotopeError: the disk is full, the folder may not be written to, or files cannot hold a
            part of the model.
    """
    metadata = {"format": FORMAT, "description_sha256": description.digest}
    data = to_bytes(_separate(state), metadata)
    table = description.model_dump(mode="json")
    _check_readable(description, table)
    table["shapes"] = [list(shape.sizes) for shape in description.shapes()]
    table["weights"] = {
        "file": WEIGHTS,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    if not _holds(path / WEIGHTS, data):  # else the old description is right until it is replaced
        try:
            (path / DESCRIPTION).unlink(missing_ok=True)
        except OSError as error:
            raise TonotopeError(f"{path / DESCRIPTION}: cannot be replaced ({error})") from error
        write_bytes(path / WEIGHTS, data)
    write_text(path / DESCRIPTION, _json_lines(table))


def _holds(path: Path, data: bytes) -> bool:
    """Whether a file is there and holds exactly these bytes."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _separate(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors, each in its own memory: a network may use one weight in two places."""
    tensors: dict[str, Tensor] = {}
    addresses: set[int] = set()
    for name, tensor in state.items():
        plain = tensor.detach().cpu().contiguous()
        address = plain.untyped_storage().data_ptr()
        tensors[name] = plain.clone() if address in addresses else plain
        addresses.add(address)
    return tensors


def load(
    path: Path,
    parts: Callable[[ModelDescription], nn.Module],
    head: Task | None = None,
    network: Any = None,
    representation: Any = None,
) -> tuple[ModelDescription, dict[str, Tensor]]:
    """Read a model folder that is not trusted.

    The weights come by name, of any shape that the modules of the description have.

    Args:
        path: the folder.
        parts: builds the modules of a description that have weights.
        head: the task, if it was given in Python.
        network: the class or the module, if the network was written in Python.
        representation: the class, if the representation was written in Python.

    Raises:
        ModelFileError: the folder is damaged, foreign, or written by a later version.
    """
    description, table = read_description(path)
    if head is not None and isinstance(description.head, OpaqueHead):
        description = description.model_copy(update={"head": description.head.with_code(head)})
    if representation is not None and isinstance(description.representation, OpaqueRepresentation):
        known = description.representation.with_code(representation)
        description = description.model_copy(update={"representation": known})
    if network is not None:
        layers = tuple(
            layer.with_code(network) if isinstance(layer, PythonLayer) else layer
            for layer in description.network
        )
        description = description.model_copy(update={"network": layers})
    # On the meta device a module has shapes and takes no memory, however large it claims to be.
    with torch.device("meta"):
        expected = build(path, parts, description).state_dict()
    found = _examined(path / WEIGHTS, table["weights"], expected)
    if found.metadata.get("description_sha256") != fingerprint(table):
        refuse(
            path / DESCRIPTION,
            "it does not belong to its weights: classes, layers or rate were changed after they"
            " were written; restore the file, or train again",
        )
    _compare(found, expected)
    state = found.load()
    for name, tensor in state.items():
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            refuse(found.path, f"the tensor `{name}` holds NaN or infinite values")
    return description, state


def read_description(path: Path) -> tuple[ModelDescription, dict[str, Any]]:
    """The description in a model folder, and the whole table of its file.

    Raises:
        ModelFileError: it is missing, damaged, foreign, or too new.
    """
    file = path / DESCRIPTION
    data = _read(file, LONGEST_DESCRIPTION, "no model is here; name a finished run or its model")
    table = parse(file, data)
    if table.get("format") != FORMAT:
        refuse(file, f"not a model of tonotope: its `format` should be {FORMAT!r}")
    version = table.get("format_version")
    if type(version) is not int or version < 1:
        refuse(file, f"its `format_version` should be a whole number from 1, not {version!r:.40}")
    if version > FORMAT_VERSION:
        refuse(
            file,
            f"written by a later version of tonotope (format {version}; tonotope {__version__}"
            f" reads up to {FORMAT_VERSION}): pip install --upgrade tonotope",
        )
    if not _is_weights(table.get("weights")):
        refuse(file, "damaged: it does not name its weights by file, bytes and sha256")
    try:
        description = ModelDescription.model_validate(
            {key: value for key, value in table.items() if key not in OF_THE_FOLDER}
        )
        shapes = [list(shape.sizes) for shape in description.shapes()]
    except (ValidationError, TonotopeError, RecursionError, OverflowError) as error:
        refuse(file, _first_reason(error))
    if table.get("shapes") != shapes:
        refuse(file, "damaged: the sizes in `shapes` are not those its layers make")
    return description, table


def build(path: Path, builder: Callable[[ModelDescription], M], description: ModelDescription) -> M:
    """The module that `builder` makes from a description.

    Raises:
        ModelFileError: it cannot be built.
    """
    try:
        return builder(description)
    except (TonotopeError, RuntimeError, ValueError, OverflowError, MemoryError) as error:
        refuse(path / DESCRIPTION, f"the model it describes cannot be built ({error})")


def _json_lines(table: dict[str, Any]) -> str:
    """JSON with one line per entry and one per layer."""

    def entry(key: str, value: object) -> str:
        if key != "network" or not isinstance(value, list):
            return f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        layers = ",\n".join(f"  {json.dumps(layer)}" for layer in value)
        return f" {json.dumps(key)}: [\n{layers}\n ]"

    return "{\n" + ",\n".join(entry(key, value) for key, value in table.items()) + "\n}\n"


def _check_readable(description: ModelDescription, table: dict[str, Any]) -> None:
    """Refuse to save a model that could not be loaded again."""
    try:
        again = ModelDescription.model_validate(table)
    except ValidationError:
        again = None
    # Of a task of the user's own the file holds its answers; without them it cannot be read.
    known = isinstance(description.head, KINDS) or bool(description.head.answers)
    if again is None or not known or again.model_dump(mode="json") != table:
        raise TonotopeError(
            "this model cannot be saved as a folder: one of its parts"
            f" ({type(description.head).__name__}?) is not of the vocabulary that a model file may"
            " use; keep its `state_dict()` instead"
        )


def _examined(file: Path, weights: dict[str, Any], expected: Mapping[str, Tensor]) -> Tensors:
    """The file of weights; refused unread if it is larger than the model can be."""
    most = LONGEST_HEADER + sum(t.numel() * _BYTES[_DTYPES[t.dtype]] for t in expected.values())
    data = _read(file, most, f"the weights are missing beside {DESCRIPTION}")
    check_kind(file, data)
    if len(data) != weights["bytes"] or hashlib.sha256(data).hexdigest() != weights["sha256"]:
        refuse(
            file,
            f"damaged: checksum mismatch ({len(data):,} bytes, {DESCRIPTION} was written for"
            f" {weights['bytes']:,}); restore both files, or remove both and give"
            " the run's command again: its checkpoint writes them anew",
        )
    return examine(file, data)


def _compare(found: Tensors, expected: Mapping[str, Tensor]) -> None:
    """Refuse missing, extra and misshapen tensors by name, before they take memory."""
    for name, tensor in expected.items():
        if name not in found.facts:
            refuse(found.path, f"the tensor `{name}` is missing")
        dtype, shape = found.facts[name]
        right = _DTYPES[tensor.dtype]
        if dtype != right:
            refuse(found.path, f"the tensor `{name}` is {dtype[:20]}, expected {right}")
        if shape != tuple(tensor.shape):
            sizes = f"{_times(shape)}, expected {_times(tensor.shape)}"
            refuse(found.path, f"the tensor `{name}` has shape {sizes}")
    for name in found.facts:
        if name not in expected:
            refuse(found.path, f"there is a tensor `{name[:100]}` that the model does not have")


def _read(file: Path, most: int, missing: str) -> bytes:
    try:
        if not file.is_file():
            refuse(file, missing)
        size = file.stat().st_size
        if size > most:
            refuse(file, f"{size:,} bytes long; at most {most:,} can belong to this model")
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        refuse(file, f"cannot be read ({error.strerror or error})")


def _is_weights(weights: object) -> TypeGuard[dict[str, Any]]:
    return (
        isinstance(weights, dict)
        and weights.get("file") == WEIGHTS
        and type(weights.get("bytes")) is int
        and isinstance(weights.get("sha256"), str)
    )


def _first_reason(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return f"it describes no model that can be built ({error})"
    first = error.errors(include_url=False)[0]
    where = ".".join(str(place) for place in first["loc"]) or "the whole"
    given = "" if isinstance(first["input"], dict | list) else f", not {first['input']!r:.80}"
    reason = first["msg"].removeprefix("Value error, ")
    return f"`{where}`: {reason}{given}"


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"
