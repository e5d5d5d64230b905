"""Quantities told by a softmax over bins: places, units, costs, and what lies in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from tonotope._errors import ExperimentError
from tonotope._shapes import Axis, Shape
from tonotope.heads import Multitask, Part, Regress, bins
from tonotope.model import Model
from tonotope.network.layer_list import Layers
from tonotope.representation import Waveform

ROWS = [{"cents": "-500", "x": "1"}, {"cents": "700", "x": "3"}, {"cents": "100"}]


@pytest.fixture
def task() -> Regress:
    return Regress(targets=("cents", "x"), bins=69).fit_targets(ROWS)


def peaked(places: list[list[float]]) -> torch.Tensor:
    """Logits of a Gaussian around each place, `(batch, target, 69)`."""
    return -0.5 * ((torch.arange(69.0) - torch.tensor(places)[..., None]) / 1.25).square()


def test_the_range_is_that_of_the_training_recordings(task: Regress) -> None:
    assert (task.lows, task.highs) == ((-500.0, 1.0), (700.0, 3.0))
    assert task.fit_targets([{"cents": "0", "x": "0"}]) == task
    assert Regress(targets=("cents",)).fit_targets(ROWS).lows == ()


def test_a_place_is_told_in_units_between_bins_and_at_both_ends(task: Regress) -> None:
    # 60 steps from end to end: 20 cents each, after four bins of margin.
    said = task.scores({"value": peaked([[4.0, 64.0], [64.0, 4.0], [34.25, 34.5]])})["value"]
    wanted = [[-500, 3], [700, 1], [-500 + 30.25 * 20, 1 + 30.5 / 30]]
    np.testing.assert_allclose(said, wanted, rtol=2e-3)


def test_a_second_peak_far_off_does_not_draw_the_answer(task: Regress) -> None:
    one, other = peaked([[14.0, 14.0]]).softmax(-1), peaked([[54.0, 54.0]]).softmax(-1)
    said = task.scores({"value": (0.6 * one + 0.4 * other).log()})["value"]
    assert float(said[0, 0]) == pytest.approx(-300, abs=0.1)


def test_the_right_place_costs_least_and_what_is_missing_nothing(task: Regress) -> None:
    wanted = {"value": torch.from_numpy(task.encode_targets(ROWS)["value"])}
    assert torch.isnan(wanted["value"][2, 1])
    right = peaked([[4.0, 4.0], [64.0, 64.0], [34.0, 0.0]])
    best = float(task.loss({"value": right}, wanted))
    for away in (-3.0, 3.0):
        moved = peaked([[4.0 + away, 4.0], [64.0, 64.0], [34.0, 0.0]])
        assert float(task.loss({"value": moved}, wanted)) > best + 0.5
    elsewhere = peaked([[4.0, 4.0], [64.0, 64.0], [34.0, 60.0]])
    assert float(task.loss({"value": elsewhere}, wanted)) == pytest.approx(best)
    assert task.metrics(task.scores({"value": right}), wanted)["r2"] == pytest.approx(1, abs=1e-4)


def test_the_cost_is_the_cross_entropy_by_hand() -> None:
    logits, place = torch.randn(2, 1, 20, dtype=torch.float64), np.array([3.3, 40.0])
    found = bins.bin_loss(logits, torch.tensor(place)[:, None])
    for row, true in enumerate((3.3, 19.0)):  # beyond the end counts as the end
        wanted = np.exp(-((np.arange(20) - true) ** 2) / (2 * 1.25**2))
        wanted /= wanted.sum()
        z = logits[row, 0].numpy()
        cost = -(wanted * (z - np.log(np.exp(z).sum()))).sum()
        assert float(found[row, 0]) == pytest.approx(cost, rel=1e-5)


def test_a_dense_layer_learns_them() -> None:
    rows = [{"y": "0"}, {"y": "1"}, {"y": "0.5"}]
    features = torch.eye(3)[:, :2]
    task = Regress(targets=("y",), bins=20).fit_targets(rows)
    torch.manual_seed(0)
    head = task.build(Shape([Axis("channel", 2)]))
    wanted = {"value": torch.from_numpy(task.encode_targets(rows)["value"])}
    optimiser = torch.optim.Adam(head.parameters(), lr=0.1)
    for _ in range(150):
        optimiser.zero_grad()
        task.loss(head(features), wanted).backward()
        optimiser.step()
    np.testing.assert_allclose(
        task.scores(head(features))["value"].detach(), [[0], [1], [0.5]], atol=0.05
    )


def test_a_model_with_bins_is_saved_and_loaded(task: Regress, tmp_path: Path) -> None:
    net = Layers(layers=["conv 4 9 stride 4", "relu", "globalpool time mean", "flatten"])
    model = Model.build(Waveform(rate_hz=8000), net, task, clip_samples=200).eval()
    model.save(tmp_path)
    again = Model.load(tmp_path)
    assert again.description == model.description
    wave = torch.randn(2, 200)
    torch.testing.assert_close(again(wave)["value"], model(wave)["value"])
    assert again.description.head.scores(again(wave))["value"].shape == (2, 2)


def test_several_tasks_may_have_bins(task: Regress) -> None:
    both = Multitask(tasks=(Part(name="a", head=task), Part(name="b", head=task)))
    shape = Shape([Axis("channel", 3)])
    outputs = both.build(shape)(torch.ones(2, 3))
    assert outputs["a"].shape == (2, 2, 69)
    assert both.scores(outputs)["b"].shape == (2, 2)


def test_before_the_range_is_known() -> None:
    told = Regress(targets=("x",), means=(0.0,), spreads=(1.0,), bins=20)
    with pytest.raises(ExperimentError, match="does not know"):
        told.encode_targets([{"x": "5"}])


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"bins": 15}, "15 bins are too few: 16 at least, or 0"),
        ({"lows": (1.0,), "highs": (1.0,)}, "below the highest"),
        ({"lows": (1.0, 2.0), "highs": (3.0, 4.0)}, "2 lows for 1 targets"),
    ],
)
def test_bins_that_cannot_be(told: dict, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Regress(targets=("x",), **told)
