"""The language of the terminal: who decides it, what is said in it, and what stays as it is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.translation.english_words import english_in

from tonotope._translation import translation
from tonotope.answers.classes import Predictions
from tonotope.cli import doctor, language, messages
from tonotope.evaluation.evaluate import evaluate
from tonotope.reporting.i18n import Words

Typed = Callable[..., Any]


@pytest.mark.parametrize(
    ("line", "environment", "expected"),
    [
        ([], {}, "en"),
        ([], {"LANG": "es_ES.UTF-8"}, "es"),
        ([], {"LANG": "es"}, "es"),
        ([], {"LANG": "pt_BR.UTF-8"}, "en"),
        ([], {"LANG": "es_AR.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "en_US.UTF-8", "LC_MESSAGES": "es_MX@euro"}, "es"),
        ([], {"LC_MESSAGES": "es_ES.UTF-8", "LC_ALL": "C"}, "en"),
        ([], {"LC_ALL": "", "LANG": "es_CL.UTF-8"}, "es"),
        (["run", "x", "--lang", "en"], {"LANG": "es_ES.UTF-8"}, "en"),
        (["run", "x", "--lang=es"], {"LC_ALL": "C"}, "es"),
        (["--lang", "es", "check", "x"], {}, "es"),
        (["check", "--", "--lang=es"], {}, "en"),
        (["report", "x", "--lang", "mine.json"], {"LANG": "es_ES.UTF-8"}, "es"),
    ],
)
def test_who_decides_the_language(
    line: list[str], environment: dict[str, str], expected: str
) -> None:
    language.choose(line, environment)
    assert language.of_terminal() == expected
    language.choose([], {})


def test_the_page_is_in_the_language_of_the_terminal_unless_lang_says_otherwise() -> None:
    for line, expected in (([], "es"), (["--lang", "en"], "en"), (["--lang=my.json"], "my.json")):
        language.choose(line, {"LANG": "es_ES.UTF-8"})
        assert language.of_page() == expected
    language.choose([], {})


@pytest.fixture
def spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")


@pytest.mark.usefixtures("spanish")
def test_help_is_spanish_with_its_headings(typed: Typed) -> None:
    text = typed("run", "--help").out
    assert text.startswith("Uso: tonotope run")
    assert "\nArgumentos:\n" in text
    assert "\nOpciones:\n" in text
    assert "Ejemplos:\n    tonotope run recordings/" in text
    assert "Muestra esta ayuda." in text
    assert "Fuentes: una carpeta con una carpeta por clase, sonidos junto a archivos de" in text
    assert "--lang en|es" in text


@pytest.mark.usefixtures("spanish")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["rn"], "No existe la orden 'rn'. ¿Quería decir 'run'? (véase: tonotope --help)"),
        (["run"], "Falta el argumento 'EXPERIMENT.toml|DATA'. (véase: tonotope run --help)"),
        (["run", "x", "--epocs", "3"], "No existe la opción --epocs (véase: tonotope run --help)"),
        (["run", "x", "--sed", "3"], "No existe la opción --sed. ¿Quería decir --seed? (véase"),
        (["run", "x", "--seed", "a"], " falta un número entero (véase: tonotope run --help)"),
        (["report", "nada"], "nada: no existe esa carpeta"),
        (["run", "nada.toml"], "nada.toml: no existe el archivo; `tonotope new DATA -o nada.toml`"),
        (["shapes", "vgg", "--set", "network.widthz=3"], "clave desconocida `network.widthz`"),
    ],
)
def test_what_is_refused_is_refused_in_spanish(
    typed: Typed, line: list[str], expected: str
) -> None:
    ended = typed(*line)
    assert ended.status == 2
    assert expected in ended.err


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("command", ["", "check", "new", "run", "predict", "compare", "report"])
def test_help_is_in_words_that_a_user_knows(typed: Typed, command: str, lang: str) -> None:
    text = typed(*filter(None, [command]), "--help", "--lang", lang).out
    assert not re.search(r"<\w+|list\[|Path|x>=|\{", text)
    usage = text.splitlines()[0]
    english = re.search("OPTIONS|COMMAND|ARGS", usage)
    assert bool(english) == (lang == "en"), usage


def test_a_language_that_is_not_there_is_refused(typed: Typed) -> None:
    for command in ("doctor", "shapes", "check", "run"):
        ended = typed(command, "x", "--lang", "xx")
        assert (ended.status, ended.err) == (2, "tonotope: --lang xx: there are en, es\n"), command


def test_check_tells_the_same_in_both_languages(typed: Typed, tones: Path) -> None:
    english, spanish = typed("check", tones), typed("check", tones, "--lang", "es")
    assert "24 recordings in 24 groups, 3 classes, 12.0 s in all" in english.out
    assert "24 grabaciones en 24 grupos, 3 clases, 12,0 s en total" in spanish.out
    assert "look: every recording is its own group" in english.out
    assert "atención: cada grabación es su propio grupo" in spanish.out
    heads = ["etiqueta", "grabaciones", "grupos", "segundos"]
    assert heads == next(line.split() for line in spanish.out.splitlines() if "grupos  " in line)


def test_what_a_program_reads_is_the_same_in_both_languages(typed: Typed, tones: Path) -> None:
    english, spanish = (typed("check", tones, "--json", *more) for more in ([], ["--lang", "es"]))
    assert json.loads(english.out) == json.loads(spanish.out)


def test_the_comments_of_an_experiment_file_are_spanish_and_its_values_the_same(
    typed: Typed, tones: Path, tmp_path: Path
) -> None:
    files = [tmp_path / "a" / "e.toml", tmp_path / "b" / "e.toml"]
    for file, more in zip(files, ([], ["--lang", "es"]), strict=True):
        file.parent.mkdir()
        assert typed("new", tones, "-o", file, *more).status == 0
    english, spanish = (file.read_text("utf-8") for file in files)
    assert tomllib.loads(english) == tomllib.loads(spanish)
    assert "# the network learns" in english or "# loudness in bands as the ear" in english
    assert "# intensidad en bandas como las del oído" in spanish
    assert "#   tonotope run FILE       dividir, entrenar, evaluar, informar" in spanish


def test_the_layers_are_a_table_in_spanish_too(typed: Typed) -> None:
    lines = typed("shapes", "lenet5", "--short", "--lang", "es").out.splitlines()
    head, first = lines[2], lines[3]
    assert head.split("  ")[0:1] == [""]
    assert "parámetros  mult.-sumas" in head
    assert head.index("resulta") == first.index("6 × 28 × 28")


@pytest.mark.parametrize("name", doctor._EXTRAS)
def test_what_is_not_installed_is_said_in_spanish(name: str) -> None:
    said = translation("es").word(doctor._extra(name, None))
    assert said.startswith("no instalado (")
    assert not english_in(said.partition(":")[0]), said


@pytest.mark.parametrize("baseline", ["majority", "mean", "mfcc-logistic-regression", "own-one"])
@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_baseline_is_called_as_in_the_report(
    lang: str, baseline: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "of_terminal", lambda: lang)
    ids = tuple(map(str, range(8)))
    table = Predictions(ids, [0, 1] * 4, [[0.9, 0.1]] * 8, tuple("abcdefgh"), ("",) * 8, ("x", "y"))
    said = translation(lang)(messages.sentences(evaluate(table, {baseline: table}))[1])
    assert str(Words(lang).known("baseline", baseline)) in said
