"""Experiment files with a slip in them: one lesson, told before any sound is looked at.

`tests/experiment/test_experiment_file.py` checks the words; here a person types `tonotope run`.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from tests.cli.conftest import OPTIONS, ran

# The recordings are nowhere: whoever looked for them would complain of that instead.
HEAD = '[data]\nsource = "nowhere"\nclip_s = 0.5\n'
MEL = HEAD + '[representation]\nkind = "log-mel"\nrate_hz = 8000\n'


def layers(*texts: str) -> str:
    listed = ", ".join(f'"{text}"' for text in texts)
    return f'{MEL}[network]\nkind = "layers"\nlayers = [{listed}]\n'


SLIPS = {
    "an unknown key": (
        f"{HEAD}[training]\nepcohs = 3\n",
        "x.toml line 5: unknown key `training.epcohs`; did you mean `epochs`?",
    ),
    "kilohertz": (
        f'{HEAD}[representation]\nkind = "log-mel"\nrate_hz = 16\n',
        "x.toml line 6: `representation.rate_hz` = 16: 16 Hz: whole numbers from 20 to 10,000,000 "
        "Hz are allowed; did you mean 16000 (16 kHz)?",
    ),
    "another library's word": (
        f"{HEAD}[training]\nlr = 10\n",
        "x.toml line 5: unknown key `training.lr`; here it is called `learning_rate`",
    ),
    "a rate out of range": (
        f"{HEAD}[training]\nlearning_rate = 10\n",
        "x.toml line 5: `training.learning_rate` = 10 is out of range: more than 0, at most 1",
    ),
    "above half the rate": (
        f"{MEL}high_hz = 30000\n",
        "`representation.high_hz` = 30000 lies above half the rate: sound at 8000 Hz holds",
    ),
    "a kernel larger than its input": (
        layers("conv 4 900x900"),
        "layer 1 (`conv 4 900x900`) needs 900 frames, 20 are left and 900 bands, 64 are left: "
        "`conv 4 20x64` fits",
    ),
    "a size that reaches zero": (
        layers("conv 4 3x3", "maxpool 20x20"),
        "layer 2 (`maxpool 20x20`) needs 20 frames, 18 are left: `maxpool 18x20` fits",
    ),
    "groups that do not divide": (
        layers("conv 4 3x3", "conv 6 3x3 groups 4"),
        "6 filters do not split into 4 groups: use a multiple of 4",
    ),
    "a reach beyond the clip": (
        layers("conv 4 3x3 dilation 200x1"),
        "layer 1 (`conv 4 3x3 dilation 200x1`) needs 401 frames, 20 are left",
    ),
    "a billion filters": (
        layers("conv 1000000000 3x3"),
        "layer 1 (`conv 1000000000 3x3`) brings the network to 10,000,000,000 parameters, 40 GB",
    ),
    "a clip of thirty years": (
        HEAD.replace("0.5", "1e9"),
        "data.clip_s = 1e+09 s at 22050 Hz are 2.2e+13 samples; at most 134,217,728 (0.54 GB of m",
    ),
    "no length": (HEAD.replace("0.5", "nan"), "`data.clip_s` = nan does not fit: it takes a numb"),
    "YAML": ("a: &a [x, x]\nb: &b [*a, *a]\n", "not TOML: `a: &a [x, x]` (this looks like YAML"),
    "a tag": ("!!python/object/apply:os.system ['touch x']\n", "x.toml line 1: not TOML"),
    "a key twice": ("seed = 1\nseed = 2\n", "x.toml line 2: `seed = 2` says again what was said"),
    "a deep nest": (f"a = {'[' * 5000}", "lie inside one another too deeply"),
    "no UTF-8": (b"seed = 1\nname = '\xff'\n", "x.toml line 2: is not UTF-8 text"),
    "nothing": (b"", "x.toml: the file is empty; `tonotope new DATA -o x.toml` writes one"),
    "a name that steers": ('"tr\\u001b[2J\\u202e" = 1\n', "unknown key `tr\\x1b[2J\\u202e`"),
    "a name too long": (f'name = "{"n" * 81}"\n', "it takes text, no longer than 80"),
    "a variable": (
        HEAD.replace("nowhere", "$NOBODY_SET_THIS/x"),
        "$NOBODY_SET_THIS/x: the environment variable NOBODY_SET_THIS is not set; it names a",
    ),
    "nobody's home": (
        HEAD.replace("nowhere", "~nobody-here/x"),
        'source = "~nobody-here/x": whose home that is is not known; write it out',
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_one_lesson_and_nothing_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slip: str
) -> None:
    text, said = SLIPS[slip]
    monkeypatch.chdir(tmp_path)
    Path("x.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    began = time.monotonic()
    ended = ran("run", "x.toml")
    assert time.monotonic() - began < 10
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("tonotope: ")
    assert said in ended.err
    assert not re.search(r"Traceback|pydantic|went wrong inside|[\x00-\x09\x0b-\x1f]", ended.err)
    assert [path.name for path in tmp_path.iterdir()] == ["x.toml"]


def test_where_a_size_reaches_zero_the_layers_before_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.toml").write_text(layers("conv 4 3x3", "maxpool 20x20"))
    lines = ran("run", "x.toml").err.splitlines()
    assert lines[1] == "comes in: 1 × 20 × 64 (channel, time, frequency)"
    assert re.match(r"1  conv 4 3x3  4 × 18 × 62", lines[3])


def test_the_table_of_a_refusal_fits_the_terminal_and_its_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "60")
    Path("x.toml").write_text(layers("conv 400 3x3", "maxpool 20x20"))
    lines = ran("run", "x.toml", "--lang", "es").err.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("entra: "))
    head, row, *rest = lines[at + 1 :]
    assert head.split() == ["capa", "resulta", "parámetros", "mult.-sumas"]
    assert row.endswith("4000    4\u202f017\u202f600")
    assert len(rest) == 1
    assert rest[0].startswith("(una terminal más ancha")
    assert max(map(len, lines)) <= 60


def test_a_file_of_a_gigabyte_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.toml").write_bytes(b"seed = 1\n")
    os.truncate("x.toml", 1 << 30)
    began = time.monotonic()
    ended = ran("run", "x.toml")
    assert time.monotonic() - began < 5
    assert ended.status == 2
    assert "x.toml: is over 1 MB, and an experiment file holds a few kB" in ended.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--seed", "3000000000"], "`seed` = 3000000000 does not fit: it takes a whole number"),
        (["--name", "n" * 81], "`name` = "),
        (["--set", "training.epcohs=3"], "--set training.epcohs=3: unknown key"),
        (["--set", "data.channels=7"], 'channel 7 was asked for, but the sound has 1: give "mean"'),
        (["--set", "split.folds=1000"], "1000 folds were asked for, but there are 24 groups"),
    ],
)
def test_an_option_that_does_not_fit_is_told(
    tones: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    monkeypatch.chdir(tones.parent)
    ended = ran("run", "tones", *OPTIONS, *options)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
    assert not Path("runs").exists() or "channel" in said  # which only decoding finds out


def test_frames_that_miss_the_sound_are_trained_on_with_a_word(
    tones: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hop longer than the window may be meant; who did not mean it is told before it trains."""
    monkeypatch.chdir(tones.parent)
    sets = ("representation.window_s=0.01", "representation.hop_s=0.1")
    ended = ran("run", "tones", *OPTIONS, *(part for one in sets for part in ("--set", one)))
    assert ended.status == 0
    lines = ended.err.splitlines()
    said = next(at for at, line in enumerate(lines) if "the frames see" in line)
    assert re.search(r"a frame of [\d.]+ ms begins only every .*; shorten hop_s to ", lines[said])
    assert said < next(at for at, line in enumerate(lines) if line.startswith("training on"))


def test_a_folder_of_any_name_gives_the_run_one_that_fits(tones: Path) -> None:
    for name in ("n" * 200, "<script>\n\u202e"):
        named = tones.rename(tones.parent / name)
        ended = ran("run", named, *OPTIONS, "--out", tones.parent / "runs")
        assert ended.status == 0
        run = Path(ended.out.strip()).parent
        assert re.fullmatch(r"[\w.-]{1,100}", run.name)
        assert ran("report", run).status == 0
        named.rename(tones)


def test_a_folder_that_toml_cannot_name_is_told(tones: Path) -> None:
    named = tones.rename(os.fsdecode(os.fsencode(tones.parent) + b"/la\xfftin"))
    ended = ran("run", named, *OPTIONS, "--out", tones.parent / "runs")
    assert (ended.status, ended.out) == (2, "")
    assert "it holds bytes that are not UTF-8: rename what is called so" in ended.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('start = "$TONOTOPE_SECRET"', "start = '$TONOTOPE_SECRET': no run lies there"),
        ('start = "${TONOTOPE_SECRET}/x"', "start = '${TONOTOPE_SECRET}/x': no run lies there"),
        ('start = "~/x"', "start = '~/x': no run lies there"),
        ('start = "~nobody-here/x"', "start = '~nobody-here/x': whose home that is is not known"),
        ('extends = "~nobody-here/x"', "`extends` names ~nobody-here/x: whose home that is"),
        ('extends = "$TONOTOPE_SECRET"', "`extends` names $TONOTOPE_SECRET, and there is no such"),
        ('extends = "a\\u0000b"', "a zero byte is in its name"),
    ],
)
def test_what_a_path_stands_for_is_not_shown(
    tones: Path, monkeypatch: pytest.MonkeyPatch, line: str, said: str
) -> None:
    monkeypatch.chdir(tones.parent)
    monkeypatch.setenv("TONOTOPE_SECRET", "hunter2")
    monkeypatch.setenv("HOME", str(tones.parent / "my-own-folder"))
    Path("x.toml").write_text(f'{line}\n[data]\nsource = "tones"\nclip_s = 0.5\n')
    ended = ran("run", "x.toml")
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
    assert "hunter2" not in ended.err
    assert "my-own-folder" not in ended.err
    assert not re.search("Traceback|went wrong inside", ended.err)
