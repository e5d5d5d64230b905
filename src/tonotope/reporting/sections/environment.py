"""The environment of a run: versions, device, threads, seeds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope._escape import escaped
from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Pictures, Report, Values

# Entries of environment.json that another section shows, or none.
_DATE = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)T(?P<time>\d\d:\d\d:\d\d)(?:\.\d+)?(?P<zone>Z|[+-]\d\d:\d\d)"
)

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
        return {
            "pairs": [
                (_name(name, words), _value(name, text, words)) for name, text in report[self.name]
            ]
        }


def _name(name: str, words: Words) -> str:
    """The word for a fact; of one that has none, the last part of its key, in words."""
    known = words.known("fact", name)
    return known if known != name else name.rpartition(".")[2].replace("_", " ")


def _value(name: str, text: str, words: Words) -> str | Markup:
    """A date without its T, a duration with its unit, a value of PyTorch in words."""
    if name == "seconds":
        try:
            return words.time(float(text))
        except ValueError:
            return text
    day = _DATE.fullmatch(text)
    if day:
        zone = "UTC" if day["zone"] in ("+00:00", "Z") else day["zone"]
        shown = f"{day['day']} {day['time']} {zone}"
        return Markup('<time datetime="{}">{}</time>').format(text, shown)
    return words.known("value", text) if f"value.{text}" in words.sentences else words.told(text)


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
