"""Every number that an experiment may hold, made absurd: a sentence, before anything is read.

The keys come from the types, so a key added tomorrow is tried as well.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from tests.experiment.conftest import quick as quick
from tests.experiment.conftest import tones as tones

import tonotope as tt
from tonotope._errors import TonotopeError
from tonotope.experiment.config import schema
from tonotope.experiment.config.toml_writer import dump
from tonotope.experiment.experiment_file import described
from tonotope.experiment.spec import Experiment

ABSURD: tuple[Any, ...] = (
    math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, -1, -0.5, 0, 0.0, 2**31, 2**63, -(2**63),
    10**30, 10**400, True, "1", [], {},
)  # fmt: skip
Steps = tuple[Any, ...]


def keys(model: type[BaseModel], at: Steps = (), seen: Steps = ()) -> Iterator[Steps]:
    """Where numbers stand: names, and for lists a 0, with the kind of each table."""
    for name, field in model.model_fields.items():
        for part in schema._alternatives(field.annotation, []):
            yield from _inside(part, (*at, (name, model)), seen)


def _inside(part: Any, at: Steps, seen: Steps) -> Iterator[Steps]:
    if part in (int, float):
        yield at
    elif isinstance(part, type) and issubclass(part, BaseModel):
        if part not in seen:
            yield from keys(part, at, (*seen, part))
    elif get_origin(part) is not Literal and (item := schema._item(part)) is not None:
        for one in schema._alternatives(item, []):
            yield from _inside(one, (*at, (0, None)), seen)


def minimal(model: type[BaseModel] | None) -> dict[str, Any]:
    """A table of this kind with what it cannot do without."""
    if model is None:
        return {}
    table: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        part = next(iter(schema._alternatives(field.annotation, [])))
        if get_origin(part) is Literal and name == "kind":
            table[name] = get_args(part)[0]
        elif field.default is PydanticUndefined and field.default_factory is None:
            table[name] = _sample(part)
    return table


def _sample(part: Any) -> Any:
    if get_origin(part) is Literal:
        return get_args(part)[0]
    if isinstance(part, type) and issubclass(part, BaseModel):
        return minimal(part)
    item = schema._item(part)
    if item is not None:
        return [_sample(next(iter(schema._alternatives(item, []))))]
    return {int: 1, float: 1.0, str: "a", bool: True}.get(part, {})


def with_value(steps: Steps, value: Any) -> dict[str, Any]:
    """The tables around one key."""
    made: Any = value
    for name, model in reversed(steps):
        made = [made] if name == 0 else {**minimal(model), name: made}
    made.setdefault("data", {})
    made["data"] = {"source": "nowhere", "clip_s": 0.5, **made["data"]}
    return made


def spelled(steps: Steps) -> str:
    kinds = [minimal(model).get("kind") for _, model in steps]
    names = (f"{name}" if name != 0 else "-" for name, _ in steps)
    return ".".join(f"{k}:{n}" if k else n for k, n in zip(kinds, names, strict=True))


KEYS = {spelled(steps): steps for steps in keys(Experiment)}


def test_the_walk_finds_the_numbers() -> None:
    assert len(KEYS) > 110
    assert {"data.hop_s", "representation.log-mel:bands", "training.epochs"} <= KEYS.keys()
    assert with_value(KEYS["representation.log-mel:bands"], 3)["representation"] == {
        "kind": "log-mel",
        "bands": 3,
    }


@pytest.mark.parametrize("key", KEYS)
def test_an_absurd_number_is_a_sentence_before_anything_is_read(key: str, tmp_path: Path) -> None:
    for value in ABSURD:
        table = with_value(KEYS[key], value)
        (tmp_path / "x.toml").write_text(dump(table), encoding="utf-8")
        with pytest.raises(TonotopeError) as refused:
            tt.run(tmp_path / "x.toml")
        said = str(refused.value)
        assert said
        assert not re.search("pydantic|Traceback|Errno", said), (value, said)
    assert [path.name for path in tmp_path.iterdir()] == ["x.toml"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("data.hop_s=0.6", "data.hop_s = 0.6 is longer than a clip of 0.5 s"),
        ("data.hop_s=1e308", "data.hop_s = 1e+308 is longer than a clip of 0.5 s"),
        ("representation.hop_s=1e308", "hop_s` = 1e+308: at most 60 s are allowed"),
        ("representation.window_s=1e308", "is countless samples at 22050 Hz"),
        ("representation.high_hz=5e-324", "no frequency of the transform lies between low_hz = 0"),
        ("representation.floor=1e-40", "floor` = 1e-40 is zero in single precision"),
        ("split.seed=-1", "`split.seed` = -1 does not fit: it takes a whole number, at least 0"),
        ("training.frequency_roll=2147483648", "at least 0, at most 1000000"),
    ],
)
def test_the_sentence_names_key_and_what_fits(change: str, said: str) -> None:
    with pytest.raises(TonotopeError) as refused:
        described(
            {
                "data": {"source": "nowhere", "clip_s": 0.5},
                "representation": {"kind": "log-mel"},
            },
            [change],
        )
    assert said in str(refused.value)
    assert f"--set {change}: " in str(refused.value)


def test_a_hop_longer_than_the_clip_that_is_chosen_is_refused_before_training(
    tones: Path, quick: tuple[str, ...]
) -> None:
    with pytest.raises(TonotopeError, match=r"data\.hop_s = 40 is longer than a clip of 0\.5 s"):
        tt.run(tones, sets=[*quick, "data.hop_s=40"], out=tones.parent / "runs")
    assert not (tones.parent / "runs").exists()
