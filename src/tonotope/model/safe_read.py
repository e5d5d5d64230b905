"""Safe reading of safetensors from a file that may be damaged or hostile; no pickle.

The format is safetensors: eight bytes with the length of a header, the header in JSON, then plain
numbers. No code in it can run. All checks come before any tensor is made: the type of the file, the
length of its header, and that every tensor lies inside the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import safetensors
import safetensors.torch
from torch import Tensor

from tonotope._errors import ModelFileError

LONGEST_HEADER = 16_000_000
MOST_TENSORS = 20_000

# The first bytes of files that can run code when opened, or that people mistake for ours.
_FOREIGN = {
    b"PK\x03\x04": "a zip file, as `torch.save` writes: it holds a pickle",
    b"\x80\x02": "a pickle",
    b"\x80\x03": "a pickle",
    b"\x80\x04": "a pickle",
    b"\x80\x05": "a pickle",
    b"\x1f\x8b": "a compressed file, as joblib writes: it may hold a pickle",
    b"\x78\x9c": "a compressed file, as joblib writes: it may hold a pickle",
    b"\x89HDF": "an HDF5 file, as Keras writes",
    b"version https://git-lfs": "a Git LFS pointer: run `git lfs pull`",
}


@dataclass(frozen=True)
class Tensors:
    """A file of tensors, before tensors are made from it.

    Attributes:
        path: the file, for messages.
        facts: dtype and shape of each tensor by name, from the header.
        metadata: text by name.
        data: the whole file.
    """

    path: Path
    facts: dict[str, tuple[str, tuple[int, ...]]]
    metadata: dict[str, str]
    data: bytes

    def load(self) -> dict[str, Tensor]:
        """The tensors by name, of any shape.

        Raises:
            ModelFileError: the header does not fit the content.
        """
        try:
            return safetensors.torch.load(self.data)
        except (safetensors.SafetensorError, KeyError, ValueError, RuntimeError) as error:
            refuse(self.path, f"damaged: its header does not fit its content ({error})")


def examine(path: Path, data: bytes) -> Tensors:
    """Read the header of a file of tensors; no tensor is made.

    Raises:
        ModelFileError: it is another type of file, or damaged.
    """
    check_kind(path, data)
    length = int.from_bytes(data[:8], "little")
    if length > LONGEST_HEADER:
        refuse(path, f"its header claims {length:,} bytes; at most {LONGEST_HEADER:,} are read")
    if len(data) < 8 + length:
        refuse(path, f"damaged: cut off at {len(data):,} bytes, inside its header")
    header = parse(path, data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        refuse(path, "damaged: its metadata is not text by name")
    if len(header) > MOST_TENSORS:
        refuse(path, f"it lists {len(header):,} tensors; at most {MOST_TENSORS:,} are read")
    facts = {name: _fact(path, name, entry) for name, entry in header.items()}
    return Tensors(path, facts, metadata, data)


def check_kind(path: Path, data: bytes) -> None:
    """Refuse files that are not safetensors, by content.

    Raises:
        ModelFileError: names what it is instead.
    """
    for begin, kind in _FOREIGN.items():
        # The eight bytes of the length may begin like a pickle; then the header follows.
        if data.startswith(begin) and data[8:9] != b"{":
            refuse(path, f"this is {kind}; it was not opened. Only safetensors files are read")
    if len(data) < 8:
        refuse(path, "damaged: empty file" if not data else f"damaged: only {len(data)} bytes long")


def parse(path: Path, data: bytes) -> dict[str, Any]:
    """A JSON object from untrusted bytes: no key twice, no NaN, no endless nesting.

    Raises:
        ModelFileError: it is something else.
    """
    try:
        found = json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        refuse(path, f"damaged: not a JSON object ({error})")
    if not isinstance(found, dict):
        refuse(path, "damaged: not a JSON object")
    return found


def refuse(path: Path, reason: str) -> NoReturn:
    """Raise the error of a file that cannot be used."""
    raise ModelFileError(f"{path}: {reason}")


def _fact(path: Path, name: str, entry: object) -> tuple[str, tuple[int, ...]]:
    known = entry if isinstance(entry, dict) else {}
    dtype, shape = known.get("dtype"), known.get("shape")
    if isinstance(dtype, str) and isinstance(shape, list) and _are_sizes(shape):
        return dtype, tuple(shape)
    refuse(path, f"damaged: its header does not describe the tensor `{name[:100]}`")


def _are_sizes(shape: list[Any]) -> bool:
    return len(shape) <= 8 and all(type(size) is int and 0 <= size < 2**48 for size in shape)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key appears twice")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")
