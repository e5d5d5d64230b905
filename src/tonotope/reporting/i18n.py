"""The words of the page: every sentence in every language, and numbers as each writes them.

A sentence lives in `words/<language>.json` under a key, with {placeholders}; two forms (`one`,
`other`) where it counts something. `*stars*` emphasise and `` `ticks` `` set a name in code;
both are read before a value is put in, so a file called `*.wav` stays what it is.
"""

from __future__ import annotations

import json
import math
import re
from functools import cached_property
from importlib import resources

from markupsafe import Markup

from tonotope._errors import ExperimentError

LANGUAGES = ("en", "es")

# Narrow no-break space: between groups of three digits. No-break space: between number and unit.
_NARROW, _FIXED = "\u202f", "\u00a0"
_MARKED = re.compile(r"(\*[^*]+\*|`[^`]+`)")
_MARKS = {"*": Markup("<em>{}</em>"), "`": Markup("<code>{}</code>")}

Value = str | int | float | None


class Words:
    """One language: its sentences and its way with numbers.

    >>> Words("en").say("interval", low=0.914, high=0.966)
    Markup('0.914 to 0.966')
    >>> Words("es").number(1234.5, 1), Words("en").number(12345)
    ('1234,5', '12,345')

    Raises:
        ExperimentError: a language that the page is not written in.
    """

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            message = f"the report is not written in {lang!r}; it is written in: {known}"
            raise ExperimentError(message)
        self.lang = lang

    @cached_property
    def sentences(self) -> dict[str, str | dict[str, str]]:
        """Every sentence by its key."""
        source = resources.files("tonotope.reporting") / "words" / f"{self.lang}.json"
        return json.loads(source.read_text(encoding="utf-8"))

    def say(self, key: str, **values: Value) -> Markup:
        """The sentence of that key with its values put in; whatever they hold is escaped.

        A whole number is grouped, a fraction gets three decimals, None becomes a dash. The
        value called `n` chooses between the forms `one` and `other`.
        """
        sentence = self.sentences[key]
        if isinstance(sentence, dict):
            sentence = sentence["one" if values.get("n") == 1 else "other"]
        shown = {name: self.shown(value) for name, value in values.items()}
        return Markup("").join(
            _MARKS[part[0]].format(Markup(part[1:-1]).format(**shown))
            if _MARKED.fullmatch(part)
            else Markup(part).format(**shown)
            for part in _MARKED.split(sentence)
            if part
        )

    def known(self, prefix: str, name: str) -> str | Markup:
        """The word for `name` where there is one (`baseline.majority`), else the name itself."""
        key = f"{prefix}.{name}"
        return self.say(key) if key in self.sentences else name

    def shown(self, value: Value) -> str:
        """A value as it stands in a sentence."""
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
        if self.lang == "es":
            whole, _, fraction = plain.partition(".")
            whole = whole.replace(",", "" if abs(value) < 10_000 else _NARROW)
            return f"{whole},{fraction}" if fraction else whole
        return plain

    def score(self, value: float | None) -> str:
        """A score between 0 and 1, to three decimals."""
        return self.number(value, 3)

    def signed(self, value: float | None) -> str:
        """A difference: its sign is always printed."""
        text = self.number(value, 3)
        return f"+{text}" if value is not None and value > 0 else text

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share as a percentage; it says 100 only for all and 0 only for nothing."""
        if share is None:
            return "–"
        kept = min(max(100 * share, 0 if share <= 0 else 10.0**-digits), 100)
        if share < 1:
            kept = min(kept, 100 - 10.0**-digits)
        return f"{self.number(kept, digits)}{_FIXED}%"

    def short(self, value: float | None) -> str:
        """A measured quantity with three figures that mean something: 46.4, 0.0232, 11,025."""
        if value is None or not math.isfinite(value):
            return "–"
        if value == 0:
            return "0"
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        text = self.number(value, digits)
        mark = "," if self.lang == "es" else "."
        return text.rstrip("0").rstrip(mark) if digits and mark in text else text

    def unit(self, value: float | None, unit: str) -> str:
        """A quantity and its unit, never parted by the end of a line."""
        return f"{self.short(value)}{_FIXED}{unit}"

    def time(self, seconds: float | None) -> str:
        """A duration as one says it: 48 ms, 3.2 s, 4 min 12 s, 2 h 5 min."""
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
