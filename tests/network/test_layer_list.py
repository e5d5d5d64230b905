from __future__ import annotations

import pytest
from pydantic import ValidationError

from tonotope.network import Layers, parse


def test_lines_texts_and_data_describe_the_same() -> None:
    lines = ["conv 8 3x3", "relu"]
    data = [{"kind": "conv", "filters": 8, "kernel": [3, 3]}, {"kind": "relu"}]
    assert Layers(layers=lines) == Layers(layers="conv 8 3x3; relu") == Layers(layers=data)
    assert Layers(layers=lines).layers == tuple(map(parse, lines))


def test_it_is_written_as_lines() -> None:
    assert Layers(layers=[" CONV 8  3x3 ", "dropout .5"]).model_dump() == {
        "init": "he-normal",
        "kind": "layers",
        "layers": ["conv 8 3x3", "dropout 0.5"],
    }


def test_a_wrong_line_is_named_by_its_number() -> None:
    with pytest.raises(ValidationError, match=r"did you mean `relu`") as caught:
        Layers(layers=["conv 8 3x3", "relo"])
    assert caught.value.errors()[0]["loc"][:2] == ("layers", 1)


def test_unknown_keys_and_inits_are_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Layers(layer=["relu"])
    with pytest.raises(ValidationError, match="'he-normal', 'he-uniform'"):
        Layers(init="he")
    with pytest.raises(ValidationError, match="at most 2000 items"):
        Layers(layers=["relu"] * 2001)
