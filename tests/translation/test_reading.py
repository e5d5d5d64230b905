"""Finished sentences recognised in what is around them: names, lists, numbers, several at once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonotope._translation import Translation, translation

EMPTY = "empty file (0 bytes); copy or download it again"
VACIO = "archivo vacío (0 bytes); hay que copiarlo o descargarlo de nuevo"


@pytest.fixture(scope="module")
def spanish() -> Translation:
    return translation("es")


@pytest.mark.parametrize(
    "name",
    ["a.wav", "C:\\my sounds\\1, 2 (3).wav", "x: y; z.wav", "2 dogs and 3 cats.wav", "line\\n2.wav",
     "file of the day. Take 2.wav", "[1].wav", "`a`.wav", "{1}.wav", "pájaro.wav", " .wav"],
)  # fmt: skip
def test_a_name_before_a_reason_stays_whole(spanish: Translation, name: str) -> None:
    assert spanish(f"{name}: {EMPTY}") == f"{name}: {VACIO}"


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        # several sentences in one text, as they are joined
        (f"a.wav: {EMPTY}, b.wav: {EMPTY}", f"a.wav: {VACIO}, b.wav: {VACIO}"),
        ("5 recordings: holds no samples (a, b, c and 2 more)",
         "5 grabaciones: no contiene muestras (a, b, c y 2 más)"),
        ("unknown key `x`; did you mean `y`?", "clave desconocida `x`; ¿quería decir `y`?"),
        # a name before a colon is not taken for a value of what follows
        ("tonotope: 9 folds were asked for, but there are 2 groups",
         "tonotope: se pidieron 9 particiones, pero hay 2 grupos"),
        ("tonotope: `a` occurs once; did you mean `b`?",
         "tonotope: `a` aparece una vez; ¿quería decir `b`?"),
        # numbers: a comma for the point, but not in what is to be copied
        ("header says 1.5 s, file holds 12,345.25 s",
         "la cabecera dice 1,5 s y el archivo contiene 12\u202f345,25 s"),
        ("it is a share: 50 % is 0.5", "es una proporción: 50 % es 0.5"),
        ("window_s = 0.001 is 8 samples at 8000 Hz", "window_s = 0.001 son 8 muestras a 8000 Hz"),
        # what is a key in a file is named in full there
        ("`training.learning_rate` = 10 is out of range: more than 0, at most 1; usual are 0.0003 "
         "to 0.01 (`adamw`, `adam`) and 0.01 to 0.1 (`sgd`)",
         "`training.learning_rate` = 10 está fuera de rango: mayor que 0 y 1 como mucho; lo "
         "habitual es de 0.0003 a 0.01 (`adamw`, `adam`) y de 0.01 a 0.1 (`sgd`)"),
        # one letter is no sentence, and nobody's words are changed
        ("a", "a"),
        ("the weather is fine, and nobody knows why", "the weather is fine, and nobody knows why"),
        ("", ""),
        ("Two\nlines: 3 recordings", "Two\nlines: 3 grabaciones"),
        ("\x1b[31mlook:\x1b[0m 1 recording", "\x1b[31matención:\x1b[0m 1 grabación"),
    ],
)  # fmt: skip
def test_what_is_told(spanish: Translation, english: str, expected: str) -> None:
    assert spanish(english) == expected


def test_names_between_quotes_are_never_told(spanish: Translation) -> None:
    text = "no recording has a target `3 recordings`; known: x"
    assert spanish(text) == "ninguna grabación tiene un objetivo `3 recordings`; se conocen: x"


def test_english_and_unknown_languages_are_left_as_they_are() -> None:
    for lang in ("en", "xx"):
        assert translation(lang)(f"a.wav: {EMPTY}") == f"a.wav: {EMPTY}"
        assert translation(lang).word("recordings") == "recordings"
        assert translation(lang).number("12,345.5") == "12,345.5"


@pytest.mark.parametrize(
    "text",
    ["1 of 2 in 3 (4) " * 250, " line line: row" * 260, "a: " * 1300, "`x` " * 900 + "columns are:",
     "and 3 more " * 300, "x" * 10**6],
    ids=lambda text: text[:10],
)  # fmt: skip
def test_a_text_of_any_form_is_told_or_left(spanish: Translation, text: str) -> None:
    assert len(spanish(text)) > len(text) / 3


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [EMPTY, "3 recordings", "a.wav", ": ", "; ", ", ", " (", ")", ". ", "`", " and ",
             " of ", "1,234.5", " s", "\n", "known", "fold 1", " is ", "{1}", "=", "é", "\x1b[31m"]
        ),
        max_size=20,
    ).map("".join)
)  # fmt: skip
def test_nothing_that_people_write_breaks_it(text: str) -> None:
    assert isinstance(translation("es")(text), str)
