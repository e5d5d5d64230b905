"""Every sentence of the source has its translation, and a finished sentence finds it."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest
from tests.translation.catalogues import catalogue, folder
from tests.translation.source_sentences import sentences

from tonotope._translation import LANGUAGES, translation

_FIELD = re.compile(r"\{(\d+)(?::[n=lw-])?\}")
# Words and phrases that no f-string holds whole, and the sentences of libraries.
_NOT_FROM_SOURCE = ("phrases.json", "libraries.json")


def write(lang: str) -> None:
    """Write into the files what is missing, without a translation, and drop what is stale."""
    known, places = catalogue(lang), defaultdict(set)
    for one in sentences():
        places[one.template].add(one.catalogue)
        if one.demanded and one.template not in known:
            path = folder(lang) / one.catalogue
            there = json.loads(path.read_text("utf-8")) if path.exists() else {}
            known[one.template] = ""
            save(path, {**there, one.template: ""})
    for path in folder(lang).glob("*.json"):
        if path.name not in _NOT_FROM_SOURCE:
            there = json.loads(path.read_text("utf-8"))
            save(path, {key: text for key, text in there.items() if path.name in places[key]})


def save(path: Path, sentences: dict[str, str]) -> None:
    path.write_text(json.dumps(sentences, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_has_its_translation(lang: str) -> None:
    if os.environ.get("TONOTOPE_WRITE_DOCS"):
        write(lang)
    known, missing = catalogue(lang), defaultdict(list)
    for one in sentences():
        if one.demanded and not known.get(one.template):
            missing[f"{lang}/{one.catalogue}"].append(f"{one.template!r}  ({one.place})")
    listed = "\n".join(f"{name} lacks:\n  " + "\n  ".join(of) for name, of in missing.items())
    assert not missing, f"\n{listed}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_translation_is_of_a_sentence_and_stands_in_the_file_of_its_package(
    lang: str,
) -> None:
    places = defaultdict(set)
    for one in sentences():
        places[one.template].add(one.catalogue)
    for path in folder(lang).glob("*.json"):
        if path.name not in _NOT_FROM_SOURCE:
            strange = [
                key for key in json.loads(path.read_text("utf-8")) if path.name not in places[key]
            ]
            assert not strange, f"{path.name}: no sentence of the source is {strange}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_translation_has_the_values_of_its_sentence(lang: str) -> None:
    for source, target in catalogue(lang).items():
        assert set(_FIELD.findall(source)) == set(_FIELD.findall(target)), source


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_finished_sentence_is_told_by_its_own_translation(lang: str) -> None:
    translated, wrong = translation(lang), []
    for source, target in catalogue(lang).items():
        if " " not in source:
            continue
        values = {
            # What a translation leaves out is a verb, in one word.
            number: "3" if kind else "has" if f"{{{number}:-}}" in target else f"val{number}.wav"
            for number, kind in re.findall(r"\{(\d+)(:n)?\}", source)
        }

        def value(field: re.Match[str], values: dict[str, str] = values) -> str:
            return "" if field[0].endswith(":-}") else values[field[1]]

        english = _FIELD.sub(lambda field, values=values: values[field[1]], source)
        expected, found = _FIELD.sub(value, target), translated(english)
        if found != expected:
            wrong.append(f"{english}\n  told as  {found}\n  not as   {expected}")
    assert not wrong, "\n" + "\n".join(wrong)
