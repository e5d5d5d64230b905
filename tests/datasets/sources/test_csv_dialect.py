from __future__ import annotations

import os
from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.sources.csv_dialect import read_table

TEXT = "file,label\na.wav,é\nb.wav,ö\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (TEXT.encode(), "is UTF-8, separated by commas"),
        (TEXT.encode("utf-8-sig"), "is UTF-8 with a byte order mark, separated by commas"),
        (TEXT.encode("utf-16"), "is UTF-16, separated"),
        (TEXT.encode("utf-16-be"), "is UTF-16 without a byte order mark"),
        (TEXT.encode("utf-16-le"), "is UTF-16 without a byte order mark"),
        (TEXT.encode("latin-1"), "is Windows Latin-1 (it is no UTF-8)"),
        (TEXT.replace(",", ";").encode(), "separated by semicolons"),
        (TEXT.replace(",", "\t").encode(), "separated by tabs"),
        (TEXT.replace(",", "|").encode(), "separated by bars"),
        (TEXT.replace("\n", "\r\n").encode(), "UTF-8"),
        (TEXT.replace("\n", "\r").encode(), "UTF-8"),
        (TEXT.encode() + bytes(50), "UTF-8"),
        (TEXT.encode("utf-16-le") + bytes(50), "UTF-16 without a byte order mark"),
        (TEXT.replace("label\n", "label,,\n").encode(), "its columns: file, label"),
        (TEXT.replace("file,", " file , ").encode(), "its columns: file, label"),
        (TEXT.replace("\n", "\n\n").encode(), "UTF-8"),
    ],
)
def test_however_it_was_written_it_is_read_and_said(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    table = read_table(path)
    assert said in table.note
    assert table.columns == ("file", "label")
    assert [cells[:2] for _, cells, _ in table.rows() if cells] == [["a.wav", "é"], ["b.wav", "ö"]]


def test_a_cp1252_table_with_bytes_of_no_meaning(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"file,label\na.wav,x\x81\xe9")
    assert "is Latin-1 (it is no UTF-8)" in read_table(tmp_path / "t.csv").note


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('file,label\n"a\nb.wav",dog\n\nc.wav\nd.wav,cat,1\ne.wav,c\0w\nf.wav,cow,\n')
    rows = list(read_table(path).rows())
    assert rows == [
        (2, ["a\nb.wav", "dog"], ""),
        (4, None, "has 1 cell, but the header has 2"),
        (
            5,
            None,
            "has 3 cells, but the header has 2 (a comma inside a cell needs quotation marks)",
        ),
        (6, None, "holds a NUL byte; the table is damaged there"),
        (7, ["f.wav", "cow", ""], ""),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty; the first row should name the columns: file,label"),
        (b"\n \n", "empty; the first row"),
        (b"\nfile,label\n", "the first row is empty; it should name the columns"),
        (b"file\na.wav\n", "one column alone .“file”.; a table has a column of files and"),
        (b"file,label,label\na,b,c\n", "several columns are called label; give each its own name"),
        (b'file,label\na.wav,"dog\n' + b"x\n" * 9, "line 2: a quotation mark is opened in this"),
        (
            b'file,label\na.wav,"' + b"x" * 10_000_000 + b'"\n',
            "line 2: a cell of more than 131,072 characters; is a quotation mark not closed",
        ),
        (b"PK\x03\x04" + bytes(100), r"own file\), not a table; a table is text: save it as CSV"),
        (
            b"\xff\xfef\0i\0l\0e\0\0\xd8x\0",
            "begins as UTF-16, but byte 10 is not; save it as UTF-8",
        ),
    ],
)
def test_what_is_no_table_is_told_apart(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(DataError, match=says):
        list(read_table(path).rows())


def test_a_pipe_called_table_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(DataError, match=r"t\.csv: a pipe, not a file; it was not opened"):
        read_table(tmp_path / "t.csv")
    with pytest.raises(DataError, match=r"u\.csv: no such file"):
        read_table(tmp_path / "u.csv")


def test_a_table_of_many_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("file,label\n" + "a/b.wav,dog\n" * 200_000)
    assert sum(1 for _ in read_table(path).rows()) == 200_000


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("sep=;\nfile;label\na.wav;dog\n", 2),
        ('"sep=;"\r\nfile;label\r\na.wav;dog\r\n', 2),
        ("SEP=;\nfile;label;note, long\na.wav;dog;\n", 2),
        ("Aufnahmen 2024;;\n;;\nDatei;Klasse;Ort\na.wav;dog;Ulm\n", 3),
        ("My recordings\n\nfile;label\na.wav;dog\n", 3),
        ("Project;Owls;\nBy;Ann;\narchivo;especie;lugar\na.wav;dog;x\n", 3),
        ("sep=;\nMy recordings\nfile;label\na.wav;dog\n", 3),
    ],
)
def test_what_spreadsheets_write_above_the_header_is_passed_over(
    tmp_path: Path, text: str, row: int
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, newline="")
    table = read_table(path)
    assert (table.header_row, table.separator) == (row, ";")
    assert f"; {row - 1} row" in table.note
    ((number, cells, wrong),) = table.rows()
    assert (number, (cells or [])[:2], wrong) == (row + 1, ["a.wav", "dog"], "")


def test_cells_that_lack_at_the_end_of_a_row_are_empty(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("file;label;site;note\na.wav;dog;x;y\nb.wav;cat\nc.wav;cat;z\n")
    assert [cells for _, cells, _ in read_table(path).rows()] == [
        ["a.wav", "dog", "x", "y"],
        ["b.wav", "cat", "", ""],
        ["c.wav", "cat", "z", ""],
    ]


@pytest.mark.parametrize(
    "text", ["", "\f", "\u3000", "\u2060 \u200b", "\x1c\x1d", "\xa0\n\x85", "\v \u3000\n"]
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16"])
def test_a_blank_table_gives_a_sentence(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    with pytest.raises(DataError, match=r"t\.csv: (empty; the first row|.*a table is text)"):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ('"file"\t"label"\n"1"\t"a.wav"\t"dog"\n"2"\t"b.wav"\t"cat"\n', ("", "file", "label")),
        # A part of a data frame keeps its row names.
        ("file,label\n3,a.wav,dog\n17,b.wav,cat\n", ("", "file", "label")),
        # One comma too many in each row is no row name.
        ("file,label\na.wav,dog,big\nb.wav,cat,small\n", ("file", "label")),
        ("file,label\n2,1,a\n1,2,b\n", ("file", "label")),
        ("file,label\n1,dog,\n2,cat,\n", ("file", "label")),
        ("file,label\n1,a.wav,dog\nb.wav,cat\n", ("file", "label")),
    ],
)
def test_row_names_that_the_header_has_no_cell_for(
    tmp_path: Path, text: str, columns: tuple[str, ...]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    table = read_table(path)
    assert table.columns == columns
    if columns[0] == "":
        cells = [row[1:] for _, row, _ in table.rows() if row]
        assert cells == [["a.wav", "dog"], ["b.wav", "cat"]]


@pytest.mark.parametrize(
    ("label", "codec", "read", "doubted"),
    [
        ("Búho", "cp850", "B£ho", True),
        ("сова", "cp1251", "ñîâà", True),
        ("Búho", "cp1252", "Búho", False),
        ("cœur", "cp1252", "cœur", False),
    ],
)
def test_letters_of_another_encoding_are_asked_about(
    tmp_path: Path, label: str, codec: str, read: str, doubted: bool
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"file,label\na.wav,{label}\n".encode(codec))
    table = read_table(path)
    assert f"so a cell reads `{read}`" in table.note
    assert table.doubt == doubted * (
        f"t.csv is no UTF-8 and was read as Windows Latin-1: is `{read}` what was written? If not, "
        "save the table as UTF-8"
    )
    path.write_text(f"file,label\na.wav,{label}\n", encoding="utf-8")
    assert not read_table(path).doubt


def test_the_row_of_an_open_quotation_mark_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('file,label\n"a\nb.wav",x\nc.wav,"dog\nd.wav,cat\ne.wav,cat\n')
    with pytest.raises(DataError, match=r"t.csv: line 4: a quotation mark is opened in this row"):
        list(read_table(path).rows())
