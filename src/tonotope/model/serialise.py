"""A model as a folder of two files: `model.json`, what it is, and `model.safetensors`, its weights.

Each names the other by checksum: the description holds that of the weights, the weights hold
that of the description. So weights cannot be read with the classes of another model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

import safetensors.torch
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
from tonotope.network.custom import PythonLayer
from tonotope.representation import OpaqueRepresentation

DESCRIPTION = "model.json"
WEIGHTS = "model.safetensors"
LONGEST_DESCRIPTION = 8_000_000
_DTYPES = {torch.float32: "F32", torch.int64: "I64"}
_BYTES = {"F32": 4, "I64": 8}

M = TypeVar("M", bound=nn.Module)


def save(path: Path, description: ModelDescription, state: Mapping[str, Tensor]) -> None:
    """Write a model folder; while it is being replaced it has no description, and is refused.

    Raises:
        TonotopeError: the disk is full, the folder may not be written to, or a part of the model
            is not of the closed vocabulary.
    """
    tensors = _apart(state)
    metadata = {"format": FORMAT, "description_sha256": description.digest}
    data = safetensors.torch.save(tensors, metadata)
    told = description.model_dump(mode="json")
    _check_readable(description, told)
    told["shapes"] = [list(shape.sizes) for shape in description.shapes()]
    told["weights"] = {
        "file": WEIGHTS,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    try:
        (path / DESCRIPTION).unlink(missing_ok=True)
    except OSError as error:
        raise TonotopeError(f"{path / DESCRIPTION}: cannot be replaced ({error})") from error
    write_bytes(path / WEIGHTS, data)
    write_text(path / DESCRIPTION, _laid_out(told))


def _apart(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors in memory of their own each: a network may use one weight in two places."""
    tensors: dict[str, Tensor] = {}
    places: set[int] = set()
    for name, tensor in state.items():
        plain = tensor.detach().cpu().contiguous()
        place = plain.untyped_storage().data_ptr()
        tensors[name] = plain.clone() if place in places else plain
        places.add(place)
    return tensors


def load(
    path: Path,
    learnt: Callable[[ModelDescription], nn.Module],
    head: Task | None = None,
    network: Any = None,
    representation: Any = None,
) -> tuple[ModelDescription, dict[str, Tensor]]:
    """Read a model folder, trusting nothing in it.

    Args:
        path: the folder.
        learnt: makes the modules of a description that have weights.
        head: the task, where it was given in Python and the file cannot hold it.
        network: the class or the module, where the network was written in Python.
        representation: the class, where the representation was written in Python.

    Raises:
        ModelFileError: the folder is damaged, foreign, or written by a later version.
    """
    description, told = read_description(path)
    if head is not None and isinstance(description.head, OpaqueHead):
        # Its settings, learnt ones among them, are in the file; only the code is not.
        again = type(head).model_validate(description.head.settings)
        description = description.model_copy(update={"head": again})
    if representation is not None and isinstance(description.representation, OpaqueRepresentation):
        known = description.representation.with_code(representation)
        description = description.model_copy(update={"representation": known})
    if network is not None:
        layers = (
            one.with_code(network) if isinstance(one, PythonLayer) else one
            for one in description.network
        )
        description = description.model_copy(update={"network": tuple(layers)})
    # On the meta device a module has shapes and no memory, however large it claims to be.
    with torch.device("meta"):
        expected = built(path, learnt, description).state_dict()
    found = _examined(path / WEIGHTS, told["weights"], expected)
    if found.metadata.get("description_sha256") != fingerprint(told):
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
    """The description in a model folder, and the table it was read from, with all that it says.

    Raises:
        ModelFileError: there is none, or it is damaged, foreign, or too new.
    """
    file = path / DESCRIPTION
    data = _read(file, LONGEST_DESCRIPTION, "no model is here; name a finished run or its model")
    told = parse(file, data)
    if told.get("format") != FORMAT:
        refuse(file, f"not a model of tonotope: its `format` should be {FORMAT!r}")
    version = told.get("format_version")
    if type(version) is not int or version < 1:
        refuse(file, f"its `format_version` should be a whole number from 1, not {version!r:.40}")
    if version > FORMAT_VERSION:
        refuse(
            file,
            f"written by a later version of tonotope (format {version}; tonotope {__version__}"
            f" reads up to {FORMAT_VERSION}): pip install --upgrade tonotope",
        )
    if not _is_weights(told.get("weights")):
        refuse(file, "damaged: it does not name its weights by file, bytes and sha256")
    try:
        description = ModelDescription.model_validate(
            {key: value for key, value in told.items() if key not in OF_THE_FOLDER}
        )
        shapes = [list(shape.sizes) for shape in description.shapes()]
    except (ValidationError, TonotopeError, RecursionError, OverflowError) as error:
        refuse(file, _first_reason(error))
    if told.get("shapes") != shapes:
        refuse(file, "damaged: the sizes in `shapes` are not those its layers make")
    return description, told


def built(path: Path, build: Callable[[ModelDescription], M], description: ModelDescription) -> M:
    """What `build` makes of a description; what it can still get wrong becomes a lesson.

    Raises:
        ModelFileError: the description asks for more than there is.
    """
    try:
        return build(description)
    except (TonotopeError, RuntimeError, ValueError, OverflowError, MemoryError) as error:
        refuse(path / DESCRIPTION, f"the model it describes cannot be built ({error})")


def _laid_out(told: dict[str, Any]) -> str:
    """JSON for readers: one line per entry, one line per layer."""

    def entry(key: str, value: object) -> str:
        if key != "network" or not isinstance(value, list):
            return f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        layers = ",\n".join(f"  {json.dumps(layer)}" for layer in value)
        return f" {json.dumps(key)}: [\n{layers}\n ]"

    return "{\n" + ",\n".join(entry(key, value) for key, value in told.items()) + "\n}\n"


def _check_readable(description: ModelDescription, told: dict[str, Any]) -> None:
    """Refuse to save what could not be read again."""
    try:
        again = ModelDescription.model_validate(told)
    except ValidationError:
        again = None
    # A task of one's own is kept as what it answers; one that does not say cannot be read.
    known = isinstance(description.head, KINDS) or bool(description.head.answers)
    if again is None or not known or again.model_dump(mode="json") != told:
        raise TonotopeError(
            "this model cannot be saved as a folder: one of its parts"
            f" ({type(description.head).__name__}?) is not of the vocabulary that a model file may"
            " use; keep its `state_dict()` instead"
        )


def _examined(file: Path, weights: dict[str, Any], expected: Mapping[str, Tensor]) -> Tensors:
    """The file of weights, read only if its size is one that the model can have."""
    most = LONGEST_HEADER + sum(_size(tensor) for tensor in expected.values())
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
    """Refuse missing, extra and misshapen tensors by name, before memory is taken for them."""
    for name, tensor in expected.items():
        if name not in found.facts:
            refuse(found.path, f"the tensor `{name}` is missing")
        dtype, shape = found.facts[name]
        wanted = _DTYPES[tensor.dtype]
        if dtype != wanted:
            refuse(found.path, f"the tensor `{name}` is {dtype[:20]}, expected {wanted}")
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


def _size(tensor: Tensor) -> int:
    return tensor.numel() * _BYTES[_DTYPES[tensor.dtype]]


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"
