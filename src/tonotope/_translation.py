"""Sentences in another language: an English one is recognised by its template and told anew.

Sentences are written in English where they arise, as f-strings, and are kept in files in English.
Only where a person reads them, on the terminal and on the page of a report, are they translated.
`translations/<language>/<package>.json` has the translation of every sentence, under the English
one with its values numbered in their order:

    f"header says {claimed:.1f} s, file holds {held:.1f} s"     in audio/file_header.py
    "header says {1:n} s, file holds {2:n} s"                   the key: `:n` is a number's mark
    "la cabecera dice {1} s y el archivo contiene {2} s"        its translation

A value is translated in its turn where it is a sentence. In a translation, `{1:w}` is a value that
is one of tonotope's own words, `{1:l}` a list of names with `and` or `or`, `{1:=}` one that stays
as it is (so does everything behind a quotation mark or `=`, but for a number that is `{1:n}` there
too), and `{1:-}` one that is left out.

A text made of several sentences is cut at its punctuation, so that as many letters as possible are
translated. What no template fits stays as it is, above all names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import cast

_CATALOGUES = resources.files("tonotope") / "translations"

# The languages that sentences are translated to, besides English.
LANGUAGES = tuple(sorted(one.name for one in _CATALOGUES.iterdir() if one.is_dir()))

_FIELD = re.compile(r"\{(\d+)(?::([n=lw-]))?\}")
_NUMBER = r"[-+\u2212]?[\d,]*\.?\d+(?:e[-+]?\d+)?%?"
_UNIT = r"(?:s|ms|min|h|Hz|kHz|dB|MB|GB)(?!\w)"
_QUANTITY = re.compile(rf"({_NUMBER})( ?)((?<=%)|{_UNIT}|%)")
_QUANTITIES = re.compile(rf"{_QUANTITY.pattern}(?:(?: / | to | × |, ){_QUANTITY.pattern})*")
_WORD = re.compile(r"[\w-]+")
_FIRST_WORD = re.compile(r"^[\w-]+")
_JOINED = re.compile(r" (and|or) ")
_KEY = re.compile(r"`(?:\w+\.)+(\w+)`(?= = )")
_COLON = re.compile(r":(?: |$)")
_BRACKETED = re.compile(r"\(([^()]+)\)")
_LETTERS = re.compile(r"[^\W\d_]")
_KEPT_BEHIND = re.compile(r"(?:[`'\"“]|= ?)$")
_PIECES = re.compile(r"(\x1b\[\d*m|\n)")
# Where a text of several sentences may be cut.
_CUT = re.compile(
    r", | +(?=\[)|(?:^| +)\(|\)(?=$|[ ;,.:])|(?<=:) |; |(?<=[.?!]) +"
    r"|(?<=[`)\"]) (?P<joined>and|or) (?=`|\w+ \(|[\w.]+ = )"
)
_CUT_COSTS = 0.01  # letters: of two ways to cut, the one with fewer pieces
# Names may be anything, so there is an end to what is looked at: characters of a text, how deep
# sentences lie in one another, pieces in all, and of a text of many cuts, the longer pieces.
_LONGEST = 4000
_DEEPEST = 20
_MOST_PIECES = 20_000
_MOST_CUTS = 24
_FEWEST_JOINED = 8  # parts between two cuts

Told = tuple[str, float]  # a text in the other language, and how many letters of it were translated


class Translation:
    """One language that English sentences are translated to.

    Args:
        lang: one of `LANGUAGES`; `en` leaves everything as it is.

    >>> Translation("es")("3 recordings")
    '3 grabaciones'
    >>> Translation("es")("night.wav: header says 1.5 s, file holds 0.9 s; and what nobody knows")
    'night.wav: la cabecera dice 1,5 s y el archivo contiene 0,9 s; and what nobody knows'
    """

    def __init__(self, lang: str) -> None:
        found = dict(_catalogue(lang)) if lang in LANGUAGES else {}
        self.lang = lang
        self._exact = {key: text for key, text in found.items() if not _FIELD.search(key)}
        self._templates = [_Template(*one) for one in found.items() if one[0] not in self._exact]
        self._read = lru_cache(maxsize=4096)(self._read_anew)

    def __call__(self, text: str) -> str:
        """`text` with every sentence of it that is known translated."""
        if not self._templates or not text:
            return text
        return "".join(
            piece if _PIECES.fullmatch(piece) else self._read(piece)
            for piece in _PIECES.split(text)
        )

    def word(self, text: str) -> str:
        """One of tonotope's own words, which might elsewhere be a name: the head of a column."""
        return self._exact.get(text) or self(text)

    def number(self, text: str) -> str:
        """A number as the language writes it: `2,500.5` as `2500,5`, `5%` as `5 %`."""
        if not self._exact:
            return text
        if text.endswith("%"):
            return f"{self.number(text[:-1])}{self._exact['number.percent']}"
        whole, point, fraction = text.partition(".")
        if len(re.sub(r"\D", "", whole)) >= len(self._exact["number.group.from"]):
            whole = whole.replace(",", self._exact["number.group"])
        else:
            whole = whole.replace(",", "")
        return f"{whole}{self._exact['number.point']}{fraction}" if point else whole

    def _read_anew(self, text: str) -> str:
        if len(text) > _LONGEST:
            return text
        folded = text.casefold()
        fitting = [one for one in self._templates if one.anchor_folded in folded]
        return _Reading(self, self._exact, fitting).spaced(text)[0]


class _Reading:
    """One text being translated, by those templates alone that may fit some part of it."""

    def __init__(
        self, language: Translation, exact: Mapping[str, str], templates: Sequence[_Template]
    ) -> None:
        self._language, self._exact, self._templates = language, exact, templates
        self._known: dict[str, Told] = {}
        self._pieces: dict[str, Told] = {}
        self._depth = 0

    def spaced(self, text: str) -> Told:
        """The translation of a part, whatever spaces are around it."""
        core = text.strip()
        before = text[: len(text) - len(text.lstrip())]
        told, letters = self._told(core)
        return before + told + text[len(before) + len(core) :], letters

    def _told(self, text: str) -> Told:
        """The translation of most letters: each way to cut the text into pieces is looked at."""
        if text not in self._known:
            if self._depth >= _DEEPEST or len(self._pieces) >= _MOST_PIECES:
                return text, 0  # not kept, for elsewhere the same text may lie less deep
            self._depth += 1
            self._cut_best(text)
            self._depth -= 1
        return self._known[text]

    def _cut_best(self, text: str) -> None:
        """Translate a text, and with it each part of it from its beginning to a cut."""
        cuts = [(0, 0), *(cut.span() for cut in _CUT.finditer(text)), (len(text), len(text))]
        last = len(cuts) - 1
        longest = _longest(last)
        best: list[Told | None] = [("", 0.0), *[None] * last]
        for start in range(last):
            before, letters = cast("Told", best[start])
            between = self._between(text[slice(*cuts[start])])
            before, letters = before + between[0], letters + between[1]
            for end in range(last, start, -1):
                edge = start == 0 or end == last
                if end - start > (longest[1] if edge else longest[0]) and (start, end) != (0, last):
                    continue
                told, more = self._piece(text[cuts[start][1] : cuts[end][0]])
                more += letters - (_CUT_COSTS if more else _CUT_COSTS / 2)
                there = best[end]
                if there is None or more > there[1]:
                    best[end] = before + told, more
        for (end, _), (told, letters) in zip(cuts[1:], cast("list[Told]", best[1:]), strict=True):
            whole = text[:end]
            self._known.setdefault(whole, (told, letters) if letters > 0 else (whole, 0))

    def _between(self, text: str) -> Told:
        """What is between two pieces: punctuation, or `and` between names in quotation marks."""
        word = text.strip()
        if word not in ("and", "or"):
            return text, 0
        return text.replace(word, self._exact.get(word, word)), len(word)

    def _piece(self, text: str) -> Told:
        """The translation of a text as one sentence, whatever spaces are around it."""
        core = text.strip()
        if core not in self._pieces:
            self._pieces[core] = (core, 0)  # while it is looked at: nothing contains itself
            found = (core, 0.0), *self._readings(core)
            self._pieces[core] = max(found, key=lambda one: one[1])
        told, letters = self._pieces[core]
        at = text.find(core)
        return text[:at] + told + text[at + len(core) :], letters

    def _readings(self, text: str) -> Iterator[Told]:
        """Each way to read a text as one sentence."""
        if text in self._exact and not _WORD.fullmatch(text):
            yield self._exact[text], len(text)
            return
        if _QUANTITIES.fullmatch(text):
            told = _QUANTITY.sub(self._quantity, text)
            yield told.replace(" to ", f" {self._exact.get('to', 'to')} "), 2 * _CUT_COSTS
            return
        yield from self._whole(text)
        yield from self._of_key(text)
        if text[-1:] == ":" != text[-2:-1]:
            told, letters = self._piece(text[:-1])
            yield f"{told}:", letters
        if text[:1].isupper():  # a sentence that begins with what is a part here
            lowered = text[0].lower() + text[1:]
            if lowered in self._exact and not _WORD.fullmatch(lowered):
                yield _capital(self._exact[lowered]), len(text)
            for told, letters in self._whole(lowered, begun=True):
                yield _capital(told), letters

    def _quantity(self, found: re.Match[str]) -> str:
        return self._language.number(found[1]) + found[2] + found[3]

    def _whole(self, text: str, *, begun: bool = False) -> Iterator[Told]:
        """The text as one sentence, by each template that fits.

        Args:
            text: the text.
            begun: by those alone that begin with a word of their own.
        """
        for one in self._templates:
            if begun and not one.head:
                continue
            if one.may_be(text) and (values := one.values(text)):
                told, letters = self._filled(one, values)
                # A cut comes first where a value would take the name before a colon with it.
                yield told, letters - 2 * _CUT_COSTS * any(map(_COLON.search, values.values()))

    def _of_key(self, text: str) -> Iterator[Told]:
        """A sentence about `rate_hz = 16`, where it names the key of a file: `a.rate_hz` = 16."""
        named = _KEY.match(text)
        if named:
            told, letters = self._piece(named[1] + text[named.end() :])
            yield named[0] + told.removeprefix(named[1]), letters

    def _filled(self, one: _Template, values: dict[str, str]) -> Told:
        letters, parts, end = one.letters, [], 0
        for field in _FIELD.finditer(one.target):
            before = one.target[end : field.start()]
            parts.append(before)
            end = field.end()
            kept = field[2] == "=" or (field[2] != "n" and _KEPT_BEHIND.search(before))
            told, more = self._value(one, field, values["a" + field[1]], bool(kept))
            parts.append(told)
            letters += more
        return "".join([*parts, one.target[end:]]), letters

    def _value(self, one: _Template, field: re.Match[str], value: str, kept: bool) -> Told:
        """One value of a sentence, as its place in the translation asks."""
        if kept or field[2] == "-":
            return value if kept else "", 0
        if field[1] in one.numbers:
            return self._language.number(value), 0
        if field[2] == "w" and value in self._exact:
            return self._exact[value], len(value)
        told, letters = self.spaced(value)
        if field[2] == "l":
            told = _JOINED.sub(lambda found: f" {self._exact[found[1]]} ", told)
        elif field[2] == "w":
            told = _FIRST_WORD.sub(lambda found: self._exact.get(found[0], found[0]), told)
        return told, letters


class _Template:
    """An English sentence with fields, and its translation."""

    def __init__(self, source: str, target: str) -> None:
        literals = _FIELD.sub("\0", source).split("\0")
        self.source, self.target = source, target
        self.anchor = max(literals, key=len)
        self.anchor_folded = self.anchor.casefold()
        self.head, self._tail = literals[0], literals[-1]
        self.letters = len(_LETTERS.findall("".join(literals)))
        # What is left out beside another value is one word, or it would take a part of that value.
        self._verbs = {
            found[1]
            for found in re.finditer(r"\{(\d+):-\}", target)
            if re.search(rf"\}} \{{{found[1]}\}}|\{{{found[1]}\}} \{{", source)
        }
        self.numbers = {field[1] for field in _FIELD.finditer(source) if field[2]}

    def may_be(self, text: str) -> bool:
        """Whether `text` begins and ends with this sentence's words and has its longest ones."""
        return text.startswith(self.head) and text.endswith(self._tail) and self.anchor in text

    def values(self, text: str) -> dict[str, str] | None:
        """The values of the fields in `text`; None where it is another sentence."""
        found = self._pattern.fullmatch(text)
        return found.groupdict() if found else None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts, end, seen = [], 0, set[str]()
        for field in _FIELD.finditer(self.source):
            name = "a" + field[1]
            inside = _NUMBER if field[2] else r"[\w']+" if field[1] in self._verbs else ".*?"
            parts += [re.escape(self.source[end : field.start()])]
            parts += [f"(?P={name})" if name in seen else f"(?P<{name}>{inside})"]
            seen.add(name)
            end = field.end()
        return re.compile("".join(parts) + re.escape(self.source[end:]), re.DOTALL)


def _longest(segments: int) -> tuple[int, int]:
    """How many segments a piece may have in the middle of a text, and at its edge."""
    if segments <= _MOST_CUTS:
        return segments, segments
    return _FEWEST_JOINED, segments if segments <= 4 * _MOST_CUTS else _FEWEST_JOINED


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _catalogue(lang: str) -> Iterator[tuple[str, str]]:
    for one in (_CATALOGUES / lang).iterdir():
        found = json.loads(one.read_text(encoding="utf-8"))
        yield from ((_inside(key), _inside(text)) for key, text in found.items() if text)


def _inside(sentence: str) -> str:
    """A sentence without the brackets around it: a text is cut there."""
    return found[1] if (found := _BRACKETED.fullmatch(sentence)) else sentence


@cache
def translation(lang: str) -> Translation:
    """The translation to a language; one that is not known leaves every text as it is."""
    return Translation(lang)
