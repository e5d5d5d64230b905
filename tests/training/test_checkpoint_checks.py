"""A checkpoint with a right checksum whose content does not fit: a sentence, and it stays."""

from __future__ import annotations

import contextlib
import copy
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training.test_loop import CutOffError, Heard, cut_off, equal

from tonotope._errors import TrainingError
from tonotope.model import Model
from tonotope.model.safetensors_bytes import to_bytes
from tonotope.training import Dataset, TrainingPlan, checkpoint, fit
from tonotope.training.checkpoint import CHECKPOINT, read_checkpoint, write_checkpoint

Tensors = dict[str, torch.Tensor]
Facts = dict[str, Any]
Fit = Callable[[], Model]


@pytest.fixture
def begun(
    make_model: Callable[..., Model],
    make_dataset: Callable[..., Dataset],
    make_plan: Callable[..., TrainingPlan],
    tmp_path: Path,
) -> Fit:
    """A training with an average, struck down in its second epoch; it can go on."""
    plan = make_plan(average=0.9, epochs=2)

    def go_on(progress: Heard | None = None) -> Model:
        model = make_model()
        fit(model, make_dataset(), plan, folder=tmp_path, progress=progress or Heard(),
            save_every_s=0)  # fmt: skip
        return model

    with pytest.raises(CutOffError):
        go_on(Heard(8, cut_off))
    return go_on


def refused(begun: Fit, folder: Path, tensors: Tensors, facts: Any) -> str:
    """What is said of a checkpoint, which must be the same afterwards."""
    write_checkpoint(folder, tensors, facts)
    before = (folder / CHECKPOINT).read_bytes()
    with pytest.raises(TrainingError) as error:
        begun()
    assert (folder / CHECKPOINT).read_bytes() == before
    said = str(error.value)
    assert said.startswith(str(folder))
    assert said.endswith("to train from the beginning")
    return said


def saved(folder: Path) -> tuple[Tensors, Facts]:
    found = read_checkpoint(folder)
    assert found is not None
    return found


def test_what_was_saved_goes_on(begun: Fit, tmp_path: Path) -> None:
    tensors, facts = saved(tmp_path)
    write_checkpoint(tmp_path, tensors, facts)
    first = begun()
    del facts["tensors"]  # as earlier versions wrote it
    write_checkpoint(tmp_path, tensors, facts)
    assert equal(first, begun())


def test_each_missing_tensor_is_named(begun: Fit, tmp_path: Path) -> None:
    tensors, facts = saved(tmp_path)
    assert {name.partition("/")[0] for name in tensors} == {"last", "average", "best", "optimizer"}
    for name in tensors:
        fewer = {key: value for key, value in tensors.items() if key != name}
        assert f"the tensor `{name}` is missing" in refused(begun, tmp_path, fewer, facts)
    older = {key: value for key, value in facts.items() if key != "tensors"}
    for part in ("last", "average", "best"):
        fewer = {key: value for key, value in tensors.items() if not key.startswith(part)}
        said = refused(begun, tmp_path, fewer, older)
        assert f"`{part}/" in said
        assert "missing" in said
    del tensors["optimizer/0/exp_avg"]
    assert "`optimizer/0/exp_avg` is missing" in refused(begun, tmp_path, tensors, older)


def test_other_shapes_types_and_names_are_named(begun: Fit, tmp_path: Path) -> None:
    tensors, facts = saved(tmp_path)
    for name, tensor in tensors.items():
        larger = tensors | {name: torch.zeros(*tensor.shape, 2, dtype=tensor.dtype)}
        said = refused(begun, tmp_path, larger, facts)
        assert f"the tensor `{name}` has shape " in said
        other = tensors | {name: tensor.to(torch.float64 if tensor.dtype.is_floating_point
                                           else torch.float32)}  # fmt: skip
        said = refused(begun, tmp_path, other, facts)
        assert f"the tensor `{name}` is float" in said
    for name in ("last/more", "optimizer/0/more", "optimizer/999/exp_avg", "optimizer/x/exp_avg"):
        said = refused(begun, tmp_path, tensors | {name: torch.zeros(2)}, facts)
        assert f"it holds `{name}`, which" in said


FREE = {("lines",), ("identity", "plan"), ("tensors",), ("sums", "metrics")}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where everything lies in the facts, but inside of what may hold anything."""
    if isinstance(value, dict) and at not in FREE:
        for key, inner in value.items():
            yield (*at, key)
            yield from places(inner, (*at, key))


def test_missing_facts_are_named_and_wrong_ones_raise_no_raw_error(
    begun: Fit, tmp_path: Path
) -> None:
    tensors, facts = saved(tmp_path)
    names = [one for one in places(facts) if one != ("tensors",)]
    assert len(names) > 20
    for *path, key in names:
        changed = copy.deepcopy(facts)
        table = changed
        for name in path:
            table = table[name]
        del table[key]
        said = refused(begun, tmp_path, tensors, changed)
        assert key in said
        for other in (None, "x", {}, -1, math.nan):
            table[key] = other
            write_checkpoint(tmp_path, tensors, changed)
            with contextlib.suppress(TrainingError):
                begun()
    for other in ([], "x", None, {}, 3):
        refused(begun, tmp_path, tensors, other)


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": 10**9},
        {"epoch": 0},
        {"step": 10**9},
        {"step": 0},
        {"best_epoch": 9},
        {"lines": []},
    ],
)
def test_numbers_that_no_training_saves_are_refused(
    begun: Fit, tmp_path: Path, change: Facts
) -> None:
    tensors, facts = saved(tmp_path)
    assert facts["step"] == 2
    said = refused(begun, tmp_path, tensors, facts | change)
    assert "its numbers do not fit one another" in said
    assert "of 2 epochs" in said


@pytest.mark.parametrize("text", ["{", "[" * 100_000, ""])
def test_a_state_that_is_no_json_is_refused(begun: Fit, tmp_path: Path, text: str) -> None:
    tensors, _ = saved(tmp_path)
    metadata = {"state": text, "sha256": checkpoint._checksum(tensors, text)}
    (tmp_path / CHECKPOINT).write_bytes(to_bytes(tensors, metadata))
    with pytest.raises(TrainingError, match=r"its state is not JSON .*remove it to train"):
        begun()
