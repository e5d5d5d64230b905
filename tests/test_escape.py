from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tonotope._escape import escaped, guarded, unescaped, unguarded
from tonotope._wording import counted, first_five
from tonotope.datasets.labels import normalised, similar_labels

ANY = st.text(st.characters(codec=None))  # surrogates too: bytes that are no UTF-8


@settings(deadline=None)
@given(ANY)
def test_every_name_comes_back_from_one_line_and_one_cell(text: str) -> None:
    written = guarded(escaped(text))
    assert unescaped(unguarded(written)) == text
    assert len(written.splitlines()) <= 1
    written.encode("utf-8")
    assert not written.startswith(("=", "+", "-", "@"))


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
    assert first_five(["a\nb"]) == "a\\nb"
    assert counted(1, "class", "classes") == "1 class"
    assert counted(1234, "file") == "1,234 files"
