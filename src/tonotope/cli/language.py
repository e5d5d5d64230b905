"""The language of the terminal: `--lang`, else `LC_ALL`, `LC_MESSAGES` or `LANG`.

Everything that is said to a person goes through `told` on its way out; data, JSON and the files of
a run stay as they are, so that a program reads the same whoever started it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from tonotope._errors import ExperimentError
from tonotope._translation import LANGUAGES, translation

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set decides, as in POSIX
KNOWN = ("en", *LANGUAGES)


class _Chosen:
    """What was chosen for the command that runs."""

    asked = ""  # what `--lang` said
    terminal = "en"


def choose(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    """Take the language that the command line or the environment asks for.

    Args:
        arguments: the command line; `--lang` may stand anywhere in it.
        environment: the variables; those of this process.
    """
    _Chosen.asked = _asked(arguments)
    found = os.environ if environment is None else environment
    _Chosen.terminal = "en"
    for wanted in (_Chosen.asked, next((found[one] for one in _VARIABLES if found.get(one)), "")):
        code = wanted.replace("-", "_").partition("_")[0].partition(".")[0].lower()
        if code in KNOWN:
            _Chosen.terminal = code
            break


def told(text: str) -> str:
    """`text` in the language of the terminal, sentence by sentence."""
    return translation(_Chosen.terminal)(text)


def word(text: str) -> str:
    """One of tonotope's own words: the head of a column, the name of a task."""
    return translation(_Chosen.terminal).word(text)


def number(text: str) -> str:
    """A number as the language writes it."""
    return translation(_Chosen.terminal).number(text)


def of_terminal() -> str:
    """The language of the terminal: `en`, or one of `LANGUAGES`."""
    return _Chosen.terminal


def of_page() -> str:
    """The language of a page that is written: what `--lang` says, else that of the terminal."""
    return _Chosen.asked or _Chosen.terminal


def refuse_unknown(asked: str) -> None:
    """Refuse a language that the terminal does not have, unless it is a words file for the page.

    Raises:
        ExperimentError: names the languages there are.
    """
    if asked not in KNOWN and not asked.endswith(".json"):
        raise ExperimentError(f"--lang {asked}: there are {', '.join(KNOWN)}")


def _asked(arguments: Sequence[str]) -> str:
    for at, one in enumerate(arguments):
        if one == "--":
            break
        if one.startswith("--lang="):
            return one.partition("=")[2]
        if one == "--lang" and at + 1 < len(arguments):
            return arguments[at + 1]
    return ""
