from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from tonotope._errors import ExperimentError
from tonotope.model import Model
from tonotope.model.fold_batch_norm import fold_batch_norm
from tonotope.prediction import ensemble as module
from tonotope.prediction.ensemble import Ensemble

Build = Callable[..., Model]


@pytest.fixture
def frames() -> torch.Tensor:
    rng = torch.Generator().manual_seed(0)
    levels = torch.linspace(-60, 0, 5).view(5, 1, 1, 1)
    return levels + torch.empty(5, 1, 61, 16).normal_(0, 10, generator=rng)


def probabilities(model: Model, frames: torch.Tensor) -> np.ndarray:
    with torch.no_grad():
        return model.from_features(frames)["label"].softmax(1).double().numpy()


def test_one_model_gives_its_own_probabilities(build: Build, frames: torch.Tensor) -> None:
    model = build()
    found = Ensemble(model).scores(frames)
    np.testing.assert_allclose(found, probabilities(model, frames), rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert np.ptp(found, axis=0).max() > 0.2  # the windows are told apart at all


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_neither_number_nor_place_nor_threads_change_a_bit(
    build: Build, precision: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = torch.Generator().manual_seed(1)
    frames = torch.empty(35, 1, 61, 16).normal_(-30, 15, generator=rng)
    found = Ensemble([build(0), build(1)], precision).scores(frames)
    for threads in (1, 2, 3):
        monkeypatch.setenv("TONOTOPE_THREADS", str(threads))
        both = Ensemble([build(0), build(1)], precision)
        for size in (1, 3, 8, 31, 35):
            parts = [both.scores(frames[at : at + size]) for at in range(0, 35, size)]
            np.testing.assert_array_equal(np.concatenate(parts), found)
        np.testing.assert_array_equal(both.scores(frames.flip(0))[::-1], found)


def test_several_are_averaged(build: Build, frames: torch.Tensor) -> None:
    models = [build(seed) for seed in range(3)]
    apart = [probabilities(model, frames) for model in models]
    found = Ensemble(models).scores(frames)
    np.testing.assert_allclose(found, np.mean(apart, axis=0), rtol=0, atol=1e-5)
    assert np.abs(found - apart[0]).max() > 0.05


def test_classes_are_matched_by_name(build: Build, frames: torch.Tensor) -> None:
    one, two = build(0), build(1, classes=("owl", "cat", "fox"))
    both = Ensemble([one, two])
    assert both.classes == ("cat", "dog", "owl", "fox")
    first, second, found = (
        probabilities(one, frames),
        probabilities(two, frames),
        both.scores(frames),
    )
    np.testing.assert_allclose(found[:, 0], (first[:, 0] + second[:, 1]) / 2, atol=1e-5)
    np.testing.assert_allclose(found[:, 1], first[:, 1] / 2, atol=1e-5)
    np.testing.assert_allclose(found[:, 3], second[:, 2] / 2, atol=1e-5)


def test_the_models_given_are_left_as_they_are(build: Build, frames: torch.Tensor) -> None:
    model = build().train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    Ensemble(model, "bfloat16").scores(frames)
    assert model.training
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_models_that_hear_otherwise_are_refused(build: Build) -> None:
    with pytest.raises(ExperimentError, match=r"representation is .* number 2; take models of one"):
        Ensemble([build(), build(bands=12)])
    with pytest.raises(ExperimentError, match="no model to predict with"):
        Ensemble([])


def test_bfloat16_says_nearly_the_same(build: Build, frames: torch.Tensor) -> None:
    exact, near = Ensemble(build()).scores(frames), Ensemble(build(), "bfloat16").scores(frames)
    away = np.abs(near - exact).max()
    assert 0 < away < 0.05


@pytest.mark.parametrize(
    ("times", "close", "taken"),
    [((2.0, 1.0), 1.0, True), ((2.0, 1.9), 1.0, False), ((2.0, 1.0), 0.0, False)],
)
def test_bfloat16_is_taken_where_it_is_faster_and_agrees(
    build: Build,
    frames: torch.Tensor,
    monkeypatch: pytest.MonkeyPatch,
    times: tuple[float, float],
    close: float,
    *,
    taken: bool,
) -> None:
    both = Ensemble(build(), "auto")
    seconds = iter(times)
    monkeypatch.setattr(module, "has_native_bfloat16", lambda: True)
    monkeypatch.setattr(module, "CLOSE", close)
    monkeypatch.setattr(both, "_timed", lambda frames: (both.scores(frames), next(seconds)))
    said = both.decide(frames)
    assert said.endswith("taken" if taken else "float32 is kept")
    assert both.device.precision == ("bfloat16" if taken else "float32")
    assert both.decide(frames) == ""  # decided once


def test_nothing_is_tried_unless_asked_for(
    build: Build, frames: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Ensemble(build()).decide(frames) == ""
    monkeypatch.setattr(module, "has_native_bfloat16", lambda: False)
    assert Ensemble(build(), "auto").decide(frames) == ""


def test_batch_norms_vanish_into_convolutions(build: Build, frames: torch.Tensor) -> None:
    model = build()
    without = fold_batch_norm(model)
    kinds = [type(part).__name__ for part in without.modules()]
    assert "BatchNorm2d" not in kinds
    assert kinds.count("Identity") == 2
    np.testing.assert_allclose(
        probabilities(without, frames), probabilities(model, frames), rtol=0, atol=1e-5
    )


def test_a_batch_norm_behind_anything_else_stays() -> None:
    norm = torch.nn.BatchNorm2d(2)
    norm.running_mean.fill_(1.0)
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 1), torch.nn.ReLU(), norm)
    some = torch.randn(1, 1, 3, 3, generator=torch.Generator().manual_seed(0))
    assert isinstance(fold_batch_norm(net)[2], torch.nn.BatchNorm2d)
    with torch.no_grad():
        np.testing.assert_array_equal(fold_batch_norm(net)(some), net.eval()(some))


def test_waveform_models_are_fused_too(waveform_model: Model) -> None:
    wave = torch.randn(3, 1, 800, generator=torch.Generator().manual_seed(0))
    found = Ensemble(waveform_model).scores(wave)
    np.testing.assert_allclose(found, probabilities(waveform_model, wave), rtol=0, atol=1e-5)
