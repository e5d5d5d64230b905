"""Where a run was made, as pairs of a name and a text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tonotope._escape import escaped
from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.section import Report

# What stands in environment.json and is shown in another place of the page, or not at all.
_ELSEWHERE = ("notes", "warnings", "command", "folder", "probe", "versions")


class EnvironmentFacts:
    """Where the run was made: versions, device, threads, seeds."""

    name = "environment"
    template = Path(__file__).with_name("environment.html.j2")

    def gather(self, run: Run, report: Report) -> list[list[str]]:
        """The environment as pairs of a name and a text, versions first."""
        del report
        facts = {key: value for key, value in run.environment.items() if key not in _ELSEWHERE}
        versions = run.environment.get("versions")
        return flat((versions if isinstance(versions, dict) else {}) | facts)

    def render(
        self, report: Report, words: Words, pictures: Mapping[int, Picture]
    ) -> Mapping[str, Any]:
        """The pairs as they are."""
        del words, pictures
        return {"pairs": report["environment"]}


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
