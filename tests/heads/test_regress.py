"""Quantities: standardised for the network, told in their units, refused where they are none."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from tonotope._errors import DataError, ExperimentError
from tonotope._shapes import Axis, Shape
from tonotope.heads import LossOptions, Regress
from tonotope.heads.parse_targets import unit_in_name

ROWS = [{"pitch_hz": "430", "size": "1"}, {"pitch_hz": "450", "size": "3"}, {"pitch_hz": "440"}]
NAMES = ["a", "b", "c"]


@pytest.fixture
def task() -> Regress:
    return Regress(targets=("pitch_hz", "size")).fit_targets(ROWS)


def test_targets_are_deviations_and_missing_ones_are_nan(task: Regress) -> None:
    wanted = task.encode_targets(ROWS)["value"]
    np.testing.assert_allclose(wanted[:2, 1], [-1, 1])
    assert np.isnan(wanted[2, 1])
    np.testing.assert_allclose(np.nanmean(wanted, axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(np.nanstd(wanted, axis=0), 1, atol=1e-6)


def test_what_is_said_is_in_units(task: Regress) -> None:
    said = task.scores({"value": torch.tensor([[0.0, 1.0]])})["value"]
    np.testing.assert_allclose(said, [[440.0, 3.0]])


def test_the_unit_is_told_by_the_name_or_by_hand() -> None:
    assert Regress(targets=("pitch_hz", "size")).units == ("Hz", "")
    assert Regress(targets=("size",), units=("cm",)).answers[0].units == ("cm",)


def test_the_cost_is_the_mean_square_of_what_is_known(task: Regress) -> None:
    wanted = {"value": torch.tensor([[1.0, torch.nan], [0.0, 2.0]])}
    said = {"value": torch.tensor([[0.0, 9.0], [2.0, 0.0]], requires_grad=True)}
    cost = task.loss(said, wanted)
    assert float(cost.detach()) == pytest.approx((1 + 4 + 4) / 3)
    cost.backward()
    assert said["value"].grad is not None
    assert float(said["value"].grad[0, 1]) == 0.0
    weighed = task.loss(said, wanted, LossOptions(sample_weight=torch.tensor([1.0, 0.0])))
    assert float(weighed.detach()) == pytest.approx(1.0)


def test_a_batch_without_any_target_costs_nothing(task: Regress) -> None:
    wanted = {"value": torch.full((2, 2), torch.nan)}
    assert float(task.loss({"value": torch.ones(2, 2)}, wanted)) == 0.0
    assert task.metrics({"value": torch.ones(2, 2)}, wanted) == {}


def test_r2_is_what_the_training_mean_leaves_unexplained(task: Regress) -> None:
    wanted = {name: torch.from_numpy(rows) for name, rows in task.encode_targets(ROWS).items()}
    right = task.scores({"value": wanted["value"].nan_to_num()})
    assert task.metrics(right, wanted)["r2"] == pytest.approx(1.0)
    mean = {"value": torch.tensor(task.means).expand(3, 2)}
    assert task.metrics(mean, wanted)["r2"] == pytest.approx(0.0, abs=1e-6)


def test_bands_are_not_rolled_nor_clips_mixed(task: Regress) -> None:
    usual = {"mixup": 0.0, "frequency_roll": 0, "frequency_warp": 1.0, "label_smoothing": 0.0}
    assert dict(task.training_defaults) == usual


def test_the_head_computes_in_single_precision(task: Regress) -> None:
    head = task.build(Shape([Axis("channel", 4)]))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert head(torch.ones(1, 4, dtype=torch.bfloat16))["value"].dtype == torch.float32


class TestRefusals:
    def test_a_column_that_is_not_there(self) -> None:
        with pytest.raises(DataError, match=r"no recording has a number under `pitch`.*pitch_hz"):
            Regress(targets=("pitch",)).check(ROWS, NAMES)

    def test_words_name_the_head_that_fits(self) -> None:
        rows = [{"label": "oboe"}, {"label": "flute"}]
        with pytest.raises(DataError, match=r"2 of 2 cells.*a \(`oboe`\).*classify.*label"):
            Regress(targets=("label",)).check(rows, NAMES[:2])

    def test_one_wrong_cell_is_named(self) -> None:
        rows = [{"x": "1"}, {"x": "loud"}, {"x": "nan"}]
        with pytest.raises(DataError, match=r"1 of 2 cells.*b \(`loud`\); empty the cells"):
            Regress(targets=("x",)).check(rows, NAMES)

    def test_a_constant_teaches_nothing(self) -> None:
        with pytest.raises(DataError, match=r"only 5 under `x` among 2.*two different numbers"):
            Regress(targets=("x",)).fit_targets([{"x": "5"}, {"x": "5.0"}])

    def test_before_the_constants_are_known(self) -> None:
        with pytest.raises(ExperimentError, match="does not know the mean"):
            Regress(targets=("x",)).encode_targets([{"x": "5"}])

    @pytest.mark.parametrize(
        ("told", "said"),
        [
            ({"targets": ("x", "x")}, "named twice"),
            ({"targets": ("x",), "units": ("s", "m")}, "2 units for 1 targets"),
            ({"targets": ("x",), "means": (0.0,), "spreads": (0.0,)}, "above 0"),
            ({"targets": ()}, "at least 1"),
        ],
    )
    def test_descriptions_that_contradict_themselves(self, told: dict, said: str) -> None:
        with pytest.raises(ValidationError, match=said):
            Regress(**told)


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        *(("pitch_hz", "Hz"), ("tempo (bpm)", "bpm"), ("höhe [m]", "m"), ("f0 Hz", "Hz")),
        *(("level(dB)", "dB"), ("wet (%)", "%"), ("valence", ""), ("hz", ""), ("take (old)", "")),
    ],
)
def test_the_unit_at_the_end_of_a_name(column: str, unit: str) -> None:
    assert unit_in_name(column) == unit


@pytest.mark.parametrize(("cells", "unit"), [("100 bpm,97.5bpm", "bpm"), ("3 %,4%", "%")])
def test_units_in_the_cells_are_named(cells: str, unit: str) -> None:
    rows = [{"x": cell} for cell in cells.split(",")]
    named = re.escape("x_bpm" if unit == "bpm" else "x (%)")
    said = f"write the number alone, without `{unit}` .*; .*`{named}`"
    with pytest.raises(DataError, match=said):
        Regress(targets=("x",)).check(rows, ["a", "b"])
    with pytest.raises(DataError, match=r"classes fit `head.kind = \"classify\"`"):
        Regress(targets=("x",)).check([*rows, {"x": "fast"}], ["a", "b", "c"])


@pytest.mark.parametrize(
    ("column", "cells", "said"),
    [
        (
            "bpm",
            ["103 Hz", "100", "101"],
            "1 of 3 cells under `bpm` holds no number: 0 (`103 Hz`); write the number alone, "
            "without `Hz` (`103` for `103 Hz`)",
        ),
        ("bpm", ["100 bpm", "101 bpm"], "without `bpm` (`100` for `100 bpm`)"),
        ("wet (%)", ["3 %", "4%"], "without `%` (`3` for `3 %`)"),
        ("f", ["800 Hz", "1.2 kHz"], "write all of them in one unit, and the number alone: here "
         "they are in `Hz`, `kHz`"),
        ("x", ["fast", "1", "2"], "empty the cells where the number is unknown"),
    ],
)  # fmt: skip
def test_numbers_with_a_unit_say_what_to_write(column: str, cells: list[str], said: str) -> None:
    rows = [{column: cell} for cell in cells]
    with pytest.raises(DataError) as wrong:
        Regress(targets=(column,)).check(rows, [str(at) for at in range(len(cells))])
    assert str(wrong.value).endswith(said)


def test_a_long_minus_is_a_minus() -> None:
    task = Regress(targets=("x",))
    rows = [{"x": "\u22121.5"}, {"x": "2"}]
    task.check(rows, ["a", "b"])
    assert task.answer_targets(rows)["value"].tolist() == [[-1.5], [2.0]]
