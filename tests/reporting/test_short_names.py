"""Names are cut in the middle, and no two of them look alike."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tonotope.reporting.short_names import shorten, shortened


def test_names_of_one_folder_keep_what_tells_them_apart() -> None:
    folder = "Meine Aufnahmen 2024/Großtöne der Übungsorgel im Münster/linkes Manual, "
    names = [f"{folder}Nr. {n:02}.wav" for n in range(30)]
    short = shortened(names, 36)
    assert [one[-10:] for one in short.values()] == [f"Nr. {n:02}.wav" for n in range(30)]
    assert all(len(one) <= 36 and one.startswith("Meine ") for one in short.values())


def test_names_that_differ_in_the_middle_alone_are_cut_less() -> None:
    names = [f"the same long beginning {n} and the same long ending.wav" for n in (1, 2)]
    short = shortened([*names, "short.wav"], 20)
    assert short["short.wav"] == "short.wav"
    assert [("1" in short[names[0]]), ("2" in short[names[1]])] == [True, True]


def test_an_accent_stays_with_its_letter() -> None:
    name = "x" * 30 + "e\u0301" + "y" * 10
    for most in range(12, 40):
        first = shorten(name, most).partition("…")[2][:1]
        assert first != "\u0301"


@given(st.lists(st.text(max_size=40), max_size=8), st.integers(4, 30))
def test_different_names_stay_different(names: list[str], most: int) -> None:
    short = shortened(names, most)
    assert short.keys() == set(names)
    assert len(set(short.values())) == len(short)
    assert all(len(form) <= max(len(name), most) for name, form in short.items())


def test_a_name_that_looks_like_a_short_form_is_kept() -> None:
    name = "abcdefghijklmnopqrstuvwxyz"
    short = shortened([name, shorten(name, 12)], 12)
    assert short[shorten(name, 12)] == shorten(name, 12)
    assert len(set(short.values())) == 2
