"""The short form; `make reliability` runs the long ones."""

from __future__ import annotations

import pickle  # noqa: TID251 - to see that the payloads would work
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.reliability import pickle_payloads


def test_no_pickle_runs_under_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONOTOPE_CACHE", "")  # put back afterwards
    found = pickle_payloads.try_all(30, seed=1)
    assert set(found) == {"read", "refused"}
    assert min(found.values()) > 5


def test_the_payloads_would_run_where_they_are_unpickled(tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    known = pickle_payloads.payloads(marker)
    for number in range(6):
        pickle.loads(known[f"pickle {number}"])
        marker.rmdir()
    file = tmp_path / "payload"
    for name in ("torch zip", "torch old"):
        file.write_bytes(known[name])
        torch.load(file, weights_only=False)  # noqa: TID251
        marker.rmdir()
    for name in ("npy of objects", "npz of objects"):
        file.write_bytes(known[name])
        loaded = np.load(file, allow_pickle=True)
        if name.startswith("npz"):
            loaded["samples"]
        marker.rmdir()
    exec(known["python"])
    marker.rmdir()


def test_an_executed_payload_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the reader of checkpoints unpickled what it finds."""
    monkeypatch.setenv("TONOTOPE_CACHE", "")

    def read(folder: Path) -> None:
        path = folder / "checkpoint.safetensors"
        if path.exists():
            pickle.loads(path.read_bytes())

    monkeypatch.setattr("tonotope.training.checkpoint.read_checkpoint", read)
    monkeypatch.setattr(
        pickle_payloads.Home,
        "places",
        lambda home: {"runs/" + home.run.name + "/checkpoint.safetensors": home.trained_on},
    )
    found = pickle_payloads.try_all(12, seed=3)
    assert found["executed"] > 0
