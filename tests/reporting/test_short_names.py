"""Names are cut in the middle, and no two of them look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonotope.reporting.i18n import Words
from tonotope.reporting.short_names import (
    part_of,
    shorten,
    shortened,
    shortened_paths,
    with_times,
)


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


TAKE = (
    "Übungsräume & Kirchen 2024–2025/Aufnahmen in der Stiftskirche/großer Chor/"
    "Probe vom {:02}. Februar, Take {:03} – Mikrofonabstand 2,5 m (Rückkanal).wav"
)


@pytest.mark.parametrize("most", [24, 40, 44, 56])
def test_what_tells_names_apart_stays_whole_and_what_they_share_goes_first(most: int) -> None:
    names = {TAKE.format(day, take): (day, take) for day in (1, 2, 9) for take in range(30, 38)}
    for name, short in shortened(names, most).items():
        assert len(short) <= most
        day, take = names[name]
        assert f" {day:02}." in short
        assert f"Take {take:03} " in short


def test_one_odd_name_changes_nothing() -> None:
    names = [TAKE.format(1, take) for take in range(20)]
    odd = shortened([*names, "another.wav"], 40)
    assert odd == shortened(names, 40) | {"another.wav": "another.wav"}
    assert "Take 007" in odd[names[7]]


def test_numbers_in_a_row_stay_together() -> None:
    start, end = "Station am Nordhang über dem Fluss/Gerät ", " mit Windschutz und Stativ.wav"
    names = [f"{start}{a}-{b}-{c}{end}" for a in range(3) for b in range(3) for c in range(3)]
    short = shortened(names, 24)
    assert all(name[len(start) : len(start) + 5] in short[name] for name in names)


def test_words_that_tell_stay_beside_what_all_have() -> None:
    names = [
        f"Orgel von St. Ägidien, Prinzipal 8 Fuß, {side} Manual, Mikrofon {place} im Kirchenschiff"
        for side in ("linkes", "rechtes")
        for place in ("vorne", "hinten", "oben")
    ]
    for name, short in shortened(names, 40).items():
        assert all(
            (word in name) == (word in short)
            for word in ("linkes", "rechtes", "vorne", "hinten", "oben")
        )


def test_the_name_of_a_file_stays_whole_and_its_folders_are_shortened() -> None:
    kinds = ("Mosquitero común ibérico (Phylloscopus ibericus) – canto", "Zorzal")
    sites = ("Dehesa de la Villa", "Parque Natural de la Sierra")
    paths = [f"{k}/{s}/grabación {n}.wav" for k in kinds for s in sites for n in range(4)]
    for most in (36, 44, 56):
        short = shortened_paths(paths, most)
        assert len({*short.values()}) == len(paths)
        assert all(own.endswith(f"/{name.split('/')[-1]}") for name, own in short.items())
    assert shortened_paths(["bell/07.wav"], 44) == {"bell/07.wav": "bell/07.wav"}
    long = [f"a/{'x' * 60}-{n}.wav" for n in range(3)]  # no room for a folder
    assert shortened_paths(long, 44) == shortened(long, 44)
    parts = [f"{'long folder ' * 5}/take.wav@{n}.0-{n}.5" for n in range(3)]
    assert [*shortened_paths(parts, 44).values()][1].endswith("/take.wav@1.0-1.5")


def test_a_number_is_not_cut() -> None:
    assert shorten("night recordings, take 20240501, left.wav", 22) == "nig…20240501, left.wav"
    for most in range(16, 40):
        short = shorten("recordings of the night, take 20240501 left.wav", most)
        assert "20240501" in short or not any(sign.isdigit() for sign in short.partition("…")[2])


def test_times_of_a_part_are_written_as_in_the_language() -> None:
    name = "largo/toma nº 1.wav@28.445-29.500"
    assert with_times(name, Words("es")) == "largo/toma nº 1.wav, 28,445–29,5\u00a0s"
    assert with_times(name, Words("en")) == "largo/toma nº 1.wav, 28.445–29.5\u00a0s"
    assert with_times("me@home.wav", Words("es")) == "me@home.wav"
    assert part_of("largo/toma nº 1.wav@20.666-37.316", name) == "@20.666-37.316"
    assert part_of("other.wav@20.666-37.316", name) == "other.wav@20.666-37.316"
    assert with_times("@20.666-37.316", Words("es")) == "20,666–37,316\u00a0s"


BIRDS = (
    "Abejaruco europeo de garganta amarilla",
    "Mosquitero común ibérico (canto territorial)",
    "Mosquitero común ibérico (reclamo de alarma)",
    "Petirrojo europeo (Erithacus rubecula)",
    "Ñandú",
)


@pytest.mark.parametrize("most", [12, 16, 20, 24, 30, 36, 40])
def test_no_single_letter_is_left_out_and_no_end(most: int) -> None:
    short = shortened(BIRDS, most)
    assert not any(form.endswith("…") for form in short.values())
    assert len({*short.values()}) == len(BIRDS)
    assert all(len(form) <= most + 8 for form in short.values())
