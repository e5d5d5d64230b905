"""A model folder from a stranger: what loading it and listening with it take, in memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tonotope._errors import ModelFileError, ShapeError
from tonotope.heads import Classify
from tonotope.model import Model
from tonotope.model.description import ModelDescription
from tonotope.network.layer_list import Layers
from tonotope.prediction.windows_at_once import windows_at_once
from tonotope.representation import MFCC, LogMel, Representation

LOAD = """
import sys
from pathlib import Path
from tonotope.model import Model
def peak():
    # Not ru_maxrss, which a program inherits from the one that started it.
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(one.split()[1] for one in lines if one.startswith("VmHWM")))
before = peak()
try:
    Model.load(Path(sys.argv[1]))
except Exception as error:
    print(type(error).__name__, error, file=sys.stderr)
print(peak() - before)
"""


def peak_mb(folder: Path) -> tuple[float, str]:
    """The memory that loading takes beyond that of the program, and the error."""
    ended = subprocess.run(
        [sys.executable, "-c", LOAD, str(folder)], capture_output=True, text=True, check=True
    )
    return int(ended.stdout) / 1000, ended.stderr


def saved(folder: Path, representation: Representation, clip_samples: int) -> Path:
    network = Layers(layers=["globalpool all mean"])
    head = Classify(classes=("a", "b"))
    Model.build(representation, network, head, clip_samples=clip_samples).save(folder)
    return folder


def edited(folder: Path, **changes: Any) -> Path:
    path = folder / "model.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    for key, value in changes.items():
        (table["representation"] if key in table["representation"] else table)[key] = value
    path.write_text(json.dumps(table), encoding="utf-8")
    return folder


def test_the_largest_that_is_allowed_is_loaded_within_a_gigabyte(tmp_path: Path) -> None:
    largest = MFCC(rate_hz=44_100, window_s=0.7, hop_s=1.0, bands=4095, coefficients=4095)
    took, error = peak_mb(saved(tmp_path, largest, 2 * 44_100))
    assert not error
    assert 268 < took < 1000


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bands": 4096, "fft_samples": 2**20}, "4,096 bands of 524,289 frequencies"),
        ({"clip_samples": 2**31 - 1}, "`clip_samples`: Input should be less than or equal to 134"),
        ({"clip_samples": 10**30}, "`clip_samples`: "),
        ({"clip_samples": 2**27, "hop_s": 0.00005}, "values, 26.8 GB of memory; at most 500,000"),
    ],
)
def test_what_would_not_fit_is_refused_before_it_is_taken(
    changes: dict[str, Any], said: str, tmp_path: Path
) -> None:
    folder = saved(tmp_path, LogMel(rate_hz=22_050, bands=50), 22_050)
    edited(folder, **changes)
    with pytest.raises(ModelFileError, match=r"model\.json") as refused:
        Model.load(folder)
    assert said in str(refused.value)


def test_refusing_takes_no_memory(tmp_path: Path) -> None:
    folder = saved(tmp_path, LogMel(rate_hz=22_050, bands=50), 22_050)
    took, error = peak_mb(edited(folder, bands=4096, fft_samples=2**20))
    assert "ModelFileError" in error
    assert took < 100


def described(clip_samples: int, layers: list[str]) -> ModelDescription:
    model = Model.build(
        LogMel(rate_hz=22_050), Layers(layers=layers), Classify(classes=("a", "b")),
        clip_samples=clip_samples,
    )  # fmt: skip
    return model.description


def test_large_windows_are_scored_a_few_at_a_time() -> None:
    usual = described(5 * 22_050, ["conv 32 3x3", "globalpool all mean"])
    large = described(1800 * 22_050, ["conv 60 3x3", "globalpool all mean"])
    assert windows_at_once([usual], 64) == 64
    # 77,518 frames of 64 bands, and 60 channels of two less of each, in 2^29 values.
    assert windows_at_once([large], 64) == 2**29 // (77_518 * 64 + 60 * 77_516 * 62) == 1
    assert windows_at_once([usual, large], 64) == 1


def test_a_clip_of_too_many_values_says_what_to_change() -> None:
    with pytest.raises(ShapeError, match=r"use a shorter clip_s, a longer hop_s"):
        described(2**27, ["globalpool all mean"]).model_copy(
            update={"representation": LogMel(rate_hz=22_050, hop_s=0.0001)}
        ).shapes()
