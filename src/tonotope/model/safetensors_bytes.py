"""Tensors as safetensors, always the same bytes for the same tensors and the same metadata.

The library writes metadata in random order, so equal models would have unequal checksums.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import safetensors.torch
from torch import Tensor

_LENGTH_BYTES = 8


def to_bytes(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> bytes:
    """The file of these tensors, of any shape; the metadata stand in the order of their names.

    >>> import torch
    >>> one = to_bytes({"x": torch.zeros(2)}, {"b": "2", "a": "1"})
    >>> one == to_bytes({"x": torch.zeros(2)}, {"a": "1", "b": "2"})
    True
    """
    plain = safetensors.torch.save(dict(tensors))
    begin = _LENGTH_BYTES + int.from_bytes(plain[:_LENGTH_BYTES], "little")
    header = json.loads(plain[_LENGTH_BYTES:begin])
    header.pop("__metadata__", None)
    header = {"__metadata__": dict(sorted(metadata.items())), **header}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH_BYTES)  # tensors begin at a multiple of eight
    return len(text).to_bytes(_LENGTH_BYTES, "little") + text + plain[begin:]
