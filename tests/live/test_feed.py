"""Whether sound comes live is told by when its blocks come, not by how much of it waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace

import numpy as np
import pytest

from tonotope.live import feed
from tonotope.live.feed import Feed
from tonotope.live.sound_source import ArraySource

RATE_HZ = 1000


def live_after(
    monkeypatch: pytest.MonkeyPatch, blocks: Iterable[tuple[float, float]]
) -> list[bool]:
    """For each block, given by when it comes and its length, whether the sound then is live."""
    now = 0.0
    told: list[bool] = []
    monkeypatch.setattr(feed, "time", SimpleNamespace(monotonic=lambda: now))

    def given() -> Iterator[np.ndarray]:
        nonlocal now
        for at, (when_s, length_s) in enumerate(blocks):
            if at:
                told.append(found.live)
            now = when_s
            yield np.zeros(round(length_s * RATE_HZ), np.float32)
        told.append(found.live)

    found = Feed(ArraySource(given(), RATE_HZ))
    assert len([one for one in found.blocks(1e9) if one]) == len(told)
    return told


def test_a_microphone_is_live_after_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    told = live_after(monkeypatch, [(0.02 * at, 0.02) for at in range(1, 101)])
    assert told.index(True) == 25
    assert all(told[25:])


def test_what_waited_before_anybody_listened_does_not_hide_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = [(3.0, 0.7)] * 3
    told = live_after(monkeypatch, [*old, *((3 + 0.02 * at, 0.02) for at in range(1, 101))])
    assert not any(told[:50])
    assert all(told[55:])


def test_long_blocks_in_their_time_are_live(monkeypatch: pytest.MonkeyPatch) -> None:
    assert live_after(monkeypatch, [(2.0 * at, 2.0) for at in range(1, 6)])[-1]


def test_a_file_that_is_piped_in_never_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(live_after(monkeypatch, [(0.001 * at, 0.1) for at in range(200)]))


def test_nor_one_that_waits_for_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_MOST_WAITING", 1)
    monkeypatch.setattr(feed, "_LOOK_S", 0.01)
    found = Feed(ArraySource((np.zeros(10, np.float32) for _ in range(3)), RATE_HZ))
    blocks = found.blocks(1e9)
    next(blocks)
    while not found._waits_for_room:
        pass
    found._count(0.02, 1e6)
    found._count(0.02, 2e6)
    assert not found.live
    found.close()
