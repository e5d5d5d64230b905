"""Tables with hostile labels, encodings and times: robustness, table 5.2, row by row."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.cli.conftest import OPTIONS, ran
from tests.reliability.hostile_folder import (
    HIGH,
    LOW,
    check_table,
    good_sounds,
    no_python,
    rows,
    sets_of,
)

from tonotope.datasets.manifest import Manifest
from tonotope.experiment.run_folder import Run, load


def with_labels(*labels: str) -> str:
    """The good table, the first sounds of which have these labels."""
    text = rows()
    for name, label in zip(LOW, labels, strict=False):
        text = text.replace(f"{name},low", f"{name},{label}")
    return text


def parts(low: str, high: str) -> str:
    """A table whose sounds are in these parts, a letter each."""
    words = {"t": "train", "v": "validation", "e": "test"}
    lines = [
        f"{name},{label},{words[part]}"
        for label, names, told in (("low", LOW, low), ("high", HIGH, high))
        for name, part in zip(names, told, strict=True)
    ]
    return "\n".join(["file,label,split", *lines]) + "\n"


BASE = rows()
STAY = "They stay different until the table is changed"
SPELT = f"differ in case, spaces or marks alone: did you mean one class? {STAY}"
ALIKE = "look the same, but are coded in 2 ways ({}): did you mean one label? " + STAY
NUMBER = f"are the same number written differently: did you mean one class? {STAY}"
NO_LABEL = "read as a class like any other; if it means that the label is missing, empty the cell"
NOWHERE = "no such file beside the table, nor in audio/, clips/ and their like"
CONFLICT = "rows 2 and 10 call {} `low` and `high`; a recording has one label: correct the table"
Case = tuple[str | bytes, int, str]
# row: case: (table, status, what is said)
LABELS: dict[str, dict[str, Case]] = {
    "missing label, unknown file, absent file": {
        "no label": (BASE + "low/new.wav,\n", 1, "left out: low/new.wav (row 10): has no label"),
        "no file": (BASE + ",low\n", 1, "left out: t.csv (row 10): names no file"),
        "unknown": (BASE + "low/no.wav,low\n", 1, f"left out: low/no.wav (row 10): {NOWHERE}"),
        "seven unknown": (
            BASE + "".join(f"low/{number}.wav,low\n" for number in range(7)),
            1,
            f"left out: 7 times: {NOWHERE} (low/0.wav (row 10), low/1.wav (row 11), low/2.wav (row "
            "12) and 4 more)",
        ),
        "absent": (
            "\n".join(BASE.splitlines()[:-1]),
            0,
            "look: 1 sound file beside them is not named in the table: high/ddd.wav",
        ),
        "an address": (
            BASE + "http://x/y.wav,low\n",
            1,
            "http://x/y.wav (row 10): an address, not",
        ),
        "a folder": (BASE + "low,low\n", 1, "low (row 10): a folder, not a file"),
        "cells lack": (
            BASE + "low/ddd.wav\n",
            1,
            "t.csv (row 10): has 1 cell, but the header has 2",
        ),
        "more cells": (
            BASE + "low/ddd.wav,low,x\n",
            1,
            "(row 10): has 3 cells, but the header has 2",
        ),
        "no rows": ("file,label\n", 2, "t.csv: no row below the header; each recording needs one"),
    },
    "case/space variants": {
        "case": (with_labels("Low"), 0, f"`Low` (1) and `low` (3) {SPELT}"),
        "space": (with_labels("low "), 0, f"`low` (3) and `low ` (1) {SPELT}"),
        "no-break space": (with_labels("l ow", "l\u00a0ow"), 0, ALIKE.format("U+00A0")),
        "a mark": (
            with_labels("big_dog", "big dog"),
            0,
            f"`big dog` (1) and `big_dog` (1) {SPELT}",
        ),
        "not seen": (
            with_labels("low\u200b"),
            0,
            f"`low` (3) and `low\\u200b` (1) {ALIKE.format('U+200B')}",
        ),
        "a soft hyphen": (with_labels("lo\u00adw"), 0, ALIKE.format("U+00AD")),
        "two forms of é": (
            with_labels("caf\u00e9", "cafe\u0301"),
            0,
            ALIKE.format("U+00E9, U+0301"),
        ),
        "Turkish": (with_labels("ISIK", "ısık"), 0, f"`ISIK` (1) and `ısık` (1) {SPELT}"),
        "wide letters": (with_labels("ｌｏｗ"), 0, f"`low` (3) and `ｌｏｗ` (1) {SPELT}"),
    },
    "NaN, empty, None, numbers, leading zeros": {
        "NaN": (with_labels("NaN"), 1, "left out: low/aaa.wav (row 2): has no label (`NaN`)"),
        "nan": (with_labels("x", "nan"), 1, "left out: low/bbb.wav (row 3): has no label (`nan`)"),
        "blank": (with_labels("  "), 1, "left out: low/aaa.wav (row 2): has no label"),
        "None": (with_labels("None"), 0, f"1 recording is labelled `None`, {NO_LABEL}"),
        "NA": (with_labels("NA", "NA"), 0, f"2 recordings are labelled `NA`, {NO_LABEL}"),
        "a spreadsheet's error": (
            with_labels("#N/A"),
            1,
            "low/aaa.wav (row 2): has no label (`#N/A`)",
        ),
        "a formula's error": (
            with_labels("#REF!"),
            1,
            "low/aaa.wav (row 2): has no label (`#REF!`)",
        ),
        "007": (rows("007", "7"), 0, f"`007` (4) and `7` (4) {NUMBER}"),
        "1.0": (rows("1", "1.0"), 0, f"`1` (4) and `1.0` (4) {NUMBER}"),
        "TRUE": (with_labels("TRUE", "true"), 0, f"`TRUE` (1) and `true` (1) {SPELT}"),
    },
    "single class; one each; absent from a split": {
        "single": (rows("low", "low"), 2, "there is only `low` under `label` among 8 recordings"),
        "one each": (
            f"file,label\n{LOW[0]},a\n{LOW[1]},b\n",
            2,
            "nothing can be held out for the test without a class missing from training; two group",
        ),
        "one of one class": (
            with_labels("owl"),
            0,
            "because a class would have nothing left to learn from: low/aaa.wav of `owl`",
        ),
        "none to learn from": (
            parts("tttt", "eeee"),
            2,
            "as the column `split` says, there is nothing in its train part to learn these from: "
            "high. Move a group of each to train, or leave their rows out",
        ),
        "none to test": (
            parts("ttee", "tttt"),
            0,
            "not in the test part that is given: high; how well they are recognised stays unknown",
        ),
        "no test part": (parts("tttv", "tttv"), 2, "the column `split` names no `test` part"),
    },
    "conflicting duplicates": {
        "plain": (BASE + f"{LOW[0]},high\n", 2, CONFLICT.format(LOW[0])),
        "by another path": (BASE + f"./{LOW[0]},high\n", 2, CONFLICT.format(f"./{LOW[0]}")),
        "the same": (BASE + f"{LOW[0]},low\n", 1, f"{LOW[0]} (row 10): says the same as row 2"),
    },
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return good_sounds(tmp_path_factory.mktemp("tables"))


@pytest.mark.parametrize(("row", "case"), [(row, case) for row in LABELS for case in LABELS[row]])
def test_labels_and_names_are_doubted_by_row_and_never_merged(
    home: Path, row: str, case: str
) -> None:
    text, status, said = LABELS[row][case]
    ended = check_table(home, text)
    assert said in ended.out + ended.err
    assert ended.status == status


HEADS = {
    "classify": ('kind = "classify"\nclasses = ["high", "low"]', "label"),
    "tag": ('kind = "tag"\ncolumn = "label"\nlabels = ["high", "low"]', "label"),
}


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("label", ["Low", "lwo", "low-"])
def test_a_label_outside_the_declared_ones_is_a_question(
    home: Path, tmp_path: Path, command: str, head: str, label: str
) -> None:
    (home / "t.csv").write_text(with_labels(label))
    experiment = tmp_path / "e.toml"
    experiment.write_text(f'[data]\nsource = "{home}/t.csv"\n[head]\n{HEADS[head][0]}\n')
    ended = ran(command, experiment, *(["--out", tmp_path / "runs"] if command == "run" else []))
    no_python(ended)
    where = "head.classes" if head == "classify" else "head.labels"
    assert ended.status == 2
    assert (
        f"1 recording has a label that is none of {where} (`high`, `low`): low/aaa.wav (`{label}`; "
        f"did you mean `low`?); correct the table, or name the label in {where}"
    ) in ended.out + ended.err
    assert not (tmp_path / "runs").exists()


FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "-2+3")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Labels that a spreadsheet would run; one of them on one sound alone."""
    home = good_sounds(tmp_path_factory.mktemp("formulas"))
    text = with_labels(*[f'"{FORMULAS[0]}"'] * 2, *FORMULAS[1:3]).replace(
        ",high", f",{FORMULAS[3]}"
    )
    (home / "t.csv").write_text(text)
    sets = sets_of(["data.clip_s=0.25"])
    ended = ran("run", home / "t.csv", *OPTIONS, *sets, "--out", home / "runs")
    no_python(ended)
    return load(Path(ended.out.strip()))


def test_a_spreadsheet_runs_no_label_and_each_comes_back(run: Run) -> None:
    tables = [*run.folder.rglob("*.csv")]
    assert len(tables) >= 3
    for path in tables:
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row if cell]
        assert not [one for one in cells if one[0] in "=+@" or (one[0] == "-" and "+" in one)]
    manifest = Manifest.read_csv(run.folder / "manifest.csv")
    assert {one.targets["label"] for one in manifest.recordings} == {*FORMULAS}


def test_a_metric_of_a_class_that_nothing_tests_is_undefined(run: Run) -> None:
    told = json.loads((run.folder / "report.json").read_text(encoding="utf-8"))
    lone = [one for one in told["classes"] if not one["n"]]
    assert {one["name"] for one in lone} == {*FORMULAS[1:3]}
    assert all(one["recall"] is None for one in lone)
