from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import tonotope
from tonotope._escape import as_cell, escaped, from_cell, guarded, shown
from tonotope._wording import counted, first_five
from tonotope.datasets.labels import normalised, similar_labels

ANY = st.text(st.characters(codec=None))  # surrogates too: bytes that are no UTF-8


@settings(deadline=None)
@given(ANY)
def test_every_name_comes_back_from_one_line_and_one_cell(text: str) -> None:
    written = as_cell(text)
    assert from_cell(written) == text
    assert len(written.splitlines()) <= 1
    written.encode("utf-8")
    assert not written.startswith(("=", "+", "-", "@"))


@settings(deadline=None)
@given(ANY)
def test_what_is_shown_is_one_harmless_line_and_stays_as_it_is(text: str) -> None:
    line = shown(text)
    assert len(line.splitlines()) <= 1
    line.encode("utf-8")
    assert shown(line) == line


# Where names are written: the sentence of an error, tables, label files, the report, the terminal.
DOORS = {"_errors", "annotations.cells", "answers.stored_table", "datasets.manifest"}
DOORS |= {"experiment.split_file"}
DOOR_PACKAGES = ("reporting.", "cli.")


def test_only_what_writes_a_name_escapes_it() -> None:
    root = Path(tonotope.__file__).parent
    importing = set()
    for path in root.rglob("*.py"):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in getattr(node, "names", []) if hasattr(alias, "name")]
            module = getattr(node, "module", None) or ""
            if "tonotope._escape" in (module, *(f"{module}.{one}" for one in names), *names):
                importing.add(name)
    inner = {name for name in importing if not name.startswith(DOOR_PACKAGES)}
    assert inner == DOORS


def test_ordinary_names_stay_as_they_are() -> None:
    for name in ("dog bark.wav", "ärger/été 🐕.flac", "1-100032-A.ogg", 'say "hi"'):
        assert guarded(escaped(name)) == name


def test_a_name_cannot_turn_the_reading_direction() -> None:
    assert escaped("dog\u202ewav.exe") == "dog\\u202ewav.exe"
    assert escaped("👩\u200d🌾.wav") == "👩\u200d🌾.wav"  # joined emoji are no trick


def test_labels_that_look_alike() -> None:
    assert normalised("Dog  bark") == normalised("dog_bark") == normalised(" DOG-BARK ")
    assert normalised("dog") != normalised("dogs")
    assert similar_labels(["a", "b", "é", "e\u0301"]) == [("e\u0301", "é")]


def test_lists_and_numbers_are_said_as_people_say_them() -> None:
    assert first_five(["a\nb"]) == "a\nb"
    assert counted(1, "class", "classes") == "1 class"
    assert counted(1234, "file") == "1,234 files"
