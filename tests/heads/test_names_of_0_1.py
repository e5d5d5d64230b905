"""Tasks as they were written for version 0.1 still work, and say the new names."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest
import torch
from torch import Tensor, nn

import tonotope as tt
from tonotope._shapes import Axis, Shape
from tonotope.heads.names_of_0_1 import KEYWORDS, METHODS, VALUES

ROWS = [{"y": "1"}, {"y": "2"}, {"y": "6"}]
OUTPUTS = {"value": torch.tensor([[0.0], [1.0], [2.0]])}
TARGETS = {"value": torch.tensor([[1.0], [1.0], [1.0]])}


def quietly(make: Callable[[], type]) -> Any:
    """A class made without its warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return make()


def scaled() -> type:
    """A regression of 0.1 that changes what it inherits."""

    class Scaled(tt.Regress):
        recipe: ClassVar[Mapping[str, Any]] = {"mixup": 0.5}
        setting: ClassVar[Mapping[str, Any]] = {"network": {"kind": "lenet"}}

        def learned(self, rows: Any) -> Any:
            done = super().learned(rows)  # pyright: ignore
            return done.model_copy(update={"means": (0.0,), "spreads": (1.0,)})

        def truth(self, rows: Any) -> Any:
            return {"value": 2 * super().truth(rows)["value"]}  # pyright: ignore

        def refused(self, plan: Mapping[str, Any]) -> str:
            return "no" if plan.get("mixup") else ""

        def measure(self, scores: Any, targets: Any) -> Any:
            return {"mine": 1.0}

        def build_on(self, way: Any, heard: Any) -> nn.Module:
            assert isinstance(heard, str)
            return super().build_on(way, heard)  # pyright: ignore

        def loss(
            self,
            outputs: Any,
            targets: Any,
            *,
            share: Tensor | None = None,
            weights: Any = None,
            smoothing: float = 0.0,
        ) -> Tensor:
            plain = super().loss(  # pyright: ignore
                outputs, targets, share=share, weights=weights, smoothing=smoothing
            )
            return 2 * plain

    return Scaled


def test_each_old_name_is_said_with_the_new_one_where_the_class_stands() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scaled()
    said = [str(one.message) for one in caught]
    for old, new in (("learned", "fit_targets"), ("truth", "answer_targets"),
                     ("recipe", "training_defaults"), ("measure", "metrics")):  # fmt: skip
        assert any(f"Scaled.{old} " in one and f"`{new}`" in one for one in said), old
    assert any("LossOptions" in one for one in said)
    assert {one.category for one in caught} == {DeprecationWarning}
    assert {one.filename for one in caught} == {__file__}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_task_of_0_1_does_what_it_did() -> None:
    task = quietly(scaled)(targets=("y",))
    done = task.fit_targets(ROWS)
    assert (done.means, done.spreads) == ((0.0,), (1.0,))
    assert done.answer_targets(ROWS)["value"].ravel().tolist() == [2.0, 4.0, 12.0]
    assert task.training_defaults == {"mixup": 0.5}
    assert task.experiment_defaults == {"network": {"kind": "lenet"}}
    assert task.incompatible_training({"mixup": 1.0}) == "no"
    assert done.metrics({}, {}) == {"mine": 1.0}
    assert done.build_on([Shape([Axis("channel", 2)])], tt.LogMel())(torch.ones(1, 2))
    share = torch.tensor([1.0, 0.0, 1.0])
    plain = tt.Regress(targets=("y",)).fit_targets(ROWS)
    options = tt.LossOptions(sample_weight=share)
    expected = 2 * plain.loss(OUTPUTS, TARGETS, options)
    torch.testing.assert_close(done.loss(OUTPUTS, TARGETS, options), expected)
    assert not torch.isclose(expected, 2 * plain.loss(OUTPUTS, TARGETS))


def test_our_heads_answer_to_the_old_names_and_keywords() -> None:
    with pytest.warns(DeprecationWarning, match="`learned` is called `fit_targets`"):
        task = tt.Regress(targets=("y",)).learned(ROWS)  # pyright: ignore
    with pytest.warns(DeprecationWarning, match=r"LossOptions\(sample_weight=...\)"):
        found = task.loss(OUTPUTS, TARGETS, share=torch.tensor([1.0, 0.0, 0.0]))
    torch.testing.assert_close(found, torch.tensor(1.0))
    with pytest.warns(DeprecationWarning, match="training_defaults"):
        assert tt.Regress.recipe["mixup"] == 0.0  # pyright: ignore
    with pytest.raises(TypeError, match="'weight'"):
        task.loss(OUTPUTS, TARGETS, weight=None)


@pytest.mark.filterwarnings("error")
def test_a_loss_that_takes_any_keyword_gets_the_old_ones_and_a_new_task_no_warning() -> None:
    def any_keyword() -> type:
        class Old(tt.Task):
            def loss(self, outputs: Any, targets: Any, **more: Any) -> Any:
                return more

        return Old

    assert quietly(any_keyword)().loss({}, {}) == {
        "share": None, "weights": None, "smoothing": 0.0
    }  # fmt: skip

    class New(tt.Regress):
        def fit_targets(self, rows: Any) -> Any:
            return super().fit_targets(rows)

        def loss(
            self,
            outputs: Any,
            targets: Any,
            options: tt.LossOptions = tt.LossOptions(),  # noqa: B008
        ) -> Tensor:
            return super().loss(outputs, targets, options)

    task = New(targets=("y",)).fit_targets(ROWS)
    assert float(task.loss(OUTPUTS, TARGETS)) == pytest.approx(2 / 3)


def test_the_tables_name_members_that_are_there() -> None:
    for new in {*METHODS.values(), *VALUES.values()}:
        assert new in vars(tt.Task), new
    assert set(KEYWORDS.values()) == set(tt.LossOptions._fields)
