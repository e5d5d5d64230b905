"""A choice: a value and its reason."""

from __future__ import annotations

from typing import Any, NamedTuple


class Choice(NamedTuple):
    """A value and its reason."""

    value: Any
    why: str
