"""Where a run was made, as pairs of a name and a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tonotope._escape import escaped
from tonotope.experiment.run_folder import Run


def surroundings(run: Run) -> dict[str, Any]:
    """The environment without what the page says elsewhere."""
    elsewhere = ("notes", "warnings", "command", "folder", "probe", "versions")
    told = {key: value for key, value in run.environment.items() if key not in elsewhere}
    versions = run.environment.get("versions")
    return (versions if isinstance(versions, dict) else {}) | told


def flat(values: Mapping[str, Any], prefix: str = "") -> list[list[str]]:
    """Nested facts as pairs of a dotted name and a text.

    >>> flat({"versions": {"torch": "2.13"}, "threads": 2})
    [['versions.torch', '2.13'], ['threads', '2']]
    """
    pairs: list[list[str]] = []
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            pairs += flat(value, f"{name}.")
        elif isinstance(value, list):
            pairs.append([escaped(name), escaped(", ".join(map(str, value)))])
        elif value is not None:
            pairs.append([escaped(name), escaped(str(value))])
    return pairs
