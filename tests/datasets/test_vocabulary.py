"""Words that people write: each list stands once, and no word means two things."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonotope.datasets import vocabulary
from tonotope.datasets.data import Data
from tonotope.datasets.source import open_source
from tonotope.datasets.sources.columns import find_columns
from tonotope.datasets.sources.csv_dialect import read_table
from tonotope.datasets.split_words import part_of
from tonotope.datasets.vocabulary import bare, role_of


def columns(path: Path, header: str, *rows: str):
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return find_columns(read_table(path), Data(source=str(path)))


@pytest.mark.parametrize("name", [one for one in dir(vocabulary) if one.endswith("_COLUMNS")])
def test_no_name_is_listed_twice_and_each_is_bare(name: str) -> None:
    listed = getattr(vocabulary, name)
    assert len(set(listed)) == len(listed)
    for one in listed:
        for word in (one,) if isinstance(one, str) else one:
            assert bare(word) == word


def test_no_column_has_two_roles() -> None:
    lists = [vocabulary.FILE_COLUMNS, vocabulary.LABEL_COLUMNS, vocabulary.GROUP_COLUMNS]
    lists += [vocabulary.FOLD_COLUMNS, vocabulary.PART_COLUMNS]
    words = [word for names in lists for word in names]
    assert len(set(words)) == len(words)


def test_the_same_words_tell_the_part_in_a_table_and_in_folders(tmp_path: Path, sound) -> None:
    words = {"Entrenamiento": "train", "Validierung": "validation", "Prueba": "test"}
    rows = []
    for number, (word, part) in enumerate(words.items()):
        assert part_of(word) == part
        for label in "xy":
            path = tmp_path / "sounds" / word / label / f"{label}{'abc'[number] * 3}.wav"
            path.parent.mkdir(parents=True)
            sound(path, pitch=number + 7 * (label == "y"))
            rows.append(f"{path.relative_to(tmp_path)},{label},{word}")
    chosen = columns(tmp_path / "t.csv", "Datei,Klasse,Teil", *rows)
    assert (chosen.file, chosen.label, chosen.part) == (0, 1, 2)
    manifest = open_source(Data(source=str(tmp_path / "sounds")))
    assert {part_of(one.part or "") for one in manifest.recordings} == {*words.values()}


@pytest.mark.parametrize(
    "header",
    ["archivo,inicio,fin,especie", "Datei,Beginn,Ende,Tierart", "file,Start (s),End (s),label"],
)
def test_events_are_found_in_three_languages(tmp_path: Path, header: str) -> None:
    chosen = columns(tmp_path / "t.csv", header, "a.wav,0,1,x", "a.wav,1,2,y")
    assert (chosen.file, chosen.start, chosen.end, chosen.label) == (0, 1, 2, 3)


def test_a_known_column_that_is_not_used_is_named(tmp_path: Path) -> None:
    header = "file,label,species,split,begin,loudness"
    rows = ["a.wav,x,owl,train,1,3", "b.wav,y,jay,unused,2,4"]
    chosen = columns(tmp_path / "t.csv", header, *rows)
    assert (
        "not used, though the name is known: `species` (a label), `begin` (a time)"
    ) in chosen.notes
    assert chosen.warnings == (
        "`split` looks like a part (train, unused) and is not used: a split needs train and test: "
        'write test in some of its cells; then part = "split" in [data] takes it',
    )
    assert not any(
        "not used" in one for one in columns(tmp_path / "u.csv", "file,label", "a,x").notes
    )
    assert role_of("loudness") is None


def test_the_note_on_a_known_column_names_its_cure(tmp_path: Path) -> None:
    rows = ["a.wav,x,p,m,k", "b.wav,y,q,n,l", "c.wav,x,p,m,k", "d.wav,y,q,n,m"]
    (note,) = [
        one
        for one in columns(tmp_path / "t.csv", "file,label,bird_id,site,conjunto", *rows).notes
        if "not used" in one
    ]
    assert note == (
        "not used, though the name is known: `site` (a group), `conjunto` (a part); "
        'group = "site" in [data] takes it; write train, validation or test in place of its '
        'cells; then part = "conjunto" in [data] takes it'
    )
