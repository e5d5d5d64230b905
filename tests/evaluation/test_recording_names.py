"""Recordings are found again under other names only where nothing else could be meant."""

from __future__ import annotations

import pytest

from tonotope.evaluation.recording_names import paired_names


@pytest.mark.parametrize(
    ("ours", "theirs", "pairs"),
    [
        ("a.wav", "a.wav", 1),
        ("in/a.wav", "a.txt", 1),
        ("in\\A.WAV", "a", 1),
        ("a.wav", "a.Table.1.selections.txt", 1),
        ("a.wav", "a.BirdNET.results.csv", 1),
        ("SM4_20240601.051500.wav", "SM4_20240601.051500", 1),
        ("a.wav", "ab.wav", 0),
        ("one/a.wav two/a.wav", "a.wav", 0),  # which of the two?
        ("one/a.wav two/a.wav", "one/a.txt two/a.txt", 2),
        ("a.wav a.flac", "a.txt", 0),
        ("a.wav x/a.wav", "a.wav y/a.txt", 2),
    ],
)
def test_pairs(ours: str, theirs: str, pairs: int) -> None:
    found = paired_names(ours.split(), theirs.split())
    assert len(found) == pairs
    assert len({*found.values()}) == pairs
