"""A training step that would fill the memory is refused before anything is computed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tonotope as tt
from tonotope._errors import ExperimentError
from tonotope.experiment import memory_needed
from tonotope.experiment.request import make_request


def test_a_batch_larger_than_the_memory_is_refused_with_one_that_fits(
    tones: Path, quick: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = make_request(tones, sets=[*quick, "training.batch_size=20"])
    values = sum(report.values for report in request.resolve().experiment.trace())
    monkeypatch.setattr(memory_needed, "machine_bytes", lambda: 4 * values * 7)
    with pytest.raises(ExperimentError) as refused:
        request.resolve()
    said = str(refused.value)
    assert said.startswith("training.batch_size = 20: 20 clips of ")
    assert "use training.batch_size = 7 or less" in said
    make_request(tones, sets=[*quick, "training.batch_size=7"]).resolve()
    # Of a batch larger than the recordings only the recordings count.
    monkeypatch.setattr(memory_needed, "machine_bytes", lambda: 4 * values * 60)
    make_request(tones, sets=[*quick, "training.batch_size=65536"]).resolve()


def test_a_clip_larger_than_the_memory_asks_for_a_shorter_one(
    tones: Path, quick: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_needed, "machine_bytes", lambda: 1000)
    with pytest.raises(ExperimentError, match=r"use a shorter data\.clip_s"):
        tt.run(tones, sets=quick)


@pytest.mark.parametrize(
    ("clip_s", "said"),
    [
        ("1e308", "data.clip_s = 1e+308 s at 22050 Hz are inf samples; at most 134,217,728"),
        ("1e5", "data.clip_s = 100000 s at 22050 Hz are 2.2e+09 samples; at most 134,217,728"),
        ("1e-300", "data.clip_s = 1e-300 is less than one sample at 22050 Hz: use at least 4.5e"),
    ],
)
def test_a_clip_that_no_memory_holds(tmp_path: Path, clip_s: str, said: str) -> None:
    (tmp_path / "x.toml").write_text(f'[data]\nsource = "none"\nclip_s = {clip_s}\n')
    with pytest.raises(ExperimentError, match=re.escape(said)):
        tt.run(tmp_path / "x.toml")
