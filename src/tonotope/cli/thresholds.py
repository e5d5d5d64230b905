"""What `--threshold` says: `0.6` for every class, `dog=0.8` for one, `auto` from validation."""

from __future__ import annotations

from collections.abc import Sequence


def thresholds_of(given: Sequence[str] | None) -> dict[str, float | str]:
    """The threshold of each class that is named, `*` for all others; empty where none is given.

    >>> thresholds_of(["0.6", "dog=0.8"])
    {'*': '0.6', 'dog': '0.8'}

    Raises:
        ExperimentError: one is given twice.
    """
    from tonotope._errors import ExperimentError

    found: dict[str, float | str] = {}
    for one in given or ():
        name, equals, value = one.rpartition("=")
        name = name if equals else "*"
        if name in found:
            raise ExperimentError(f"--threshold {one}: given twice, {found[name]} before; give one")
        found[name] = value
    return found
