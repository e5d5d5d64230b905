"""The environment of a run: versions, device, threads, seeds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tonotope._escape import escaped
from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Pictures, Report, Values

# Entries of environment.json that another section shows, or none.
_ELSEWHERE = ("notes", "warnings", "command", "folder", "probe", "versions")


class EnvironmentFacts:
    """The environment as pairs of a name and a text."""

    name = "environment"
    template = Path(__file__).with_name("environment.html.j2")

    def gather(self, run: Run, report: Report) -> list[list[str]]:
        """The pairs, versions first."""
        facts = {key: value for key, value in run.environment.items() if key not in _ELSEWHERE}
        versions = run.environment.get("versions")
        return flat((versions if isinstance(versions, dict) else {}) | facts)

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The pairs, with the names that the language has a word for."""
        return {"pairs": [(words.known("fact", name), text) for name, text in report[self.name]]}


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
