"""Translations of the page: sentences, numbers, percent and signs in each language.

Sentences are in `words/<language>.json` under a key, with {placeholders}; a sentence that counts
something has two forms (`one`, `other`). `*Stars*` emphasise and `` `ticks` `` mark code; they are
read before a value is put in, so a file called `*.wav` keeps its name.

A new language needs only its words file in `words/`. A file of your own may be given by its path.
"""

from __future__ import annotations

import json
import math
import re
import string
from collections.abc import Mapping
from copy import copy
from functools import cache
from importlib import resources
from pathlib import Path

from markupsafe import Markup

from tonotope import _files
from tonotope._errors import ExperimentError
from tonotope._escape import escaped
from tonotope._translation import translation

_PACKAGED = resources.files("tonotope.reporting") / "words"

# The languages of the package, by the names of their files.
LANGUAGES = tuple(sorted(one.name[:-5] for one in _PACKAGED.iterdir() if one.name[-5:] == ".json"))

_FIXED = "\u00a0"  # no-break space, between a number and its unit
_MARKED = re.compile(r"(\*[^*]+\*|`[^`]+`)")
_MARKS = {"*": Markup("<em>{}</em>"), "`": Markup("<code>{}</code>")}
_NAMED = 5

Value = str | int | float | None
Sentences = Mapping[str, str | Mapping[str, str]]


class Words:
    """One language: its sentences and how it writes numbers.

    Args:
        lang: a language of the package (`en`, `es`), or the path of a words file: a JSON object
            with every key of `words/en.json`.

    Attributes:
        lang: the code of the language, as the page states it.
        sentences: every sentence by its key.
        told: tells an English sentence of a run's files, such as a note, in this language.

    Raises:
        ExperimentError: there is no such language or file, or sentences are missing in it.

    >>> Words("en").say("interval", low=0.914, high=0.966)
    Markup('0.914 to 0.966')
    >>> Words("es").number(1234.5, 1), Words("en").number(12345)
    ('1234,5', '12,345')
    """

    def __init__(self, lang: str | Path) -> None:
        packaged = str(lang) in LANGUAGES
        self.sentences = _packaged(str(lang)) if packaged else _complete(_own_file(lang))
        self.lang = str(self.sentences["language"])
        self.told = translation(self.lang)

    def extended(self, own: Mapping[str, Sentences]) -> Words:
        """The same language with sentences of your own, by language and key.

        If `own` does not have the language, its first one is used.
        """
        more = own.get(self.lang) or next(iter(own.values()), {})
        words = copy(self)
        words.sentences = {**self.sentences, **more}
        return words

    def say(self, key: str, **values: Value) -> Markup:
        """The sentence of a key with its values, which are escaped.

        A fraction gets three decimals, None becomes a dash. The value called `n` chooses between
        the forms `one` and `other`.
        """
        sentence = self.sentences[key]
        if isinstance(sentence, Mapping):
            sentence = sentence["one" if values.get("n") == 1 else "other"]
        texts = {name: self.text(value) for name, value in values.items()}
        return Markup("").join(
            _MARKS[part[0]].format(Markup(part[1:-1]).format(**texts))
            if _MARKED.fullmatch(part)
            else Markup(part).format(**texts)
            for part in _MARKED.split(sentence)
            if part
        )

    def known(self, prefix: str, name: str) -> str | Markup:
        """The word for `name` if there is one (`baseline.majority`), else the name itself."""
        key = f"{prefix}.{name}"
        return self.say(key) if key in self.sentences else name

    def text(self, value: Value) -> str:
        """A value as text for a sentence."""
        if value is None:
            return "–"
        if isinstance(value, bool | str):
            return value if isinstance(value, str) else str(value)
        return self.number(value, None if isinstance(value, int) else 3)

    def number(self, value: float | None, digits: int | None = None) -> str:
        """A number with `digits` decimals (None: a whole number), or a dash for None."""
        if value is None or not math.isfinite(value):
            return "–"
        plain = f"{value:,.{digits or 0}f}".replace("-", "\u2212")
        whole, _, fraction = plain.partition(".")
        grouped = abs(value) >= int(self._sign("group.from"))
        whole = whole.replace(",", self._sign("group") if grouped else "")
        return f"{whole}{self._sign('point')}{fraction}" if fraction else whole

    def score(self, value: float | None) -> str:
        """A score between 0 and 1, to three decimals."""
        return self.number(value, 3)

    def signed(self, value: float | None) -> str:
        """A difference, with its sign."""
        text = self.number(value, 3)
        return f"+{text}" if value is not None and value > 0 else text

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share as a percentage; 100 means exactly all, and 0 exactly none."""
        if share is None:
            return "–"
        kept = min(max(100 * share, 0 if share <= 0 else 10.0**-digits), 100)
        if share < 1:
            kept = min(kept, 100 - 10.0**-digits)
        return f"{self.number(kept, digits)}{_FIXED}%"

    def short(self, value: float | None) -> str:
        """A quantity with three significant figures: 46.4, 0.0232, 11,025."""
        if value is None or not math.isfinite(value):
            return "–"
        if value == 0:
            return "0"
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        text = self.number(value, digits)
        mark = self._sign("point")
        return text.rstrip("0").rstrip(mark) if digits and mark in text else text

    def unit(self, value: float | None, unit: str) -> str:
        """A quantity and its unit, with a no-break space between them.

        Nobody hears a hundredth of a decibel, so decibels have no more than two decimals.
        """
        if unit == "dB" and value is not None and math.isfinite(value):
            value = round(value, 2)
        return f"{self.short(value)}{_FIXED}{unit}"

    def decibels(self, value: float, decimals: int, *, signed: bool = False) -> str:
        """A level or a difference of levels, with as many decimals as are asked for: 11.0 dB."""
        rounded = round(value, decimals) + 0.0
        sign = "+" if signed and rounded > 0 else ""
        return f"{sign}{self.number(rounded, decimals)}{_FIXED}dB"

    def interval(self, low: str, high: str) -> Markup | str:
        """Two numbers, given as text, as an interval; a dash if one of them is unknown."""
        return "–" if "–" in (low, high) else self.say("interval", low=low, high=high)

    def time(self, seconds: float | None) -> str:
        """A duration: 48 ms, 3.2 s, 4 min 12 s, 2 h 5 min."""
        if seconds is None:
            return "–"
        if seconds < 1:
            return self.unit(1000 * seconds, "ms")
        if seconds < 60:
            return self.unit(seconds, "s")
        big, small, size = ("h", "min", 3600) if seconds >= 3600 else ("min", "s", 60)
        whole, rest = divmod(round(seconds / (size / 60)), 60)
        first = f"{self.number(whole)}{_FIXED}{big}"
        return f"{first} {rest}{_FIXED}{small}" if rest else first

    def frequency(self, hertz: float | None) -> str:
        """A frequency: 440 Hz, 11.0 kHz."""
        if hertz is not None and hertz >= 1000:
            return self.unit(hertz / 1000, "kHz")
        return self.unit(hertz, "Hz")

    def size(self, count: float | None) -> str:
        """A large count, shortened: 934, 12.3 k, 4.56 M."""
        if count is None:
            return "–"
        for least, name in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
            if count >= least:
                return self.unit(count / (1e3 if name == "k" else least), name)
        return self.number(count)

    def _sign(self, name: str) -> str:
        """A sign of numbers: the decimal point, or the separator of thousands."""
        return str(self.sentences[f"number.{name}"])


def _own_file(lang: str | Path) -> Path:
    path = _files.expanded(lang)
    if path.suffix == ".json" and path.is_file():
        return path
    known = ", ".join(LANGUAGES)
    raise ExperimentError(
        f"the report is not written in {str(lang)!r}; it is written in: {known}. For another "
        f"language give the path of a words file (.json)"
    )


@cache
def _packaged(lang: str) -> Sentences:
    return json.loads((_PACKAGED / f"{lang}.json").read_text(encoding="utf-8"))


def _complete(path: Path) -> Sentences:
    """The sentences of a user's file, which must have exactly the keys of `words/en.json`."""
    name = escaped(str(path))
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"{name}: cannot be read as a words file in JSON ({error})"
        raise ExperimentError(message) from error
    model = _packaged("en")
    if not isinstance(found, dict):
        raise ExperimentError(f"{name}: a words file is a JSON object of keys and sentences")
    problems = [
        _listed("has no sentence for", [key for key in model if key not in found]),
        _listed("has keys that the report does not know:", [k for k in found if k not in model]),
        _listed("has other forms (one, other) or placeholders than en.json in",
                [key for key in model if key in found and not _fits(found[key], model[key])]),
    ]  # fmt: skip
    if not any(problems) and not found["number.group.from"].isdecimal():
        problems.append("`number.group.from` must be a whole number, such as 1000")
    if any(problems):
        raise ExperimentError(f"{name}: {'; '.join(filter(None, problems))}")
    return found


def _listed(what: str, keys: list[str]) -> str:
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return f"{what} {', '.join(map(escaped, keys[:_NAMED]))}{more}" if keys else ""


def _fits(sentence: object, model: str | Mapping[str, str]) -> bool:
    """Whether a sentence has the forms and the placeholders of the English one."""
    if isinstance(model, str):
        return isinstance(sentence, str) and _placeholders(sentence) == _placeholders(model)
    if not isinstance(sentence, dict) or sentence.keys() != model.keys():
        return False
    # The form `one` may leave out the number: "one more".
    return all(
        isinstance(sentence[form], str)
        and _placeholders(sentence[form]) | {"n"} == _placeholders(model[form]) | {"n"}
        for form in model
    )


def _placeholders(sentence: str) -> set[str]:
    """The placeholders of a sentence, with their format where they have one."""
    try:
        return {
            f"{name}{form and ':' + form}{f'!{conversion}' if conversion else ''}"
            for _, name, form, conversion in string.Formatter().parse(sentence)
            if name is not None
        }
    except ValueError:
        return {"{"}
