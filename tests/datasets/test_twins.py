"""Equal files, in every source: of one label they share a group, of two labels they are refused."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.experiment.conftest import QUICK

from tonotope._errors import DataError
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.source import Data, open_source
from tonotope.experiment.check_data import check
from tonotope.experiment.run import run

RATE = 8000
PLAIN = [one for one in QUICK if not one.startswith("split.")]
Files = dict[str, tuple[str, str, int]]  # name: label, who, number of the sound


def drawn(seed: int, contradict: bool = False) -> Files:
    """Sixteen files of two labels by eight people, some of them with the sound of another."""
    rng = np.random.default_rng(seed)
    files: Files = {}
    for number in range(16):
        name = "".join(rng.choice([*"abcdefghijklm"], 6))
        files[f"{name}q"] = ("xy"[number % 2], f"{'stuvwxyz'[number // 2]}{name}", number)
    names = [*files]
    for _ in range(int(rng.integers(1, 4))):
        alike = [name for name in names if files[name][0] == "x"]
        one, other = rng.choice(alike, 2, replace=False)
        files[other] = (*files[other][:2], files[one][2])
    if contradict:
        one = next(name for name in names if files[name][0] == "x")
        other = next(name for name in names if files[name][0] == "y")
        files[other] = (*files[other][:2], files[one][2])
    return files


def write(path: Path, number: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    wave = 0.1 * np.random.default_rng(number).standard_normal(RATE // 8)
    soundfile.write(path, wave, RATE, subtype="PCM_16")


def folders(files: Files, home: Path, _: Any) -> Any:
    for name, (label, _who, number) in files.items():
        write(home / label / f"{name}.wav", number)
    return str(home)


def folders_of_people(files: Files, home: Path, _: Any) -> Any:
    for name, (label, who, number) in files.items():
        write(home / label / who[0] / f"{name}.wav", number)
    return str(home)


def table(files: Files, home: Path, _: Any, column: str = "") -> Any:
    rows = [f"file,label{column and f',{column}'}"]
    for name, (label, who, number) in files.items():
        write(home / f"{name}.wav", number)
        rows.append(f"{name}.wav,{label}{column and f',{who[0]}'}")
    (home / "t.csv").write_text("\n".join(rows))
    return str(home / "t.csv")


def table_of_people(files: Files, home: Path, patch: Any) -> Any:
    return table(files, home, patch, "speaker")


class Mine:
    """A source written in Python, which is given groups by nobody."""

    def __init__(self, path: str) -> None:
        self.path = path

    def open(self, data: Data, targets: Any, base: Path, progress: Any) -> Manifest:
        del base, progress
        found = open_source(data.model_copy(update={"source": self.path}), targets)
        apart = [one.__class__(**{f: getattr(one, f) for f in one.__slots__} | {"group": one.id})
                 for one in found.recordings]  # fmt: skip
        return Manifest(tuple(apart), (), (), (), found.root)


def python(files: Files, home: Path, patch: Any) -> Any:
    return Mine(table(files, home, patch))


def loader(package: str, one: str) -> Callable[[Files, Path, Any], Any]:
    def install(files: Files, home: Path, patch: pytest.MonkeyPatch) -> Any:
        for name, (_, _who, number) in files.items():
            write(home / f"{name}.wav", number)
        (home / "index.json").write_text(json.dumps([*files]))

        def opened(name: str) -> SimpleNamespace:
            facts = {"genre": files[name][0], "audio_path": f"{home}/{name}.wav"}
            return SimpleNamespace(**{f"{one}_id": name}, **facts)

        facts = {"data_home": str(home), "index_path": str(home / "index.json")}
        dataset = SimpleNamespace(**facts, **{one: opened, f"{one}_ids": [*files]})
        module = ModuleType(package)
        vars(module).update(
            list_datasets=lambda: ["toy"], initialize=lambda *_, **__: dataset, __version__="9"
        )
        patch.setitem(sys.modules, package, module)
        return f"{package}:toy"

    return install


SOURCES: dict[str, Callable[[Files, Path, Any], Any]] = {
    "folders": folders,
    "folders of people": folders_of_people,
    "table": table,
    "table of people": table_of_people,
    "python": python,
    "mirdata": loader("mirdata", "track"),
    "soundata": loader("soundata", "clip"),
}


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("seed", range(4))
def test_twins_of_one_label_share_a_group_in_every_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, seed: int
) -> None:
    files = drawn(seed)
    manifest = open_source(Data(source=SOURCES[kind](files, tmp_path / "s", monkeypatch)))
    assert len(manifest.recordings) == 16
    number_of = {Path(one.id).stem: files[Path(one.id).stem][2] for one in manifest.recordings}
    groups: dict[int, set[str]] = {}
    for one in manifest.recordings:
        groups.setdefault(number_of[Path(one.id).stem], set()).add(one.group)
    assert all(len(found) == 1 for found in groups.values())
    people = kind.endswith("of people")  # each of them keeps two recordings in one group
    sounds = len({number for _, _, number in files.values()})
    assert len({one.group for one in manifest.recordings}) == (merged(files) if people else sounds)
    (said,) = [note for note in manifest.notes if "the bytes of another one" in note]
    assert "share" in said
    assert (f"{16 - sounds} recording" in said) or people


def merged(files: Files) -> int:
    """How many groups there are once people with equal sounds are one: by the definition."""
    groups = [{who[0]} for _, who, _ in files.values()]
    pairs = itertools.combinations(files.values(), 2)
    groups += [{one[1][0], other[1][0]} for one, other in pairs if one[2] == other[2]]
    count = -1
    while count != len(groups):
        count = len(groups)
        left: list[set[str]] = []
        for group in groups:
            for known in left:
                if known & group:
                    known |= group
                    break
            else:
                left.append(set(group))
        groups = left
    return len(groups)


@pytest.mark.parametrize("kind", [one for one in SOURCES if "data" not in one])
def test_twins_of_two_labels_are_refused_before_anything_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    files = drawn(7, contradict=True)
    source = SOURCES[kind](files, tmp_path / "s", monkeypatch)
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path / "cache"))
    with pytest.raises(
        DataError, match=r"are the same bytes with different labels \(`x` and `y`\)"
    ) as why:
        run(source, sets=PLAIN, out=tmp_path / "runs")
    assert not [*tmp_path.glob("cache/**/*.npy")]
    assert not (tmp_path / "runs").exists()
    assert check(source, PLAIN).refusals == (str(why.value),)


def test_twins_of_two_labels_in_one_group_are_refused_too(tmp_path: Path) -> None:
    files = drawn(3)
    names = [*files]
    files[names[1]] = ("y", files[names[0]][1], files[names[0]][2])  # the same person's two files
    home = folders_of_people(files, tmp_path, None)
    manifest = open_source(Data(source=home))
    groups = {Path(one.id).stem: one.group for one in manifest.recordings}
    assert groups[names[0]] == groups[names[1]]
    assert any("labels (`x` and `y`)" in one for one in check(home, PLAIN).refusals)


def test_twins_in_another_coding_or_with_a_tag_share_a_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["abel", "bruno", "carla", "delia", "emil", "frida", "gustav", "hilda"]
    for number, word in enumerate(words):
        write(tmp_path / "s" / "xy"[number % 2] / f"{word}.wav", number)
    one = tmp_path / "s" / "x" / "abel.wav"
    wave, rate = soundfile.read(one)
    soundfile.write(one.with_name("zoe.flac"), wave, rate, subtype="PCM_16")
    tag = b"LIST\x0e\0\0\0INFOINAM\x02\0\0\0hi"
    content = one.read_bytes() + tag
    size = (len(content) - 8).to_bytes(4, "little")
    one.with_name("yuri.wav").write_bytes(content[:4] + size + content[8:])
    found = open_source(Data(source=str(tmp_path / "s")))
    groups = {Path(each.id).name: each.group for each in found.recordings}
    assert groups["zoe.flac"] == groups["yuri.wav"] == groups["abel.wav"] != groups["bruno.wav"]
    assert any(
        note.startswith("2 recordings have the sound of another one: they share") and "yuri" in note
        for note in found.notes
    )
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path / "cache"))
    checked = check(str(tmp_path / "s"), ["split.folds=2"])
    assert checked.refusals == ()
    doubts = (*checked.report.warnings, *checked.report.advice)
    assert any("every recording is its own group" in one for one in doubts)
    for name in ("zoe.flac", "yuri.wav"):  # of another label
        one.with_name(name).rename(tmp_path / "s" / "y" / name)
    (said,) = check(str(tmp_path / "s"), ["split.folds=2"]).refusals
    assert "are the same sound with different labels (`x` and `y`)" in said


def test_a_doubt_on_files_without_a_shared_name_is_told_once(tmp_path: Path) -> None:
    words = ["abel", "bruno", "carla", "delia", "emil", "frida", "gustav", "hilda"]
    for number, word in enumerate(words):
        write(tmp_path / "xy"[number % 2] / f"{word}.wav", number)
    for number, name in enumerate(("abel_copy.wav", "Kopie von carla.wav")):
        write(tmp_path / "x" / name, 2 * number)
    report = check(str(tmp_path), []).report
    said = [one for one in (*report.warnings, *report.advice) if " too high" in one]
    assert len(said) == 1
    assert said[0].startswith("6 of 10 files share no name with another")
