"""Which recordings begin with an ear, and which with new weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.experiment.conftest import write_tones
from tests.experiment.test_proposed_settings import summary

from tonotope.experiment.data_summary import DataSummary
from tonotope.experiment.ear import EARS
from tonotope.experiment.propose import propose
from tonotope.experiment.proposed_settings import choose_defaults
from tonotope.experiment.proposed_start import (
    FEW_OF_A_CLASS,
    FEW_SHORT_OF_A_CLASS,
    choose_start,
)
from tonotope.experiment.start import EAR, WORD_EAR

WORDS = {"rates": {8000: 40}, "durations_s": (0.5,) * 40}


def chosen(found: DataSummary) -> dict[str, Any]:
    made = choose_start(found, choose_defaults(found))
    return {".".join(path): one.value for path, one in made.items()}


def test_few_long_sounds_are_heard_by_the_ear_and_only_the_last_layer_is_trained() -> None:
    made = chosen(summary())
    assert made["start.run"] == EAR
    assert made["start.frozen"] is True
    assert made["training.optimizer"] == "lbfgs"
    assert [key for key in made if key.startswith("training.")] == ["training.optimizer"]
    own_network = EARS["ear"].network
    assert made["network.summary_blocks"] == own_network.summary_blocks == 2
    assert made["network.statistics"] == own_network.statistics
    own = EARS["ear"].representation.model_dump()
    assert {key: made[f"representation.{key}"] for key in ("rate_hz", "hop_s", "bands")} == {
        key: own[key] for key in ("rate_hz", "hop_s", "bands")
    }


@pytest.mark.parametrize("length_s", [0.35, 0.5, 0.65])
def test_words_begin_with_the_ear_for_words_and_go_on_learning(length_s: float) -> None:
    made = chosen(summary(**{**WORDS, "durations_s": (length_s,) * 40}))
    assert made["start.run"] == WORD_EAR
    assert "start.frozen" not in made
    assert made["representation.hop_s"] == EARS["word-ear"].representation.hop_s
    assert made["training.epochs"] > 30


@pytest.mark.parametrize("of_a_class", [10, FEW_SHORT_OF_A_CLASS])
def test_few_short_sounds_begin_with_the_ear_and_go_on_learning(of_a_class: int) -> None:
    found = summary(durations_s=(1.2,) * 40, classes=dict.fromkeys("abcd", of_a_class))
    made = chosen(found)
    assert made["start.run"] == EAR
    assert "start.frozen" not in made
    own = EARS["ear"]
    frames = (own.representation.window_s, own.representation.hop_s)
    assert (made["representation.window_s"], made["representation.hop_s"]) == frames
    assert made["network.summary_blocks"] == own.network.summary_blocks
    usual = choose_defaults(found)
    kept = {path: one for path, one in usual.items() if path[0] == "training"}
    assert {path: made[".".join(path)] for path in kept} == {p: c.value for p, c in kept.items()}


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": dict.fromkeys("abcd", FEW_OF_A_CLASS + 1)},
        {"rates": {16000: 40}},
        {"rates": {8000: 40}},
        {"durations_s": (1.2,) * 40, "classes": dict.fromkeys("abcd", FEW_SHORT_OF_A_CLASS + 1)},
        {"durations_s": (0.3,) * 40},
        {**WORDS, "rates": {16000: 40}},
    ],
    ids=["many", "16 kHz", "long at 8 kHz", "many short", "very short", "words at 16 kHz"],
)
def test_others_begin_with_new_weights(changes: dict[str, Any]) -> None:
    found = summary(**changes)
    assert choose_start(found, choose_defaults(found)) == choose_defaults(found)


@pytest.mark.parametrize(
    ("sets", "template"),
    [
        (["network.widths=[8, 16]"], None),
        (["representation.bands=40"], None),
        (["start.run=runs/earlier"], None),
        ([], "lenet"),
    ],
)
def test_what_a_user_asks_for_comes_first(
    tmp_path: Path, sets: list[str], template: str | None
) -> None:
    source = write_tones(tmp_path / "tones")
    sets = ["data.clip_s=2.0", "representation.rate_hz=22050", *sets]
    start = propose(source, base=tmp_path, sets=sets, template=template).experiment.start
    assert start is None or start.run == "runs/earlier"


@pytest.mark.parametrize(
    ("asked", "optimizer"),
    [
        ("training.minutes=1", "adamw"),
        ("training.mixup=0.1", "adamw"),
        ("training.optimizer=sgd", "sgd"),
        ("training.weight_decay=0.3", "lbfgs"),
        ("training.final=all", "lbfgs"),
    ],
)
def test_who_asks_for_minutes_or_variation_trains_in_steps(
    tmp_path: Path, asked: str, optimizer: str
) -> None:
    source = write_tones(tmp_path / "tones")
    found = propose(source, base=tmp_path, sets=["data.clip_s=2.0", asked]).experiment
    assert found.start is not None
    assert (found.start.run, found.training.optimizer) == (EAR, optimizer)
    if optimizer != "lbfgs":
        assert found.training.epochs == 30
        assert found.training.time_masks == 0


def test_the_template_of_the_ear_fits_the_head_of_any_recordings(tmp_path: Path) -> None:
    source = write_tones(tmp_path / "tones")  # short: new weights would be varied in many ways
    found = propose(source, base=tmp_path, template="ear").experiment
    assert (found.training.optimizer, found.training.equaliser_db) == ("lbfgs", 0)
    steps = propose(source, base=tmp_path, template="ear", sets=["training.minutes=1"]).experiment
    assert (steps.training.optimizer, steps.training.mixup) == ("adamw", 0)


def test_the_file_says_why(tmp_path: Path) -> None:
    source = write_tones(tmp_path / "tones")
    proposal = propose(source, base=tmp_path, sets=["data.clip_s=2.0"])
    assert 'run = "tonotope:ear"          # taught on synthesised sound' in proposal.text()
    assert "hop_s = 0.023                 # as the ear has heard" in proposal.text()
