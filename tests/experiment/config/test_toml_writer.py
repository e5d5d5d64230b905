"""What is written as TOML and read again is equal to what went in."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonotope._errors import ExperimentError
from tonotope.experiment.config.toml_writer import dump, literal

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_PLAIN = st.one_of(
    _TEXT,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)
_VALUES = st.recursive(
    _PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXT, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(_TEXT, _VALUES, max_size=5))
def test_what_is_written_reads_back_equal(table: dict[str, object]) -> None:
    read = tomllib.loads(dump(table))
    assert read == table


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), _VALUES, max_size=5), _TEXT)
def test_a_comment_changes_nothing(table: dict[str, object], comment: str) -> None:
    assert tomllib.loads(dump(table, {(key,): comment for key in table})) == table


def test_a_long_list_is_written_one_line_each() -> None:
    layers = [f"conv {width} 5x5 stride 2x2 dilation 1x1 padding same" for width in (16, 32, 64)]
    written = dump({"network": {"kind": "layers", "layers": layers}})
    assert written.count("\n") == 7
    assert tomllib.loads(written)["network"]["layers"] == layers


def test_variants_are_a_list_of_tables() -> None:
    table = {
        "variants": [
            {"name": "no dropout", "set": {"network.dropout": 0}},
            {"name": "b", "set": {}},
        ]
    }
    written = dump(table)
    assert written.count("[[variants]]") == 2
    assert 'set = { "network.dropout" = 0 }' in written
    assert tomllib.loads(written) == table


def test_none_is_left_as_a_comment() -> None:
    written = dump({"high_hz": None, "low_hz": 0.0})
    assert "# high_hz is not set" in written
    assert tomllib.loads(written) == {"low_hz": 0.0}


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object()])
def test_what_toml_has_no_word_for_is_refused(value: object) -> None:
    with pytest.raises(ExperimentError, match="cannot be written in TOML"):
        literal(value)


def test_half_a_letter_is_refused() -> None:
    with pytest.raises(ExperimentError, match="not whole Unicode"):
        literal("a\udc80")
