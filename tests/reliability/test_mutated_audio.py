"""The short form; `make reliability` runs the long ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reliability import mutated_audio


def test_mutated_files_are_read_or_refused_by_name() -> None:
    found = mutated_audio.try_all(400, seed=1)
    assert set(found) == {"read", "refused"}
    assert min(found.values()) > 50


def test_a_raw_error_and_a_difference_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_bytes(mutated_audio.seeds(tmp_path)["wav"])
    assert mutated_audio.outcome(path) == "read"
    monkeypatch.setattr("tonotope.audio.reading.read", lambda path: 1 / 0)
    assert mutated_audio.outcome(path).startswith("raw error: ZeroDivisionError")
    monkeypatch.undo()
    shorter = mutated_audio.reading.read(path)[0]
    monkeypatch.setattr(
        mutated_audio.reading, "stream", lambda path, block_s, doubts: [shorter] * 2
    )
    assert mutated_audio.outcome(path) == "whole and blocks differ"
