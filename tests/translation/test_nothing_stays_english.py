"""What `tonotope check` says of many inputs in Spanish has no English word outside of code."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.cli.conftest import ran
from tests.translation.english_words import english_in

# What the table itself says: its columns, its labels.
ITS_OWN = re.compile(r"(?:columnas(?: son)?|se conocen): [^;\n]*|^ .*$|^\d+ archivos? en .*$", re.M)
ENGLISH_NUMBER = re.compile(r"\d\.\d+ (?:s|ms|Hz|kHz|dB)\b|\d%")

Make = Callable[[Path], Path]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `s/00.wav` to `s/23.wav`, and `long.wav` of 30 s, all different."""
    place = tmp_path_factory.mktemp("inputs")
    (place / "s").mkdir()
    random = np.random.default_rng(0)
    for number in range(24):
        _write(place / "s" / f"{number:02d}.wav", random.normal(0, 0.1, 2000))
    _write(place / "long.wav", random.normal(0, 0.1, 240_000))
    return place


def _write(path: Path, samples: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, 8000)


def table(header: str, row: Callable[[int], str], rows: int = 24) -> Make:
    """A table whose rows follow from their number; the files are `s/00.wav` and so on."""

    def make(place: Path) -> Path:
        lines = [header, *(row(number) for number in range(rows))]
        path = place / "t.csv"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return make


def of_sounds(columns: str, row: Callable[[int], str]) -> Make:
    """A table of the short sounds: `row` is what stands behind the file."""
    return table(f"file,{columns}", lambda n: f"s/{n:02d}.wav,{row(n)}")


def folder(*names: str) -> Make:
    """A folder of sounds with these names; those that begin alike before `=` have equal bytes."""

    def make(place: Path) -> Path:
        root = place / "-".join(str(len(name)) for name in names)[:40]
        for number, name in enumerate(names):
            name, _, same = name.partition("=")
            seed = int(same or number + 1000)
            _write(root / name, np.random.default_rng(seed).normal(0, 0.1, 2000))
        return root

    return make


def archive(place: Path) -> Path:
    path = place / "book.csv"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("sheet.xml", "x")
    return path


ANIMALS = ("perro", "gato", "loro")
KINDS = [ANIMALS[n % 3] for n in range(24)]
EVENTS = [f"{n},{n + 1},{KINDS[n]}" for n in range(24)]
CASES: dict[str, tuple[Make, Sequence[str]]] = {
    "groups": (of_sounds("label,speaker", lambda n: f"{KINDS[n]},h{n // 4}"), ()),
    "shares": (
        of_sounds("label,speaker", lambda n: f"{KINDS[n]},h{n // 2}"),
        ("split.train=0.5", "split.validation=0.25", "split.test=0.25"),
    ),
    "one speaker": (of_sounds("label,speaker", lambda n: f"{KINDS[n]},ana"), ()),
    "parts": (
        of_sounds("label,split", lambda n: f"{KINDS[n]},{'test' if n > 17 else 'train'}"),
        (),
    ),
    "other parts": (
        of_sounds("label,split", lambda n: f"{KINDS[n]},{'evaluate' if n > 17 else 'train'}"),
        (),
    ),
    "parts in numbers": (of_sounds("label,is_test", lambda n: f"{KINDS[n]},{n // 18}"), ()),
    "no test part": (
        of_sounds("label,split", lambda n: f"{KINDS[n]},{'validation' if n > 17 else 'train'}"),
        (),
    ),
    "a group in two parts": (
        of_sounds(
            "label,speaker,split",
            lambda n: f"{KINDS[n]},h{n % 4},{'test' if n > 17 else 'train'}",
        ),
        (),
    ),
    "folds": (of_sounds("label,fold", lambda n: f"{KINDS[n]},{n // 6}"), ()),
    "unused columns": (
        of_sounds("label,classID,recorder_id", lambda n: f"{KINDS[n]},{n % 3},R{n % 4}"),
        (),
    ),
    "a rare class": (
        of_sounds("label,site", lambda n: f"{'murciélago' if n < 3 else KINDS[n]},l{n // 3}"),
        (),
    ),
    "a class in one group": (of_sounds("label,site", lambda n: f"{KINDS[n]},l{n % 3}"), ()),
    "names that differ in case": (
        of_sounds("label", lambda n: ("Perro", "perro", "gato", "loro ", "loro")[n % 5]),
        (),
    ),
    "numbers": (of_sounds("label", lambda n: ("1", "2", "2.0")[n % 3]), ()),
    "several labels": (of_sounds("label", lambda n: ("perro;gato", "gato", "loro")[n % 3]), ()),
    "no class but one": (of_sounds("label", lambda n: "perro"), ()),
    "no label": (of_sounds("label", lambda n: KINDS[n] if n % 4 else ""), ()),
    "quantities": (
        of_sounds("f0_hz,speaker", lambda n: f"{200.5 + n if n % 5 else ''},h{n // 3}"),
        ("head.kind=regress", 'head.targets=["f0_hz"]'),
    ),
    "tags": (
        of_sounds("label,speaker", lambda n: f"{KINDS[n]};{KINDS[n - 1]},h{n // 3}"),
        ("head.kind=tag", "head.column=label"),
    ),
    "long takes": (
        table(
            "file,label,start,end",
            lambda n: f"long.wav,{'viento,0,30' if n < 3 else f'{KINDS[n]},{n},{n + 1}'}",
        ),
        (),
    ),
    "one long file": (table("file,start,end,label", lambda n: f"long.wav,{EVENTS[n]}"), ()),
    "blocks of time": (
        table("file,start,end,label", lambda n: f"long.wav,{EVENTS[n]}"),
        ("split.blocks_s=2.5",),
    ),
    "times with colons": (
        table("file,start,end,label", lambda n: f"long.wav,0:{n:02d},0:{n + 1:02d},{KINDS[n]}"),
        (),
    ),
    "times beyond the end": (
        table("file,start,end,label", lambda n: f"long.wav,{2 * n},{2 * n + 1.5},{KINDS[n]}"),
        (),
    ),
    "addresses": (table("file,label", lambda n: f"https://example.org/{n}.wav,{KINDS[n]}"), ()),
    "other machines": (table("file,label", lambda n: f"C:\\a\\{n}.wav,{KINDS[n]}"), ()),
    "ends of other paths": (
        table("file,label", lambda n: f"C:\\a\\s\\{n:02d}.wav,{KINDS[n]}"),
        (),
    ),
    "missing files": (table("file,label", lambda n: f"no{n}.wav,{KINDS[n]}"), ()),
    "some missing files": (
        table("file,label", lambda n: f"s/{n:02d}.{'mp3' if n % 3 else 'wav'},{KINDS[n]}"),
        (),
    ),
    "a cell too many": (of_sounds("label", lambda n: f"{KINDS[n]},x"), ()),
    "some cells too many": (of_sounds("label", lambda n: f"{KINDS[n]}{',x' if n % 3 else ''}"), ()),
    "files not named": (table("file,label", lambda n: f"s/{n:02d}.wav,{KINDS[n]}", rows=23), ()),
    "a book": (archive, ()),
    "parts as folders": (
        folder(
            *(
                f"{part}/{label}/{n}.wav"
                for part in ("train", "test")
                for label in ("a", "b")
                for n in range(4)
            )
        ),
        (),
    ),
    "copies": (
        folder(
            *(f"{label}/{n}.wav={n % 6 + 50 * (label == 'b')}" for label in "ab" for n in range(8))
        ),
        (),
    ),
    "contradictions": (folder(*(f"{label}/x{n}.wav={n}" for label in "ab" for n in range(6))), ()),
    "sounds side by side": (folder(*(f"x{n}.wav" for n in range(4))), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_no_english_word_stays(place: Path, name: str) -> None:
    make, settings = CASES[name]
    options = [part for one in settings for part in ("--set", one)]
    ended = ran("check", make(place), "--lang", "es", *options)
    said = ended.out + ended.err
    assert "algo falló dentro" not in said
    said = ITS_OWN.sub(" ", said)
    assert not english_in(said), said
    assert not ENGLISH_NUMBER.findall(said), said
