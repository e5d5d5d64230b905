"""What `check` prints for a person: each fact once, wherever its streams lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tonotope.cli import terminal

Typed = Callable[..., Any]
ONE_GROUP = ("--set", "data.group=group")


def words(text: str) -> str:
    return " ".join(text.split())


def write(home: Path, sound, text: str) -> Path:
    """A table, and each file it names that is not called `gone`."""
    for at, name in enumerate(sorted(set(re.findall(r"[a-z]+\d?\.wav", text)))):
        if not name.startswith("gone"):
            sound(home / name, pitch=200 + 40 * at)
    (home / "t.csv").write_text(text)
    return home / "t.csv"


def rows(*lines: str, header: str = "file,label") -> str:
    return "\n".join([header, *lines]) + "\n"


BOTH = [f"{name}{at}.wav,{label}" for name, label in (("a", "x"), ("b", "y")) for at in range(5)]
REFUSED = {
    "one class": (rows("a.wav,x", "b.wav,x"), "two classes are the least", ()),
    "one group": (
        rows(*(f"{line},me" for line in BOTH), header="file,label,group"),
        "all recordings belong to one group",
        ONE_GROUP,
    ),
    "parts": (
        rows(*(f"{line},train" for line in BOTH), header="file,label,split"),
        "names no `test` part",
        (),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("same_screen", [True, False])
def test_a_refusal_is_printed_once(
    typed: Typed, tmp_path: Path, sound, monkeypatch, case: str, same_screen: bool
) -> None:
    monkeypatch.setattr(terminal, "one_place", lambda: same_screen)
    text, refusal, options = REFUSED[case]
    ended = typed("check", write(tmp_path, sound, text), *options)
    assert ended.status == 2
    assert words(ended.out + ended.err).count(refusal) == 1
    assert ended.out.count("refused:") == 1
    where = "tonotope: refused; the end of standard output says why"
    assert words(ended.err).endswith("" if same_screen else where)
    assert (where in words(ended.err)) is not same_screen


def test_a_refusal_in_json_is_told_on_standard_error_too(
    typed: Typed, tmp_path: Path, sound
) -> None:
    text, refusal, _ = REFUSED["one class"]
    ended = typed("check", write(tmp_path, sound, text), "--json")
    assert (ended.status, ended.out.count(refusal), words(ended.err).count(refusal)) == (2, 1, 1)


def test_what_is_refused_is_no_doubt_too(typed: Typed, tmp_path: Path, sound) -> None:
    table = write(tmp_path, sound, rows(*BOTH, "same.wav,y"))
    (tmp_path / "same.wav").write_bytes((tmp_path / "a1.wav").read_bytes())
    ended = typed("check", table)
    assert ended.status == 2
    assert words(ended.out + ended.err).count("with different labels (`x` and `y`)") == 1


def test_classes_of_one_group_are_told_once(typed: Typed, tmp_path: Path, sound) -> None:
    text = rows(*(f"{line},me" for line in BOTH), header="file,label,group")
    said = words(typed("check", write(tmp_path, sound, text), *ONE_GROUP).out)
    assert "one group (me)" in said
    assert "one group each" not in said
    sites = [f"{line},s{line[1]}" for line in BOTH]
    text = rows(*sites, "c1.wav,z,s1", "c2.wav,z,s1", header="file,label,site")
    said = words(typed("check", write(tmp_path, sound, text)).out)
    assert said.count("`z` (2 recordings, all of `s1`) has one `site` alone") == 1
    assert "one group alone" not in said


def test_the_last_line_says_no_more_than_was_looked_for(
    typed: Typed, tmp_path: Path, sound
) -> None:
    every = "No group and no sound would be heard on two sides of the split."
    table = write(tmp_path, sound, rows(*BOTH))
    noise = np.random.default_rng(0).standard_normal((10, 16_000)) * 0.1
    for line, wave in zip(BOTH, noise, strict=True):
        soundfile.write(tmp_path / line.partition(",")[0], wave, 8000)
    assert words(typed("check", table).out).endswith(every)
    soundfile.write(tmp_path / "b0.wav", noise[5], 4000)
    said = words(typed("check", table).out)
    assert said.endswith(
        "No group and no equal sound would be heard on two sides of the split; 1 recording was not "
        "compared for copies that are cut or coded anew: b0.wav"
    )
    soundfile.write(tmp_path / "b0.wav", 0.3 * noise[1, 7000:], 8000)
    said = words(typed("check", table).out)
    assert "1 pair sounds nearly the same though from different groups: a1.wav and b0.wav" in said
    assert said.endswith(
        "No group would be heard on two sides of the split; a sound might be, in the pairs that "
        "sound nearly the same."
    )


def test_a_file_that_is_not_there_is_named_once(typed: Typed, tmp_path: Path, sound) -> None:
    ended = typed("check", write(tmp_path, sound, rows(*BOTH, "gone.wav,x")))
    assert ended.status == 1
    assert (ended.out + ended.err).count("gone.wav") == 1
    assert ended.err.endswith("1 input was left out; it is named above with its reason\n")


FEW = [f"{name}{at}.wav,{label}" for name, label in (("a", "x"), ("b", "y")) for at in range(8)]
NO_SPLIT = {
    "no test part": ("split", ["train", "validation"]),
    "no train part": ("split", ["test", "test"]),
    "one fold": ("fold", ["1", "1"]),
    "a group in two folds": ("speaker,fold", ["{0},1", "{0},2"]),
    "a group in two parts": ("speaker,split", ["{0},train", "{0},test"]),
}


@pytest.mark.parametrize("case", NO_SPLIT)
def test_what_a_refused_split_offers_can_be_taken(
    typed: Typed, tmp_path: Path, sound, case: str
) -> None:
    columns, cells = NO_SPLIT[case]
    lines = [f"{line},{cells[at % 2].format(f'p{at // 2}')}" for at, line in enumerate(FEW)]
    table = write(tmp_path, sound, rows(*lines, header=f"file,label,{columns}"))
    group = ["--set", "data.group=speaker"] if "speaker" in columns else []
    refused = typed("check", table, *group)
    assert refused.status == 2
    (offered,) = re.findall(r"split\.folds = (\d+)", refused.out)
    none = typed("new", table, *group, "-o", tmp_path / "none.toml")
    assert (none.status, none.out) == (2, "")
    assert not (tmp_path / "none.toml").exists()
    cure = [*group, "--set", f"split.folds={offered}"]
    assert typed("check", table, *cure).status == 0
    assert typed("new", table, *cure, "-o", tmp_path / "some.toml").status == 0
    found = typed("check", tmp_path / "some.toml")
    assert found.status == 0
    assert f"{offered} folds of whole groups" in found.out


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (["split.train=0.5", "split.validation=0", "split.test=0.5"], "(asked for 50% / 50%, "),
        (["split={folds=4}"], "4 folds of whole groups"),
    ],
)
def test_a_split_that_is_asked_for_takes_the_place_of_one_that_was_chosen(
    typed: Typed, tmp_path: Path, sound, asked: list[str], rule: str
) -> None:
    lines = [f"{line},{'test' if line[1] in '67' else 'train'}" for line in FEW]
    table = write(tmp_path, sound, rows(*lines, header="file,label,split"))
    assert "as the column `split` says" in typed("check", table).out
    found = typed("check", table, *(part for one in asked for part in ("--set", one)))
    assert found.status == 0
    assert rule in found.out
    assert "the column `split` says which recordings train and which test, but " in found.out


@pytest.mark.parametrize(("lang", "width"), [("en", 80), ("es", 80), ("en", 60)])
def test_long_names_of_classes_leave_every_row_on_one_line(
    typed: Typed, tmp_path: Path, sound, monkeypatch, lang: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("tonotope.cli.check.columns", lambda stream: width)
    long = [f"species number {at} (with a name that fills a line, of the north)" for at in "ab"]
    lines = [f"{name}{at}.wav,{long[name == 'b']}" for name in "ab" for at in range(5)]
    text = rows(*(f'{file},"{label}"' for file, label in (one.split(",", 1) for one in lines)))
    ended = typed("check", write(tmp_path, sound, text), "--lang", lang)
    table = [line for line in ended.out.splitlines() if line.startswith("  species")]
    assert len(table) == 2
    assert max(map(len, table)) <= width
    assert [line.split()[-3] for line in table] == ["5", "5"]
    assert len({line[: width - 31] for line in table}) == 2


def test_tags_are_called_tags_and_few_are_not_hidden(typed: Typed, tmp_path: Path, sound) -> None:
    def told(names: list[str]) -> str:
        cells = ["|".join(names[: 1 + at % len(names)]) for at in range(2 * len(names))]
        lines = [f"{chr(97 + at)}q.wav,{cell}" for at, cell in enumerate(cells)]
        write(tmp_path, sound, rows(*lines, header="file,tags"))
        (tmp_path / "e.toml").write_text(
            '[data]\nsource = "t.csv"\nclip_s = 0.2\n'
            '[representation]\nkind = "log-mel"\nbands = 8\n'
            '[head]\nkind = "tag"\ncolumn = "tags"\n'
        )
        return typed("check", tmp_path / "e.toml").out

    few = told(["zumo", "ámbar", "Bruma", "ñu", *"cdefghij"][:12])
    names = [line.split()[0] for line in few.splitlines() if line.startswith("  ")][1:]
    assert names == ["ámbar", "Bruma", *"cdefghij"[:8], "ñu", "zumo"]
    assert "not in the table" not in few
    many = told([f"t{at:02}" for at in range(13)])
    assert "3 tags between these in size are not in the table; every tag: --json" in many
