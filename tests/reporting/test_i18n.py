from __future__ import annotations

import itertools
import re
import string
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import pytest
from markupsafe import Markup

from tonotope._errors import ExperimentError
from tonotope.reporting.i18n import LANGUAGES, Words

REPORT = resources.files("tonotope.reporting")


def _forms(sentence: str | Mapping[str, str]) -> Mapping[str, str]:
    return sentence if isinstance(sentence, Mapping) else {"": sentence}


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _sources() -> str:
    names = [one for one in Path(str(REPORT)).rglob("*") if one.suffix in (".py", ".j2", ".js")]
    return "\n".join(one.read_text(encoding="utf-8") for one in names)


def test_every_language_says_the_same_things() -> None:
    for one, other in itertools.pairwise(LANGUAGES):
        ours, theirs = Words(one).sentences, Words(other).sentences
        assert list(ours) == list(theirs)
        for key in ours:
            assert _forms(ours[key]).keys() == _forms(theirs[key]).keys(), key
            for form, sentence in _forms(ours[key]).items():
                asked = _placeholders(_forms(theirs[key])[form])
                # `one` may leave out the number that `n` is: "one more", "1 clase".
                assert _placeholders(sentence) | {"n"} == asked | {"n"}, key


def test_marks_are_closed_and_forms_are_complete() -> None:
    for language in LANGUAGES:
        for key, sentence in Words(language).sentences.items():
            assert set(_forms(sentence)) in ({""}, {"one", "other"}), key
            for text in _forms(sentence).values():
                assert text.count("*") % 2 == 0, key
                assert text.count("`") % 2 == 0, key
                assert "<" not in text, key


def test_every_sentence_that_is_asked_for_is_there_and_none_is_idle() -> None:
    source = _sources()
    keys = set(Words("en").sentences)
    asked = set(re.findall(r"""say\(\s*["']([a-z0-9._-]+)["']\s*[,)]""", source))
    assert asked
    assert asked <= keys
    quoted = set(re.findall(r"""["']([a-zA-Z0-9._-]+)["']""", source))
    begun = set(re.findall(r"""f?["']([a-z0-9]+(?:\.[a-z0-9]+)*)\.["'{]""", source))
    begun |= {
        "baseline",
        "method",
        "metric",
        "fact",
        "window",
        "axis",
        "kind",
        "noise",
    }  # through Words.known
    idle = {
        key
        for key in keys
        if key not in quoted and not any(key.startswith(f"{stem}.") for stem in begun)
    }
    assert idle == set()


def test_what_is_put_in_is_escaped_and_never_read_as_a_mark() -> None:
    said = Words("en").say("mistakes.play", file="<b>*.wav* `x` {n}")
    assert said == Markup("Play &lt;b&gt;*.wav* `x` {n}")
    named = Words("en").say("confusion.pair", truth="<i>", predicted="a*b")
    assert named == Markup("<em>&lt;i&gt;</em> taken for <em>a*b</em>")


def test_numbers_follow_the_language() -> None:
    english, spanish = Words("en"), Words("es")
    assert (english.number(1234567), spanish.number(1234567)) == (
        "1,234,567",
        "1\u202f234\u202f567",
    )
    assert (english.number(1234), spanish.number(1234)) == ("1,234", "1234")
    assert (english.score(0.9444), spanish.score(0.9444)) == ("0.944", "0,944")
    assert english.signed(-0.05) == "\u22120.050"
    assert english.signed(0.05) == "+0.050"
    assert english.number(None) == english.number(float("nan")) == "–"
    assert [english.time(s) for s in (0.0464, 3.21, 60, 252, 7500)] == [
        "46.4\u00a0ms",
        "3.21\u00a0s",
        "1\u00a0min",
        "4\u00a0min 12\u00a0s",
        "2\u00a0h 5\u00a0min",
    ]
    assert spanish.frequency(11025) == "11\u00a0kHz"
    assert english.size(12_345_678) == "12.3\u00a0M"
    assert english.short(0.0232) == "0.0232"


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100"), (0.9999, "99.9"), (0.0001, "0.1"), (0.0, "0.0"), (0.5, "50")]
)
def test_all_and_nothing_are_said_of_all_and_nothing_only(share: float, text: str) -> None:
    said = Words("en").percent(share, 1).removesuffix("\u00a0%")
    assert float(said) == float(text)


def test_one_and_several() -> None:
    words = Words("en")
    assert "1 class was" in words.say("check.classes.unnamed", n=1, names="owl")
    assert "2 classes were" in words.say("check.classes.unnamed", n=2, names="owl, jay")


def test_an_unknown_language_is_a_lesson() -> None:
    with pytest.raises(ExperimentError, match="not written in 'fr'; it is written in: en, es"):
        Words("fr")


@pytest.mark.parametrize(
    ("level", "text"), [(0.00911, "0.01"), (-0.126, "\u22120.13"), (7.0612, "7.06"), (14.5, "14.5")]
)
def test_decibels_have_no_more_than_two_decimals(level: float, text: str) -> None:
    assert Words("en").unit(level, "dB") == f"{text}\u00a0dB"
    assert Words("en").unit(0.00911, "s") == "0.00911\u00a0s"
