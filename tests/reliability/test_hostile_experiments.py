"""Hostile experiment files: robustness, table 5.3, each row with line, key and what would fit."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.cli.conftest import ran
from tests.reliability.hostile_folder import no_python

from tonotope._errors import ExperimentError
from tonotope.experiment.experiment_file import load

# The recordings are nowhere: whoever looked for them would complain of that instead.
HEAD = '[data]\nsource = "nowhere"\nclip_s = 0.5\n'
MEL = HEAD + '[representation]\nkind = "log-mel"\nrate_hz = 8000\n'
TRAIN = HEAD + "[training]\n"


def layers(*texts: str) -> str:
    listed = ", ".join(f'"{text}"' for text in texts)
    return f'{MEL}[network]\nkind = "layers"\nlayers = [{listed}]\n'


WHOLE = "it takes a whole number, at least 1"
EMPTY = "the file is empty; `tonotope new DATA -o x.toml` writes one"
TASKS = '[head]\nkind = "multitask"\n' + "".join(
    f'[[head.tasks]]\nname = "{name}"\n[head.tasks.head]\nkind = "classify"\n{more}'
    for name, more in (("a", ""), ("b", 'clases = ["x"]\n'))
)
# row: case: (file, what is said)
SLIPS: dict[str, dict[str, tuple[str | bytes, str]]] = {
    "unknown key": {
        "in a table": (
            TRAIN + "epcohs = 3\n",
            "line 5: unknown key `training.epcohs`; did you mean `e",
        ),
        "a table": (
            HEAD + "[trainning]\n",
            "line 4: unknown key `trainning`; did you mean `training`?",
        ),
        "above": ("sede = 1\n" + HEAD, "line 1: unknown key `sede`; did you mean `seed`?"),
        "capitals": (
            TRAIN + "Epochs = 3\n",
            "unknown key `training.Epochs`; did you mean `epochs`?",
        ),
        "a dash": (TRAIN + "batch-size = 3\n", "did you mean `batch_size`?"),
        "another's word": (TRAIN + "lr = 10\n", "`training.lr`; here it is called `learning_rate`"),
        "deep inside": (
            TASKS,
            "line 11: unknown key `head.tasks[1].head.clases`; did you mean `class",
        ),
        "of a layer": (
            layers("conv 4 3x3 strid 2x2"),
            "`conv` does not know `strid`; did you mean `st",
        ),
        "a layer": (layers("covn 4 3x3"), "unknown layer `covn`; did you mean `conv`?"),
        "a kind": (
            MEL + '[network]\nkind = "vggg"\n',
            '`network.kind` = "vggg" is unknown; did you m',
        ),
    },
    "wrong type/unit": {
        "kHz": (
            MEL.replace("8000", "16"),
            "rate_hz` = 16: 16 Hz: whole numbers from 20 to 10,000,000 ",
        ),
        "44.1": (MEL.replace("8000", "44.1"), "did you mean 44100 (44.1 kHz)?"),
        "learning rate": (
            TRAIN + "learning_rate = 10\n",
            "= 10 is out of range: more than 0, at most 1",
        ),
        "above Nyquist": (
            MEL + "high_hz = 9000\n",
            "lies above half the rate: sound at 8000 Hz holds",
        ),
        "bands upside down": (
            MEL + "low_hz = 3000\nhigh_hz = 2000\n",
            "must lie below high_hz = 2000",
        ),
        "window in ms": (MEL + "window_s = 25\n", "the unit is the second: 25 ms is 0.025"),
        "hop in samples": (MEL + "hop_s = 160\n", "the unit is the second: 160 samples is 0.02"),
        "hop of nothing": (
            MEL + "hop_s = 1e-5\n",
            "is less than one sample at 8000 Hz: use at least ",
        ),
        "yes or no": (TRAIN + "epochs = true\n", f"`training.epochs` = true does not fit: {WHOLE}"),
        "text": (
            TRAIN + 'epochs = "40"\n',
            f'"40" does not fit: {WHOLE}, at most 100000; leave out',
        ),
        "a fraction": (TRAIN + "epochs = 1.5\n", f"`training.epochs` = 1.5 does not fit: {WHOLE}"),
        "NaN": (TRAIN + "learning_rate = nan\n", "= nan does not fit: it takes a number, above 0"),
        "percent": (HEAD + "[split]\ntrain = 80\n", "it is a share: 80 % is 0.8"),
        "sum": (
            HEAD + "[split]\ntrain = 0.8\nvalidation = 0.3\ntest = 0.3\n",
            "make 1.4, but the three",
        ),
        "clip below 0": (
            HEAD.replace("0.5", "-1"),
            "`data.clip_s` = -1 does not fit: it takes a numb",
        ),
        "filters of 0": (
            layers("conv 0 3x3"),
            f'`conv 0 3x3": `filters` = 0 does not fit: {WHOLE}'[1:],
        ),
        "stride of 0": (layers("conv 4 3x3 stride 0x0"), f"`stride` = 0 does not fit: {WHOLE}"),
        "dropout in percent": (
            layers("conv 4 3x3", "dropout 50"),
            '`network.layers[1]` = "dropout 50"',
        ),
        "width": (
            MEL + '[network]\nkind = "vgg"\nwidths = [8, -1]\n',
            f"widths[1]` = -1 does not fit: {WHOLE}",
        ),
        "a table": ('data = "x"\n', '`data` = "x" does not fit: it takes a table'),
    },
    "kernel, size zero, groups, receptive field": {
        "kernel": (
            layers("conv 4 900x900"),
            "needs 900 frames, 20 are left and 900 bands, 64 are left",
        ),
        "zero": (
            layers("conv 4 3x3", "maxpool 20x20"),
            "layer 2 (`maxpool 20x20`) needs 20 frames, 18 ar",
        ),
        "zero, late": (
            layers(*["conv 4 3x3", "maxpool 2x2"] * 6),
            "layer 6 (`maxpool 2x2`) needs 2 fra",
        ),
        "filters": (
            layers("conv 4 3x3", "conv 6 3x3 groups 4"),
            "6 filters do not split into 4 groups",
        ),
        "channels": (
            layers("conv 6 3x3", "conv 8 3x3 groups 4"),
            "cannot split 6 channels into 4 groups",
        ),
        "reach": (
            layers("conv 4 3x3 dilation 200x1"),
            "needs 401 frames, 20 are left: `conv 4 1x3 dil",
        ),
        "flat": (layers("flatten", "conv 4 3x3"), "its input is flat: put it before `flatten`"),
    },
    "1e9 filters": {
        "conv": (
            layers("conv 1000000000 3x3"),
            "10,000,000,000 parameters, 40 GB of memory; at most 5",
        ),
        "dense": (
            layers("flatten", "dense 1000000000"),
            "1,281,000,000,000 parameters, 5 TB of memory",
        ),
        "two of 1e5": (
            layers(*["conv 100000 3x3"] * 2),
            "layer 2 (`conv 100000 3x3`) brings the network",
        ),
        "width": (
            MEL + '[network]\nkind = "vgg"\nwidths = [1000000000]\n',
            "a whole number, at most 65536",
        ),
        "layers": (layers(*["conv 4 1x1"] * 3000), "it takes a list, no longer than 2000"),
        "batch": (TRAIN + "batch_size = 1000000000\n", f"{WHOLE}, at most 65536"),
        "epochs": (TRAIN + "epochs = 1000000000000\n", f"{WHOLE}, at most 100000"),
        "clip": (
            HEAD.replace("0.5", "1e9"),
            "are 2.2e+13 samples; at most 134,217,728 (0.54 GB of m",
        ),
        "a number of 5,000 digits": (
            f"seed = {'9' * 5000}\n",
            "holds a number that is too long to be one",
        ),
    },
    "missing, empty, not UTF-8, twice, deep, YAML": {
        "empty": (b"", EMPTY),
        "blank": ("\n \n", EMPTY),
        "comments": ("# x\n", "the file holds no key; `tonotope new DATA -o x.toml` writes one"),
        "Latin-1": (
            b"seed = 1\nname = '\xff'\n",
            "line 2: is not UTF-8 text; save the file as UTF-8",
        ),
        "UTF-16": (HEAD.encode("utf-16"), "line 1: is not UTF-8 text; save the file as UTF-8"),
        "twice": (
            "seed = 1\nseed = 2\n",
            "line 2: `seed = 2` says again what was said above; keep one",
        ),
        "table twice": (HEAD + HEAD, "line 4: `[data]` says again what was said above"),
        "deep": (f"a = {'[' * 5000}", "lists or tables lie inside one another too deeply"),
        "deep tables": (
            f"[{'.'.join(['a'] * 400)}]\nx = 1\n",
            "line 1: the key has too many parts",
        ),
        "deep in line": (f"a = {'{a=' * 200}1{'}' * 200}", "inside one another more than 32 deep"),
        "YAML": (
            "a: 1\n",
            "line 1: not TOML: `a: 1` (this looks like YAML; in TOML it is `key = value`",
        ),
        "aliases": ("a: &a [x, x]\nb: &b [*a, *a]\n", "this looks like YAML"),
        "a tag": ("!!python/object/apply:os.system ['touch x']\n", "line 1: not TOML"),
        "JSON": ('{"data": {}}\n', "this looks like JSON; in TOML it is `key = value`"),
        "a Windows path": (
            '[data]\nsource = "C:\\rec\\x"\n',
            'line 2: not TOML: `source = "C:\\rec\\x"',
        ),
        "curly quotes": ("[data]\nsource = “x”\n", "text stands between straight quotes"),
        "Python": ("[training]\nx = True\n", "it is true or false in small letters"),
        "itself": (
            'extends = "x.toml"\n',
            "line 1: `extends` goes in a circle: x.toml extends x.toml",
        ),
        "lost": (
            'extends = "y.toml"\n',
            "line 1: `extends` names y.toml, and there is no such file",
        ),
        "a device": (
            'extends = "/dev/zero"\n',
            "is not a plain file: an experiment is a small text",
        ),
    },
    "paths": {
        "..": (HEAD.replace("nowhere", "../nowhere"), 'source = "../nowhere": there is no '),
        "home": (HEAD.replace("nowhere", "~/nowhere"), 'source = "~/nowhere": there is no '),
        "nobody's home": (
            HEAD.replace("nowhere", "~nobody-here/x"),
            "whose home that is is not known",
        ),
        "a variable": (
            HEAD.replace("nowhere", "$NOBODY_SET/x"),
            "the environment variable NOBODY_SET is",
        ),
        "a zero byte": (HEAD.replace("nowhere", "a\\u0000b"), 'source = "a\\x00b": there is no '),
        "nothing": (
            HEAD.replace("nowhere", ""),
            '`data.source` = "" does not fit: it takes text, not',
        ),
    },
}
CASES = [(row, case) for row, cases in SLIPS.items() for case in cases]


@pytest.mark.parametrize(("row", "case"), CASES)
def test_a_slip_is_told_by_line_and_key_and_nothing_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, case: str
) -> None:
    text, said = SLIPS[row][case]
    monkeypatch.chdir(tmp_path)
    Path("x.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    ended = ran("run", "x.toml")
    no_python(ended)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["x.toml"]


def test_the_layers_before_a_size_of_zero_are_shown(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(layers("conv 4 3x3", "maxpool 20x20"))
    lines = ran("run", tmp_path / "x.toml").err.splitlines()
    assert lines[1] == "comes in: 1 × 20 × 64 (channel, time, frequency)"
    assert re.match(r"1  conv 4 3x3  4 × 18 × 62", lines[3])


def test_a_missing_or_huge_file_and_a_folder_are_told(tmp_path: Path) -> None:
    lost = ran("run", tmp_path / "y.toml")
    assert lost.status == 2
    assert "y.toml: no such file; `tonotope new DATA -o y.toml` writes one" in lost.err
    (tmp_path / "x.toml").write_text("seed = 1\n")
    os.truncate(tmp_path / "x.toml", 1 << 30)
    with pytest.raises(
        ExperimentError, match="is over 1 MB, and an experiment file holds a few kB"
    ):
        load(tmp_path / "x.toml")
    with pytest.raises(
        ExperimentError, match=r"is a folder, and an experiment is a file: x\.toml in"
    ):
        load(tmp_path)
