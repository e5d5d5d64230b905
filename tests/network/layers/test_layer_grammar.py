from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonotope._errors import ExperimentError
from tonotope.network.layers.layer_grammar import SPELLINGS, fields, split
from tonotope.network.layers.vocabulary import parse


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  CONV   32   5 X 5 ", "conv 32 5x5"),
        ("conv 32 5×3", "conv 32 5x3"),
        ("Conv 8 9 Stride 4", "conv 8 9 stride 4"),
        ("conv 8 3x3 stride 2", "conv 8 3x3 stride 2x2"),
        ("conv 8 3x3 padding same stride 2x1", "conv 8 3x3 stride 2x1 padding same"),
        ("conv 8 3x3 padding 1", "conv 8 3x3 padding same"),
        ("conv 8 3x3 padding 0:2x1", "conv 8 3x3 padding 0:2x1"),
        ("conv 8 3x3 padding valid", "conv 8 3x3"),
        ("conv 8 3 nobias dilation 2", "conv 8 3 dilation 2 nobias"),
        ("maxpool 2x2 stride 2x2", "maxpool 2x2"),
        ("MeanPool 3 ceil stride 2", "meanpool 3 stride 2 ceil"),
        ("globalpool time mean + max", "globalpool time mean+max"),
        ("globalpool all", "globalpool all mean"),
        ("leakyrelu", "leakyrelu 0.01"),
        ("dropout .25", "dropout 0.25"),
        ("Residual[relu,tanh]", "residual [relu, tanh]"),
        ("Parallel[ relu ][tanh,elu] []", "parallel [relu] [tanh, elu] []"),
        ("TableConv 5 x 5 LeNet5", "tableconv 5x5 lenet5"),
        ("tableconv 3 0 + 1 / 1+2", "tableconv 3 0+1/1+2"),
        ("subsample 2 x 2", "subsample 2x2"),
        ("batchnorm eps 0.001 over Frequency", "batchnorm over frequency eps 0.001"),
        ("globalpool time mean + max ADDED", "globalpool time mean+max added"),
        ("deltas width 9", "deltas"),
        ("residual [relu] Shortcut [ relu ]", "residual [relu] shortcut [relu]"),
        ("residual [residual [relu, relu], tanh]", "residual [residual [relu, relu], tanh]"),
    ],
)
def test_forgiving_in_space_and_case(written: str, meant: str) -> None:
    assert parse(written).text == meant
    assert parse(meant) == parse(written)


@pytest.mark.parametrize(
    ("written", "lesson"),
    [
        ("conf 32 5x5", r"unknown layer `conf`; did you mean `conv`\?"),
        ("conv2d 32 5x5", r"unknown layer `conv2d`; did you mean `conv`\? Write for example `conv"),
        ("batch_norm", r"did you mean `batchnorm`\? Write for example `batchnorm`"),
        ("avg-pool 2x2", r"did you mean `meanpool`\?"),
        ("zebra", "unknown layer `zebra`; known are conv, maxpool"),
        ("", "an empty line is not a layer; write for example `conv 32 5x5`"),
        ("conv", "`conv` lacks its filters and kernel: write for example `conv 32 5x5"),
        ("conv 32", "`conv` lacks its kernel: write for example"),
        ("conv 32 stride 2", "`conv` lacks its kernel"),
        ("conv 1e9 5x5", "filters should be a whole number, not `1e9`"),
        ("conv 32 fivexfive", "kernel should be sizes such as 5x5"),
        ("conv -3 5x5", "filters should be a whole number, not `-3`"),
        ("conv 32 5x5 strides 2", r"`conv` does not know `strides`; did you mean `stride`\?"),
        ("conv 32 5x5 stride", "`conv`: `stride` lacks its value"),
        ("conv 32 5x5 padding sane", "padding should be `valid`, `same`, or zeros per axis"),
        ("conv 32 5x5 stride 2 stride 3", "`conv` says `stride` twice"),
        ("maxpool 2x2 sam", "`maxpool` does not know `sam`; it takes stride, padding, ceil."),
        ("relu 3", "`relu` takes nothing more than `relu`, not `3`"),
        ("dropout half", "rate should be a number, not `half`"),
        ("residual relu", "`residual` needs its layers in brackets"),
        ("residual [relu", "`residual` needs its layers in brackets"),
        ("residual [relu] relu", "needs its layers in brackets"),
        ("residual [relu] shortcut [relu] more", "nothing may follow, not `more`"),
        ("residual [relo]", r"unknown layer `relo`; did you mean `relu`\?"),
        ("residual [" * 9 + "relu" + "]" * 9, "nest at most 8 deep"),
        ("relu" + " " * 30_000, "at most 20,000 are read"),
    ],
)
def test_exact_in_blame(written: str, lesson: str) -> None:
    with pytest.raises(ExperimentError, match=lesson):
        parse(written)


@pytest.mark.parametrize(
    ("written", "lesson"),
    [
        ("dropout 1.5", "`dropout 1.5`: rate: Input should be less than 1"),
        ("dropout nan", "`dropout nan`: rate: Input should be"),
        ("conv 0 5x5", "filters: Input should be greater than or equal to 1"),
        ("conv 8 5x5x5", "kernel: .* at most 2 items"),
        ("conv 8 5x5 stride 2x2x2", "stride: .* at most 2 items"),
        ("conv 8 5 stride 2x2", "stride has 2 numbers, the kernel 5 has 1: give one per axis"),
        ("conv 8 3x3 groups 3", "8 filters do not split into 3 groups: use a multiple of 3"),
        ("conv 8 3x3 padding 5", "padding 5x5 is wider than the kernel: more than 2 zeros"),
        ("maxpool 2x2 padding 2", "padding 2x2 is more than half of 2x2: at most 1x1"),
        ("globalpool time mean+mean", r"mean\+mean names the same twice"),
        ("globalpool time mean added", r"mean alone leaves nothing to add: mean\+max added"),
        ("batchnorm over time", "over: Input should be 'channel' or 'frequency'"),
        ("rbf 0", "classes: Input should be greater than or equal to 1"),
        ("globalpool channel", "over: Input should be 'time', 'frequency' or 'all'"),
    ],
)
def test_values_out_of_range_name_the_range(written: str, lesson: str) -> None:
    with pytest.raises(ExperimentError, match=lesson):
        parse(written)


@given(st.text(max_size=60) | st.text("conv5x[],residul maxpo 2", max_size=60))
def test_whatever_is_written_a_layer_or_a_lesson_comes_back(written: str) -> None:
    try:
        layer = parse(written)
    except ExperimentError:
        return
    assert parse(layer.text) == layer


@pytest.mark.parametrize("word", SPELLINGS)
def test_every_example_is_right(word: str) -> None:
    assert parse(SPELLINGS[word].example).name == word
    assert fields(SPELLINGS[word].example)["kind"] == word


def test_lists_in_one_text() -> None:
    assert split("relu, conv 3 5\n tanh;;  residual [relu, elu] ,") == [
        "relu",
        "conv 3 5",
        "tanh",
        "residual [relu, elu]",
    ]
