"""Windows: all is heard, and each window knows where it came from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonotope._errors import DataError
from tonotope.audio.window_plan import plan_windows


@given(
    lengths=st.lists(st.integers(1, 200), max_size=8),
    clip=st.integers(1, 60),
    hop_share=st.floats(0.0, 1.0),
)
def test_every_sample_is_heard_and_nothing_else(
    lengths: list[int], clip: int, hop_share: float
) -> None:
    hop = max(1, round(clip * hop_share))
    windows = plan_windows(lengths, clip, hop)
    heard = [np.zeros(length, int) for length in lengths]
    for recording, start, size in zip(windows.recording, windows.start, windows.heard, strict=True):
        assert start >= 0
        assert 0 < size <= clip
        heard[recording][start : start + size] += 1
        assert size == clip or lengths[recording] < clip
    assert all((count > 0).all() for count in heard)
    assert (np.diff(windows.recording) >= 0).all()
    # No window more than are needed to hear all of it at this hop.
    beyond = [max(0, length - clip) for length in lengths]
    assert windows.counts.tolist() == [int(np.ceil(rest / hop)) + 1 for rest in beyond]


def test_the_last_window_is_laid_against_the_end() -> None:
    windows = plan_windows([1000], clip_samples=400, hop_samples=400)
    assert windows.start.tolist() == [0, 400, 600]
    assert windows.start_s(100).tolist() == [0.0, 4.0, 6.0]
    assert windows.stop_s(100).tolist() == [4.0, 8.0, 10.0]


def test_a_short_recording_gives_one_window_and_ends_where_it_ends() -> None:
    windows = plan_windows([100, 900], clip_samples=400, hop_samples=250)
    assert windows.recording.tolist() == [0, 1, 1, 1]
    assert windows.stop_s(100).tolist() == [1.0, 4.0, 6.5, 9.0]


def test_windows_of_some_keep_their_numbers() -> None:
    windows = plan_windows([4, 9, 4, 5], clip_samples=4, hop_samples=4)
    some = windows.of([1, 3])
    assert some.recording.tolist() == [1, 1, 1, 3, 3]
    assert some.start.tolist() == [0, 4, 5, 0, 1]
    assert len(some) == 5


def test_a_day_costs_no_loop() -> None:
    windows = plan_windows([22_050 * 86_400], clip_samples=22_050 * 5, hop_samples=22_050)
    assert len(windows) == 86_396
    assert windows.start[-1] + windows.samples == windows.lengths[0]


@pytest.mark.parametrize(
    ("lengths", "clip", "hop", "message"),
    [
        ([10], 4, 5, "4 samples every 5 would leave sound unheard"),
        ([10], 0, 1, "both must be above 0"),
        ([10], 4, 0, "both must be above 0"),
        ([10, 0, 3], 4, 2, "recording number 1 has 0 samples: nothing to hear"),
    ],
)
def test_what_cannot_be_cut(lengths: list[int], clip: int, hop: int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        plan_windows(lengths, clip, hop)
