"""The line on which a key stands is found whatever else the text holds."""

from __future__ import annotations

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from tonotope.experiment.config.toml_lines import line_of, lines_of_keys
from tonotope.experiment.config.toml_writer import dump

_TEXT = '''\
# a comment with [brackets] and key = 1
question = """
[training]
epochs = 1
"""
seed = 3
[ data ]
source = "a # b = [c" # [network]
layers = [
  "conv 1", # epochs = 5
  "x = 1",
]
[training.deep]
"quoted key".inner = 4
[[variants]]
name = "a"
[[variants]]
name = "b"
set = { "network.dropout" = 0 }
[variants.more]
x = 1
'''


def test_every_key_is_on_its_line() -> None:
    tomllib.loads(_TEXT)  # the text is what it is meant to be
    lines = lines_of_keys(_TEXT)
    assert lines == {
        ("question",): 2,
        ("seed",): 6,
        ("data",): 7,
        ("data", "source"): 8,
        ("data", "layers"): 9,
        ("training", "deep"): 13,
        ("training", "deep", "quoted key"): 14,
        ("training", "deep", "quoted key", "inner"): 14,
        ("variants", 0): 15,
        ("variants", 0, "name"): 16,
        ("variants", 1): 17,
        ("variants", 1, "name"): 18,
        ("variants", 1, "set"): 19,
        ("variants", 1, "more"): 20,
        ("variants", 1, "more", "x"): 21,
    }


def test_a_key_that_is_not_there_is_sought_around_it() -> None:
    lines = lines_of_keys(_TEXT)
    assert line_of(lines, ("variants", 1, "set", "network.dropout")) == 19
    assert line_of(lines, ("head", "kind")) is None


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,5}", fullmatch=True),
        st.text(max_size=30).filter(str.isprintable),
        max_size=4,
    )
)
def test_keys_are_found_between_any_texts(table: dict[str, str]) -> None:
    written = dump({"first": {"x": 1}, "last": table})
    lines = lines_of_keys(written)
    for key in table:
        assert written.splitlines()[lines["last", key] - 1].startswith(f"{key} =")
