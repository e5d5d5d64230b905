"""`tonotope shapes`: the arithmetic of any network on the terminal, before anything is run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

FILE = """
[data]
source = "nowhere"
clip_s = 1.0

[representation]
kind = "waveform"
rate_hz = 8000

[network]
kind = "layers"
layers = ["conv 16 80 stride 4 padding same", "relu", "globalpool time mean"]
"""


def row(out: str, layer: str) -> list[str]:
    """The numbers of a layer: parameters, multiply-adds, and what else is counted."""
    (line,) = [line for line in out.splitlines() if re.match(rf" *(\d+|head)  {layer} ", line)]
    return re.findall(r"  +(\d[\d,]*)(?=  )", line.split(layer, 1)[1])


def test_lenet5_is_the_table_of_1998(typed) -> None:
    ended = typed("shapes", "lenet5", "--short")
    assert ended.status == 0
    layers = ("conv 6 5x5", "tableconv 5x5 lenet5", "conv 120 5x5", "dense 84", "rbf 10")
    printed = [(row(ended.out, one)[-3], row(ended.out, one)[-1]) for one in layers]
    assert printed == [
        ("156", "122,304"),
        ("1,516", "151,600"),
        ("48,120", "48,120"),
        ("10,164", "10,164"),
        ("0", "840"),
    ]
    pools = [line.split() for line in ended.out.splitlines() if "subsample 2x2" in line]
    assert [(line[8], line[10]) for line in pools] == [("12", "5,880"), ("32", "2,000")]
    assert "60,000 parameters (0.24 MB)" in ended.out
    assert "340,908 connections; it answers by itself" in ended.out
    assert "its source counts 60,000 parameters too" in ended.out


def test_formulas_and_filters_are_told(typed) -> None:
    ended = typed("shapes", "m5")
    assert (
        "in: 1 × 32000 (channel, time)\n    time: 32000 steps of 0.125 ms: 4 s in all" in ended.out
    )
    assert "time: floor((32000 + 39 + 40 - 80)/4) + 1 = 8000" in ended.out
    assert "time: floor((2000 + 2·1 - 3)/1) + 1 = 2000" in ended.out
    # What does the filter of a 1-D convolution look like?
    assert "128 filters of 1 × 80 (channel, time), seeing 10 ms; 128 · (1 · 80 + 1)" in ended.out
    assert "10 units that each weigh 512 values; 10 · (512 + 1) = 5,130 parameters" in ended.out
    assert row(ended.out, "dense 10") == ["10", "5,130", "5,120"]
    assert not ended.err


def test_the_receptive_field_ends_with_the_input(typed) -> None:
    told = json.loads(typed("shapes", "crepe", "--json").out)
    last = told["layers"][-1]["receptive_field"][0]
    assert (last["indices"], last["extent"]) == (1024, pytest.approx(0.064))
    assert told["parameters"] + told["kept"] == 22_244_328 == told["published"]["parameters"]
    assert (told["outputs"], told["layers"][-1]["name"]) == (360, "head")


def test_another_number_of_outputs_is_another_network(typed) -> None:
    ended = typed("shapes", "piczak-long", "--outputs", 50, "--short")
    assert ended.out.startswith("piczak-long, after Piczak 2015")
    assert "29,334,130 parameters" in ended.out
    assert "its source" not in ended.out
    assert "rbf 12" in typed("shapes", "lenet5", "--outputs", 12).out


def test_what_is_set_changes_the_published_input(typed) -> None:
    told = json.loads(typed("shapes", "tempo", "--set", "data.clip_s=6", "--json").out)
    assert [axis["size"] for axis in told["in_shape"]] == [1, 128, 40]
    assert told["in_shape"][1]["unit"] == "s"
    told = json.loads(typed("shapes", "lenet5", "--set", "representation.bands=40", "--json").out)
    assert [axis["size"] for axis in told["in_shape"]] == [1, 214, 40]


def test_branches_are_told_one_by_one(typed) -> None:
    out = typed("shapes", "tempo").out
    assert "conv 24 256x1 padding same: 24 filters of 16 × 256 × 1" in out
    assert max(map(len, out.splitlines())) < 180


def test_a_file_without_classes_leaves_the_head_out(typed, tmp_path: Path) -> None:
    file = tmp_path / "birds.toml"
    file.write_text(FILE, encoding="utf-8")
    ended = typed("shapes", file)
    assert "time: 8000 steps of 0.125 ms: 1 s in all" in ended.out
    assert "1,296 parameters" in ended.out
    assert "the head comes on top" in ended.out
    counted = json.loads(typed("shapes", file, "--outputs", 5, "--json").out)
    assert counted["parameters"] == 1296 + 5 * 17
    assert counted["published"] is None
    file.write_text(FILE + '\n[head]\nkind = "classify"\nclasses = ["a", "b"]\n', encoding="utf-8")
    assert json.loads(typed("shapes", file, "--json").out)["parameters"] == 1296 + 2 * 17
    pitch = '\n[head]\nkind = "regress"\ntargets = ["pitch", "tempo", "loudness"]\n'
    file.write_text(FILE + pitch, encoding="utf-8")
    assert json.loads(typed("shapes", file, "--json").out)["parameters"] == 1296 + 3 * 17
    file.write_text(f"{FILE}{pitch}bins = 100\n", encoding="utf-8")
    assert json.loads(typed("shapes", file, "--json").out)["parameters"] == 1296 + 300 * 17


@pytest.mark.parametrize(
    ("arguments", "lesson"),
    [
        (["leent5"], "neither an experiment file nor a network; did you mean `lenet5`? networks: "),
        (["m5", "--input", "1x32x32"], "`m5` reads channel × time, not 1 × 32 × 32"),
        (["lenet5", "--set", "representation.kind=waveform"], "`lenet5` reads channel × time × f"),
        (
            ["lenet5", "--input", "1x8x8"],
            "layer 5 (`tableconv 5x5 lenet5`) needs 5 frames, 2 are left",
        ),
        (["vgg", "--input", "8"], "--input 8: two or three whole numbers fit"),
        (["lenet5", "--outputs", "0"], "'--outputs': it takes at least 1"),
    ],
)
def test_what_does_not_fit_is_a_lesson(typed, arguments: list[str], lesson: str) -> None:
    ended = typed("shapes", *arguments)
    assert ended.status == 2
    assert lesson in ended.err
