"""What `run` refuses about recordings before training, `check` refuses in the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.experiment.conftest import QUICK

from tonotope._errors import DataError
from tonotope.datasets.data import Data
from tonotope.datasets.source import open_source
from tonotope.experiment.check_data import check
from tonotope.experiment.run import run

RATE = 8000
PLAIN = [one for one in QUICK if not one.startswith("split.")]


def sound(path: Path, seed: int, channels: int = 1) -> str:
    """A file of noise; an equal seed gives equal sound."""
    wave = 0.1 * np.random.default_rng(seed).standard_normal(RATE // 4)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.repeat(wave[:, None], channels, axis=1), RATE)
    return path.name


def table(home: Path, *columns: str, header: str = "file,label", sounds: int = 12) -> Path:
    """A table of sounds; a column is a text with a letter for each row, spelled out below."""
    rows = [
        ",".join([sound(home / f"{number}.wav", number), *(column[number] for column in columns)])
        for number in range(sounds)
    ]
    (home / "t.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return home / "t.csv"


LABELS = "xyxyxyxyxyxy"


def one_class(home: Path) -> Path:
    return table(home, "x" * 12)


def one_group(home: Path) -> Path:
    return table(home, LABELS, "g" * 12, header="file,label,group")


def lone_groups(home: Path) -> Path:
    return table(home, LABELS, "abababababab", header="file,label,group")


def no_numbers(home: Path) -> Path:
    return table(home, LABELS, header="file,depth")


def no_test_part(home: Path) -> Path:
    path = table(home, LABELS, "t" * 12, header="file,label,part")
    path.write_text(path.read_text().replace(",t\n", ",train\n"))
    return path


def same_bytes_in_two_folds(home: Path) -> Path:
    path = table(home, LABELS, "112211221122", header="file,label,fold")
    sound(home / "2.wav", 0)
    return path


def same_sound_in_two_folds(home: Path) -> Path:
    path = table(home, LABELS, "112211221122", header="file,label,fold")
    sound(home / "2.flac", 1)
    wave, rate = soundfile.read(home / "2.flac")
    soundfile.write(home / "0.wav", wave, rate)
    path.write_text(path.read_text().replace("2.wav", "2.flac"))
    return path


def stereo_of_mono_in_two_folds(home: Path) -> Path:
    path = table(home, LABELS, "112211221122", header="file,label,fold")
    sound(home / "2.wav", 0, channels=2)
    return path


def silence_in_two_folds(home: Path) -> Path:
    path = table(home, LABELS, "112211221122", header="file,label,fold")
    soundfile.write(home / "0.wav", np.zeros(RATE), RATE, subtype="PCM_16")
    soundfile.write(home / "2.wav", np.zeros(RATE), RATE, subtype="FLOAT")
    return path


def contradictory_class_folders(home: Path) -> Path:
    for number in range(12):
        sound(home / LABELS[number] / f"{'abcdefghijkl'[number] * 3}.wav", number)
    sound(home / "x" / "zzz.wav", 1)
    return home


REFUSED: dict[str, tuple[Callable[[Path], Path], list[str], str]] = {
    "one class": (one_class, [], "there is only `x` under `label` among 12 recordings"),
    "one group": (one_group, ["data.group=group"], "all recordings belong to one group"),
    "two groups, a class each": (
        lone_groups,
        ["data.group=group", "split.folds=2"],
        "2 folds were asked for",
    ),
    "too many folds": (one_group, ["data.group=group", "split.folds=5"], "5 folds were asked for"),
    "no test part": (no_test_part, ["split.column=part"], "names no `test` part"),
    "text for numbers": (no_numbers, ["head.kind=regress", 'head.targets=["depth"]'], "depth"),
    "same bytes": (same_bytes_in_two_folds, [], "are the same bytes"),
    "same sound": (same_sound_in_two_folds, [], "are the same sound"),
    "stereo of mono": (stereo_of_mono_in_two_folds, [], "are the same sound"),
    "contradiction": (
        contradictory_class_folders,
        [],
        "x/zzz.wav, y/bbb.wav are the same bytes with different labels (`x` and `y`); "
        "correct one label",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_check_refuses_what_run_refuses(tmp_path: Path, case: str) -> None:
    make, sets, said = REFUSED[case]
    source = str(make(tmp_path))
    with pytest.raises(DataError) as refused:
        run(source, sets=[*PLAIN, *sets], out=tmp_path / "runs")
    assert said in str(refused.value)
    found = check(source, [*PLAIN, *sets])
    assert found.refusals[:1] == (str(refused.value),)


def test_an_experiment_file_is_checked_with_its_own_split(tmp_path: Path) -> None:
    """Its shares, even where nothing is said of them, and not the folds that `new` would choose."""
    path = table(tmp_path, LABELS)
    (tmp_path / "e.toml").write_text('[data]\nsource = "t.csv"\n', encoding="utf-8")
    (rule,) = check(str(tmp_path / "e.toml")).rules
    assert "asked for 85% / 10% / 5%" in rule
    assert len(check(str(path)).rules) > 1


def test_a_contradiction_is_refused_before_anything_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = contradictory_class_folders(tmp_path / "sounds")
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path / "cache"))
    with pytest.raises(DataError, match="with different labels "):
        run(str(home), sets=PLAIN, out=tmp_path / "runs")
    assert not [*tmp_path.glob("cache/**/*.npy")]
    assert not (tmp_path / "runs").exists()


def test_equal_files_of_one_class_share_a_group_and_it_is_said(tmp_path: Path) -> None:
    for number in range(12):
        sound(tmp_path / LABELS[number] / f"{'abcdefghijkl'[number] * 3}.wav", number)
    sound(tmp_path / "x" / "zzz.wav", 0)
    manifest = open_source(Data(source=str(tmp_path)))
    groups = {one.id: one.group for one in manifest.recordings}
    assert groups["x/zzz.wav"] == groups["x/aaa.wav"]
    assert len(set(groups.values())) == 12
    said = (
        "1 recording has the bytes of another one: it shares its group "
        "(`x/aaa.wav` and `x/zzz.wav`)"
    )
    assert said in manifest.notes
    rows = [f"{name},{name[0]}" for name in groups]
    (tmp_path / "t.csv").write_text("\n".join(["file,label", *rows]), encoding="utf-8")
    again = open_source(Data(source=str(tmp_path / "t.csv")))
    assert [one.group for one in again.recordings if one.id in ("x/aaa.wav", "x/zzz.wav")] == [
        "x/aaa.wav",
        "x/aaa.wav",
    ]
    assert said in again.notes
    assert not check(str(tmp_path / "t.csv")).refusals


@pytest.mark.parametrize(
    ("labels", "groups", "sets"),
    [
        ("xxxxxxyyyyyy", "abcdefgggggg", ["split.folds=3"]),
        ("xxxxxxyyyyyz", "abcdefgggggh", ["split.folds=3"]),
        ("xxxxxxyyyyyy", "abcdefghijkl", ["split.column=part"]),
    ],
)
def test_a_test_of_one_class_alone_is_said_before_training(
    tmp_path: Path, labels: str, groups: str, sets: list[str]
) -> None:
    """Two classes or three, folds or a split that is given: one class says nothing of others."""
    parts = ["test", "test", *["train"] * 10]
    file = table(tmp_path, labels, groups, parts, header="file,label,group,part")
    found = check(file, [*PLAIN, *sets])
    assert not found.refusals
    [said] = [one for one in found.rules_in_short if one.startswith("only ")]
    assert said.startswith(
        f"only `x` would be tested, of {len(set(labels))} classes: a score of one class says "
        "nothing of the others"
    )


def test_all_recordings_of_a_group_that_is_never_tested_are_counted(tmp_path: Path) -> None:
    file = table(tmp_path, "xxxxxxyyyyyy", "abcdefgggggg", header="file,label,group")
    rules = check(file, [*PLAIN, "split.folds=3"]).rules_in_short
    assert any(one.endswith("nothing left to learn from: g of `y` (6 recordings)") for one in rules)


def test_two_classes_in_the_test_parts_are_said_nothing_of(tmp_path: Path) -> None:
    file = table(tmp_path, "xxxxxxyyyyyy", "abcdefgghhii", header="file,label,group")
    rules = check(file, [*PLAIN, "split.folds=3"]).rules_in_short
    assert not [one for one in rules if one.startswith("only ")]
