"""`tonotope pretrain`: an ear from the command line, and what is said where it cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonotope.experiment.ear import is_ear, load_ear

Typed = Callable[..., Any]
SMALL = ("--sources", "11", "--takes", "2", "--epochs", "1")


def test_an_ear_is_made_and_nothing_is_taught_twice(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path / "cache"))
    ended = typed("pretrain", tmp_path / "mine", *SMALL)
    assert ended.status == 0
    assert is_ear(tmp_path / "mine")
    assert "alarms" in load_ear(tmp_path / "mine").description.head.answers[0].columns
    weights = (tmp_path / "mine" / "model.safetensors").read_bytes()
    assert typed("pretrain", tmp_path / "mine", *SMALL).status == 0
    assert (tmp_path / "mine" / "model.safetensors").read_bytes() == weights


def test_too_few_patches_and_another_training_are_told(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path / "cache"))
    ended = typed("pretrain", tmp_path / "mine", "--sources", "1")
    assert ended.status == 2
    assert "what fits is 2 to 100,000 sources" in ended.err.replace("\n  ", " ")
    assert typed("pretrain", tmp_path / "mine", *SMALL).status == 0
    ended = typed("pretrain", tmp_path / "mine", "--sources", "22", *SMALL[2:])
    assert ended.status == 2
    assert "Traceback" not in ended.err
