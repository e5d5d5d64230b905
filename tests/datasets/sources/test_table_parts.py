from __future__ import annotations

from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.data import Data
from tonotope.datasets.labels import label_warnings, tag_warnings, why_missing
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.table import open_table
from tonotope.datasets.split_words import part_of


@pytest.fixture
def parts(tmp_path: Path, sound):
    def write(words: list[str], column: str = "split") -> Manifest:
        rows = [f"file,label,{column}"]
        for number, word in enumerate(words):
            name = f"{chr(97 + number) * 3}.wav"
            sound(tmp_path / name, pitch=number)
            rows.append(f"{name},{'xy'[number % 2]},{word}")
        (tmp_path / "t.csv").write_text("\n".join(rows))
        return open_table(tmp_path / "t.csv", Data())

    return write


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("train train eval eval", "train train test test"),
        ("development development evaluation", "train train test"),
        ("train val evaluation", "train validation test"),
        ("train eval test", "train validation test"),
        ("train dev test", "train validation test"),
        ("train unused test ignore", "train test"),
    ],
)
def test_words_for_parts_are_understood_together(parts, words: str, meant: str) -> None:
    manifest = parts(words.split())
    assert [part_of(one.part or "") for one in manifest.recordings] == meant.split()


def test_unused_rows_and_blank_cells_are_left_out_and_said(parts) -> None:
    manifest = parts(["train", "train", "unused", "", "test"])
    assert "1 row is left out, since `split` says unused" in manifest.notes
    assert [one.row for one in manifest.skipped] == [5]
    manifest = parts(["1", "1.0", "2", "", "2,0"[:1]], "fold")
    assert [one.fold for one in manifest.recordings] == ["1", "1", "2", "2"]
    assert "`fold` is blank" in manifest.skipped[0].reason


@pytest.mark.parametrize(
    ("column", "words", "says"),
    [
        ("usage", "train train test test",
         '`usage` looks like a part (test, train) and is not used: part = "usage" in [data] takes'),
        ("whatever", "Training development Testing Testing",
         '`whatever` looks like a part (Testing, Training, development) and is not used: part ='),
        ("fer_usage", "Training Training PublicTest PrivateTest",
         "`fer_usage` looks like a part (Training, PublicTest, PrivateTest) and is not used: write "
         'train, validation or test in place of its cells; then part = "fer_usage" in [data]'),
        ("is_test", "0 0 1 1", "`is_test` looks like a part (0, 1) and is not used: write train, "
         "validation or test in place of its 0 and 1; then part"),
        ("isTrain", "True False True False", "`isTrain` looks like a part (True, False)"),
        ("validation_fold", "1 2 1 2", "`validation_fold` looks like a fold (1, 2) and is not used:"
         ' fold = "validation_fold" in [data] takes it'),
        ("fold10", "a b a b", "`fold10` looks like a fold (a, b)"),
        ("bird_plot", "k k m m", "`bird_plot` looks like a group (k, m) and is not used: group"),
        ("group", "train train test test", "`group` looks like a part (test, train) and is not"),
        ("grupo", "entrenamiento entrenamiento prueba validación", "`grupo` looks like a part ("),
        ("Gruppe", "Training Training Test Test", '`Gruppe` looks like a part (Test, Training)'),
        ("location", "validation validation test test", "`location` looks like a part (test, val"),
        ("groupe", "fold1 fold2 fold1 fold2", "`groupe` looks like a fold (fold1, fold2) and is"),
        ("role", "training query training query", "`role` looks like a part (query, training) and"),
        ("subset", "A test B train", "`subset` looks like a part (A, B, test, train) and is not"),
    ],
)  # fmt: skip
def test_a_column_that_would_change_the_split_is_named(
    parts, column: str, words: str, says: str
) -> None:
    if column == "subset":  # a known name with words for train and test: refused with the row
        with pytest.raises(DataError, match="row 2: the column `subset` says `A`"):
            parts(words.split(), column)
        return
    manifest = parts(words.split(), column)
    assert any(one.startswith(says) for one in manifest.warnings), manifest.warnings
    assert {one.part or one.fold for one in manifest.recordings} == {None}


@pytest.mark.parametrize(
    ("column", "words"),
    [("loudness", "0.5 0.6 0.7 0.8"), ("esc10", "True False True False"), ("city", "u u u x"),
     ("bird_id", "a b c d"), ("test_score", "71 80 93 64"), ("notes", "test me please now")],
)  # fmt: skip
def test_other_columns_are_not_asked_about(parts, column: str, words: str) -> None:
    assert not parts(words.split(), column).warnings


def test_parts_in_a_long_sorted_table_are_no_groups(tmp_path: Path, sound) -> None:
    for number in range(8):
        sound(tmp_path / f"{number}.wav", pitch=number, seconds=0.5)
    parts = ["train"] * 2500 + ["test"] * 500
    rows = [
        f"{n % 8}.wav,{n % 2},{n / 8000:.3f},{n / 8000 + 0.01:.3f},{part}"
        for n, part in enumerate(parts)
    ]
    (tmp_path / "t.csv").write_text("\n".join(["file,label,start,end,group", *rows]))
    (tmp_path / "u.csv").write_text("\n".join(["file,label,start,end,usage", *rows]))
    for table in ("t.csv", "u.csv"):
        said = open_table(tmp_path / table, Data()).warnings
        assert [one for one in said if " looks like a part (test, train)" in one]


def test_a_part_of_an_unknown_name_is_not_taken_for_the_label(tmp_path: Path, sound) -> None:
    rows = [f"{n}.wav,{['owl', 'jay'][n % 2]},{['train', 'test'][n // 2 % 2]}"
            for n in range(8)]  # fmt: skip
    for number in range(8):
        sound(tmp_path / f"{number}.wav", pitch=number)
    (tmp_path / "t.csv").write_text("\n".join(["file,what,usage", *rows]))
    manifest = open_table(tmp_path / "t.csv", Data())
    assert manifest.classes("what") == ("jay", "owl")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("01 1 1.0 2 02 2,0", "1 1 1 2 2 2"),
        ("Fold_1 fold01 FOLD-1 fold2 2 02", "1 1 1 2 2 2"),
        ("00 0 10 010 0.0 10.0", "0 0 10 10 0 10"),
        ("a fold01 1 b 01 fold1", "a fold01 1 b 1 fold1"),
    ],
)
def test_folds_are_counted_as_people_count(parts, words: str, meant: str) -> None:
    quoted = [f'"{word}"' for word in words.split()]
    assert [one.fold for one in parts(quoted, "fold").recordings] == meant.split()


def test_a_fold_written_01_is_found_in_its_folder(tmp_path: Path, sound) -> None:
    for number in range(4):
        sound(tmp_path / f"{number % 2 + 1:02d}/{number}.wav", pitch=number)
    rows = [f"{n}.wav,{'xy'[n // 2]},{n % 2 + 1:02d}" for n in range(4)]
    (tmp_path / "t.csv").write_text("\n".join(["file,label,fold", *rows]))
    found = [(one.id, one.fold) for one in open_table(tmp_path / "t.csv", Data()).recordings]
    assert found == [("01/0.wav", "1"), ("02/1.wav", "2"), ("01/2.wav", "1"), ("02/3.wav", "2")]


def test_a_word_that_is_no_part_is_refused_with_its_row(parts) -> None:
    with pytest.raises(DataError, match="row 4: the column `split` says `tset`"):
        parts(["train", "test", "tset"])


@pytest.mark.parametrize("mark", [",", ";", "|"])
def test_cells_of_several_labels_name_the_head_for_tags(mark: str) -> None:
    labels = [mark.join(one) for one in (("Bark", "Dog"), ("Growl", "Dog"), ("Meow", "Cat"))]
    told = [one for one in label_warnings(labels) if 'head.kind = "tag"' in one]
    assert told
    assert told[0].startswith("3 cells hold several labels")
    assert not any("tag" in one for one in label_warnings(["dog, wild", "cat, tame", "owl"]))


@pytest.mark.parametrize(
    ("labels", "cell", "count", "more"),
    [
        (["dog", "owl", "dog+cat", "cat + owl"], "dog+cat", 2, ' and head.separator = "+"'),
        (["dog", "cat", "dog/cat", "owl"], "dog/cat", 1, ' and head.separator = "/"'),
        (["dog", "cat", "dog & cat"], "dog & cat", 1, ' and head.separator = "&"'),
        (["['dog']", "['dog', 'cat']"], "['dog', 'cat']", 2, ""),
        (['["owl"]', '["owl","jay"]'], '["owl","jay"]', 2, ""),
        (["{'owl'}", "('owl', 'jay')"], "('owl', 'jay')", 2, ""),
        (["1", "2", "1,2"], "1,2", 1, ""),
        (["dog cat", "dog", "owl cat", "cat"], "dog cat", 2, ' and head.separator = " "'),
        (["1 2", "1", "2", "3"], "1 2", 1, ' and head.separator = " "'),
        (["song call", "call song"], "song call", 2, ' and head.separator = " "'),
        (["owl", "rail", "owl and rail"], "owl and rail", 1, ' and head.separator = " and "'),
        (["Eule", "Ralle", "Eule und Ralle"], "Eule und Ralle", 1, ' and head.separator = " und "'),
        (["owl", "rail", "owl - rail"], "owl - rail", 1, ' and head.separator = " - "'),
        (["hibou", "râle", "Hibou et râle"], "Hibou et râle", 1, ' and head.separator = " et "'),
        (["barn owl", "rail", "jay", "barn owl y rail y jay"], "barn owl y rail y jay", 1,
         ' and head.separator = " y "'),
        (["owl and rail", "rail and owl", "owl", "crane"], "owl and rail", 2,
         ' and head.separator = " and "'),
        (["búho y rana", "rana y grillo", "jay"], "búho y rana", 2, ' and head.separator = " y "'),
        (["犬", "鳥", "犬と鳥"], "犬と鳥", 1, ' and head.separator = "と"'),
        (["owl", "rail", "jay", "owl+rail", "rail+jay", "owl with jay"], "owl+rail", 3,
         ' and head.separator = "+", once `+` stands in `owl with jay` too'),
        (["owl/rail", "rail/owl"], "owl/rail", 2, ' and head.separator = "/"'),
        (["owl+rail", "rail+frog", "frog+owl"], "owl+rail", 3, ' and head.separator = "+"'),
        (["owl", "rail", "owl, rail and frog"], "owl, rail and frog", 1,
         ", once `,` stands in `rail and frog` too"),
        (["owl", "rail", "owl, rail and frog", "rail, owl and jay"], "owl, rail and frog", 2,
         ", once `,` stands in `rail and frog` too"),
        (["owl", "heron", "owl+rail", "owl+crake"], "owl+rail", 2, ' and head.separator = "+"'),
        (["owl", "rail", "owl + rail + crake"], "owl + rail + crake", 1,
         ' and head.separator = "+"'),
        (["owl", "crake", "owl and rail", "crake and rail"], "owl and rail", 2,
         ' and head.separator = " and "'),
        (["owl/rail", "owl/crake", "rail/crake"], "owl/rail", 3, ' and head.separator = "/"'),
        (["owl", "rail", "owl_rail", "rail_owl"], "owl_rail", 2, ' and head.separator = "_"'),
        (["owl", "rail", "owl-rail", "rail-owl"], "owl-rail", 2, ' and head.separator = "-"'),
        (["owl", "rail", "owl\\rail"], "owl\\rail", 1, ' and head.separator = "\\\\"'),
        (["dog\ncat", "dog", "owl\ncat", "cat"], "dog\\ncat", 2, ""),
        (["Owl, barn", "Owl, tawny", "Owl"], "Owl, barn", 2, ""),
        (["Dog,Animal", "Cat,Animal"], "Dog,Animal", 2, ""),
    ],
)  # fmt: skip
def test_other_ways_to_write_several_labels(
    labels: list[str], cell: str, count: int, more: str
) -> None:
    told = [one for one in label_warnings(labels, "what") if "several labels" in one]
    assert len(told) == 1
    assert told[0].startswith(f"{count} cell")
    assert f"(`{cell}`)" in told[0]
    assert told[0].endswith(f'take head.kind = "tag" with head.column = "what"{more}')


def test_a_class_of_two_known_ones_is_asked_about() -> None:
    (told,) = label_warnings(["owl", "rail", "owl_rail"] * 5, "what")
    assert told == (
        "`owl_rail` is a class of its own beside `owl` and `rail`: if it means that a sound has "
        'all of them, take head.kind = "tag" with head.column = "what" and head.separator = "_"'
    )
    assert not label_warnings(["barn_owl", "owl", "rail"] * 5, "what")


@pytest.mark.parametrize(
    "labels",
    [
        ["rock/pop", "rock", "jazz"],
        ["3/4", "4/4", "6/8", "3/8"],
        ["in/out", "up/down", "on/off"],
        ["[laughter]", "speech"],
        ["1", "2", "1,0", "2.0"],
        ["1,5", "2,5", "1"],
        ["Owl, barn", "Owl, tawny", "Owl, eagle", "Robin"],
        ["grey seal", "grey wolf", "seal", "wolf"],
        ["car", "horn", "carriage horn"],
        ["hip", "hop", "hip-hop"],
        ["rain", "noise", "noise of rain"],
        ["lluvia", "bosque", "lluvia en bosque"],
        ["R&B", "soul/funk", "hip-hop", "jazz"],
        ["rock", "rock and roll", "drum & bass", "drum", "AC/DC"],
        ["km/h", "m/s", "n/a"],
        ["red", "bird", "red winged blackbird"],
        ["1", "5", "1.5"],
        ["American Robin", "European Robin", "American Crow", "Robin"],
    ],
)
def test_marks_inside_a_label_are_no_several_labels(labels: list[str]) -> None:
    assert not [one for one in label_warnings(labels) if "several labels" in one]


def test_a_comma_before_a_state_is_asked_about_softly() -> None:
    (told,) = label_warnings(["door, open", "door, close", "window, open"])
    assert told.startswith("3 cells hold a comma (`door, open`): if it stands between several")


def test_numbers_with_a_decimal_comma_are_the_same_number() -> None:
    told = label_warnings(["1", "1,0", "2", "2.0", "3"])
    assert [one.split(" are the same number")[0] for one in told] == [
        "`1` (1) and `1,0` (1)",
        "`2` (1) and `2.0` (1)",
    ]


@pytest.mark.parametrize("blank", ["NA", "n/a", "-", "#N/A", "none", "NaN", "<NA>"])
def test_a_fold_that_says_nothing_is_blank(parts, blank: str) -> None:
    manifest = parts(["1", "2", blank, "2"], "fold")
    assert [one.fold for one in manifest.recordings] == ["1", "2", "2"]
    assert [(one.row, one.reason) for one in manifest.skipped] == [
        (4, f"its cell in `fold` says `{blank}`, so it is in no part")
    ]


@pytest.mark.parametrize(
    ("words", "row", "cell", "count"),
    [
        (["1", "2", "-1", "-1"], 4, "-1", 2),
        (["1", "2", "test", "1"], 4, "test", 1),
        (["1", "extra", "2", "1"], 3, "extra", 1),
        (["1", "2", "3", "heldback"], 5, "heldback", 1),
        (["A", "B", "test"], 4, "test", 1),
        (["1", "2", "1.5"], 4, "1.5", 1),
        (["train", "train", "test"], 2, "train", 3),
    ],
)
def test_a_fold_that_is_none_is_refused_with_its_row(
    parts, words: list[str], row: int, cell: str, count: int
) -> None:
    with pytest.raises(DataError) as refused:
        parts(words, "fold")
    told = f"row {row}: the column `fold` says `{cell}`, which is no fold ({count} row"
    assert told in str(refused.value)


def test_parts_stay_where_their_fold_is_blank(tmp_path: Path, sound) -> None:
    rows = ["file,label,split,fold"]
    sides = ["train,1", "train,2", "test,", "test,NA", ",1"]
    for number, side in enumerate(sides):
        sound(tmp_path / f"{number}.wav", pitch=number)
        rows.append(f"{number}.wav,{'xy'[number % 2]},{side}")
    (tmp_path / "t.csv").write_text("\n".join(rows))
    manifest = open_table(tmp_path / "t.csv", Data())
    assert [(one.part, one.fold) for one in manifest.recordings] == [
        *(("train", "1"), ("train", "2"), ("test", None), ("test", None)),
    ]
    assert [(one.row, "`split` is blank" in one.reason) for one in manifest.skipped] == [(6, True)]


@pytest.mark.parametrize(
    "error",
    [
        "#N/A",
        "#NV",
        "#N/D",
        "#VALUE!",
        "#WERT!",
        "#¡VALOR!",
        "#REF!",
        "#BEZUG!",
        "#¡REF!",
        "#DIV/0!",
        "#¡DIV/0!",
        "#NAME?",
        "#¿NOMBRE?",
        "#NUM!",
        "#ZAHL!",
        "#NULL!",
        "#####",
    ],
)
def test_errors_of_spreadsheets_are_no_labels(error: str) -> None:
    assert why_missing(error) == f"has no label (`{error}`)"


@pytest.mark.parametrize("label", ["#rock", "#1", "C#", "F#m", "#", "none"])
def test_a_label_with_a_hash_stays(label: str) -> None:
    assert why_missing(label) is None


def test_many_doubts_of_one_kind_are_one_sentence() -> None:
    labels = [*("A1", "a1", "B1", "b1", "C1", "c1", "D1", "d1"), *("NA", "unknown", "?", "?")]
    alike, none = label_warnings(labels)
    assert alike.startswith(
        "4 sets of labels differ in case, spaces or marks alone (`A1` (1) and `a1` (1); `B1` (1) "
        "and `b1` (1); `C1` (1) and `c1` (1) and 1 more): did you mean one class for each?"
    )
    assert none.startswith("4 recordings are labelled `NA` (1), `unknown` (1), `?` (2), read as")
    numbers = label_warnings(["1", "1.0", "2", "2.0", "3", "3.0"])
    assert len(numbers) == 1
    assert numbers[0].startswith("3 sets of labels are the same number written differently")
    assert len(label_warnings(["a1", "A1", "b1", "B1"])) == 2


def test_tags_that_differ_in_case_are_asked_about() -> None:
    said = "`Dog` (1) and `dog` (2) differ in case, spaces or marks alone: did you mean one tag?"
    assert tag_warnings(["Dog", "dog", "cat", "dog"])[0].startswith(said)
    assert not tag_warnings(["dog", "cat"])


def test_marks_that_differ_from_cell_to_cell_are_counted_together() -> None:
    labels = ["rain; wind", "rain", "wind / rain", "rain & wind", "rain; wind", "AC/DC"]
    (told,) = [one for one in label_warnings(labels) if "several labels" in one]
    assert told == (
        "4 cells hold several labels (`rain; wind`), and each combination is a class of its own; "
        'if a sound may have several, take head.kind = "tag" with head.column = "label", once `;` '
        "stands in `wind / rain` and `rain & wind` too"
    )


@pytest.mark.parametrize(
    ("one", "other", "codes"),
    [
        ("M\u00fcller", "Mu\u0308ller", "U+00FC, U+0308"),
        ("grey owl", "grey\u00a0owl", "U+00A0"),
        ("rail", "rail\u200b", "U+200B"),
        ("owl", "owl\u00a0", "U+00A0"),
    ],
)
def test_labels_that_look_the_same_are_said_to_be_coded_otherwise(
    one: str, other: str, codes: str
) -> None:
    for told in (label_warnings([one, other, "x"])[0], tag_warnings([one, other, "x"])[0]):
        assert told.endswith(
            f"look the same, but are coded in 2 ways ({codes}): did you mean one label? They stay "
            "different until the table is changed"
        )
    assert "look the same" not in label_warnings(["owl", "owl ", "Owl"])[0]
