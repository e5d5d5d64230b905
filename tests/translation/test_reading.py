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
        (
            'part 1 (s01, s02) of the names may say who or what was recorded: group = "name 1" in '
            "[data] takes it; each file is its own group; so may part 2 (w1, w2, w3 and 2 more)",
            "la parte 1 (s01, s02) de los nombres puede decir a quién o qué se grabó: group = "
            '"name 1" en [data] la toma; cada archivo es su propio grupo; también la parte 2 (w1, '
            "w2, w3 y 2 más)",
        ),
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
        ("8 filters of 1 × 3 (channel, time), seeing 64 ms × 928.8 Hz; 8 · (1 · 3 + 1) = 12,168 "
         "parameters",
         "8 filtros de 1 × 3 (canal, tiempo), que ven 64 ms × 928,8 Hz; 8 · (1 · 3 + 1) = "
         "12\u202f168 parámetros"),
        ("58 events of a/b.wav", "58 eventos de a/b.wav"),
        ("2 recordings of 19.5 s to 1.5 min, where the other classes last about 2.0 s",
         "2 grabaciones de 19,5 s a 1,5 min, cuando las otras clases duran unos 2,0 s"),
        # lists of what stands between quotation marks, and verbs that are left out
        ("` dog` (4) and `Dog` (4) and `dog` (4) differ in case, spaces or marks alone: did you "
         "mean one class? They stay different until the table is changed",
         "` dog` (4) y `Dog` (4) y `dog` (4) solo se diferencian en mayúsculas, espacios o "
         "signos: ¿son una sola clase? Siguen siendo distintas hasta que se cambie la tabla"),
        ("`bat` (3 recordings, all of `s0`) has one `site` alone: it is learnt and never tested, "
         "so how well it is recognised stays unknown; recordings of another `site` would tell",
         "`bat` (3 grabaciones, todas de `s0`) con un solo `site`: se aprende y no se prueba "
         "nunca, así que no se sabe cómo de bien se reconoce; lo dirían grabaciones de otro "
         "`site`"),
        ("the folders around the classes name no `test` part, only train and validation: x, or "
         "have folds made (split.folds = 5, in place of split.column)",
         "en las carpetas que rodean a las clases no se nombra ninguna parte `test`, solo train "
         "y validation: x, o hacer particiones (split.folds = 5, en lugar de split.column)"),
        # and between two settings
        ("`start` and `end` are not used: every file has one row, so they may tell where it was "
         'cut from; start = "start" and end = "end" in [data] hears that part alone',
         "`start` y `end` no se usan: cada archivo tiene una fila, así que pueden decir de dónde "
         'se cortó; con start = "start" y end = "end" en [data] se oye solo esa parte'),
        # places and settings inside a reason
        ("a.txt row 3: repeats a.txt row 2", "a.txt fila 3: repite a.txt fila 2"),
        ("heard: this job was begun with other settings: hop_s = 0.5, now 0.2. Give the command as "
         "it was, or name another folder with --out; a folder that is deleted begins anew",
         "heard: este trabajo se empezó con otros ajustes: hop_s = 0.5, ahora 0.2. Dé la orden "
         "como fue, o indique otra carpeta con --out; una carpeta borrada empieza de nuevo"),
        ("24 rows say the same as an earlier one and are left out, but x",
         "sin usar: 24 filas dicen lo mismo que otra anterior; pero x"),
        ("1 row says the same as an earlier one and is left out, but x",
         "sin usar: 1 fila dice lo mismo que otra anterior; pero x"),
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


@pytest.mark.parametrize("count", [2, 5, 12, 30])
@pytest.mark.parametrize(
    ("english", "expected"),
    [
        ("`0:0{n}` is a time with colons; write it in seconds: {n}",
         "`0:0{n}` es un tiempo con dos puntos; en segundos se escribe: {n}"),
        ("an address, not a file; download it and name the file",
         "una dirección, no un archivo; hay que descargarlo y dar el archivo"),
        ("has 4 cells, but the header has 3 (a comma inside a cell needs quotation marks)",
         "tiene 4 celdas, pero la cabecera tiene 3 (una coma dentro de una celda necesita "
         "comillas)"),
        (EMPTY, VACIO),
    ],
)  # fmt: skip
def test_the_last_of_a_list_is_told_like_the_first(
    spanish: Translation, count: int, english: str, expected: str
) -> None:
    def listed(sentence: str, row: str) -> str:
        numbers = range(count)
        return ", ".join(
            f"a/{n}.wav ({row} {n}): {sentence.replace('{n}', str(n))}" for n in numbers
        )

    found = spanish(f"t.csv: no row can be used: {listed(english, 'row')} and 7 more")
    assert found == f"t.csv: no se puede usar ninguna fila: {listed(expected, 'fila')} y 7 más"


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        ("by group, stratified by `a` (asked for 80% / 20%, seed 0): train 6 of 3 groups",
         "por grupos, con estratificación por `a` (se pidió 80\u00a0% / 20\u00a0%, "
         "semilla 0): entrenamiento 6 de 3 grupos"),
        ("x.wav: 3 recordings: holds no samples", "x.wav: 3 grabaciones: no contiene muestras"),
        ("There is one class only; a classifier needs at least two, so add another: 3 recordings",
         "Hay una sola clase; un clasificador necesita dos como mínimo, así que hay que añadir "
         "otra: 3 grabaciones"),
    ],
)  # fmt: skip
def test_a_sentence_is_told_before_a_colon_and_with_a_capital(
    spanish: Translation, english: str, expected: str
) -> None:
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
