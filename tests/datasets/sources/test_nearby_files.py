"""Files that a table names and that are not there, or that are there and not named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import open_source
from tonotope.datasets.sources.grouping import Grouping, with_alike
from tonotope.datasets.sources.table import open_table


@pytest.fixture
def table(tmp_path: Path, sound):
    def write(rows: str, sounds: str, targets: list[str] | None = None, at: str = "t.csv"):
        for number, name in enumerate(sounds.split()):
            sound(tmp_path / name, pitch=number)
        (tmp_path / at).parent.mkdir(exist_ok=True)
        (tmp_path / at).write_text(rows.replace(" ", "\n"))
        return open_table(tmp_path / at, Data(), targets)

    return write


@pytest.mark.parametrize(
    ("named", "sounds", "hint"),
    [
        ("a.mp3", "a.wav z.wav", "a.wav would fit: correct the ending, or leave endings out"),
        ("rec/a.MP3", "rec/a.flac z.wav", "rec/a.flac would fit: correct the ending"),
        ("7", "007.wav z.wav", "007.wav would fit: a spreadsheet takes noughts away"),
        ("12.wav", "audio/0012.wav z.wav", "audio/0012.wav would fit: a spreadsheet takes"),
        ("b.wav", "one/deep/b.wav z.wav", "one/deep/b.wav would fit: write the folder too"),
        ("b.wav", "x1/b.wav x2/b.wav z.wav", "x1/b.wav, x2/b.wav would fit: write the folder"),
        ("a.mp3", "z.wav", "nor in audio/, clips/ and their like"),
    ],
)
def test_a_file_that_is_not_there_is_told_with_what_is(table, named, sounds, hint) -> None:
    manifest = table(f"file,label {named},dog z.wav,cat", sounds)
    assert [one.row for one in manifest.skipped] == [2]
    assert hint in manifest.skipped[0].reason


def test_sounds_beside_the_folder_of_the_table_are_near(table) -> None:
    with pytest.raises(DataError, match=r"\.\./audio/01\.wav would fit"):
        table("file,label 1.wav,dog", "audio/01.wav", at="meta/t.csv")


def test_one_reason_for_all_rows_is_told_once(table) -> None:
    rows = " ".join(f"{letter}.mp3,dog" for letter in "abcde")
    with pytest.raises(DataError) as caught:
        table(f"file,label {rows} http://x/d.wav,cat", "a.wav b.wav c.wav d.wav e.wav")
    assert str(caught.value).count("would fit") == 1
    assert "5 rows: no such file" in str(caught.value)
    assert "an address, not a file" in str(caught.value)


def test_a_spreadsheet_is_told_how_to_be_saved(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(b"PK")
    with pytest.raises(DataError, match="a spreadsheet; save its sheet as CSV"):
        open_source(Data(source=str(tmp_path / "book.xlsx")))


@pytest.mark.parametrize(
    ("header", "row"),
    [("file,hz", "b.wav,"), ("file,label,hz", "b.wav,x,"), ("file,hz,split", "b.wav,3,")],
)
def test_a_file_of_a_row_that_is_left_out_is_named_all_the_same(table, header, row) -> None:
    more = "," * (header.count(",") - 1)
    label = "x," if more else ""
    split = "split" in header
    first = "a.wav,3,train c.wav,4,test" if split else f"a.wav,{label}3 c.wav,{label}4"
    manifest: Manifest = table(f"{header} {first} {row}", "a.wav b.wav c.wav d.wav", ["hz"])
    assert [one.id for one in manifest.recordings] == ["a.wav", "c.wav"]
    assert [one for one in manifest.warnings if "not named" in one] == [
        "1 sound file beside them is not named in the table: d.wav"
    ]


def test_long_paths_that_are_not_named_are_shown_by_their_names(table) -> None:
    folder = "a_long_folder_of_a_long_name/and_another"
    sounds = " ".join(f"{folder}/{letter}.wav" for letter in "abcde")
    warnings = table(f"file,label {folder}/a.wav,dog", sounds).warnings
    assert (
        "4 sound files beside them are not named in the table: b.wav, c.wav, d.wav and 1 more"
        in warnings
    )


def test_events_of_one_file_are_counted_as_one_file(table) -> None:
    rows = " ".join(f"C:\\rec\\a.wav,{n},{n + 0.1},{'xy'[n % 2]}" for n in range(1))
    rows += " C:\\rec\\a.wav,0.1,0.2,y C:\\rec\\b.wav,0,0.1,x"
    notes = table(f"file,start,end,label {rows}", "a.wav b.wav").notes
    assert any(one.startswith("2 files are named by a path of another machine") for one in notes)


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ("Anna anna eve", "1 group may be written in several ways (`Anna` / `anna`)"),
        ("s_1 s-1 s1", "1 group may be written in several ways (`s-1` / `s_1`)"),
        ("1 1.0 2 3", "1 group may be written in several ways (`1` / `1.0`)"),
        ("ann bob 1 10", ""),
    ],
)
def test_groups_written_in_several_ways_are_asked_about(names: str, shown: str) -> None:
    warning = with_alike(Grouping([], ""), names.split()).warning or ""
    assert warning.startswith(shown)
    assert bool(warning) == bool(shown)


@pytest.mark.parametrize("column", ["client_id", "rec", "identifier", "Localidad", "Aufnahmeort",
                                    "lieu", "falante", "station_id", "locuteur"])  # fmt: skip
def test_groups_of_well_known_tables_are_groups(table, column: str) -> None:
    rows = " ".join(f"{n}.wav,{'xy'[n % 2]},g{n // 2}" for n in range(6))
    sounds = " ".join(f"{n}.wav" for n in range(6))
    manifest = table(f"file,label,{column} {rows}", sounds)
    assert [one.group for one in manifest.recordings] == ["g0", "g0", "g1", "g1", "g2", "g2"]
    alike = table(f"file,label,{column} {rows.replace('g1', 'G0', 1)}", sounds)
    assert any("several ways (`G0` / `g0`)" in one for one in alike.warnings)


@pytest.mark.parametrize(
    ("column", "words", "parts"),
    [
        ("split", "tr tr cv tt", "train train validation test"),
        ("conjunto", "treino treino teste teste", "train train test test"),
        ("jeu", "apprentissage apprentissage validation test", "train train validation test"),
        ("Datensatz", "Training Training Prüfung Prüfung", "train train test test"),
        ("split", "train train evaluate evaluate", "train train test test"),
        ("split", "trian trian lost lost", ""),
        ("data_split", "A A B B", ""),
    ],
)
def test_a_split_is_used_or_asked_about(table, column: str, words: str, parts: str) -> None:
    from tonotope.datasets.split_words import parts_of

    given = words.split()
    rows = " ".join(f"{n}.wav,{'xy'[n % 2]},{word}" for n, word in enumerate(given))
    manifest = table(f"file,label,{column} {rows}", "0.wav 1.wav 2.wav 3.wav")
    told = [one.part for one in manifest.recordings]
    assert [parts_of(given).get(one or "", one) for one in told if one] == parts.split()
    assert any(f"`{column}` looks like a part" in one for one in manifest.warnings) == (not parts)
