"""What may be asked of the orchestra: its pitch in cents, and whole instruments held out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.orchestra.targets import with_targets


@pytest.fixture
def notes() -> Manifest:
    told = [("oboe", 440.0), ("oboe", 466.1638), ("flute", 880.0)]
    recordings = tuple(
        Recording(
            f"{n}.wav", Path(f"{n}.wav"), 0.0, 1.0,
            {"label": label, "family": "blown", "pitch_hz": f"{pitch_hz:.4f}"},
            f"player-{n}", None, None, "", 22050, 1,
        )
        for n, (label, pitch_hz) in enumerate(told)
    )  # fmt: skip
    return Manifest(recordings, (), (), (), Path())


def test_pitch_in_cents_only_where_it_is_asked_for(notes: Manifest) -> None:
    asked = with_targets(notes, None, ("pitch_cents",))
    cents = [float(one.targets["pitch_cents"]) for one in asked.recordings]
    assert cents == pytest.approx([0.0, 100.0, 1200.0], abs=0.01)
    assert with_targets(notes, None, ("pitch_hz",)) is notes
    assert with_targets(notes, None, None) is notes


def test_a_target_may_be_the_group(notes: Manifest) -> None:
    assert [one.group for one in with_targets(notes, "label", None).recordings] == [
        "oboe", "oboe", "flute",
    ]  # fmt: skip


def test_a_group_that_is_no_target_is_refused(notes: Manifest) -> None:
    with pytest.raises(DataError, match=r"no such target; it has .*; did you mean `family`\?$"):
        with_targets(notes, "famly", None)
