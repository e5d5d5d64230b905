"""The short form; `make reliability` runs the long ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reliability import mutated_state


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", "")  # put back afterwards


def test_changed_files_are_read_as_they_were_or_refused_by_name() -> None:
    found = mutated_state.try_all(150, seed=2)
    assert set(found) == {"read", "refused"}
    assert min(found.values()) > 20


def test_what_is_wrong_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = mutated_state.State(tmp_path)
    assert mutated_state.outcome(state, "sound", False) == "read"
    path = state.files["sound"]
    data = bytearray(path.read_bytes())
    data[1000] ^= 8
    path.write_bytes(data)
    with monkeypatch.context() as patch:  # as if no checksum were compared
        patch.setattr("tonotope.audio.waveform_cache._checksum_of_facts", lambda *_: 0)
        patch.setattr("tonotope.audio.waveform_cache.json.loads", lambda _: {
            "crc32": 0, "sound": "", "warnings": [],
        })  # fmt: skip
        assert mutated_state.outcome(state, "sound", False) == "read as something else"
    state.read["sound"] = lambda: 1 / 0
    assert mutated_state.outcome(state, "sound", False).startswith("raw error: ZeroDivision")
