"""Prediction in bfloat16 is checked for each shape of windows, and given up where it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from tonotope._progress import Progress
from tonotope.model import Model
from tonotope.prediction import ensemble as module
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.from_features import predict_windows
from tonotope.prediction.rows import PredictedRow
from tonotope.prediction.stream import predict
from tonotope.training.feature_store import FeatureStore

Build = Callable[..., Model]
Spoil = Callable[..., None]
WRONG = "bfloat16 is wrong here for batches of "


class Listener(Progress):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, message: str) -> None:
        self.said.append(message)


@pytest.fixture
def frames() -> torch.Tensor:
    rng = torch.Generator().manual_seed(0)
    levels = torch.linspace(-60, 0, 5).view(5, 1, 1, 1)
    return levels + torch.empty(5, 1, 61, 16).normal_(0, 10, generator=rng)


@pytest.mark.parametrize("models", [1, 2])
def test_windows_pass_in_full_blocks_whatever_their_number(
    models: int, build: Build, frames: torch.Tensor, wrong_bfloat16: Spoil
) -> None:
    """Kernels that are wrong, or only others, for fewer windows are never met."""
    wrong_bfloat16(lambda shape: shape[0] < 8)
    several = [build(seed) for seed in range(models)]
    exact, near, heard = Ensemble(several), Ensemble(several, "bfloat16"), Listener()
    whole = near.scores(frames, heard)
    assert 0 < np.abs(whole - exact.scores(frames)).max() < 0.05
    for some in (slice(0, 3), slice(2, 3), slice(0, 5)):
        np.testing.assert_array_equal(near.scores(frames[some], heard), whole[some])
    assert heard.said == []


@pytest.mark.parametrize("models", [1, 2])
def test_a_block_that_is_wrong_falls_back(
    models: int, build: Build, frames: torch.Tensor, wrong_bfloat16: Spoil
) -> None:
    wrong_bfloat16(lambda shape: shape[0] == 8)
    several = [build(seed) for seed in range(models)]
    exact, near, heard = Ensemble(several), Ensemble(several, "bfloat16"), Listener()
    for some in (frames[:3], frames, frames[:2]):
        np.testing.assert_array_equal(near.scores(some, heard), exact.scores(some))
    (said,) = heard.said
    assert said.startswith(f"{WRONG}8 × 1 × 61 × 16: its outputs differ by")
    assert near.device.probe == said


def test_longer_windows_fall_back(
    build: Build, frames: torch.Tensor, wrong_bfloat16: Spoil
) -> None:
    wrong_bfloat16(lambda shape: shape[2] >= 64)
    exact, near, heard = Ensemble(build()), Ensemble(build(), "bfloat16"), Listener()
    longer = torch.cat([frames, frames[:, :, :20]], dim=2)
    near.scores(frames, heard)
    assert near.device.precision == "bfloat16"
    np.testing.assert_array_equal(near.scores(longer, heard), exact.scores(longer))
    assert len(heard.said) == 1


def test_what_is_wrong_at_once_is_never_taken(
    build: Build, frames: torch.Tensor, wrong_bfloat16: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "has_native_bfloat16", lambda: True)
    wrong_bfloat16(lambda shape: True)
    ensemble = Ensemble(build(), "auto")
    assert ensemble.decide(frames).startswith(f"{WRONG}8 × 1 × 61 × 16: its outputs")
    assert ensemble.device.precision == "float32"
    assert ensemble.decide(frames) == ""


def test_the_end_of_a_recording_is_computed_as_its_beginning(
    build: Build, write: Callable[..., Path], wrong_bfloat16: Spoil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """bfloat16 is tried on five windows and taken; then three are left."""
    monkeypatch.setattr(module, "has_native_bfloat16", lambda: True)
    monkeypatch.setattr(module, "CLEARLY", 0)
    wrong_bfloat16(lambda shape: shape[0] < 8)
    path, heard = write("a.wav", 4.0), Listener()
    rows = {
        name: [
            row.scores
            for row in predict(Ensemble(build(), name), [path], per="window", batch_size=5,
                               progress=heard)
            if isinstance(row, PredictedRow)
        ]
        for name in ("float32", "auto")
    }  # fmt: skip
    assert len(rows["auto"]) == 8
    away = np.abs(np.subtract(rows["auto"], rows["float32"]))
    assert (away.max(axis=1) > 0).all()
    assert away.max() < 0.05
    (taken,) = heard.said
    assert taken.endswith("taken")


def test_recordings_in_memory_are_guarded_as_well(
    build: Build, frames: torch.Tensor, wrong_bfloat16: Spoil
) -> None:
    wrong_bfloat16(lambda shape: True)
    flat = frames[:, 0, :, :, None].flatten(0, 1)
    store, heard = FeatureStore(flat, np.arange(6) * 61, "noise"), Listener()
    exact, near = Ensemble(build()), Ensemble(build(), "bfloat16")
    found = predict_windows(near, store, range(5), progress=heard)
    np.testing.assert_array_equal(found, predict_windows(exact, store, range(5)))
    assert len(heard.said) == 1
