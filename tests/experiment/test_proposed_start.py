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
from tonotope.experiment.proposed_start import FEW_OF_A_CLASS, choose_start
from tonotope.experiment.start import EAR, WORD_EAR

WORDS = {"rates": {8000: 40}, "durations_s": (0.5,) * 40}


def chosen(found: DataSummary) -> dict[str, Any]:
    made = choose_start(found, choose_defaults(found))
    return {".".join(path): one.value for path, one in made.items()}


def test_few_long_sounds_are_heard_by_the_ear_and_only_the_last_layer_is_trained() -> None:
    made = chosen(summary())
    assert made["start.run"] == EAR
    assert made["start.frozen"] is True
    assert (made["training.epochs"], made["training.mixup"]) == (30, 0.0)
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


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": dict.fromkeys("abcd", FEW_OF_A_CLASS + 1)},
        {"rates": {16000: 40}},
        {"rates": {8000: 40}},
        {"durations_s": (1.2,) * 40},
        {**WORDS, "rates": {16000: 40}},
    ],
    ids=["many", "16 kHz", "long at 8 kHz", "short at 44 kHz", "words at 16 kHz"],
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


def test_the_file_says_why(tmp_path: Path) -> None:
    source = write_tones(tmp_path / "tones")
    proposal = propose(source, base=tmp_path, sets=["data.clip_s=2.0"])
    assert 'run = "tonotope:ear"          # taught on synthesised sound' in proposal.text()
    assert "hop_s = 0.023                 # as the ear has heard" in proposal.text()
