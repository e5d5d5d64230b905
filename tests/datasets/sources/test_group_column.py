"""Which column of a table is the group, and which unknown ones are asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonotope.datasets.data import Data
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.table import open_table

CLASSES = ("owl", "wren", "jay")
ROWS = 18


@pytest.fixture
def table(tmp_path: Path, sound):
    """A table of 18 files in three classes; each further column is a function of the row."""

    def write(asked: dict[str, str] | None = None, /, **columns) -> Manifest:
        text = [",".join(["file", "label", *(name.replace("__", " ") for name in columns)])]
        for row in range(ROWS):
            sound(tmp_path / f"{'abcdefghijklmnopqr'[row] * 3}.wav", pitch=row, seconds=0.2)
            cells = [str(cell(row)) for cell in columns.values()]
            text.append(
                ",".join([f"{'abcdefghijklmnopqr'[row] * 3}.wav", CLASSES[row % 3], *cells])
            )
        (tmp_path / "t.csv").write_text("\n".join(text), encoding="utf-8")
        return open_table(tmp_path / "t.csv", Data(**(asked or {})))

    return write


def who(row: int) -> str:
    """Six people, each in all classes."""
    return f"p{row // 3}"


def groups(manifest: Manifest) -> list[str]:
    return [one.group for one in manifest.recordings]


@pytest.mark.parametrize(
    ("first", "then"),
    [("group", "artist"), ("group", "rec"), ("speaker", "author"), ("speaker", "loc"),
     ("session", "source"), ("group", "Versuchsperson")],
)  # fmt: skip
@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("constant", "says `birds` everywhere"), ("blank", "says nothing"),
        ("unique", "says something else in every file"),
        ("class", "says one thing in each class"),
    ],
)  # fmt: skip
def test_a_column_that_parts_nothing_is_passed_over_for_one_that_does(
    table, first: str, then: str, kind: str, why: str
) -> None:
    def cell(row: int) -> str:
        unique, label = f"id{row}", f"{CLASSES[row % 3]}s"
        return {"constant": "birds", "blank": "NA", "unique": unique, "class": label}[kind]

    manifest = table(**{first: cell, then: who})
    assert groups(manifest) == [who(row) for row in range(ROWS)]
    assert f"`{first}` {why}: groups are from `{then}` instead" in manifest.notes
    assert not any("was not used as group" in one for one in manifest.warnings)


def test_who_is_heard_is_taken_before_what_a_sound_was_cut_from(table) -> None:
    manifest = table(source=lambda row: f"take{row // 2}", singer=who)
    assert groups(manifest) == [who(row) for row in range(ROWS)]
    manifest = table(source=lambda row: f"take{row // 2}")
    assert groups(manifest) == [f"take{row // 2}" for row in range(ROWS)]


def test_a_constant_column_alone_is_not_offered(table) -> None:
    (said,) = [one for one in table(group=lambda row: "birds").warnings if "`group`" in one]
    assert said == (
        "`group` was not used as group: it says `birds` everywhere. That is: all recordings are of "
        "one `group`, so the score says nothing of others"
    )


@pytest.mark.parametrize("word", ["NA", "unknown", "?", "n/a", "desconocido", "-"])
@pytest.mark.parametrize("asked", [{}, {"group": "speaker"}])
def test_a_cell_that_says_unknown_is_no_speaker(table, word: str, asked: dict[str, str]) -> None:
    manifest = table(asked, speaker=lambda row: word if row < 6 else who(row))
    names = [one.id for one in manifest.recordings]
    assert groups(manifest) == [*names[:6], *map(who, range(6, ROWS))]
    assert (
        f"groups are from `speaker`: 10 groups; 6 cells say {word}: each file its own"
        in manifest.notes
    )


@pytest.mark.parametrize(
    "name", ["author", "Observer", "spk", "VP", "ring number", "alumno", "Recorded By"]
)
def test_names_of_people_are_groups(table, name: str) -> None:
    assert groups(table(**{name: who})) == [who(row) for row in range(ROWS)]


@pytest.mark.parametrize(
    "name",
    ["bird_id", "animal", "ID__ave", "Tier", "Vogel_ID", "VogelID", "speaker__no", "pájaro",
     "oiseau", "dog_id", "Individuennummer", "id_del_hablante", "soggetto", "individual"],
)  # fmt: skip
def test_who_is_heard_is_taken_before_where(table, name: str) -> None:
    manifest = table(site=lambda row: f"s{row % 4}", **{name: who})
    assert groups(manifest) == [who(row) for row in range(ROWS)]
    assert any('`site` (a group); group = "site" in [data]' in one for one in manifest.notes)


@pytest.mark.parametrize(
    "name", ["date", "fecha", "recorded_at", "AudioMoth ID", "plot", "bird night"]
)
def test_days_and_devices_are_asked_about(table, name: str) -> None:
    manifest = table(**{name: who})
    assert len({*groups(manifest)}) == ROWS
    (said,) = [one for one in manifest.warnings if f"`{name}`" in one]
    assert said.startswith(f"`{name}` looks like a group (p0, p1, p2, p3, p4 and 1 more)")
    assert f'group = "{name}" in [data] takes it' in said


def test_several_that_look_like_groups_are_one_sentence(table) -> None:
    (said,) = table(date=who, device=lambda row: f"d{row // 6}").warnings
    assert said == (
        "`date` (p0, p1, p2 and 3 more), `device` (d0, d1, d2) look like groups and are "
        'not used: group = "date" in [data] takes it'
    )


def test_unknown_columns_that_come_again_are_named_in_place_of_the_general_question(table) -> None:
    manifest = table(kennel=who, yard=lambda row: 700 + row // 6, loudness=lambda row: row / 7)
    (said,) = manifest.warnings
    assert said == (
        "the values of `kennel` (p0, p1, p2 and 3 more) and `yard` (700, 701, 702) come again in "
        "several files, and each file is its own group: if that is who, where or when it was "
        'recorded, group = "kennel" in [data] takes it'
    )
    advice = check_recordings(manifest, label="label").advice
    assert not any("every recording is its own group" in one for one in advice)
    assert groups(table({"group": "kennel"}, kennel=who)) == [who(row) for row in range(ROWS)]


def two_of_them(row: int) -> str:
    return "xy"[row // 3 % 2]


def one_class_each(row: int) -> str:
    return f"k{row % 9}"


def fraction(row: int) -> str:
    return f"{row // 3}.5"


def another_each(row: int) -> str:
    return f"k{row}"


def take(row: int) -> int:
    return row // 3


def code_of_class(row: int) -> str:
    return f"c{row % 3}"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("speaker_gender", two_of_them), ("speaker age", who), ("bird_sex", who), ("country", who),
        ("rating", who), ("kennel", two_of_them), ("kennel", one_class_each), ("kennel", fraction),
        ("kennel", another_each), ("classcode", code_of_class),
        ("number", take),
    ],
)  # fmt: skip
def test_what_somebody_is_like_is_not_asked_about(table, name: str, cell) -> None:
    manifest = table(**{name: cell})
    assert not manifest.warnings
    advice = check_recordings(manifest, label="label").advice
    assert any("every recording is its own group" in one for one in advice)
