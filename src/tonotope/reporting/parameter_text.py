"""The parameters of a layer explained in the page's language: `6 filters of 1 × 5 × 5 ...`.

`tonotope.network` writes them in English, as `tonotope shapes` prints them. Here that text is
matched and translated; a text that does not match is shown as it is.
"""

from __future__ import annotations

import re

from tonotope.reporting.i18n import Words

# The sentences of `weighed` in tonotope.network, each with the name of its translation.
_SENTENCES = {
    # What a filter sees stands in a column of the table of its own.
    "filters": r"(?P<count>\d+) filters of (?P<sizes>[\d ×]+) \((?P<axes>[\w, ]+)\)"
    r"(?:, seeing [^;]+)?; (?P<sum>.+) parameters",
    "table": r"(?P<count>\d+) filters that read (?P<reads>.+) channels, (?P<pairs>\d+) in all; "
    r"(?P<sum>.+) parameters",
    "units": r"(?P<count>\d+) units that each weigh (?P<values>\d+) values; (?P<sum>.+) parameters",
    "channels": r"one weight and one bias for each channel; (?P<sum>.+) parameters",
    "codes": r"(?P<count>\d+) codes of (?P<values>\d+) times ±1, fixed: 0 parameters",
}
_INSIDE = re.compile(r"(?P<layer>[^:]+): (?P<rest>.+)")
# Figures that languages write differently: with marks between thousands, or with decimals.
_FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+\.(?P<decimals>\d+)")


def translated(text: str, words: Words) -> list[str]:
    """The translated lines about the parameters of a layer; none if it has no parameters.

    >>> translated("9 units that each weigh 12 values; 9 · (12 + 1) = 117 parameters", Words("es"))
    ['9 unidades que ponderan 12 valores cada una; 9 · (12 + 1) = 117 parámetros']
    """
    return [_line(line, words) for line in text.splitlines()]


def _line(line: str, words: Words) -> str:
    for name, pattern in _SENTENCES.items():
        found = re.fullmatch(pattern, line)
        if found:
            parts = {key: _part(key, value, words) for key, value in found.groupdict().items()}
            return str(words.say(f"weighed.{name}", **parts))
    inside = _INSIDE.fullmatch(line)  # a layer made of layers says whose filters they are
    return f"{inside['layer']}: {_line(inside['rest'], words)}" if inside else line


def _part(key: str, text: str, words: Words) -> str:
    if key == "axes":
        return ", ".join(str(words.known("axis", axis)) for axis in text.split(", "))
    return _FIGURE.sub(lambda found: _figure(found, words), text)


def _figure(found: re.Match[str], words: Words) -> str:
    value = float(found[0].replace(",", ""))
    return words.number(value, len(found["decimals"] or ""))
