"""Reading tensors from a file that a stranger may have written.

The format is safetensors: eight bytes with the length of a header, the header in JSON, then plain
numbers. Nothing in it can run. All that can go wrong is decided before any tensor is made: what
kind of file it is, how long its header may be, whether every tensor lies inside the file.
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

# How files begin that can run code when they are opened, or that people mistake for ours.
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
    """What lies in a file of tensors, before it is turned into tensors.

    Attributes:
        path: the file, for messages.
        facts: dtype and shape of every tensor, by name, as the header says.
        metadata: text by name.
        data: the whole file.
    """

    path: Path
    facts: dict[str, tuple[str, tuple[int, ...]]]
    metadata: dict[str, str]
    data: bytes

    def load(self) -> dict[str, Tensor]:
        """The tensors, by name.

        Raises:
            ModelFileError: the header does not fit what follows it.
        """
        try:
            return safetensors.torch.load(self.data)
        except (safetensors.SafetensorError, KeyError, ValueError, RuntimeError) as error:
            refuse(self.path, f"damaged: its header does not fit its content ({error})")


def examine(path: Path, data: bytes) -> Tensors:
    """Look into a file of tensors without making any.

    Raises:
        ModelFileError: it is no such file, or a damaged one.
    """
    check_kind(path, data)
    length = int.from_bytes(data[:8], "little")
    if length > LONGEST_HEADER:
        refuse(path, f"its header claims {length:,} bytes; at most {LONGEST_HEADER:,} are read")
    if len(data) < 8 + length:
        refuse(path, f"damaged: cut off at {len(data):,} bytes, inside its header")
    header = parse(path, data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    if not _is_text(metadata):
        refuse(path, "damaged: its metadata is not text by name")
    if len(header) > MOST_TENSORS:
        refuse(path, f"it lists {len(header):,} tensors; at most {MOST_TENSORS:,} are read")
    facts = {name: _fact(path, name, entry) for name, entry in header.items()}
    return Tensors(path, facts, metadata, data)


def check_kind(path: Path, data: bytes) -> None:
    """Refuse by content what is not safetensors, whatever its name says.

    Raises:
        ModelFileError: names what it is instead.
    """
    for begin, kind in _FOREIGN.items():
        # Eight bytes that begin like a pickle may be the length of a header, if it then follows.
        if data.startswith(begin) and data[8:9] != b"{":
            refuse(path, f"this is {kind}; it was not opened. Only safetensors files are read")
    if len(data) < 8:
        refuse(path, "damaged: empty file" if not data else f"damaged: only {len(data)} bytes long")


def parse(path: Path, data: bytes) -> dict[str, Any]:
    """A JSON object from untrusted bytes: no key twice, no NaN, no endless nesting.

    Raises:
        ModelFileError: it is not one.
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
    """Raise the error for a file that is not to be used."""
    raise ModelFileError(f"{path}: {reason}")


def _fact(path: Path, name: str, entry: object) -> tuple[str, tuple[int, ...]]:
    told = entry if isinstance(entry, dict) else {}
    dtype, shape = told.get("dtype"), told.get("shape")
    if isinstance(dtype, str) and isinstance(shape, list) and _are_sizes(shape):
        return dtype, tuple(shape)
    refuse(path, f"damaged: its header does not describe the tensor `{name[:100]}`")


def _are_sizes(shape: list[Any]) -> bool:
    return len(shape) <= 8 and all(type(size) is int and 0 <= size < 2**48 for size in shape)


def _is_text(metadata: object) -> bool:
    return isinstance(metadata, dict) and all(isinstance(v, str) for v in metadata.values())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
