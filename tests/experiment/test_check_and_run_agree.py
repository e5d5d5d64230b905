"""`check` and `run` refuse the same recordings and experiments with the same sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.experiment.test_data_requirements import LABELS, PLAIN, sound, table

from tonotope._errors import TonotopeError
from tonotope.experiment.check_data import check
from tonotope.experiment.run import run

PARTS = {"a": "train", "b": "test", "c": "validation"}


def in_parts(home: Path, parts: str, labels: str = LABELS) -> Path:
    """A table of sounds whose parts are given by letters."""
    path = table(home, labels, parts, header="file,label,part")
    text = path.read_text()
    for letter, part in PARTS.items():
        text = text.replace(f",{letter}\n", f",{part}\n")
    path.write_text(text)
    return path


def cut(home: Path, *numbers: int) -> None:
    """Cut recordings short: `data.strict` refuses them."""
    for number in numbers:
        path = home / f"{number}.wav"
        path.write_bytes(path.read_bytes()[:2000])


def cut_short(parts: str, *numbers: int) -> Callable[[Path], Path]:
    def make(home: Path) -> Path:
        path = in_parts(home, parts)
        cut(home, *numbers)
        return path

    return make


def too_short_for_a_sample(home: Path) -> Path:
    path = in_parts(home, "aaaaaaaaaabb")
    for number in (10, 11):
        soundfile.write(home / f"{number}.wav", np.array([0.01 * number]), 96_000)
    return path


def toml(home: Path, text: str) -> Path:
    (home / "e.toml").write_text(text, encoding="utf-8")
    return home / "e.toml"


def denoise(parts: str, *lost: int) -> Callable[[Path], Path]:
    """Other recordings are the noise; each part needs two of them."""

    def make(home: Path) -> Path:
        in_parts(home, parts)
        cut(home, *lost)
        return toml(
            home,
            '[data]\nsource = "t.csv"\nstrict = true\n[split]\ncolumn = "part"\n[training]\n'
            'epochs = 1\n[head]\nkind = "denoise"\nnoises = ["recordings"]\n[evaluation]\n'
            'resamples = 100\n[representation]\nkind = "complex"\nrate_hz = 8000\n',
        )

    return make


def experiment(top: str = "", data: str = "", below: str = "") -> Callable[[Path], Path]:
    def make(home: Path) -> Path:
        table(home, LABELS)
        return toml(home, f'{top}[data]\nsource = "t.csv"\n{data}{below}')

    return make


TOO_LARGE = '[network]\nkind = "layers"\nlayers = ["conv 4 999x999"]\n'
STRICT = ["data.strict=true"]
COLUMN = ["split.column=part"]
CASES: dict[str, tuple[Callable[[Path], Path], list[str], str | None]] = {
    "nothing wrong": (lambda home: table(home, LABELS), [], None),
    "short recordings": (cut_short("aaaaaaaaaabb", 10, 11), COLUMN, None),
    "strict, none is left": (
        lambda home: (table(home, LABELS), cut(home, *range(12)))[0],
        STRICT,
        "none of 12 recordings",
    ),
    "strict, no test part is left": (
        cut_short("aaaaaaaaaabb", 10, 11),
        STRICT + COLUMN,
        "the test part holds no recording",
    ),
    "strict, no training part is left": (
        cut_short("bbbbbbbbbbaa", 10, 11),
        STRICT + COLUMN,
        "no value of `label` at all among 0 training recordings",
    ),
    "strict, one class is left": (
        cut_short("bbaaaaaaaaaa", 2, 4, 6, 8, 10),
        STRICT + COLUMN,
        "only `y` among 5 training recordings",
    ),
    "shorter than a sample": (
        too_short_for_a_sample,
        [*COLUMN, "representation.rate_hz=8000"],
        "the test part holds no recording",
    ),
    "no such channel": (lambda home: table(home, LABELS), ["data.channels=3"], "channel 3 was as"),
    "too long": (lambda home: table(home, LABELS), ["data.max_duration_s=0.01"], "lasts 0.2 s"),
    "no such column": (lambda home: table(home, LABELS), ["data.label=species"], "no column is"),
    "no such source": (lambda home: home / "nowhere", [], "there is no"),
    "strict, a file that is no sound": (
        lambda home: (sound(home / "x/1.wav", 0), (home / "x/2.wav").write_bytes(b""), home)[2],
        STRICT,
        "empty file",
    ),
    "a network that does not fit": (experiment(below=TOO_LARGE), [], "needs 999 frames"),
    "the same, seen before anything is read": (
        experiment(data="clip_s = 0.25\n", below=TOO_LARGE),
        [],
        "needs 999 frames",
    ),
    "no run to start from": (experiment(top='start = "nowhere"\n'), [], "no such folder"),
    "an unknown key": (experiment(data="labl = 1\n"), [], "unknown key `data.labl`"),
    "noise from others": (denoise("aaaaaabbbccc"), [], None),
    "noise from others, one in the test part": (denoise("aaaaaaaaaaab"), [], "one recording alone"),
    "noise from others, one for training": (denoise("abbbbbbbbbbb"), [], "one recording alone"),
    "noise from others, one to validate": (denoise("aaaaabbbbbbc"), [], "one recording alone"),
    "noise from others, one is left": (denoise("aaaaaaaaaabb", 10), [], "one recording alone"),
}


@pytest.mark.parametrize("case", CASES)
def test_check_and_run_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path / "cache"))
    make, sets, said = CASES[case]
    source = str(make(tmp_path))
    sets = [*([] if source.endswith(".toml") else PLAIN), *sets]
    refused = None
    try:
        run(source, sets=sets, out=tmp_path / "runs")
    except TonotopeError as error:
        refused = str(error)
    assert (said in refused) if said and refused else refused is said
    try:
        found = (*check(source, sets).refusals, None)[0]
    except TonotopeError as error:
        found = str(error)
    assert found == refused


@pytest.mark.parametrize("lost", [(), (0,)])
def test_a_lone_recording_is_refused_before_training(tmp_path: Path, lost: tuple[int, ...]) -> None:
    parts = "aabbbbbbbbbb" if lost else "abbbbbbbbbbb"
    with pytest.raises(TonotopeError, match="one recording alone"):
        run(str(denoise(parts, *lost)(tmp_path)), out=tmp_path / "runs")
    assert not [*tmp_path.glob("runs/**/history.jsonl")]
